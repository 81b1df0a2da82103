"""What a bought invoice costs, the slow way: a loop over its days. Written from the contract's
words, so that the engine's closed forms have something to be compared with."""

from calendar import isleap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """A fee on the face for each stretch of days; the last one comes again and again."""

    steps: tuple[tuple[int, Fraction], ...]
    whole: bool = True  # A stretch that began is paid for; else each of its days.
    least_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Interest a year on what of the advance is in use: margin, and a base rate over its floor."""

    margin: Fraction
    base: tuple[tuple[date, Fraction], ...] = ()  # From this day on, so much.
    floor: Fraction | None = None
    count: str = "ACT/360"
    float_days: int = 0
    monthly: bool = False
    to_due: bool = False  # Of the face to the due date, whenever it is paid: kept back at once.


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The contract of a client, as far as the books are concerned."""

    advance: Fraction
    fee: Fraction
    recourse_days: int | None
    share: Fraction = Fraction(1)  # Of what is outstanding, that recourse gives back,
    cap: int | None = None  # and up to how much of each invoice.
    put_off_days: int = 0
    put_off_fee: Fraction = Fraction(0)  # Of what is outstanding then.
    put_off_times: int = 0
    steps: Steps | None = None
    use: Use | None = None
    least: int = 0
    most: int | None = None
    vat: Fraction = Fraction(0)
    pledge: bool = False  # The claim stays the client's: what is paid for it is a loan.
    undertaken: bool = False  # The debtor pays whatever comes: what it does not pay is our loss.


def half_up(exact: Fraction) -> int:
    """To whole units, halves away from zero."""
    doubled = abs(exact) * 2 + 1
    whole = doubled.numerator // (doubled.denominator * 2)
    return whole if exact >= 0 else -whole


def steps_fee(face: int, steps: Steps, days: int) -> int:
    """The fee after so many days have begun."""
    grown, place, left = Fraction(0), 0, 0
    for _ in range(max(days, steps.least_days)):
        if not left:
            length, rate = steps.steps[min(place, len(steps.steps) - 1)]
            place, left = place + 1, length
            grown += rate if steps.whole else 0
        grown += 0 if steps.whole else rate / length
        left -= 1
    return half_up(face * grown)


def use_interest(
    use: Use, advance: int, back: Sequence[tuple[date, int]], *, first: date, end: date
) -> int:
    """Interest for the days from `first` to the one before `end`.

    :param back: what came back of the advance, with its day; negative where it was taken away.
    """
    changes = Counter[date]()
    for day, minor in back:
        late = use.float_days if minor > 0 else 0
        changes[max(day, first) + late * DAY] -= minor
    in_use, bears, exact, weights = advance, 0, Fraction(0), Counter[Fraction]()
    day = first
    while day < end:
        in_use += changes[day]
        if use.monthly and day.day == 1 and day > first:
            exact, weights = _so_far(exact, weights), Counter()
            bears = half_up(exact)
        if in_use > 0:
            # What is taken back before it counted was never paid: no more is in use for it.
            weights[_rate(use, day)] += (min(in_use, advance) + bears) * _weight(day, use.count)
        day += DAY
    return half_up(_so_far(exact, weights))


def _so_far(exact: Fraction, weights: Mapping[Fraction, int]) -> Fraction:
    return exact + sum(rate * weight / (365 * 366 * 360) for rate, weight in weights.items())


def _rate(use: Use, day: date) -> Fraction:
    base = [rate for since, rate in use.base if since <= day][-1:]
    floored = [rate if use.floor is None else max(rate, use.floor) for rate in base]
    return max(sum(floored, use.margin), Fraction(0))


def _weight(day: date, count: str) -> int:
    """What a day is of a year, in parts of 365 * 366 * 360."""
    if count == "ACT/360":
        return 365 * 366
    if count == "ACT/365F":
        return 366 * 360
    if count == "ACT/ACT":
        return (365 if isleap(day.year) else 366) * 360
    assert count == "30E/360", count
    return (_thirtieth(day + DAY) - _thirtieth(day)) * 365 * 366


def _thirtieth(day: date) -> int:
    return day.year * 360 + day.month * 30 + min(day.day, 30)
