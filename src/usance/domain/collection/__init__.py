"""The reminder ladder and late interest: data, and two questions to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from ..days import days_overdue
from ..money import Money
from ..refusal import Refusal


@dataclass(frozen=True, slots=True)
class Rung:
    """A reminder that may go out once an invoice is so many days overdue."""

    level: int
    days_overdue: int
    letter: str
    days_to_pay: int  # Printed on it, counted from its date.


LADDER: tuple[Rung, ...] = (
    Rung(1, 5, "first_reminder", 8),
    Rung(2, 18, "second_reminder", 8),
    Rung(3, 32, "final_demand", 10),
)


def next_rung(due_on: date, *, reached: int, today: date) -> Rung | None:
    """The next rung above the level already sent, if its day has come; rungs are never skipped."""
    late = days_overdue(due_on, today=today)
    for rung in LADDER:
        if rung.level == reached + 1:
            return rung if late >= rung.days_overdue else None
    return None


def rung_above(reached: int) -> Rung | None:
    """The rung after the level already sent, whether its day has come or not; None: the last."""
    return next((rung for rung in LADDER if rung.level == reached + 1), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePeriod:
    """A yearly rate, valid from the first day to the last, both included."""

    first: date
    last: date
    rate: Decimal  # 0.10 is ten per cent a year.


class RateUnknown(Refusal):
    code = "interest_rate_unknown"
    todo = "Add the verified rate to the law's data file; until then no interest is claimed."


def late_interest(
    principal: Money, *, due_on: date, until: date, periods: Sequence[RatePeriod]
) -> Money:
    """Simple interest on the principal for each day after the due date up to `until`, ACT/365.

    The rate floats: each day counts with the rate of its own period. Rounded once, at the end.

    :raises RateUnknown: if a day lies in no period.
    Source: Swedish Interest Act (1975:635) §6 and §9; German Civil Code §288(2), §247.
    """
    assert principal.minor >= 0
    first, exact, covered = due_on.toordinal() + 1, Decimal(0), 0
    last = until.toordinal()
    for period in periods:
        start = max(first, period.first.toordinal())
        end = min(last, period.last.toordinal())
        if end >= start:
            exact += period.rate * (end - start + 1)
            covered += end - start + 1
    if covered != max(last - first + 1, 0):
        raise RateUnknown(f"no verified rate for every day from {due_on} to {until}")
    return principal.at(exact / 365, rounding=ROUND_HALF_UP)
