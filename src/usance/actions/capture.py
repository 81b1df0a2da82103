"""Read pages: what is sure becomes an invoice by itself, the rest waits for a person."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from usance import models
from usance.domain import capture, intake
from usance.domain.capture import learned
from usance.domain.capture.reading import Reading
from usance.domain.capture.review import Parties, State, doubts
from usance.domain.events import Kind
from usance.domain.finding import Finding
from usance.engine.crashpoint import crashpoint
from usance.plugins import Unreadable, scans
from usance.queries import capture as questions
from usance.queries import parties
from usance.queries.parcels import stored

from . import intake as door
from . import totals
from .diary import Line, note
from .holds import plain


def read(readings: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Read files page by page; let in what is sure, leave the rest to a person.

    Reading takes seconds a page and holds no lock; what came of each file is one transaction.
    """
    rows = models.Reading.objects.filter(pk__in=readings, state=State.UNREAD).order_by("pk")
    for row in rows.select_related("file"):
        found = _read(row)
        crashpoint("capture.read")
        if isinstance(found, Reading):
            keep(row.pk, found, at=at, actor=actor)
        else:
            _refuse(row.pk, found, at=at, actor=actor)
        crashpoint("capture.kept")


def _read(row: models.Reading) -> Reading | Finding:
    """What stands on the pages, or why they cannot be read."""
    try:
        pages, findings = scans.read_pages(stored(row.file.document_id))
    except Unreadable as wrong:
        todo = "Ask the client for the file again, or enter the invoice by hand."
        return Finding(code="unreadable", says=wrong.says, where=wrong.where, todo=todo)
    known = questions.known_for(row.client_id, pages, questions.senders(pages))
    return capture.read(pages, known=known, findings=findings)


@transaction.atomic
def keep(pk: UUID, reading: Reading, *, at: datetime, actor: str) -> None:
    """Keep what was read of a file that waits to be read, and let it in if it is sure."""
    row = models.Reading.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    if row.state != State.UNREAD:
        return  # Another worker had the same job: its word stands.
    client, debtor = questions.parties_of(row, reading.invoice)
    sure = questions.sure_from(client)
    found_parties = Parties(
        client=client is not None,
        debtor=debtor is not None,
        seller_is_client=parties.same_seller(reading.invoice.seller, client) if client else None,
    )
    found = doubts(reading, found_parties, sure_from=sure)
    row.content, row.words = questions.content(reading)
    row.client, row.debtor_id = client, debtor
    row.kind, row.number = reading.kind[:20], reading.invoice.number[:80]
    row.pages = len(reading.pages)
    row.doubtful = len(reading.doubtful(sure))  # type: ignore[arg-type]  # Compared, not reckoned.
    row.sender, row.read_at = capture.sender_of(reading)[:80], at
    _used(row, reading, at=at)
    if not found and client is not None:
        found = _pass(row, reading, at=at, actor=actor)
    if found:
        row.state, row.doubts = State.WAITING, plain(found)
        noted(Kind.READING_WAITING, row, at, actor, codes=sorted({one.code for one in found}))
    row.save()
    if row.state != State.WAITING:
        totals.count_again(row.file.batch_id)


def _pass(
    row: models.Reading, reading: Reading, *, at: datetime, actor: str
) -> tuple[Finding, ...]:
    """Let it in; why that cannot be, if it cannot. A copy ends here: the first one stands."""
    assert row.client_id is not None
    claim, faults = intake.receivable(reading.invoice)
    if claim is None:
        return faults
    invoice, copies = door.enter(
        row.file, reading.invoice, claim, client=row.client_id, debtor=row.debtor_id,
        findings=(*reading.findings, *faults), at=at, actor=actor,
    )  # fmt: skip
    row.closed_at, row.closed_by = at, actor[:64]
    if invoice is None:
        row.state, row.remark = State.REJECTED, copies[0].says[:400]
        add_findings(row.file, copies)
        noted(Kind.READING_REJECTED, row, at, actor, remark=row.remark)
        return ()
    row.state, row.invoice_id = State.PASSED, invoice
    noted(Kind.READING_PASSED, row, at, actor)
    return ()


@transaction.atomic
def _refuse(pk: UUID, finding: Finding, *, at: datetime, actor: str) -> None:
    row = models.Reading.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    if row.state != State.UNREAD:
        return
    row.state, row.read_at, row.closed_at = State.UNREADABLE, at, at
    row.closed_by, row.remark = actor[:64], finding.says[:400]
    row.save()
    models.ReceivedFile.objects.filter(pk=row.file_id).update(format="")
    add_findings(row.file, (finding,))
    noted(Kind.PAGES_UNREADABLE, row, at, actor, says=finding.says)
    totals.count_again(row.file.batch_id)


def _used(row: models.Reading, reading: Reading, *, at: datetime) -> None:
    """Count what was read by what a person had shown."""
    fields = [
        name
        for name, field in reading.fields.items()
        if any(reason.code == "learned" for reason in field.reasons)
    ]
    if any(one.code == learned.BY_LEARNING for one in reading.findings):
        fields.append(learned.KIND)
    if fields and row.sender and row.client:
        models.LearnedLayout.objects.filter(
            sender=row.sender, field__in=fields, withdrawn_at=None, client=row.client
        ).update(used=F("used") + 1, used_at=at)


def add_findings(file: models.ReceivedFile, findings: Sequence[Finding]) -> None:
    kept = [replace(one, where=one.where or file.name) for one in findings]
    file.findings = [*file.findings, *plain(kept)]
    models.ReceivedFile.objects.filter(pk=file.pk).update(findings=file.findings)


def noted(kind: Kind, row: models.Reading, at: datetime, actor: str, **more: object) -> None:
    line = Line(row.pk, row.invoice_id, {"name": row.file.name, **more})
    note(kind, [line], at=at, actor=actor)
