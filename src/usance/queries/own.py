"""What a client sees of its own invoices. Every question names the client; another's id finds
nothing."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from usance import models
from usance.domain.days import days_overdue
from usance.domain.distribution import Paper
from usance.domain.events import Kind
from usance.domain.invoice import Invoice, Stage
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.domain.payment import Was

from . import cash, invoices
from .invoices import Filter, Listed, Row, View
from .pages import Cursor

# Views that a client has; what is held or verified is ours to deal with.
VIEWS = (View.ALL, View.RECEIVED, View.FUNDED, View.OVERDUE, View.DISPUTED, View.SETTLED,
         View.REJECTED)  # fmt: skip

# What of the diary a client is told. Our decisions, notes and people are not among it.
TOLD = (
    Kind.INVOICE_RECEIVED, Kind.INVOICE_VERIFIED, Kind.INVOICE_REJECTED, Kind.INVOICE_APPROVED,
    Kind.INVOICE_FUNDED, Kind.INVOICE_PAID, Kind.INVOICE_SETTLED, Kind.INVOICE_REPURCHASED,
    Kind.INVOICE_REFACTORED,
    Kind.CREDIT_NOTE_VERIFIED, Kind.CREDIT_NOTE_APPLIED, Kind.DISPATCH_PLANNED,
    Kind.DISPATCH_ACCEPTED, Kind.DISPATCH_DELIVERED, Kind.DISPATCH_FAILED, Kind.DISPATCH_WITHHELD,
    Kind.REMINDER_DUE,
    Kind.DISPUTE_OPENED, Kind.DISPUTE_CLOSED, Kind.INVOICE_WAITING, Kind.OFFER_ASKED,
    Kind.OFFER_MADE, Kind.OFFER_ACCEPTED, Kind.OFFER_DECLINED, Kind.OFFER_REFUSED,
    Kind.OFFER_EXPIRED, Kind.PAYMENT_EXPLAINED,
)  # fmt: skip
# Of what bank lines were only what is the client's: what we recover of a loss is ours.
NOT_THEIRS = Q(kind=Kind.PAYMENT_EXPLAINED) & ~Q(particulars__was=Was.MISDIRECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A document that the client may open."""

    document: models.Document
    dispatch: models.Dispatch | None  # None: as it was received.


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One invoice of the client with what concerns it; nothing is asked afterwards."""

    row: models.Invoice
    paper: Invoice | None  # None: it was written into the books without one.
    outstanding: Money | None  # None: not bought, or ended.
    paid: Money
    days_overdue: int
    dispatches: tuple[models.Dispatch, ...]
    payments: tuple[models.Allocation, ...]
    reminders: tuple[models.Reminder, ...]
    dispute: models.Dispute | None  # The open one.
    conversions: tuple[models.Conversion, ...]  # Into the currency of the facility.
    documents: tuple[Kept, ...]
    diary: tuple[models.Diary, ...]
    is_held: bool

    @property
    def funding(self) -> models.Funding | None:
        return getattr(self.row, "funding", None)

    @property
    def settlement(self) -> models.Settlement | None:
        return getattr(self.row, "settlement", None)


def listed(client: UUID, view: View, words: str, cursor: Cursor, *, today: date) -> Listed:
    """A page of the client's invoices, the newest first."""
    chosen = Filter(view=view, client=client, words=words)
    return invoices.listed(chosen, cursor, sort=invoices.NEWEST, today=today)


def every(client: UUID, view: View, words: str, *, today: date) -> Iterator[Row]:
    chosen = Filter(view=view, client=client, words=words)
    return invoices.every(chosen, sort=invoices.NEWEST, today=today)


def owed(client: UUID, *, today: date) -> dict[View, tuple[Money, ...]]:
    """What debtors owe on the invoices that we bought: on all, on those overdue, on those disputed,
    by currency and where it is not nothing. One query."""
    left, disputes = F("debit_minor") - F("credit_minor"), models.Dispute.objects
    sums = (
        models.Balance.objects.exclude(debit_minor=F("credit_minor"))
        .filter(account=Account.FACTORED_RECEIVABLES, client_id=client)
        .filter(invoice__stage=Stage.FUNDED)
        .alias(is_disputed=Exists(disputes.filter(invoice=OuterRef("invoice"), closed_at=None)))
        .order_by("currency")
        .values_list("currency")
        .annotate(
            all=Sum(left),
            late=Sum(left, filter=Q(invoice__due_on__lt=today)),
            disputed=Sum(left, filter=Q(is_disputed=True)),
        )
    )
    views = (View.FUNDED, View.OVERDUE, View.DISPUTED)
    found: dict[View, list[Money]] = {view: [] for view in views}
    for currency, *amounts in sums:
        for view, minor in zip(views, amounts, strict=True):
            if minor:
                found[view].append(Money(int(minor), currency))
    return {view: tuple(each) for view, each in found.items()}


