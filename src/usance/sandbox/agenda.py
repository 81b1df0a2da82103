"""The sandbox's time: a clock that only `advance` moves, and what is to happen when."""

import heapq
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

Act = Callable[[datetime], None]


class Backwards(ValueError):
    """Time does not run backwards here either."""


class Agenda:
    """What is to happen. At one moment it happens in the order of names, not of calls."""

    def __init__(self, at: datetime) -> None:
        assert at.tzinfo is not None
        self.at = at
        self._heap: list[tuple[datetime, str, int, Act]] = []
        self._count = 0

    def add(self, at: datetime, name: str, act: Act) -> None:
        self._count += 1
        heapq.heappush(self._heap, (max(at, self.at), name, self._count, act))

    def advance(self, until: datetime) -> int:
        """Let happen what is due until then, and say how much it was.

        :raises Backwards: if that moment lies before the clock.
        """
        if until < self.at:
            raise Backwards(f"it is {self.at.isoformat()} already")
        happened = 0
        while self._heap and self._heap[0][0] <= until:
            at, _, _, act = heapq.heappop(self._heap)
            self.at = at
            act(at)
            happened += 1
        self.at = until
        return happened


def banking_day(day: date) -> date:
    """This day or the Monday after a weekend. The sandbox's bank knows no other holidays."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)


def banking_days(first: date, last: date) -> int:
    """How many banking days lie from first to last, both included."""
    days = (last - first).days + 1
    whole, rest = divmod(max(days, 0), 7)
    return whole * 5 + sum((first.weekday() + n) % 7 < 5 for n in range(rest))


def moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC)
