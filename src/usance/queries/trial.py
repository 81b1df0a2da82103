"""The trial balance: every account's turnover and balance as of the end of any day."""

from datetime import date

from django.db.models import Sum

from usance import models
from usance.domain.journal import Account


def balance(
    *, as_of: date | None = None, known: date | None = None
) -> dict[tuple[Account, str], tuple[int, int]]:
    """Sums of debits and of credits, in minor units, by account and currency, up to that day
    (included); without a day: of all that is booked. Untouched accounts are left out.

    :param known: only what was written by the end of that day (UTC); None: all that is.
    """
    rows = models.DayTotal.objects.all()
    if as_of is not None:
        rows = rows.filter(booked_on__lte=as_of)
    if known is not None:
        rows = rows.filter(written_on__lte=known)
    sums = rows.values_list("account", "currency").annotate(
        debit=Sum("debit_minor"), credit=Sum("credit_minor")
    )
    return {
        (Account(account), currency): (int(debit), int(credit))
        for account, currency, debit, credit in sums.order_by()
    }
