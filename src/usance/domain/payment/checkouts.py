"""Paying online: a checkout is what a debtor begins at a payment provider to pay an invoice.

Source of the days: the networks' rules give a cardholder 120 days to dispute most charges (Visa
Core Rules, 11.7 "Dispute Conditions"; Mastercard Chargeback Guide, chapter 2).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ..money import Money, total

FINAL_DAYS = 120
LONGEST_FINAL = 600
OPEN_FOR = timedelta(minutes=45)  # Afterwards a page asks for what may be owed no longer.


class State(StrEnum):
    BEGUN = "begun"  # Written down; the provider was not told yet, or nobody knows whether it was.
    OPEN = "open"  # The provider waits for the debtor.
    PAID = "paid"
    ENDED = "ended"  # Nobody paid, or the provider refused.
    RETURNED = "returned"  # Paid, and taken back.


WAITING = frozenset({State.BEGUN, State.OPEN})


class Happened(StrEnum):
    """What a provider tells of a checkout."""

    PAID = "paid"
    ENDED = "ended"  # It expired, or the payment failed: nothing came.
    TAKEN_BACK = "taken_back"  # Refunded, or disputed by who paid.
    GIVEN_BACK = "given_back"  # The dispute was won.


# Whatever order it is told in: it is taken in this one.
ORDER = tuple(Happened)


class Sort(StrEnum):
    """What stands in a provider's payout."""

    PAYMENT = "payment"
    TAKEN_BACK = "taken_back"
    GIVEN_BACK = "given_back"
    FEE = "fee"
    PAYOUT_FAILED = "payout_failed"  # An earlier one that our bank did not take.
    OTHER = "other"  # Nothing that we know: a person looks at the payout.


MOVES: dict[Sort, Happened] = {
    Sort.PAYMENT: Happened.PAID,
    Sort.TAKEN_BACK: Happened.TAKEN_BACK,
    Sort.GIVEN_BACK: Happened.GIVEN_BACK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A line of a provider's payout: `amount` less `fee` is paid on."""

    id: str
    sort: Sort
    amount: Money  # Negative for what leaves.
    fee: Money
    at: datetime
    told: str = ""  # The `id` of what was told of it; empty: nothing is.
    payment: str = ""  # The provider's name of the payment that it belongs to.
    key: str = ""  # Ours, if it stands there.


def odd(amount: Money, movements: Iterable[Movement]) -> str:
    """Why a payout of this amount is not what its movements say; empty: it is."""
    rows = list(movements)
    currencies = {one.amount.currency for one in rows} | {one.fee.currency for one in rows}
    if currencies - {amount.currency}:
        return "It holds movements in another currency."
    if strange := [one for one in rows if one.sort is Sort.OTHER]:
        return f"It holds {len(strange)} movements that we do not know: {strange[0].id}."
    net = total((one.amount - one.fee for one in rows), amount.currency)
    if net != amount:
        return f"Its movements are {net}, it is {amount}."
    if fees(rows, amount.currency).minor < 0:
        return "Its fees are less than nothing."
    return ""


def fees(movements: Iterable[Movement], currency: str) -> Money:
    """All that the provider kept of a payout."""
    rows = list(movements)
    alone = total((-one.amount for one in rows if one.sort is Sort.FEE), currency)
    return alone + total((one.fee for one in rows), currency)


def final_on(paid_on: date, *, days: int) -> date:
    """From this day on the reserve of what was paid online waits no longer."""
    return paid_on + timedelta(days=days)
