"""Compare the ledger that a client keeps itself with ours, and deal with what differs."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.finance import client_ledger
from usance.domain.finance.client_ledger import Theirs
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.models.ids import new_id
from usance.plugins import Unreadable
from usance.queries import client_ledgers

from .diary import Line, note
from .documents import Content, keep


class ListAhead(Refusal):
    code = "open_items_ahead"
    todo = "Hand in what was open at the end of a day that is over."


class ListUnreadable(Refusal):
    code = "open_items_unreadable"
    todo = "Hand in a CSV file or a workbook with a row of headings."


class NoLedgerKept(Refusal):
    code = "client_keeps_no_ledger"
    todo = "Only a client on terms in confidence hands in its own ledger."


class DifferenceClosed(Refusal):
    code = "difference_closed"
    todo = "Somebody dealt with it already."


class NothingSaid(Refusal):
    code = "difference_without_remark"
    todo = "Say what came of it."


def compare_file(
    client: UUID, content: Content, *, as_of: date, role: Role, at: datetime, actor: str
) -> models.OpenList:
    """As `compare`, of a CSV file or a workbook.

    :raises ListUnreadable: if it is no table. :raises ListFaulty: naming every faulty row.
    """
    require(role, Act.COMPARE_LEDGER)
    assert isinstance(content.data, bytes), content.name
    held = set(models.Facility.objects.filter(client=client).values_list("currency", flat=True))
    try:
        rows = client_ledgers.read(content.data, currency=held.pop() if len(held) == 1 else "")
    except Unreadable as broken:
        raise ListUnreadable(str(broken)) from broken
    return compare(client, rows, proof=content, as_of=as_of, role=role, at=at, actor=actor)


@transaction.atomic
def compare(
    client: UUID, rows: Sequence[tuple[str, Theirs]], *, proof: Content, as_of: date, role: Role,
    at: datetime, actor: str,
) -> models.OpenList:  # fmt: skip
    """What the client's ledger had open at the end of that day beside what ours had. Each
    difference waits for a person; those of earlier lists that are gone are closed. The same list
    once more is the one that is there.

    :param rows: each with its place in the file. :param proof: the list as it came.
    :raises NotAllowed, ListAhead, NoLedgerKept, ListFaulty: see their codes.
    """
    require(role, Act.COMPARE_LEDGER)
    if as_of >= at.date():
        raise ListAhead(f"{as_of} is not over")
    models.Client.objects.select_for_update(no_key=True).get(pk=client)
    if not client_ledgers.keeps(client, on=at.date()):
        raise NoLedgerKept("the client has no terms in confidence")
    theirs = client_ledgers.by_number(rows)
    (document,) = keep([proof], at=at)
    known = models.OpenList.objects.filter(client=client, as_of=as_of, document=document).first()
    if known is not None:
        return known
    found = client_ledger.compare(
        client_ledgers.ours(client, on=as_of), theirs, credited=client_ledgers.credited(client)
    )
    row = models.OpenList.objects.create(
        client_id=client, as_of=as_of, document_id=document, rows=len(theirs), taken_at=at,
        actor=actor[:64],
    )  # fmt: skip
    _keep(row, found, at=at)
    told = {"as_of": as_of.isoformat(), "rows": len(theirs), "differences": len(found)}
    told |= dict(Counter(one.kind.value for one in found))
    note(Kind.LEDGER_COMPARED, [Line(row.pk, None, told)], at=at, actor=actor)
    return row


def _keep(row: models.OpenList, found: Sequence[client_ledger.Difference], *, at: datetime) -> None:
    """A difference that was there before waits on in its newest list, and once."""
    earlier = models.OpenDifference.objects.filter(
        of__client=row.client_id, of__as_of__lte=row.as_of, closed_at=None
    ).exclude(of=row)
    earlier.update(closed_at=at, closed_by=row.actor, remark=f"See the list of {row.as_of}.")
    models.OpenDifference.objects.bulk_create(
        models.OpenDifference(
            id=new_id(), of=row, kind=one.kind, number=one.number[:100], invoice_id=one.invoice,
            ours_minor=one.ours.minor if one.ours is not None else None,
            ours_currency=one.ours.currency if one.ours is not None else "",
            theirs_minor=one.theirs.minor if one.theirs is not None else None,
            theirs_currency=one.theirs.currency if one.theirs is not None else "",
        )
        for one in found
    )  # fmt: skip


@transaction.atomic
def close(
    difference: UUID, *, remark: str, role: Role, at: datetime, actor: str
) -> models.OpenDifference:
    """A person dealt with a difference; the remark says what came of it.

    :raises NotAllowed, DifferenceClosed, NothingSaid: see their codes.
    """
    require(role, Act.CLOSE_DIFFERENCE)
    if not remark.strip():
        raise NothingSaid("there is no remark")
    row = models.OpenDifference.objects.select_for_update().get(pk=difference)
    if row.closed_at is not None:
        raise DifferenceClosed(row.remark)
    row.closed_at, row.closed_by, row.remark = at, actor[:64], remark.strip()[:400]
    row.save(update_fields=["closed_at", "closed_by", "remark"])
    told = {"number": row.number, "kind": row.kind, "remark": row.remark}
    note(Kind.DIFFERENCE_CLOSED, [Line(row.pk, row.invoice_id, told)], at=at, actor=actor)
    return row
