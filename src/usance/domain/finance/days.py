"""Which part of a year lies between two days, by the convention that a contract names.

A part is a count of units over a whole that only the convention decides, so that parts of a span
add up to the span exactly, and nothing is rounded before there is money.
"""

from calendar import isleap
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from fractions import Fraction

from usance.domain.refusal import Refusal


class DayCount(StrEnum):
    ACT_360 = "ACT/360"
    ACT_365F = "ACT/365F"
    ACT_ACT = "ACT/ACT"
    THIRTY_E_360 = "30E/360"


WHOLE: dict[DayCount, int] = {
    DayCount.ACT_360: 360,
    DayCount.ACT_365F: 365,
    DayCount.ACT_ACT: 365 * 366,
    DayCount.THIRTY_E_360: 360,
}
assert set(WHOLE) == set(DayCount), "every convention has its year"


class UnknownDayCount(Refusal):
    code = "day_count_unknown"
    todo = "Name one of ACT/360, ACT/365F, ACT/ACT, 30E/360."


def day_count(text: str) -> DayCount:
    """:raises UnknownDayCount: for a convention that we do not keep."""
    for one in DayCount:
        if one.value == text.strip().upper():
            return one
    raise UnknownDayCount(f"{text!r} is no way to count days")


def units(start: date, end: date, count: DayCount) -> int:
    """Units of WHOLE[count] from start (included) to end (excluded).

    Source: ISDA 2006 definitions §4.16 (b) ACT/ACT, (d) ACT/365F, (e) ACT/360, (g) 30E/360.
    """
    assert start <= end, (start, end)
    return UNITS[count](start, end)


def year_part(start: date, end: date, count: DayCount) -> Fraction:
    return Fraction(units(start, end, count), WHOLE[count])


def _actual(start: date, end: date) -> int:
    return (end - start).days


def _actual_by_year(start: date, end: date) -> int:
    """A day of a leap year is one of 366, any other one of 365."""
    return _since_year_one(end) - _since_year_one(start)


def _since_year_one(day: date) -> int:
    each = 365 if isleap(day.year) else 366  # Units of one day, of which a year has 365 * 366.
    return (day.year - 1) * WHOLE[DayCount.ACT_ACT] + (day - date(day.year, 1, 1)).days * each


def _thirty(start: date, end: date) -> int:
    return _thirtieth(end) - _thirtieth(start)


def _thirtieth(day: date) -> int:
    """Days since year zero if each month had thirty; the 31st is the 30th."""
    return 360 * day.year + 30 * day.month + min(day.day, 30)


UNITS: dict[DayCount, Callable[[date, date], int]] = {
    DayCount.ACT_360: _actual,
    DayCount.ACT_365F: _actual,
    DayCount.ACT_ACT: _actual_by_year,
    DayCount.THIRTY_E_360: _thirty,
}
assert set(UNITS) == set(DayCount), "every convention has its count"
