"""Write down what was taken in: files, invoices, and what waits to be read or placed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from usance import models
from usance.domain import intake, payment, reference
from usance.domain.events import Kind
from usance.domain.finding import Finding
from usance.models import papers as written
from usance.models.bulk import copy
from usance.queries import parties

from . import counters, supporting
from .diary import Line, note
from .reads import Read, Taken

PAGES = "pages"  # The format of a file that is read page by page, in a job.
FIRST_REFERENCE = 10_000_000  # So that no payment reference begins with zeros.


def files(
    batch: UUID, reads: Sequence[Read], counts: Mapping[int, int], hashes: Sequence[str]
) -> None:
    copy(
        models.ReceivedFile,
        ["id", "batch", "document", "within", "name", "format", "taken", "findings"],
        (
            (r.id, batch, digest, r.within, r.file.name[-255:], r.format, counts[place],
             _json(r.findings))
            for place, (r, digest) in enumerate(zip(reads, hashes, strict=True))
        ),
    )  # fmt: skip


def tables(reads: Sequence[Read], client: UUID | None, *, at: datetime) -> None:
    models.WaitingTable.objects.bulk_create(
        models.WaitingTable(file_id=read.id, client_id=client, fingerprint=read.waits, since=at)
        for read in reads
        if read.waits
    )


def invoices(
    taken: Sequence[Taken],
    fingerprints: Mapping[UUID, str],
    reads: Sequence[Read],
    *,
    at: datetime,
) -> None:
    if not taken:
        return
    first = FIRST_REFERENCE + counters.take("payment_reference", len(taken))
    credited = _credited(taken)
    ours = {row.currency: row for row in models.BankAccount.objects.all()}
    copy(
        models.Invoice,
        ["id", "client", "debtor", "file", "kind", "number", "number_key", "issued_on", "due_on",
         "face_minor", "currency", "payment_reference", "credits", "fingerprint", "stage",
         "received_at"],
        (
            (
                one.id, one.client, one.debtor, reads[one.file].id, one.claim.kind.value,
                one.claim.number[:80], payment.compact(one.claim.number)[:80],
                one.claim.issued_on, one.claim.due_on, one.claim.face.minor,
                one.claim.face.currency,
                _reference(first + place, one, ours.get(one.claim.face.currency)),
                one.claim.credits[:80], fingerprints[one.id], "received", at,
            )
            for place, one in enumerate(taken)
        ),
    )  # fmt: skip
    for one in taken:
        if one.id in credited:
            models.Invoice.objects.filter(pk=one.id).update(credited=credited[one.id])
    copy(
        models.Paper,
        ["invoice", "content", "findings"],
        ((one.id, written.written(one.paper), _json(one.findings)) for one in taken),
    )


def _reference(number: int, one: Taken, account: models.BankAccount | None) -> str:
    """In the standard of the account that it is paid to, as the debtor's country knows it."""
    buyer = one.paper.buyer.address
    return reference.of(
        number,
        currency=one.claim.face.currency,
        account=account.iban[:2] if account else "",
        qr_iban=account.qr_iban if account else "",
        debtor=buyer.country if buyer else "",
    )


def _credited(taken: Sequence[Taken]) -> dict[UUID, UUID]:
    """For each credit note the invoice it reduces: in this batch, or taken in before."""
    notes = [one for one in taken if one.claim.credits]
    if not notes:
        return {}
    here = {
        (o.client, intake.normalised(o.claim.number)): o.id for o in taken if not o.claim.credits
    }
    before = parties.invoices_by_number({(n.client, n.claim.credits) for n in notes})
    found = {}
    for one in notes:
        key = (one.client, intake.normalised(one.claim.credits))
        if target := here.get(key) or before.get(key):
            found[one.id] = target
    return found


def pages(reads: Sequence[Read], client: UUID | None, *, at: datetime, actor: str) -> None:
    """Pages wait for the job that reads them."""
    rows = [
        models.Reading(file_id=read.id, client_id=client, received_at=at)
        for read in reads
        if read.format == PAGES
    ]
    models.Reading.objects.bulk_create(rows)
    names = {read.id: read.file.name for read in reads}
    lines = [Line(row.pk, None, {"name": names[row.file_id]}) for row in rows]
    note(Kind.PAGES_RECEIVED, lines, at=at, actor=actor)


def papers(
    reads: Sequence[Read],
    hashes: Sequence[str],
    taken: Iterable[Taken],
    *,
    client: UUID | None,
    at: datetime,
    actor: str,
) -> None:
    """What is no invoice but belongs to one, and what the invoices carry in themselves."""
    supporting.file_new(
        [
            supporting.Paper(
                document=digest, name=read.file.name, kind=read.supports[0].kind,
                because=read.supports[0].because, names=read.supports[1], file=read.id,
                client=client,
            )
            for read, digest in zip(reads, hashes, strict=True)
            if read.supports is not None
        ],
        [
            supporting.New(
                invoice=one.id, client=one.client, number=one.claim.number, paper=one.paper
            )
            for one in taken
        ],
        at=at,
        actor=actor,
    )  # fmt: skip


def _json(findings: Sequence[Finding]) -> str:
    return msgspec.json.encode(findings).decode()
