"""Confirm which column of a client's table is which; withdraw that; set a table aside."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.intake import mapping
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.queries import mappings

from . import intake
from .diary import Line, note


class AnotherClient(Refusal):
    code = "mapping_of_another_client"
    todo = "Choose the client that handed the file in, or hand it in again under the right one."


class NothingWaits(Refusal):
    code = "table_waits_no_more"
    todo = "Somebody confirmed it or set it aside meanwhile: look at the batch."


class MappingChanged(Refusal):
    code = "mapping_withdrawn"
    todo = "Look at the client's mappings; another one may hold now."


@transaction.atomic
def confirm(
    waiting: UUID,
    said: mapping.Mapping,
    *,
    client: UUID,
    role: Role | None,
    at: datetime,
    actor: str,
) -> models.ColumnMapping:
    """Keep the mapping for the client, and read every file of the client that waits for it.

    Each file's invoices enter the batch that it came with. A mapping that held for these headings
    is replaced; what was read by it stays.

    :param role: of the person; None: a program does.
    :raises NotAllowed: if the role may not.
    :raises NothingWaits: if the file was settled meanwhile.
    :raises AnotherClient: if the file came under another client.
    :raises MappingIncomplete: if a field that is needed has no column.
    :raises Unreadable: if the kept file cannot be read.
    """
    row = _locked(waiting, role)
    if row.client_id is not None and row.client_id != client:
        raise AnotherClient("the file was handed in for another client")
    seen = mappings.seen(row)
    said.check(seen.table.table)
    kept = _keep(said, seen, client=client, at=at, actor=actor)
    same = models.WaitingTable.objects.select_for_update(of=("self",), no_key=True).filter(
        client_id=client, fingerprint=row.fingerprint, closed_at=None
    )
    known = {**mappings.confirmed(client)}
    for each in [row, *same.exclude(pk=row.pk).select_related("file__batch").order_by("pk")]:
        _take_up(each, client, known, kept, at=at, actor=actor)
    note(
        Kind.MASTER_DATA_CHANGED,
        [Line(client, None, {"what": "columns of a table confirmed", "mapping": str(kept.pk)})],
        at=at,
        actor=actor,
    )
    return kept


@transaction.atomic
def withdraw(mapping_id: UUID, *, role: Role | None, at: datetime, actor: str) -> None:
    """The next file with these headings waits again. What was read stays.

    :raises NotAllowed: if the role may not.
    :raises MappingChanged: if it holds no more.
    """
    if role is not None:
        require(role, Act.TAKE_IN)
    row = models.ColumnMapping.objects.select_for_update(no_key=True).get(pk=mapping_id)
    if row.withdrawn_at is not None:
        raise MappingChanged("it was withdrawn already")
    _end(row, at=at, actor=actor)
    note(
        Kind.MASTER_DATA_CHANGED,
        [Line(row.client_id, None, {"what": "columns withdrawn", "mapping": str(row.pk)})],
        at=at,
        actor=actor,
    )


@transaction.atomic
def set_aside(waiting: UUID, *, role: Role | None, at: datetime, actor: str) -> None:
    """It is no schedule. The file stays kept with its batch; nobody is asked again.

    :raises NotAllowed: if the role may not.
    :raises NothingWaits: if the file was settled meanwhile.
    """
    row = _locked(waiting, role)
    row.closed_at, row.closed_by = at, actor[:64]
    row.save(update_fields=["closed_at", "closed_by"])
    note(
        Kind.MASTER_DATA_CHANGED,
        [Line(row.file.batch_id, None, {"what": "table set aside", "file": row.file.name})],
        at=at,
        actor=actor,
    )


def _locked(waiting: UUID, role: Role | None) -> models.WaitingTable:
    if role is not None:
        require(role, Act.TAKE_IN)
    rows = models.WaitingTable.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("file__batch").get(pk=waiting)
    if row.closed_at is not None:
        raise NothingWaits("nothing waits there any more")
    return row


def _keep(
    said: mapping.Mapping, seen: mappings.Seen, *, client: UUID, at: datetime, actor: str
) -> models.ColumnMapping:
    models.Client.objects.select_for_update(no_key=True).get(pk=client)  # One at a time.
    before = models.ColumnMapping.objects.filter(
        client_id=client, fingerprint=seen.row.fingerprint, withdrawn_at=None
    )
    for old in before:
        _end(old, at=at, actor=actor)
    return models.ColumnMapping.objects.create(
        client_id=client,
        fingerprint=seen.row.fingerprint,
        headings=list(seen.table.table.names),
        columns=dict(said.columns),
        currency="" if "currency" in said.columns else said.currency,
        decimal=said.writing.decimal,
        days=said.writing.days,
        confirmed_at=at,
        confirmed_by=actor[:64],
    )


def _end(row: models.ColumnMapping, *, at: datetime, actor: str) -> None:
    row.withdrawn_at, row.withdrawn_by = at, actor[:64]
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])


def _take_up(
    row: models.WaitingTable,
    client: UUID,
    known: dict[str, mapping.Mapping],
    kept: models.ColumnMapping,
    *,
    at: datetime,
    actor: str,
) -> None:
    """Read the file; if it has a second table that nobody knows, it waits for that one."""
    data = mappings.content(row)
    _, waits = intake.take_up(row.file, data, client=client, said=known, at=at, actor=actor)
    row.client_id = client
    if waits:
        row.fingerprint = waits
    else:
        row.closed_at, row.closed_by, row.mapping = at, actor[:64], kept
    row.save()
