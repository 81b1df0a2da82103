"""What a contract asks for beside the service fee: brackets on face or advance, interest on funds
in use, tax, and the least and most of it. `cost` says what they come to."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from usance.domain.days import banking_day
from usance.domain.money import Money

from .days import DayCount


class Base(StrEnum):
    FACE = "face"
    ADVANCE = "advance"
    IN_USE = "in_use"  # What of the advance is not paid back yet, day by day.


class Start(StrEnum):
    """From which day time counts."""

    PURCHASE = "purchase"
    FUNDING = "funding"  # The next banking day after the purchase: the advance is paid.
    INVOICE = "invoice"  # The day on which the invoice was issued.


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    days: int  # So many further days.
    rate: Decimal  # Of the base, for them.


@dataclass(frozen=True, slots=True, kw_only=True)
class Brackets:
    """A fee that grows with time: "1.5 % for the first 30 days, then 1 % for each 30 more"."""

    steps: tuple[Bracket, ...]
    repeats: bool = True  # The last step again and again; else the fee stops growing.
    base: Base = Base.FACE
    start: Start = Start.PURCHASE
    day_one: bool = False  # Both the first day and the day of payment count.
    whole: bool = True  # A step that began counts in full; else day by day.
    minimum_days: int = 0
    float_days: int = 0  # Until a payment counts as received.


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """A charge on money in use: reference rate, not below its floor, plus margin, a year."""

    margin: Decimal
    reference: str = ""  # Empty: the margin is all of the rate.
    floor: Decimal | None = None  # Of the reference rate. None: it may be what it is.
    count: DayCount = DayCount.ACT_360
    base: Base = Base.IN_USE
    start: Start = Start.PURCHASE
    day_one: bool = False
    minimum_days: int = 0
    float_days: int = 0
    monthly: bool = False  # Interest of a month bears interest in the next.
    to_due: bool = False  # A discount to the due date, whenever it is paid; kept back at once.


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    brackets: Brackets | None = None
    interest: Interest | None = None
    minimum: int = 0  # Of all charges for one invoice without tax, in minor units.
    maximum: int | None = None
    # Deducted with each charge, on fees. Zero: the month's invoice claims what is due.
    vat_rate: Decimal = Decimal(0)
    minimum_month: int = 0  # Of all fees of a month without tax, in minor units; see `minimum`.
    minimum_year: int = 0  # Of a year of the contract.

    @property
    def flat(self) -> bool:
        """What an invoice costs is known when it is bought, and kept back at once."""
        return self.interest is not None and self.interest.to_due


NOTHING = Charges()


def begins(start: Start, *, purchased_on: date, issued_on: date) -> date:
    """The first day of a charge."""
    match start:
        case Start.PURCHASE:
            return purchased_on
        case Start.FUNDING:
            return banking_day(purchased_on + timedelta(days=1))
        case Start.INVOICE:
            return min(issued_on, purchased_on)


def bracket_fee(amount: Money, terms: Brackets, *, days: int) -> Money:
    """The fee for so many days on an amount, rounded once, half up.

    :param days: elapsed; the contract's least number of days is applied here.
    """
    exact = grown(terms, max(days, terms.minimum_days))
    return Money.over(amount.minor * exact.numerator, exact.denominator, amount.currency)


def grown(terms: Brackets, days: int) -> Fraction:
    """The part of the base that has been earned after so many days."""
    assert terms.steps, "a contract with brackets has one at least"
    earned, left = Fraction(0), days
    for step in terms.steps:
        if left <= 0:
            return earned
        earned += _part(step, min(left, step.days), whole=terms.whole)
        left -= step.days
    if terms.repeats and left > 0:
        last = terms.steps[-1]
        full, rest = divmod(left, last.days)
        earned += full * Fraction(last.rate)
        if rest:
            earned += _part(last, rest, whole=terms.whole)
    return earned


def _part(step: Bracket, days: int, *, whole: bool) -> Fraction:
    rate = Fraction(step.rate)
    return rate if whole else rate * Fraction(days, step.days)


def taxed(fee: Money, rate: Decimal) -> Money:
    """Value added tax on a fee, rounded half up."""
    return fee.at(rate, rounding=ROUND_HALF_UP)
