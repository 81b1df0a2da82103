"""What is found out about a day after its month was closed: it counts for the next open day."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from ..journal import Entry

# What a movement is that stands in the books before, how that is converted, and what a day earned
# on an invoice that is open again. Nobody chose these days.
LATE = re.compile(
    r"(converted_(from|into):)?"
    r"(allocation|explanation|payout_paid|payout_said|payout_after_all|accrual):"
)


def comes_late(entry: Entry) -> bool:
    """Whether it is dated by what it is about, whenever that is found out."""
    return LATE.match(entry.key) is not None


def in_open_months(
    entries: Iterable[Entry], closed: Sequence[tuple[date, date]]
) -> tuple[Entry, ...]:
    """The same, with those that come late moved out of closed months.

    :param closed: first and last days, both included, by their last days.
    """
    return tuple(
        replace(entry, booked_on=_open_day(entry.booked_on, closed)) if comes_late(entry) else entry
        for entry in entries
    )


def _open_day(day: date, closed: Sequence[tuple[date, date]]) -> date:
    for first, last in closed:
        if first <= day <= last:
            day = last + timedelta(days=1)
    return day
