"""What clients handed in, and what became of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from usance import models
from usance.domain.invoice import Stage
from usance.domain.money import Money

from . import capture, mappings

FUNDED = {Stage.FUNDED, Stage.SETTLED, Stage.REPURCHASED, Stage.WRITTEN_OFF}
APPROVED = FUNDED | {Stage.APPROVED}
VERIFIED = APPROVED | {Stage.VERIFIED, Stage.APPLIED}
FAULTY = models.ReceivedFile.objects.exclude(findings=[])
Rows = QuerySet[models.Batch]


def report(batch_id: UUID) -> dict[str, Any]:
    """One batch as plain values: counts, and every finding with its file."""
    batch = models.Batch.objects.get(pk=batch_id)
    files = list(batch.files.order_by("name"))
    findings = [{"file": "", **finding} for finding in batch.findings]
    findings += [{"file": file.name, **finding} for file in files for finding in file.findings]
    return {
        "batch": str(batch.pk),
        "number": batch.number,
        "files": len(files),
        "invoices": batch.files.aggregate(sum=Sum("taken"))["sum"] or 0,
        "to_read": capture.courses([batch.pk]).get(batch.pk, capture.Course()).unread,
        "findings": findings,
        "waiting": [
            {"id": str(row.pk), "file": row.file.name}
            for row in mappings.of_batches([batch_id]).order_by("pk")
        ],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A batch in the list."""

    id: UUID
    number: int
    client: str  # Empty: each invoice belongs to the client that its seller names.
    sellers: tuple[str, ...]  # Then the clients whose invoices are in it, by name.
    way: str
    received_at: datetime
    actor: str
    files: int
    faulty: int  # Files of which something is to be said.
    invoices: int
    stages: "Progress"
    course: capture.Course


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the invoices of a batch have come. Each number includes those that went further."""

    received: int = 0
    verified: int = 0
    approved: int = 0
    funded: int = 0
    to_fund: int = 0  # Invoices that are not rejected; credit notes are never funded.
    credit_notes: int = 0
    rejected: int = 0
    held: int = 0  # They wait for a person.
    moving: int = 0  # The belt still has something to do with them.


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What the batch comes to in a currency: by our reading, and by the client's own list."""

    count: int
    ours: Money
    theirs: Money | None = None  # None: the client gave no total in this currency.

    @property
    def differs(self) -> bool:
        return self.theirs is not None and self.theirs != self.ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    batch: models.Batch
    files: int
    faulty: int
    totals: tuple[Total, ...]
    counted: int  # Invoices that we read.
    progress: Progress
    course: capture.Course  # Of the documents that are read page by page.

    @property
    def count_differs(self) -> bool:
        return self.batch.control_count is not None and self.batch.control_count != self.counted


def found(*, view: str = "", client: UUID | None = None, number: int | None = None) -> "Rows":
    """Batches for the list, by what was asked; `view` "findings": those with something to say."""
    rows: Rows = models.Batch.objects.select_related("client")
    if view == "findings":
        rows = rows.filter(Exists(FAULTY.filter(batch=OuterRef("pk"))) | ~Q(findings=[]))
    if client is not None:
        rows = rows.filter(client_id=client)
    if number is not None:
        rows = rows.filter(number=number)
    return rows


def listed(rows: Iterable[models.Batch]) -> list[Listed]:
    """The batches with their counts: six queries, however many they are."""
    batches = list(rows)
    pks = [batch.pk for batch in batches]
    files = {
        batch: (count, faulty, taken or 0)
        for batch, count, faulty, taken in models.ReceivedFile.objects.filter(batch_id__in=pks)
        .values_list("batch_id")
        .annotate(all=Count("id"), odd=Count("id", filter=~Q(findings=[])), out=Sum("taken"))
    }
    stages, courses = progress(pks), capture.courses(pks)
    sellers = _sellers([batch.pk for batch in batches if batch.client is None])
    return [
        Listed(
            id=batch.pk,
            number=batch.number,
            client=batch.client.name if batch.client else "",
            sellers=tuple(sellers[batch.pk]),
            way=batch.way,
            received_at=batch.received_at,
            actor=batch.actor,
            files=files.get(batch.pk, (0, 0, 0))[0],
            faulty=files.get(batch.pk, (0, 0, 0))[1],
            invoices=files.get(batch.pk, (0, 0, 0))[2],
            stages=stages[batch.pk],
            course=courses.get(batch.pk, capture.Course()),
        )
        for batch in batches
    ]


