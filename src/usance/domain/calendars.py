"""On which days banks pay, and until when they take orders for a day. Rules, told the local time.

Sources: ECB, long-term calendar of closing days of TARGET (2000-12-14, since 2002). SE: Sveriges
Riksbank, RIX terms, closed days and days with early closing. NO: Norges Bank, settlement calendar
of NBO. DK: Danmarks Nationalbank, bank closing days; Great Prayer Day ended with Act no. 214 of
2023. FI: Finance Finland, banking days; Act on Certain Holidays. GB: Banking and Financial
Dealings Act 1971, schedule 1, and the proclamations that moved or added days.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6
FIRST_YEAR, LAST_YEAR = 2002, 2199  # From the first TARGET calendar on; Easter's rule holds on.


class Calendar(StrEnum):
    TARGET = "TARGET"
    SE = "SE"
    NO = "NO"
    DK = "DK"
    FI = "FI"
    GB = "GB"


OF_CURRENCY = {
    "EUR": Calendar.TARGET, "SEK": Calendar.SE, "NOK": Calendar.NO, "DKK": Calendar.DK,
    "GBP": Calendar.GB,
}  # fmt: skip
OF_COUNTRY = {one.value: one for one in Calendar if one is not Calendar.TARGET}
ZONES = {
    "SE": "Europe/Stockholm", "NO": "Europe/Oslo", "DK": "Europe/Copenhagen",
    "FI": "Europe/Helsinki", "GB": "Europe/London",
}  # fmt: skip
ZONE = "Europe/Berlin"  # Of TARGET.


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """Until when, at the bank's place, an order is still paid on the same day."""

    calendars: frozenset[Calendar]
    until: time
    eve: time  # On the eve of a holiday, when the bank closes early.


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The next day on which the bank pays what it gets now."""

    on: date
    closes_at: datetime  # Local: until then an order still makes this day.
    missed: bool  # Today is a banking day, and its cut-off is over.


def of_account(country: str, currency: str) -> frozenset[Calendar]:
    """The calendars that must all be open: the currency's, and that of the bank's country.

    A currency without a calendar of ours has that of the country alone, or TARGET's.
    """
    found = {OF_CURRENCY.get(currency), OF_COUNTRY.get(country)} - {None}
    return frozenset(one for one in found if one) or frozenset({Calendar.TARGET})


def slot(now: datetime, cut_off: CutOff) -> Slot:
    """When the bank pays what it gets at this local moment; exactly at the cut-off is too late."""
    today = now.date()
    for days in range(30):
        on = today + timedelta(days=days)
        if not is_open(on, cut_off.calendars):
            continue
        until = cut_off.eve if is_eve(on, cut_off.calendars) else cut_off.until
        closes_at = datetime.combine(on, until, now.tzinfo)
        if now < closes_at:
            missed = on != today and is_open(today, cut_off.calendars)
            return Slot(on=on, closes_at=closes_at, missed=missed)
    raise AssertionError(f"no banking day within thirty days of {today}")


def pays_on(wanted: date, earliest: Slot, calendars: Collection[Calendar]) -> date:
    """The first banking day that is neither before the wished day nor before the earliest one."""
    day = max(wanted, earliest.on)
    while not is_open(day, calendars):
        day += timedelta(days=1)
    return day


def days_over(today: date, count: int, calendars: Collection[Calendar]) -> date:
    """The last day after which so many whole banking days are over today."""
    day = today
    while count:
        day -= timedelta(days=1)
        count -= is_open(day, calendars)
    return day - timedelta(days=1)


def is_open(day: date, calendars: Collection[Calendar]) -> bool:
    """Whether banks of all these calendars pay on this day."""
    return day.weekday() < SATURDAY and all(day not in closed(one, day.year) for one in calendars)


def is_eve(day: date, calendars: Collection[Calendar]) -> bool:
    """Whether one of them closes early on this day."""
    return any(day in eves(one, day.year) for one in calendars)


@lru_cache(maxsize=256)
def closed(calendar: Calendar, year: int) -> frozenset[date]:
    """The days of a year, besides weekends, on which these banks do not pay."""
    assert FIRST_YEAR <= year <= LAST_YEAR, year
    return frozenset(_CLOSED[calendar](year, easter(year)))


@lru_cache(maxsize=256)
def eves(calendar: Calendar, year: int) -> frozenset[date]:
    """The days on which these banks close early."""
    rule = _EVES.get(calendar)
    return frozenset(rule(year, easter(year))) if rule else frozenset()


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm, Nature 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    day = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * day) // 451
    month, left = divmod(h + day - 7 * m + 114, 31)
    return date(year, month, left + 1)


def _days(year: int, *month_days: tuple[int, int]) -> set[date]:
    return {date(year, month, day) for month, day in month_days}


def _after(sunday: date, *days: int) -> set[date]:
    return {sunday + timedelta(days=n) for n in days}


def _on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


GOOD_FRIDAY, EASTER_MONDAY, ASCENSION, WHIT_MONDAY = -2, 1, 39, 50
MAUNDY_THURSDAY = -3
CHRISTMAS = ((12, 25), (12, 26))


def _target(year: int, sunday: date) -> set[date]:
    return _days(year, (1, 1), (5, 1), *CHRISTMAS) | _after(sunday, GOOD_FRIDAY, EASTER_MONDAY)


def _se(year: int, sunday: date) -> set[date]:
    found = _days(year, (1, 1), (1, 6), (5, 1), (12, 24), *CHRISTMAS, (12, 31))
    found |= _after(sunday, GOOD_FRIDAY, EASTER_MONDAY, ASCENSION)
    # The National Day took the place of Whit Monday in 2005.
    found |= {date(year, 6, 6)} if year >= 2005 else _after(sunday, WHIT_MONDAY)
    return found | {_on_or_after(date(year, 6, 19), FRIDAY)}  # Midsummer Eve.


def _se_eves(year: int, sunday: date) -> set[date]:
    all_saints_eve = _on_or_after(date(year, 10, 30), FRIDAY)
    return (_days(year, (1, 5), (4, 30)) | _after(sunday, MAUNDY_THURSDAY, ASCENSION - 1)) | {
        all_saints_eve
    }


def _no(year: int, sunday: date) -> set[date]:
    moving = (MAUNDY_THURSDAY, GOOD_FRIDAY, EASTER_MONDAY, ASCENSION, WHIT_MONDAY)
    return _days(year, (1, 1), (5, 1), (5, 17), *CHRISTMAS) | _after(sunday, *moving)


def _no_eves(year: int, sunday: date) -> set[date]:
    return _days(year, (12, 24), (12, 31)) | _after(sunday, MAUNDY_THURSDAY - 1)


def _dk(year: int, sunday: date) -> set[date]:
    moving = [MAUNDY_THURSDAY, GOOD_FRIDAY, EASTER_MONDAY, ASCENSION, ASCENSION + 1, WHIT_MONDAY]
    if year < 2024:
        moving.append(26)  # Great Prayer Day, the fourth Friday after Easter.
    fixed = ((1, 1), (6, 5), (12, 24), *CHRISTMAS, (12, 31))
    return _days(year, *fixed) | _after(sunday, *moving)


def _fi(year: int, sunday: date) -> set[date]:
    fixed = ((1, 1), (1, 6), (5, 1), (12, 6), (12, 24), *CHRISTMAS)
    midsummer_eve = _on_or_after(date(year, 6, 19), FRIDAY)
    return (
        _days(year, *fixed)
        | _after(sunday, GOOD_FRIDAY, EASTER_MONDAY, ASCENSION)
        | {midsummer_eve}
    )


# England and Wales; what a proclamation added, and the rule's day that it moved.
PROCLAIMED = frozenset({
    date(2002, 6, 3), date(2002, 6, 4), date(2011, 4, 29), date(2012, 6, 4), date(2012, 6, 5),
    date(2020, 5, 8), date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8),
})  # fmt: skip
# For Christmas and Boxing Day at a weekend, by the weekday of Christmas.
SUBSTITUTES = {FRIDAY: ((12, 28),), SATURDAY: ((12, 27), (12, 28)), SUNDAY: ((12, 27),)}
MOVED = frozenset({date(2002, 5, 27), date(2012, 5, 28), date(2020, 5, 4), date(2022, 5, 30)})


def _gb(year: int, sunday: date) -> set[date]:
    new_year = date(year, 1, 1)
    found = (
        _days(year, *CHRISTMAS, *SUBSTITUTES.get(date(year, 12, 25).weekday(), ()))
        | _after(sunday, GOOD_FRIDAY, EASTER_MONDAY)
        | {
            new_year if new_year.weekday() < SATURDAY else _on_or_after(new_year, MONDAY),
            _on_or_after(date(year, 5, 1), MONDAY),
            _on_or_after(date(year, 5, 25), MONDAY),
            _on_or_after(date(year, 8, 25), MONDAY),
        }
    )
    return (found - MOVED) | {day for day in PROCLAIMED if day.year == year}


_Rule = Callable[[int, date], set[date]]
_CLOSED: dict[Calendar, _Rule] = {
    Calendar.TARGET: _target, Calendar.SE: _se, Calendar.NO: _no, Calendar.DK: _dk,
    Calendar.FI: _fi, Calendar.GB: _gb,
}  # fmt: skip
_EVES: dict[Calendar, _Rule] = {Calendar.SE: _se_eves, Calendar.NO: _no_eves}
assert set(_CLOSED) == set(Calendar), "every calendar has its rule"
