"""Reference rates: what a market rate was, from when to when. Outside of that nobody knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from usance.domain.refusal import Refusal

SCALE = 8  # Digits behind the point that a rate a year may have: 0.03215000 is 3.215 %.


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRate:
    name: str  # As contracts call it: EURIBOR3M, STIBOR3M, €STR.
    first: date
    last: date  # The last day on which it is known to hold.
    rate: Decimal  # A year; 0.03215 is 3.215 %.


class RateMissing(Refusal):
    code = "reference_rate_missing"
    todo = "Enter the rate for that day, with its source: Settings, Reference rates."

    def __init__(self, name: str, day: date) -> None:
        super().__init__(f"no rate of {name} is entered for {day}")
        self.name, self.day = name, day


def pieces(
    name: str, known: Sequence[ReferenceRate], start: date, end: date
) -> Iterator[tuple[date, date, Decimal]]:
    """Spans from start (included) to end (excluded) with the rate that holds in each.

    :param known: rates of any name, in the order of their first days.
    :raises RateMissing: for the first day of the span that none of them covers.
    """
    day = start
    for one in known:
        if day >= end:
            return
        if one.name != name or one.last < day:
            continue
        if one.first > day:
            break
        until = min(end, one.last + timedelta(days=1))
        yield day, until, one.rate
        day = until
    if day < end:
        raise RateMissing(name, day)
