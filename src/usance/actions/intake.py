"""Take in what clients hand in: files become invoices, each in the books of its client."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from usance import models, plugins
from usance.domain import intake
from usance.domain.events import Kind
from usance.domain.finding import Finding, Severity
from usance.domain.intake import mapping as columns
from usance.domain.intake.control import UNTOLD, Control, differences, missed
from usance.domain.invoice import Invoice, Receivable
from usance.domain.mandate import Act, Role, require
from usance.domain.party.resolution import Resolution
from usance.engine.crashpoint import crashpoint
from usance.plugins import Unreadable
from usance.queries import mappings, parties, resolution, same

from . import counters, filing, supporting, totals
from .diary import Line, note
from .documents import Content, keep
from .files import read as read_file
from .filing import FIRST_REFERENCE as FIRST_REFERENCE
from .filing import PAGES as PAGES
from .holds import plain
from .inspection import inspect
from .reads import File as File
from .reads import Read, Taken, opened

SELLERS_SOUGHT = 20  # Sellers of one batch whom nobody knows: looking for more costs too long.


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

    :param role: of the person who hands them in; None: a program does. Who is of the client itself
        hands in for a client that is named; the face says which one.
    :raises NotAllowed: if the role may not.
    :raises NotInspected: if there is a virus scanner that cannot be asked.
    """
    if role is not None:
        require(role, Act.HAND_IN if role is Role.CLIENT and client else Act.TAKE_IN)
    reads = opened(files)
    inspect(reads)
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
    filing.invoices(taken, fingerprints, [read], at=at)
    file.format, file.taken, file.findings = read.format, len(taken), plain(read.findings)
    file.save(update_fields=["format", "taken", "findings"])
    totals.count_again(file.batch_id)
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
        if read.wrapping or read.is_refused:
            continue
        try:
            held = read_file(read.file.data, said)
        except Unreadable as wrong:
            read.supports = supporting.seen_as(read.file.name, read.file.data)
            if read.supports is not None:
                continue
            if _has_pages(read.file.data):
                read.format = PAGES
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
    strange = [
        paper.seller for _, _, paper, _ in papers if not (client or sellers.get(paper.seller))
    ]
    like = resolution.clients(list(dict.fromkeys(strange))[:SELLERS_SOUGHT])
    taken = []
    for place, within, paper, findings in papers:
        owner = client or sellers.get(paper.seller)
        claim, faults = intake.receivable(paper)
        if owner is None:
            faults = (*faults, _unknown_seller(paper, like.get(paper.seller)))
        if owner is None or claim is None:
            reads[place].findings.extend((*findings, *(_placed(f, within) for f in faults)))
            continue
        taken.append(Taken(place, paper, claim, owner, (*findings, *faults), within))
    debtors = parties.debtors_of([one.paper.buyer for one in taken])
    for one in taken:
        one.debtor = debtors.get(one.paper.buyer)
    return taken


def _has_pages(data: bytes) -> bool:
    """Whether a reader of pages knows it: a PDF without data, or a picture."""
    return any(plugins.load("scans", name).sniff(data) for name in plugins.names("scans"))


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
    if not any(read.format == PAGES for read in reads):  # Else counted when all are decided.
        batch.findings = plain(differences(control, count=len(taken), sums=sums, lost=lost))
    if batch.findings:
        batch.save(update_fields=["findings"])
    filing.files(batch.pk, reads, counts, hashes)
    filing.tables(reads, client, at=at)
    filing.invoices(taken, fingerprints, reads, at=at)
    filing.pages(reads, client, at=at, actor=actor)
    filing.papers(reads, hashes, taken, client=client, at=at, actor=actor)
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


def enter(
    row: models.ReceivedFile,
    paper: Invoice,
    claim: Receivable,
    *,
    client: UUID,
    debtor: UUID | None,
    findings: tuple[Finding, ...],
    at: datetime,
    actor: str,
) -> tuple[UUID | None, tuple[Finding, ...]]:
    """Take in an invoice that was read page by page, by the door that all others come through.

    Its id; None for a copy of one that we have, with the finding that says so.
    """
    assert connection.in_atomic_block, "the invoice and its reading are one"
    read = Read(id=row.pk, file=File(name=row.name, data=b""))
    owes = same.company(debtor) if debtor else None
    taken = [Taken(0, paper, claim, client, findings, debtor=owes)]
    fingerprints = _without_copies([read], taken)
    if not taken:
        return None, tuple(read.findings)
    filing.invoices(taken, fingerprints, [read], at=at)
    models.ReceivedFile.objects.filter(pk=row.pk).update(taken=1)
    (one,) = taken
    line = Line(one.id, one.id, {"batch": row.batch.number})
    note(Kind.INVOICE_RECEIVED, [line], at=at, actor=actor)
    return one.id, ()


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


def _unknown_seller(paper: Invoice, found: Resolution | None) -> Finding:
    """:param found: who may be meant; None: it was not looked for."""
    like = [
        f"{one.name} ({', '.join(one.because)})" for one in (found.candidates[:3] if found else ())
    ]
    says = f"No client has the identifiers of the seller “{paper.seller.name}”."
    return Finding(
        code="client_unknown",
        says=f"{says} Like it: {'; '.join(like)}." if like else says,
        where="BG-4",
        todo="Add the client, or hand the file in under the right client; then hand it in again.",
    )
