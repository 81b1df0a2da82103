"""What buyers answered to invoices, and when they say that they pay."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from usance import models
from usance.domain.distribution import DECISIVE, Response, Stance, is_partly, says


def of_invoice(invoice: UUID) -> list[models.Response]:
    """All answers, by the buyer's clock."""
    rows = models.Response.objects.filter(dispatch__invoice_id=invoice)
    return list(rows.select_related("dispatch").order_by("at", "response_id"))


def promised(invoices: Sequence[UUID]) -> dict[UUID, date]:
    """When each buyer says that it pays: the day of its last answer that names one."""
    rows = models.Response.objects.filter(
        dispatch__invoice_id__in=invoices, stance=Stance.PAID, pays_on__isnull=False
    ).order_by("at", "response_id")
    return {
        invoice: pays_on
        for invoice, pays_on in rows.values_list("dispatch__invoice_id", "pays_on")
        if invoice is not None and pays_on is not None
    }


def announced(invoices: Collection[UUID]) -> set[UUID]:
    """Of which the buyer's last answer says that it pays, all of it."""
    rows = models.Response.objects.filter(dispatch__invoice_id__in=invoices)
    told = rows.order_by("at", "response_id")
    last = {
        pk: stance == Stance.PAID and not is_partly(Stance(stance), reasons)
        for pk, stance, reasons in told.values_list("dispatch__invoice_id", "stance", "reasons")
    }
    return {pk for pk, pays in last.items() if pk is not None and pays}


def decisive(dispatches: Sequence[UUID]) -> dict[UUID, models.Response]:
    """By invoice the last yes or no of its buyer to one of these deliveries, by the buyer's
    clock."""
    rows = models.Response.objects.filter(
        dispatch_id__in=dispatches, stance__in=[str(one) for one in DECISIVE]
    )
    found = {}
    for row in rows.select_related("dispatch").order_by("at", "response_id"):
        assert row.dispatch is not None
        found[row.dispatch.invoice_id] = row
    return found


def says_of(row: models.Response) -> str:
    """A kept answer in a sentence."""
    return says(
        Response(
            id=row.response_id,
            key="",
            reference="",
            stance=Stance(row.stance),
            at=row.at,
            reasons=tuple(row.reasons),
            text=row.text,
            pays_on=row.pays_on,
            pays=row.pays,
        )
    )
