"""Payments that can still be taken back: debits that were collected, what was paid online."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from usance import models
from usance.domain.collection import debits
from usance.domain.invoice import Stage
from usance.domain.journal import Account
from usance.domain.payment import checkouts

from . import amounts

COLLECTED, PAID = debits.State.COLLECTED, checkouts.State.PAID


def reversible(invoices: Collection[UUID], *, today: date) -> set[UUID]:
    """Invoices of which a payment may still be taken back: their reserve waits."""
    asked = {"invoice__in": invoices, "final_on__gt": today}
    collected = models.Debit.objects.filter(state=COLLECTED, **asked)
    paid = models.Checkout.objects.filter(state=PAID, **asked)
    return {pk for rows in (collected, paid) for pk in rows.values_list("invoice_id", flat=True)}


def final(*, today: date) -> list[UUID]:
    """Paid invoices whose reserve waited, and waits no longer."""
    asked = {"final_on__lte": today, "invoice__stage": Stage.FUNDED}
    collected = models.Debit.objects.filter(state=COLLECTED, **asked)
    paid = models.Checkout.objects.filter(state=PAID, **asked)
    invoices = sorted(
        {pk for rows in (collected, paid) for pk in rows.values_list("invoice_id", flat=True)}
    )
    left = amounts.of_invoices(Account.FACTORED_RECEIVABLES, invoices)
    still = reversible(invoices, today=today)
    return [pk for pk in invoices if not left.get(pk, 0) and pk not in still]
