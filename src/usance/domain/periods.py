"""Months of the books that close. Facts in, refusal or list of checks out.

Soft: nothing of the daily work is dated into the month; a correction by an accountant still is.
Hard: nothing at all, and every month before it is closed as hard. The database refuses as well.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .refusal import Refusal

CORRECTION = "correction:"  # What the key of a correcting entry begins with.


class State(StrEnum):
    OPEN = "open"
    SOFT = "soft"
    HARD = "hard"


class PeriodClosed(Refusal):
    code = "period_closed"
    todo = "Date it into an open month, as a correction if need be, or have the month reopened."


class PeriodNotOver(Refusal):
    code = "period_not_over"
    todo = "Close it when its last day is over."


class PeriodOutOfOrder(Refusal):
    code = "period_out_of_order"
    todo = "Months close in their order, and the last one closed is the first to be reopened."


class PeriodUnclean(Refusal):
    code = "period_unclean"
    todo = "Clear the points of the checklist that stop it, then close."


class PeriodNotClosed(Refusal):
    code = "period_not_closed"
    todo = "Look at the list of periods again: somebody was quicker."


class BooksBusy(Refusal):
    code = "books_busy"
    todo = "Something long is being booked, such as a large bank file: try again when it is done."


class RemarkMissing(Refusal):
    code = "period_remark_missing"
    todo = "Say why the points that are left may stay; it is kept with the closing."


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the checklist. `stops`: while it is open, the month cannot be closed hard."""

    code: str
    says: str
    found: tuple[str, ...] = ()  # What is open; empty: the point is done.
    stops: bool = True

    @property
    def is_done(self) -> bool:
        return not self.found


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What is there when a month is to be closed."""

    state: State
    closed_until: date | None  # Last day of the last month closed hard; None: none is.
    oldest: date | None  # The first day on which anything is booked; None: nothing is.


def month(day: date) -> tuple[date, date]:
    """First and last day of the month in which the day lies."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def may_close(
    first_on: date, to: State, before: Before, checks: Sequence[Check], *, remark: str, today: date
) -> None:
    """:raises PeriodNotOver: while its last day is not over.
    :raises PeriodOutOfOrder: to close hard while an earlier month with entries is not.
    :raises PeriodNotClosed: if it is closed so already.
    :raises PeriodUnclean: to close hard while a point of the checklist stops it.
    :raises RemarkMissing: to close hard with open points that do not stop it, without a remark.
    """
    assert to is not State.OPEN, "reopening takes two people"
    _, last_on = month(first_on)
    if last_on >= today:
        raise PeriodNotOver(f"{first_on:%Y-%m} ends on {last_on}")
    if before.state in {to, State.HARD}:
        raise PeriodNotClosed(f"{first_on:%Y-%m} is closed already ({before.state})")
    if to is State.SOFT:
        return
    start = before.oldest.replace(day=1) if before.oldest else first_on
    due = _next(before.closed_until) if before.closed_until else start
    if due < first_on:
        raise PeriodOutOfOrder(f"{due:%Y-%m} comes before {first_on:%Y-%m} and is not closed")
    stopping = [one.says for one in checks if one.stops and not one.is_done]
    if stopping:
        raise PeriodUnclean(f"{first_on:%Y-%m} is not clean: {'; '.join(stopping)}")
    if not remark.strip() and not all(one.is_done for one in checks):
        raise RemarkMissing("points of the checklist are open that do not stop it")


def may_reopen(first_on: date, state: State, closed_until: date | None) -> None:
    """:raises PeriodNotClosed: if it is open.
    :raises PeriodOutOfOrder: if a later month is closed hard.
    """
    if state is State.OPEN:
        raise PeriodNotClosed(f"{first_on:%Y-%m} is open")
    _, last_on = month(first_on)
    if state is State.HARD and closed_until is not None and last_on < closed_until:
        raise PeriodOutOfOrder(f"{closed_until:%Y-%m} was closed after {first_on:%Y-%m}")


def _next(last_on: date) -> date:
    return date.fromordinal(last_on.toordinal() + 1)