def deliveries(found: Collection[UUID]) -> Mapping[UUID, models.Dispatch]:
    """The last delivery of each of these invoices, of the invoice itself. One query."""
    rows = models.Dispatch.objects.filter(invoice_id__in=found, paper=Paper.INVOICE).order_by("pk")
    return {row.invoice_id: row for row in rows}


def client(pk: UUID) -> models.Client | None:
    return models.Client.objects.filter(pk=pk).first()


def whole(client: UUID, invoice: UUID, *, today: date) -> Whole | None:
    """None: this client has no such invoice. Nine queries at most."""
    row = _of(client).filter(pk=invoice).first()
    if row is None:
        return None
    paper = getattr(row, "paper", None)
    bought = row.stage == Stage.FUNDED
    outstanding = Money(cash.outstanding([row.pk]).get(row.pk, 0), row.currency)
    dispatches = tuple(
        row.dispatches.select_related("document")
        .prefetch_related("events")
        .order_by("planned_at", "pk")
    )
    payments = tuple(row.allocations.filter(undone_at=None).select_related("line").order_by("pk"))
    return Whole(
        conversions=tuple(row.conversions.filter(paid_minor=0).order_by("at", "pk")),
        row=row,
        paper=msgspec.convert(paper.content, Invoice) if paper else None,
        outstanding=outstanding if bought else None,
        paid=Money(sum(one.amount_minor for one in payments), row.currency),
        days_overdue=days_overdue(row.due_on, today=today) if bought and outstanding else 0,
        dispatches=dispatches,
        payments=payments,
        reminders=tuple(row.reminders.order_by("level")),
        dispute=row.disputes.filter(closed_at=None).first(),
        documents=tuple(_documents(row, dispatches)),
        diary=tuple(
            models.Diary.objects.filter(invoice=row, kind__in=[k.value for k in TOLD])
            .exclude(NOT_THEIRS)
            .order_by("pk")
        ),
        is_held=row.holds.filter(closed_at=None).exists(),
    )


def has(client: UUID, invoice: UUID) -> bool:
    """Whether the client has this invoice."""
    return models.Invoice.objects.filter(client_id=client, pk=invoice).exists()


def document(client: UUID, invoice: UUID, sha256: str) -> models.Document | None:
    """A document of this invoice that the client may open; None: there is none."""
    row = _of(client).filter(pk=invoice).first()
    if row is None:
        return None
    dispatches = tuple(row.dispatches.select_related("document").order_by("planned_at", "pk"))
    kept = {one.document.sha256: one.document for one in _documents(row, dispatches)}
    return kept.get(sha256)


def documents(client: UUID) -> "QuerySet[models.Document]":
    """Every document that the client may open, for a program that has its hash."""
    sent = models.Dispatch.objects.filter(invoice__client_id=client, document__isnull=False)
    proofs = models.Proof.objects.filter(
        dispatch__invoice__client_id=client, document__isnull=False
    )
    billed = models.FeeInvoice.objects.filter(client_id=client)
    assigned = models.SchedulePaper.objects.filter(schedule__client_id=client)
    files = models.ReceivedFile.objects.filter(invoices__client_id=client).exclude(
        pk__in=models.Invoice.objects.exclude(client_id=client).values("file_id")
    )
    return models.Document.objects.filter(
        sha256__in=sent.values("document_id").union(
            files.values("document_id"),
            proofs.values("document_id"),
            billed.values("pdf_id"),
            billed.values("xml_id"),
            assigned.values("document_id"),
        )
    )


def _of(client: UUID) -> "QuerySet[models.Invoice]":
    return (
        models.Invoice.objects.filter(client_id=client)
        .select_related(
            "client", "debtor", "paper", "file__document", "funding__schedule", "settlement"
        )
        .defer("funding__schedule__manifest")
    )


def _documents(row: models.Invoice, dispatches: tuple[models.Dispatch, ...]) -> Iterator[Kept]:
    """What came in, unless the file holds another client's invoices too; then what went out."""
    shared = models.Invoice.objects.filter(file=row.file_id).exclude(client=row.client_id)
    if not shared.exists():
        yield Kept(document=row.file.document, dispatch=None)
    seen = set()
    for one in dispatches:
        if one.document is not None and one.document_id not in seen:
            seen.add(one.document_id)
            yield Kept(document=one.document, dispatch=one)
