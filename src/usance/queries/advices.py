"""Payment advices: those that may tell of bank lines, and what each of them lists."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from usance import models
from usance.domain import payment
from usance.domain.invoice import Stage
from usance.domain.money import Money

from . import cash

Rows = QuerySet[models.PaymentAdvice]
VIEWS = ("waits", "used", "withdrawn")
MOST_PARTS = 50  # Of an advice that are shown.


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A line of an advice, with the open invoice that it means."""

    numbers: Sequence[str]
    amount: Money
    deducted: Money | None
    reason: str
    invoice: UUID | None  # None: it is none of ours, not bought, or several.
    outstanding: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    row: models.PaymentAdvice
    parts: Sequence[Listed]
    more: int  # Lines that are not shown.
    unknown: int  # Of those shown, without an invoice of ours that is open.


def waiting() -> Rows:
    return models.PaymentAdvice.objects.filter(line=None, withdrawn_at=None)


def found(view: str) -> Rows:
    """Advices whose money has not come, those whose money has, and those withdrawn."""
    by_view = {
        "waits": Q(line=None, withdrawn_at=None),
        "used": Q(line__isnull=False),
        "withdrawn": Q(withdrawn_at__isnull=False),
    }
    return models.PaymentAdvice.objects.filter(by_view[view]).select_related("document", "line")


def awaited(lines: Iterable[payment.BankLine]) -> list[payment.Awaited]:
    """The advices with the amount of one of these lines, for the engine."""
    amounts = {(line.amount.minor, line.amount.currency) for line in lines}
    if not amounts:
        return []
    minors = {minor for minor, _ in amounts}
    rows = waiting().filter(total_minor__in=minors).order_by("pk")
    return [_awaited(row) for row in rows if (row.total_minor, row.currency) in amounts]


def waiting_lines(advices: Rows) -> "QuerySet[models.BankLine, UUID]":
    """Whole lines that have the amount of one of these advices, near its day, and wait; also those
    that are being looked at right now, which may have begun before the advice was there."""
    near = timedelta(days=max(payment.NEAR_ITS_COMING, payment.NEAR_ITS_DAY))
    days = [row.paid_on or row.received_at.date() for row in advices]
    if not days:
        return models.BankLine.objects.none().values_list("pk", flat=True)
    same = advices.filter(total_minor=OuterRef("amount_minor"), currency=OuterRef("currency"))
    return models.BankLine.objects.filter(
        Exists(same), amount_minor__gt=0, verdict__in=["", "probable", "none"],
        unapplied_minor=F("amount_minor"),
        booked_on__gte=min(days) - near, booked_on__lte=max(days) + near,
    ).values_list("pk", flat=True)  # fmt: skip


def told_of_booked(advices: Rows) -> list[tuple[UUID, UUID]]:
    """Advices with the one booked line that pays just what they list, near their day; a line that
    has its advice is left out."""
    found, taken = [], set[UUID]()
    for row in advices.order_by("pk"):
        advice = _awaited(row)
        numbers = {form for one in row.parts for form in map(payment.compact, one["numbers"])}
        paid = (
            models.Allocation.objects.filter(
                undone_at=None, invoice__number_key__in=sorted(numbers),
                line__amount_minor=row.total_minor, line__currency=row.currency,
                line__advices=None, line__booked_on__gte=advice.on - timedelta(days=advice.near),
                line__booked_on__lte=advice.on + timedelta(days=advice.near),
            )
            .exclude(line__in=taken)
            .values_list("line_id", flat=True)
        )  # fmt: skip
        fitting = [pk for pk in sorted(set(paid)) if _lists_all_of(row, pk)]
        if len(fitting) == 1:
            taken.add(fitting[0])
            found.append((row.pk, fitting[0]))
    return found


def _lists_all_of(row: models.PaymentAdvice, line: UUID) -> bool:
    paid = models.Allocation.objects.filter(line=line, undone_at=None)
    keys = set(paid.values_list("invoice__number_key", flat=True))
    listed = [set(map(payment.compact, p["numbers"])) for p in row.parts if p["amount_minor"] > 0]
    return len(listed) == len(keys) and all(len(numbers & keys) == 1 for numbers in listed)


def shown(rows: Sequence[models.PaymentAdvice]) -> list[Shown]:
    """Each with the open invoices that it lists; three queries for all of them."""
    told = [_awaited(row) for row in rows]
    known = {item.invoice: item for item in cash.items(cash.named((), told).invoices)}
    by_form: dict[str, set[UUID]] = {}
    for item in known.values():
        for form in payment.names(item) | {payment.compact(item.number)}:
            by_form.setdefault(form, set()).add(item.invoice)
    return [_shown(row, by_form, known) for row in rows]


def currencies(numbers: Collection[str]) -> set[str]:
    """Of our bought invoices with one of these numbers."""
    keys = sorted({payment.compact(number) for number in numbers} - {""})
    rows = models.Invoice.objects.filter(number_key__in=keys, stage=Stage.FUNDED)
    return set(rows.values_list("currency", flat=True).distinct())


def _shown(
    row: models.PaymentAdvice,
    by_form: dict[str, set[UUID]],
    known: dict[UUID, payment.OpenItem],
) -> Shown:
    parts = []
    for one in row.parts[:MOST_PARTS]:
        forms = (payment.compact(number) for number in one["numbers"])
        named = {pk for form in forms for pk in by_form.get(form, ())}
        item = known[next(iter(named))] if len(named) == 1 else None
        parts.append(Listed(
            numbers=one["numbers"], amount=Money(one["amount_minor"], row.currency),
            deducted=Money(kept, row.currency) if (kept := one["deducted_minor"]) else None,
            reason=one["reason"], invoice=item.invoice if item else None,
            outstanding=item.outstanding if item else None,
        ))  # fmt: skip
    unknown = sum(one.invoice is None for one in parts)
    return Shown(row=row, parts=parts, more=len(row.parts) - len(parts), unknown=unknown)


def _awaited(row: models.PaymentAdvice) -> payment.Awaited:
    return payment.Awaited(
        id=row.pk,
        shares=tuple(
            payment.Share(
                numbers=tuple(one["numbers"]), amount=Money(one["amount_minor"], row.currency),
                reason=one["reason"],
            )
            for one in row.parts
        ),
        total=row.total, payer=row.payer, payer_account=row.payer_account,
        reference=row.reference, on=row.paid_on or row.received_at.date(),
        near=payment.NEAR_ITS_DAY if row.paid_on else payment.NEAR_ITS_COMING,
    )  # fmt: skip
