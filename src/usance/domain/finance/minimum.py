"""What a client pays at least in a month and in a year of its contract: what was missing of it.

Fees count, interest and tax do not. A period in which terms held for some of its days asks for as
much of the least as that is of the period; terms that follow each other add up. What lacked in
months counts for the year: of a month in which one year ends and the next begins, by the days.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from usance.domain.money import Money

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    """So much in a whole period, in minor units, while these terms hold."""

    minor: int
    first: date
    last: date | None  # None: until further notice.


def missing(terms: Sequence[Least], *, first: date, last: date, charged: Money) -> Money:
    """What lacks of the least for a period of whole days, both included; zero where nothing does.

    Rounded once, half up, over all terms of the period.
    """
    days = (last - first).days + 1
    assert days > 0, (first, last)
    promised = sum(one.minor * _days(one, first, last) for one in terms)
    lacks = Money.over(promised, days, charged.currency) - charged
    return lacks if promised and lacks.minor > 0 else Money(0, charged.currency)


def falling(
    lacked: Money, terms: Sequence[Least], *, month: tuple[date, date], year: tuple[date, date]
) -> Money:
    """What of the least that lacked in a month counts for a year that begins or ends within it: as
    much as the terms promised on the days that are of both. What is counted for two years that meet
    there is together what lacked.

    :param month, year: their first and last days.
    """
    first, last = month

    def until(day: date) -> Money:
        promised = [sum(one.minor * _days(one, first, to) for one in terms) for to in (day, last)]
        if not promised[1]:  # The terms were corrected since: by days alone.
            promised = [(to - first).days + 1 for to in (day, last)]
        return Money.over(lacked.minor * promised[0], promised[1], lacked.currency)

    none = Money(0, lacked.currency)
    before = until(year[0] - DAY) if first < year[0] <= last else none
    if year[0] > last or year[1] < first:
        return none
    return until(min(year[1], last)) - before


def _days(one: Least, first: date, last: date) -> int:
    start, end = max(one.first, first), min(one.last or last, last)
    return max((end - start).days + 1, 0)


def years(terms: Sequence[Least], *, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The years of the contract that end within these days: by their anniversary, or because the
    terms do. First and last day of each whole year."""
    if not terms:
        return
    began = min(one.first for one in terms)
    ends = (
        None
        if any(one.last is None for one in terms)
        else max(one.last for one in terms if one.last is not None)
    )
    start = began
    while start <= last:
        end = _anniversary(began, start.year + 1) - DAY
        if first <= (end if ends is None else min(end, ends)) <= last:
            yield start, end
        if ends is not None and end >= ends:
            return
        start = end + DAY


def _anniversary(began: date, year: int) -> date:
    try:
        return began.replace(year=year)
    except ValueError:  # 29 February.
        return date(year, 3, 1)
