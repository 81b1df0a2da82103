"""How a rule looks at a written invoice: places, the text in them, and numbers, as XPath 2.0 would.

A place is one element with a short tag ("cbc:ID"). Rules ask only what stands in this file, so any
tree with these few methods can be judged.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from sys import intern
from typing import Protocol

WHITE = " \t\r\n"
_RUNS = re.compile(r"[ \t\r\n]+")
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)$", re.ASCII)
_DOUBLE = re.compile(r"([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN)$", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?$", re.ASCII)
_HALF = Decimal("0.5")
_CENT = Decimal("0.01")
ZERO = Decimal(0)


class FreeText(LookupError):
    """A rule asked for a text, where only the shape of a place is known."""


class Place(Protocol):
    """One element: its tag with a short prefix, its own text, attributes and children."""

    tag: str

    @property
    def text(self) -> str | None: ...
    def get(self, key: str) -> str | None: ...
    def keys(self) -> Iterable[str]: ...
    def items(self) -> Iterable[tuple[str, str]]: ...
    def find(self, path: str) -> "Place | None": ...
    def findall(self, path: str) -> "list[Place]": ...
    def iter(self, tag: str | None = None) -> "Iterator[Place]": ...
    def itertext(self) -> Iterator[str]: ...
    def __getitem__(self, at: int) -> "Place": ...
    def __len__(self) -> int: ...
    def __iter__(self) -> "Iterator[Place]": ...


class _Steps(dict[str, tuple[str, tuple[str, ...]]]):
    """Paths of the rules, taken apart once: the first step and the others."""

    def __missing__(self, path: str) -> tuple[str, tuple[str, ...]]:
        # Interned, so that tags are compared by identity.
        first_step, *others = map(intern, path.split("/"))
        self[path] = (first_step, tuple(others))
        return self[path]


_steps = _Steps()


def each(place: Place, path: str) -> list[Place]:
    """All places under `path` ("cac:Party/cbc:EndpointID"), in document order."""
    step, others = _steps[path]
    found = place.findall(step)
    if not others:
        return found
    for step in others:
        if not found:
            break
        if len(found) == 1:
            found = found[0].findall(step)
        else:
            found = [child for parent in found for child in parent.findall(step)]
    return found


def first(place: Place, path: str) -> Place | None:
    step, others = _steps[path]
    found = place.find(step)
    if found is None or not others:
        return found
    for step in others:
        found = found.find(step)
        if found is None:  # A later brother may have what the first lacks.
            found = next(iter(each(place, path)), None)
            break
    return found


def has(place: Place, path: str) -> bool:
    return first(place, path) is not None


def text(place: Place | None) -> str:
    """The string value: everything written inside; "" for a place that is not there."""
    if place is None:
        return ""
    if len(place):
        return "".join(place.itertext())
    return place.text or ""


def value(place: Place, path: str) -> str:
    """The string value of the first place under `path`."""
    return text(first(place, path))


def values(place: Place, path: str) -> list[str]:
    # As `text` of each, without a call: no function here is called more often.
    return [text(one) if len(one) else one.text or "" for one in each(place, path)]


def tidy(words: str) -> str:
    """White space at the ends gone, runs of it made one blank (no-break spaces are not white)."""
    if words.isascii():
        return " ".join(words.split())
    return _RUNS.sub(" ", words).strip(WHITE)


def tidied(place: Place, path: str) -> str:
    return tidy(value(place, path))


def written(place: Place) -> bool:
    """Whether more than blanks is written in it. A shape knows that where nothing is below."""
    known: bool | None = getattr(place, "full", None)
    if known is not None and not len(place):
        return known
    return text(place).strip(WHITE) != ""


def filled(place: Place, path: str) -> bool:
    found = first(place, path)
    return found is not None and written(found)


def any_filled(place: Place, path: str) -> bool:
    return any(written(found) for found in each(place, path))


@lru_cache(maxsize=65536)
def decimal(words: str) -> Decimal:
    """:raises ValueError: unless it is written as an xs:decimal."""
    words = words.strip(WHITE)
    if not _DECIMAL.match(words):
        raise ValueError(f"“{words[:40]}” is not a number")
    return Decimal(words)


@lru_cache(maxsize=65536)
def double(words: str) -> Decimal | None:
    """A number as XPath compares untyped text: None is NaN; "1e3" is a number.

    :raises ValueError: for anything else.
    """
    words = words.strip(WHITE)
    if not _DOUBLE.match(words):
        raise ValueError(f"“{words[:40]}” is not a number")
    return None if words == "NaN" else Decimal(words.replace("INF", "Infinity"))


def is_number(words: str) -> bool:
    """Whether XPath's number() would give anything but NaN."""
    words = words.strip(WHITE)
    return bool(_DOUBLE.match(words)) and words != "NaN"


def amount(place: Place, path: str) -> Decimal | None:
    """The number under `path`; None if the place is missing.

    :raises ValueError: if what is written there is not a number.
    """
    found = first(place, path)
    if found is None:
        return None
    return decimal(text(found) if len(found) else found.text or "")


def total(places: list[Place]) -> Decimal:
    return sum([decimal(text(place)) for place in places], ZERO)


def whole(number: Decimal) -> Decimal:
    """Rounded to an integer, halves towards positive infinity, as fn:round does."""
    return (number + _HALF).to_integral_value(rounding=ROUND_FLOOR)


def cents(number: Decimal) -> Decimal:
    """Rounded to two decimals, halves towards positive infinity."""
    return number.quantize(_CENT, ROUND_HALF_UP if number >= 0 else ROUND_HALF_DOWN)


def two_decimals(words: str) -> bool:
    point = words.find(".")
    return point < 0 or len(words) - point <= 3


def day(words: str) -> date:
    """An xs:date; its time zone, if any, is not looked at.

    :raises ValueError: unless it is one.
    """
    found = _DAY.match(words.strip(WHITE))
    if not found:
        raise ValueError(f"“{words[:40]}” is not a date")
    return date.fromisoformat(found[1])


def is_day(words: str) -> bool:
    try:
        day(words)
    except ValueError:
        return False
    return True


def truth(words: str) -> bool | None:
    """An xs:boolean; None if it is none."""
    words = words.strip(WHITE)
    if words in ("true", "1"):
        return True
    return False if words in ("false", "0") else None
