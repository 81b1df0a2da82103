"""What others write, as text that can be kept."""

import re
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

# Neither stands in any text, and no database takes them: a NUL, half of a pair of UTF-16.
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def fit(text: str) -> str:
    """The same with a mark in the place of what is no character."""
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)


# Beyond them a clock is broken, and some moments, brought to UTC, lie in no year that we can write.
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2190, 1, 1, tzinfo=UTC)


def moment(stated: datetime, *, received: datetime) -> datetime:
    """When it happened by the clock of who tells it; that of receipt where that clock is broken."""
    return stated if EARLIEST <= stated < LATEST else received


class Written:
    """A dataclass whose texts others wrote: each is made fit, so that one odd report does not keep
    back all that came with it."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for one in fields(self):  # type: ignore[arg-type]  # Only dataclasses.
            text: Any = getattr(self, one.name)
            if isinstance(text, str) and _UNFIT.search(text):
                object.__setattr__(self, one.name, fit(text))
            elif isinstance(text, tuple):
                whole = tuple(fit(part) if isinstance(part, str) else part for part in text)
                object.__setattr__(self, one.name, whole)
