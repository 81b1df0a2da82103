"""Payments that can still be taken back: debits that were collected, what was paid online.

They follow the money: whatever a receipt pays waits for it, also what a person lets it pay that it
was not collected for.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from usance import models
from usance.domain.collection import debits
from usance.domain.invoice import Stage
from usance.domain.journal import Account
from usance.domain.payment import checkouts

from . import amounts

COLLECTED, PAID = debits.State.COLLECTED, checkouts.State.PAID


def reversible(invoices: Collection[UUID], *, today: date) -> set[UUID]:
    """Invoices of which a payment may still be taken back: their reserve waits."""
    paid = models.Allocation.objects.filter(invoice__in=invoices, undone_at=None)
    return _of(paid, final_on__gt=today)


def final(*, today: date) -> list[UUID]:
    """Paid invoices whose reserve waited, and waits no longer."""
    paid = models.Allocation.objects.filter(invoice__stage=Stage.FUNDED, undone_at=None)
    invoices = sorted(_of(paid, final_on__lte=today))
    left = amounts.of_invoices(Account.FACTORED_RECEIVABLES, invoices)
    still = reversible(invoices, today=today)
    return [pk for pk in invoices if not left.get(pk, 0) and pk not in still]


def _of(paid: "QuerySet[models.Allocation]", **when: date) -> set[UUID]:
    """The invoices of these payments by receipts that were collected, or paid online."""
    collected = models.Debit.objects.filter(state=COLLECTED, **when)
    online = models.Checkout.objects.filter(state=PAID, **when)
    return {
        pk for rows in (collected, online)
        for pk in paid.filter(line__in=rows.values("line")).values_list("invoice_id", flat=True)
    }  # fmt: skip
