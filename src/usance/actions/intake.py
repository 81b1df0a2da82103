"""Take in what clients hand in: files become invoices, each in the books of its client."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Sum

from usance import models
from usance.domain import intake, payment, reference
from usance.domain.events import Kind
from usance.domain.finding import Finding, Severity
from usance.domain.intake import mapping as columns
from usance.domain.intake.control import UNTOLD, Control, differences, missed
from usance.domain.invoice import Invoice
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.engine.crashpoint import crashpoint
from usance.models import papers
from usance.models.bulk import copy
from usance.plugins import Unreadable
from usance.queries import mappings, parties

from . import counters, supporting
from .diary import Line, note
from .documents import Content, keep
from .files import read as read_file
from .holds import plain, written_down
from .reads import File as File
from .reads import Read, Taken, opened

FIRST_REFERENCE = 10_000_000  # So that no payment reference begins with zeros.


def receive(
    files: Sequence[File],
    *,
    client: UUID | None,
    way: str,
    at: datetime,
    actor: str,
    control: Control = UNTOLD,
    role: Role | None = None,
) -> models.Batch:
    """Read the files, keep every byte, and start the walk of each invoice that is new.

    What cannot become an invoice stays on its file as a finding; the rest goes on. `client` None:
    each invoice belongs to the client whose identifiers its seller carries.

    :param role: of the person who hands them in; None: a program does.
    :raises NotAllowed: if the role may not.
    """
    if role is not None:
        require(role, Act.TAKE_IN)
    reads = opened(files)
    taken = _claims(reads, client, mappings.confirmed(client) if client else {})
    batch = _store(reads, taken, client=client, way=way, at=at, actor=actor, control=control)
    crashpoint("intake.committed")
    return batch


def take_up(
    file: models.ReceivedFile,
    data: bytes,
    *,
    client: UUID,
    said: Mapping[str, columns.Mapping],
    at: datetime,
    actor: str,
) -> tuple[int, str]:
    """Read a file that waited, now that somebody said which column is which. How many invoices,
    and the fingerprint of another table in it that still waits, if any.

    They enter the batch that the file came with, whose totals are compared again. The caller has
    a transaction and the lock on what waits.
    """
    read = Read(id=file.pk, file=File(name=file.name, data=data))
    taken = _claims([read], client, said)
    fingerprints = _without_copies([read], taken)
    _add_invoices(taken, fingerprints, [read], at=at)
    file.format, file.taken, file.findings = read.format, len(taken), plain(read.findings)
    file.save(update_fields=["format", "taken", "findings"])
    _control_again(file.batch)
    note(
        Kind.INVOICE_RECEIVED,
        [Line(one.id, one.id, {"batch": file.batch.number}) for one in taken],
        at=at,
        actor=actor,
    )
    return len(taken), read.waits


def _claims(
    reads: Sequence[Read], client: UUID | None, said: Mapping[str, columns.Mapping]
) -> list[Taken]:
    """Everything that can be said without writing: what was read, whose it is, who owes it.

    :param said: which column is which in the client's tables, by fingerprint.
    """
    papers: list[tuple[int, str, Invoice, tuple[Finding, ...]]] = []
    for place, read in enumerate(reads):
        if read.wrapping:
            continue
        try:
            held = read_file(read.file.data, said)
        except Unreadable as wrong:
            read.supports = supporting.seen_as(read.file.name, read.file.data)
            if read.supports is not None:
                continue
            read.findings.append(
                Finding(
                    code="unreadable",
                    says=wrong.says,
                    where=wrong.where,
                    todo="Ask the client for the file again, or enter the invoice by hand.",
                )
            )
            continue
        read.format, read.waits = held.format, held.waits
        read.findings.extend(held.findings)
        papers.extend((place, *paper) for paper in held.papers)
    sellers = {} if client else parties.clients_of([paper.seller for _, _, paper, _ in papers])
    taken = []
    for place, within, paper, findings in papers:
        owner = client or sellers.get(paper.seller)
        claim, faults = intake.receivable(paper)
        if owner is None:
            faults = (*faults, _unknown_seller(paper))
        if owner is None or claim is None:
            reads[place].findings.extend((*findings, *(_placed(f, within) for f in faults)))
            continue
        taken.append(Taken(place, paper, claim, owner, (*findings, *faults), within))
    debtors = parties.debtors_of([one.paper.buyer for one in taken])
    for one in taken:
        one.debtor = debtors.get(one.paper.buyer)
    return taken


def _placed(finding: Finding, within: str) -> Finding:
    """A fault of one invoice among many says which one it is."""
    return replace(finding, where=f"{within} ({finding.where})") if within else finding


@transaction.atomic
def _store(
    reads: Sequence[Read],
    taken: list[Taken],
    *,
    client: UUID | None,
    way: str,
    at: datetime,
    actor: str,
    control: Control,
) -> models.Batch:
    batch = models.Batch(
        number=counters.take("batch"),
        client_id=client,
        way=way,
        received_at=at,
        actor=actor[:64],
        control_count=control.count,
        control_totals={total.currency: total.minor for total in control.totals},
    )
    batch.save(force_insert=True)
    hashes = keep(
        [Content(data=r.file.data, media_type=r.file.media_type, name=r.file.name) for r in reads],
        at=at,
    )
    crashpoint("intake.files_kept")
    fingerprints = _without_copies(reads, taken)
    counts = Counter(one.file for one in taken)
    sums = Counter[str]()
    for one in taken:
        sums[one.claim.face.currency] += one.claim.face.minor
    lost = missed((r.file.name, counts[place], r.findings) for place, r in enumerate(reads))
    batch.findings = plain(differences(control, count=len(taken), sums=sums, lost=lost))
    if batch.findings:
        batch.save(update_fields=["findings"])
    _add_files(batch.pk, reads, counts, hashes)
    _add_waiting(reads, client, at=at)
    _add_invoices(taken, fingerprints, reads, at=at)
    _file_papers(reads, hashes, taken, client=client, at=at, actor=actor)
    note(
        Kind.BATCH_RECEIVED,
        [Line(batch.pk, None, {"files": len(reads), "invoices": len(taken), "way": way})],
        at=at,
        actor=actor,
    )
    note(
        Kind.INVOICE_RECEIVED,
        [Line(one.id, one.id, {"batch": batch.number}) for one in taken],
        at=at,
        actor=actor,
    )
    return batch


def _file_papers(
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


def _without_copies(reads: Sequence[Read], taken: list[Taken]) -> dict[UUID, str]:
    """Leave copies out of `taken`, with a finding on their file; the fingerprints of the rest.

    Two batches with the same new invoice at the same moment: the unique key decides, the loser's
    transaction fails as a whole and is tried again, and then sees the copy here.
    """
    prints = {one.id: intake.fingerprint(one.claim, client=one.client) for one in taken}
    seen = dict(
        models.Invoice.objects.filter(fingerprint__in=prints.values()).values_list(
            "fingerprint", "received_at"
        )
    )
    kept = []
    for one in taken:
        fingerprint = prints[one.id]
        if fingerprint in seen:
            when = f" on {seen[fingerprint]:%Y-%m-%d}" if seen[fingerprint] else " in this batch"
            reads[one.file].findings.append(
                Finding(
                    code="invoice_seen_before",
                    says=f"Invoice {one.claim.number} was taken in{when}.",
                    where=_placed(Finding(code="", says="", where="BT-1"), one.place).where,
                    severity=Severity.WARNING,
                    todo="Nothing: the first one stands. If it is another invoice, it needs a "
                    "number of its own.",
                )
            )
            continue
        seen[fingerprint] = None  # type: ignore[assignment]  # None marks this batch.
        kept.append(one)
    taken[:] = kept
    return prints


def _add_files(
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


def _add_waiting(reads: Sequence[Read], client: UUID | None, *, at: datetime) -> None:
    models.WaitingTable.objects.bulk_create(
        models.WaitingTable(file_id=read.id, client_id=client, fingerprint=read.waits, since=at)
        for read in reads
        if read.waits
    )


def _add_invoices(
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
                reference.of(first + place, currency=one.claim.face.currency),
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
        ((one.id, papers.written(one.paper), _json(one.findings)) for one in taken),
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


def _control_again(batch: models.Batch) -> None:
    """Compare the whole batch with the client's totals, after one of its files was read late."""
    invoices = models.Invoice.objects.filter(file__batch=batch)
    faces = invoices.values_list("currency").annotate(Sum("face_minor")).order_by("currency")
    files = batch.files.values_list("name", "taken", "findings")
    control = Control(
        count=batch.control_count,
        totals=tuple(Money(minor, code) for code, minor in batch.control_totals.items()),
    )
    lost = missed((name, taken, written_down(findings)) for name, taken, findings in files)
    found = differences(control, count=invoices.count(), sums=dict(faces), lost=lost)
    batch.findings = plain(found)
    batch.save(update_fields=["findings"])


def _unknown_seller(paper: Invoice) -> Finding:
    return Finding(
        code="client_unknown",
        says=f"No client has the identifiers of the seller “{paper.seller.name}”.",
        where="BG-4",
        todo="Add the client, or hand the file in under the right client; then hand it in again.",
    )


def _json(findings: Sequence[Finding]) -> str:
    return msgspec.json.encode(findings).decode()
