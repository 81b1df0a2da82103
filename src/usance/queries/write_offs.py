"""What was given up, what waits for somebody to agree, and what came back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from usance import models
from usance.domain.finance import PRODUCTS, LegalBasis, Product
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.domain.settlement import losses
from usance.domain.settlement.losses import Band, Cause

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
    further: Money  # Payments that were taken back since, as far as they are our loss.

    @property
    def left(self) -> Money:
        """Of our loss; nothing if none was booked."""
        return Money(self.row.loss_minor or 0, self.row.currency) + self.further - self.recovered


def rows() -> "QuerySet[models.WriteOff]":
    return models.WriteOff.objects.select_related("client", "invoice__debtor")


def told(found: Sequence[models.WriteOff]) -> list[Told]:
    """With what was recovered on each, and what was lost since. Two queries."""
    back = models.Explanation.objects.filter(write_off__in=found, undone_at=None)
    sums = dict(back.values_list("write_off").annotate(minor=Sum("amount_minor")))
    done = [row for row in found if row.loss_minor is not None and row.invoice_id]
    lost = models.Move.objects.filter(
        invoice__in=[row.invoice_id for row in done], debit=Account.CREDIT_LOSSES,
        credit=Account.UNAPPLIED_CASH,
    )  # fmt: skip
    since = dict(lost.values_list("invoice").annotate(minor=Sum("amount_minor"))) if done else {}
    return [
        Told(
            row=row, recovered=Money(sums.get(row.pk, 0), row.currency),
            further=Money(since.get(row.invoice_id, 0) if row in done else 0, row.currency),
        )
        for row in found
    ]  # fmt: skip


def borne(invoice: models.Invoice, owed: Money, *, cause: Cause) -> losses.Borne:
    """Whose it would be if so much of a bought invoice were never paid, by the terms that it was
    bought by."""
    facility = invoice.funding.facility
    return losses.borne(
        owed, recourse=invoice.funding.recourse(), basis=LegalBasis(facility.legal_basis),
        cause=cause, undertaken=PRODUCTS[Product(facility.product)].approved,
    )  # fmt: skip


def borne_again(rows: Sequence[models.Allocation]) -> dict[UUID, Money]:
    """These payments are taken back. Where their invoice was written off: what of each the client
    bears, as if it had not been paid before. Those of which it bears nothing are left out."""
    found = models.WriteOff.objects.filter(
        invoice__in={row.invoice_id for row in rows}, state="done", loss_minor__isnull=False
    ).select_related("invoice__funding__facility")
    told: dict[UUID, Money] = {}
    for one in found:
        assert one.invoice is not None, one.pk
        assert one.decided_at is not None, one.pk
        undone = one.invoice.allocations.filter(undone_at__gt=one.decided_at)
        undone = undone.exclude(pk__in=[row.pk for row in rows])
        owed = one.amount + Money(
            undone.aggregate(minor=Sum("amount_minor"))["minor"] or 0, one.currency
        )
        bears = partial(borne, one.invoice, cause=Cause(one.cause))
        for row in rows:
            if row.invoice_id == one.invoice_id:
                part = bears(owed + row.amount).client - bears(owed).client
                owed += row.amount
                told |= {row.pk: part} if part else {}
    return told


def waiting() -> list[models.WriteOff]:
    """What somebody is to agree to, the oldest first."""
    return list(rows().filter(state="proposed").order_by("pk")[:SHOWN])


def asked(invoices: Collection[UUID | None], *, since: datetime, but_by: str) -> set[UUID | None]:
    """For which of these a write-off waits, or was declined since by others than `but_by`."""
    declined = Q(state="declined", decided_at__gt=since) & ~Q(decided_by=but_by)
    found = models.WriteOff.objects.filter(Q(state="proposed") | declined, invoice__in=invoices)
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
