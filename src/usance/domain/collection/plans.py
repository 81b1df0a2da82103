"""Paying in instalments: what we offer by rule, and whether an agreed plan is kept.

The rule proposes; a person of ours agrees. While an agreed plan is kept nobody is reminded; with
the first instalment that is missed it has ended and the whole rest is due again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ..money import Money, exponent, total, zero
from ..refusal import Refusal

COUNTS = (2, 3, 4, 6)
LEAST_UNITS = 50  # Of an instalment, in whole units of the currency.
FIRST_AFTER = timedelta(days=10)
GRACE = timedelta(days=5)  # As long as money may be under way, see `promises`.


class State(StrEnum):
    ASKED = "asked"  # By the debtor; a person of ours decides.
    AGREED = "agreed"
    DECLINED = "declined"
    BROKEN = "broken"
    KEPT = "kept"


OPEN = frozenset({State.ASKED, State.AGREED})


class NoSuchPlan(Refusal):
    code = "plan_not_offered"
    todo = "Choose one of the plans that are offered."


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    due_on: date
    amount: Money


def offers(owed: Money, *, due_on: date, today: date) -> tuple[tuple[Instalment, ...], ...]:
    """The plans that a debtor may ask for, fewest instalments first; none for a small amount.

    Nobody pays before the invoice is due.
    """
    first_on = max(today + FIRST_AFTER, due_on)
    return tuple(made for count in COUNTS if (made := _plan(owed, count, first_on)))


def offered(owed: Money, count: int, *, due_on: date, today: date) -> tuple[Instalment, ...]:
    """The plan of so many instalments.

    :raises NoSuchPlan: if there is none.
    """
    known = offers(owed, due_on=due_on, today=today)
    found = next((one for one in known if len(one) == count), None)
    if found is None:
        raise NoSuchPlan(f"no plan of {count} instalments for {owed}")
    return found


def standing(plan: Sequence[Instalment], *, left: Money, today: date) -> State:
    """Whether an agreed plan is kept, still runs, or was broken.

    :param left: still to be paid of what the plan is about.
    """
    whole = total((one.amount for one in plan), left.currency)
    if left.minor <= 0:
        return State.KEPT
    late = [one for one in plan if one.due_on + GRACE < today]
    missed = total((one.amount for one in late), left.currency)
    return State.BROKEN if _paid(whole, left) < missed else State.AGREED


def next_due(plan: Sequence[Instalment], *, left: Money) -> Instalment | None:
    """The first instalment that is not paid, with what is left of it; None: all are."""
    whole = total((one.amount for one in plan), left.currency)
    paid, sum_ = _paid(whole, left), zero(left.currency)
    for one in plan:
        sum_ += one.amount
        if paid < sum_:
            rest = sum_ - paid
            amount = rest if rest < one.amount else one.amount
            return Instalment(due_on=one.due_on, amount=amount)
    return None


def _paid(whole: Money, left: Money) -> Money:
    """Nothing, too, where more is left than was agreed: interest was asked for meanwhile."""
    return whole - left if left < whole else zero(whole.currency)


def _plan(owed: Money, count: int, first_on: date) -> tuple[Instalment, ...]:
    """Equal parts in whole units, a month apart; the last one is what is left. Empty: too small."""
    unit = 10 ** exponent(owed.currency)
    part = owed.minor // count // unit * unit
    if part < LEAST_UNITS * unit:
        return ()
    days = [_months_after(first_on, n) for n in range(count)]
    parts = [part] * (count - 1) + [owed.minor - part * (count - 1)]
    return tuple(
        Instalment(due_on=day, amount=Money(minor, owed.currency))
        for day, minor in zip(days, parts, strict=True)
    )


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    year, month = divmod(day.month - 1 + months, 12)
    later = day.replace(year=day.year + year, month=month + 1, day=1)
    after = (later + timedelta(days=31)).replace(day=1)
    return min(later + timedelta(days=day.day - 1), after - timedelta(days=1))
