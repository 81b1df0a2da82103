"""The queue of holds: why each waits, what to do next, and the figures that were compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec
from django.db.models import Count, QuerySet

from usance import models
from usance.domain.credit import Reason
from usance.domain.finding import Finding
from usance.domain.invoice import Stage
from usance.domain.money import Money

from . import pages
from .pages import MOST_COUNTED, Cursor

CREDIT = "credit.assess"
FINDINGS, ERROR = "findings", "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value that a credit rule compared."""

    name: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One hold in the queue."""

    id: UUID
    invoice: UUID
    number: str
    client: str
    debtor: str
    face: Money
    due_on: date
    stage: Stage
    step: str
    because: str
    findings: tuple[Finding, ...]
    figures: tuple[Figure, ...]  # Of the credit rules that said no; else empty.
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    rows: tuple[Held, ...]
    count: int
    page: pages.Page


def queue(cursor: Cursor, *, because: str = "", step: str = "") -> Queue:
    """A page of the open holds, the oldest first. The queries do not grow with the rows."""
    rows = matching(because=because, step=step)
    page = pages.page(
        rows.select_related("invoice__client", "invoice__debtor"), cursor, newest_first=False
    )
    reasons = refused([row.invoice_id for row in page.rows if row.step == CREDIT])
    return Queue(
        rows=tuple(_held(row, reasons) for row in page.rows),
        count=pages.counted(rows),
        page=page,
    )


def matching(*, because: str = "", step: str = "") -> "QuerySet[models.Hold]":
    rows = models.Hold.objects.filter(closed_at=None)
    if because:
        rows = rows.filter(because=because)
    return rows.filter(step=step) if step else rows


def counts(most: int = MOST_COUNTED) -> dict[tuple[str, str], int]:
    """Open holds by (because, step), counted among the first `most`. One query."""
    first = models.Hold.objects.filter(closed_at=None).order_by("pk").values("pk")[:most]
    rows = models.Hold.objects.filter(pk__in=first).order_by()
    return {
        (because, step): count
        for because, step, count in rows.values_list("because", "step").annotate(n=Count("pk"))
    }


def findings_of(plain: Sequence[Mapping[str, object]]) -> tuple[Finding, ...]:
    """Findings as they were kept in a JSON column."""
    return tuple(msgspec.convert(list(plain), list[Finding]))


def reasons_of(plain: Sequence[Mapping[str, object]]) -> tuple[Reason, ...]:
    return tuple(msgspec.convert(list(plain), list[Reason]))


# jsonb forgets the order in which a rule named its values.
IN_ORDER = ("exposure", "funds_in_use", "face", "advance", "limit", "facility_limit")


def figures_of(reasons: Sequence[Reason]) -> tuple[Figure, ...]:
    """The values of these reasons, each name once."""
    said = {name: text for reason in reversed(reasons) for name, text in reason.values.items()}
    found = []
    for name in sorted(said, key=_order):
        amount, _, currency = said[name].rpartition(" ")
        found.append(Figure(name=name.replace("_", " "), amount=Money.of(amount, currency)))
    return tuple(found)


def _order(name: str) -> tuple[int, str]:
    return (IN_ORDER.index(name) if name in IN_ORDER else len(IN_ORDER)), name


def refused(invoices: Sequence[UUID]) -> dict[UUID, tuple[Reason, ...]]:
    """The rules that said no in the last credit decision of each."""
    rows = (
        models.CreditDecision.objects.filter(invoice_id__in=invoices)
        .order_by("invoice_id", "-pk")
        .distinct("invoice_id")
    )
    return {
        row.invoice_id: tuple(r for r in reasons_of(row.reasons) if not r.agrees) for row in rows
    }


def _held(row: models.Hold, reasons: Mapping[UUID, tuple[Reason, ...]]) -> Held:
    invoice = row.invoice
    return Held(
        id=row.pk,
        invoice=invoice.pk,
        number=invoice.number,
        client=invoice.client.name,
        debtor=invoice.debtor.name if invoice.debtor else "",
        face=invoice.face,
        due_on=invoice.due_on,
        stage=Stage(invoice.stage),
        step=row.step,
        because=row.because,
        findings=findings_of(row.findings),
        figures=figures_of(reasons.get(row.invoice_id, ())),
        opened_at=row.opened_at,
    )
