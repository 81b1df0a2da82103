"""Tell debtors that their invoices are ours no longer: to whom they pay from a day on."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from usance import models
from usance.domain.distribution import Paper
from usance.domain.settlement.buy_backs import State
from usance.queries import disclosure

from . import distribution


def tell(row: models.BuyBack, *, at: datetime, actor: str) -> int:
    """One letter to each debtor of a buy-back that is done, over all of its invoices that it knows
    to be ours; how many.

    It goes by the debtor's ladder, as notices do. Within a transaction.
    """
    assert row.state == State.DONE, row.state
    first: dict[UUID, models.Invoice] = {}
    currencies: dict[UUID, set[str]] = {}
    lines = row.lines.select_related("invoice__debtor").order_by("invoice_id")
    untold = disclosure.untold([line.invoice_id for line in lines])
    for line in lines:
        if line.invoice_id in untold:
            continue  # Its debtor never knew of us.
        assert line.invoice.debtor_id is not None, line.invoice.number
        first.setdefault(line.invoice.debtor_id, line.invoice)
        currencies.setdefault(line.invoice.debtor_id, set()).add(line.invoice.currency)
    planned = distribution.add(
        [(invoice, Paper.RELEASE) for invoice in first.values()], at=at, actor=actor
    )
    models.ReleaseLetter.objects.bulk_create(
        models.ReleaseLetter(
            buy_back=row, debtor_id=debtor, written_on=at.date(),
            account=_account(row, currencies[debtor], at=at),
            dispatch_id=planned.get(invoice.pk),
        )
        for debtor, invoice in first.items()
    )  # fmt: skip
    return len(first)


def _account(
    row: models.BuyBack, currencies: set[str], *, at: datetime
) -> models.ClientAccount | None:
    """The client's own in the currency of the invoices, if a colleague called the client about it
    and its wait is over: who takes over an account would have our letter send debtors' money to
    it. None as well where they are in several."""
    if len(currencies) > 1:
        return None
    rows = models.ClientAccount.objects.filter(
        client_id=row.client_id, currency__in=currencies, closed_at=None, verified_at__isnull=False,
        scheme__in=["iban", "bankgiro"],
    )  # fmt: skip
    return rows.filter(Q(wait_until=None) | Q(wait_until__lte=at)).first()
