"""Counting days. Spans are half-open: the first day is in, the last is not."""

from collections.abc import Set
from datetime import date, timedelta


def days_overdue(due_on: date, *, today: date) -> int:
    """Whole days after the due date; on the due date itself nothing is overdue."""
    return max((today - due_on).days, 0)


def banking_day(day: date, *, holidays: Set[date] = frozenset()) -> date:
    """The day itself, or the next one on which banks work (Monday to Friday, no holiday)."""
    while day.weekday() >= 5 or day in holidays:
        day += timedelta(days=1)
    return day