def _sellers(batches: Sequence[UUID]) -> defaultdict[UUID, list[str]]:
    """Of batches that were handed in for several: whose invoices are in each."""
    names = defaultdict[UUID, list[str]](list)
    for batch, name in (
        models.Invoice.objects.filter(file__batch_id__in=batches)
        .order_by("client__name")
        .values_list("file__batch_id", "client__name")
        .distinct()
    ):
        names[batch].append(name)
    return names


def progress(batches: Sequence[UUID]) -> dict[UUID, Progress]:
    """How far each batch has come."""
    held = models.Hold.objects.filter(invoice=OuterRef("pk"), closed_at=None)
    rows = (
        models.Invoice.objects.filter(file__batch_id__in=batches)
        .annotate(is_held=Exists(held))
        .values_list("file__batch_id", "stage", "kind", "is_held")
        .annotate(count=Count("pk"))
    )
    counts: dict[UUID, Counter[str]] = {batch: Counter() for batch in batches}
    for batch, stage, kind, is_held, count in rows:
        note, said = kind == "credit_note", counts[batch]
        said["received"] += count
        said["verified"] += count * (stage in VERIFIED)
        said["approved"] += count * (stage in APPROVED)
        said["funded"] += count * (stage in FUNDED)
        said["to_fund"] += count * (stage != Stage.REJECTED and not note)
        said["credit_notes"] += count * note
        said["rejected"] += count * (stage == Stage.REJECTED)
        said["held"] += count * is_held
        # A verified credit note waits for its invoice, perhaps for weeks: nothing moves there.
        walking = {Stage.RECEIVED} if note else {Stage.RECEIVED, Stage.VERIFIED, Stage.APPROVED}
        said["moving"] += count * (stage in walking and not is_held)
    return {batch: Progress(**said) for batch, said in counts.items()}


def detail(batch: models.Batch) -> Detail:
    """One batch with its totals against the client's own."""
    files = models.ReceivedFile.objects.filter(batch=batch)
    sums = {
        currency: (count, minor)
        for currency, count, minor in models.Invoice.objects.filter(file__batch=batch)
        .values_list("currency")
        .annotate(Count("pk"), Sum("face_minor"))
        .order_by("currency")
    }
    for currency in batch.control_totals:
        sums.setdefault(currency, (0, 0))
    totals = tuple(
        Total(
            count=count,
            ours=Money(minor, currency),
            theirs=Money(batch.control_totals[currency], currency)
            if currency in batch.control_totals
            else None,
        )
        for currency, (count, minor) in sums.items()
    )
    return Detail(
        batch=batch,
        files=files.count(),
        faulty=files.exclude(findings=[]).count(),
        totals=totals,
        counted=sum(total.count for total in totals),
        progress=progress([batch.pk])[batch.pk],
        course=capture.courses([batch.pk]).get(batch.pk, capture.Course()),
    )


def files_of(batch: models.Batch, *, view: str) -> "QuerySet[models.ReceivedFile]":
    """The files of a batch; `view` "findings": those of which something is to be said."""
    rows = models.ReceivedFile.objects.filter(batch=batch).select_related("reading")
    rows = rows.defer("reading__content", "reading__words")
    rows = rows.prefetch_related("supporting__invoice")
    return rows.exclude(findings=[]) if view == "findings" else rows


def invoices_of(batch: models.Batch) -> "QuerySet[models.Invoice]":
    """The invoices of a batch with the names that a list shows."""
    return models.Invoice.objects.filter(file__batch=batch).select_related("client", "debtor")
