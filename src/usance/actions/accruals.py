"""Earn charges for time, day by day: exactly one row for each invoice, charge and day."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from usance import models
from usance.domain import ledger
from usance.domain.finance import Meter, RateMissing
from usance.domain.journal import Entry
from usance.domain.money import Money
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import array, copy
from usance.models.ids import new_id
from usance.queries import charges

from . import metered
from .ledger import book
from .metered import Owed

DAY = timedelta(days=1)
# One row lock for each open invoice and day would cost more than the accrual itself. One for each
# share of the clients, in the order of shares: who wants some of the same never waits crosswise.
_LOCK = """
SELECT {lock}(hashtext(current_schema() || '.accruals'), share)
  FROM (SELECT DISTINCT get_byte(uuid_send(client_id), 15) %% %s AS share FROM invoice
         WHERE id = ANY(%s::uuid[]) ORDER BY 1 OFFSET 0) AS touched
"""


@transaction.atomic
def accrue(
    invoices: Sequence[UUID], *, through: date, at: datetime, actor: str
) -> dict[UUID, RateMissing]:
    """Earn what these bought invoices cost by the end of each day that is not accrued yet.

    A day's amount is what is owed by its end less what was accrued before: a payment that was
    booked late is made good by the next day's row. The books get one entry for each client and day.

    :return: the invoices that wait, with the rate that is missing; up to the day before it they are
        accrued.
    """
    _lock("pg_advisory_xact_lock", invoices)
    metered.read(invoices, through=through)
    meter = Meter(charges.rates())
    found, waits = metered.accrue(meter, through=through, at=at)
    earned: Owed = defaultdict(int, found)
    rows: list[tuple[object, ...]] = []
    owners = metered.alone()
    for pk, account in charges.accounts(owners).items():
        currency = account.deal.face.currency
        try:
            for fee, day, amount, total in _days(account, meter, through=through):
                rows.append((new_id(), pk, fee, day, amount, total, currency, at))
                earned[owners[pk], currency, day, fee] += amount
        except RateMissing as missing:
            waits[pk] = missing
    copy(
        models.Accrual,
        ["id", "invoice", "fee", "day", "amount_minor", "total_minor", "currency", "at"],
        rows,
    )
    crashpoint("accruals.written")
    book(_entries(earned), at=at, actor=actor)
    return waits


def settling(invoices: Sequence[UUID]) -> None:
    """Let no day be accrued for the clients of these while what is owed is settled, in this
    transaction."""
    _lock("pg_advisory_xact_lock_shared", invoices)


def _lock(lock: str, invoices: Sequence[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK.format(lock=lock), [charges.SHARES, array(invoices)])


def _days(
    account: charges.Account, meter: Meter, *, through: date
) -> Iterator[tuple[str, date, int, int]]:
    """(charge, day, amount, total) for each day that is missing, in the order of days.

    :raises RateMissing: for the first day whose rate nobody entered; those before it are told.
    """
    fees = [fee for fee in models.accrual.FEES if getattr(account.charges, fee)]
    totals = account.accrued_minor
    last = [account.accrued[fee][0] for fee in fees if fee in account.accrued]
    day = min(last) + DAY if last else account.deal.purchased_on
    while day <= through:
        owed = _owed(account, meter, through=day)
        for fee in fees:
            total = owed[fee]
            yield fee, day, total - totals.get(fee, 0), total
            totals[fee] = total
        day += DAY


def _owed(account: charges.Account, meter: Meter, *, through: date) -> dict[str, int]:
    if account.is_untouched:
        return meter.earned(account.deal, account.charges, through=through)
    cost = account.cost(through=through, rates=meter.rates)
    return {"brackets": cost.brackets.minor, "interest": cost.interest.minor}


def _entries(earned: Owed) -> list[Entry]:
    return [
        ledger.accrual(
            Money(minor, currency), fee=fee, client=client, on=day, voucher=f"accrual:{new_id()}"
        )
        for (client, currency, day, fee), minor in sorted(earned.items(), key=str)
        if minor
    ]
