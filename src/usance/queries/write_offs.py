"""What was given up, what waits for somebody to agree, and what came back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from usance import models
from usance.domain.money import Money
from usance.domain.settlement import losses
from usance.domain.settlement.losses import Band

SHOWN = 50


def bands() -> tuple[Band, ...]:
    """The bands that hold now."""
    last = models.WriteOffAuthority.objects.order_by("-pk").first()
    return last.bands() if last else losses.BANDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A write-off, with what came back of our loss."""

    row: models.WriteOff
    recovered: Money

    @property
    def left(self) -> Money:
        """Of our loss; nothing if none was booked."""
        return Money(self.row.loss_minor or 0, self.row.currency) - self.recovered


def rows() -> "QuerySet[models.WriteOff]":
    return models.WriteOff.objects.select_related("client", "invoice__debtor")


def told(found: Sequence[models.WriteOff]) -> list[Told]:
    """With what was recovered on each. One query."""
    back = models.Explanation.objects.filter(write_off__in=found, undone_at=None)
    sums = dict(back.values_list("write_off").annotate(minor=Sum("amount_minor")))
    return [Told(row=row, recovered=Money(sums.get(row.pk, 0), row.currency)) for row in found]


def waiting() -> list[models.WriteOff]:
    """What somebody is to agree to, the oldest first."""
    return list(rows().filter(state="proposed").order_by("pk")[:SHOWN])


def asked(invoices: Collection[UUID | None], *, since: datetime) -> set[UUID | None]:
    """For which of these a write-off waits, or was declined since."""
    found = models.WriteOff.objects.filter(
        Q(state="proposed") | Q(state="declined", decided_at__gt=since), invoice__in=invoices
    )
    return set(found.values_list("invoice_id", flat=True))


def lines_for(row: models.WriteOff) -> list[models.BankLine]:
    """Receipts that nobody has explained, in the currency of a loss: those that name it first."""
    open_lines = models.BankLine.objects.filter(
        unapplied_minor__gt=0, amount_minor__gt=0, currency=row.currency
    )
    if row.invoice is None:
        return list(open_lines.order_by("-pk")[:SHOWN])
    named = Q(references__contains=[{"value": row.invoice.payment_reference}])
    first = list(open_lines.filter(named).order_by("-pk")[:SHOWN])
    rest = open_lines.exclude(pk__in=[one.pk for one in first]).order_by("-pk")
    return [*first, *rest[: SHOWN - len(first)]]
