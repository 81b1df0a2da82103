"""The paper that charts are drawn on: SVG elements, a scale, and round numbers for its axis.

Classes only and no style attribute, so the strictest Content-Security-Policy lets it pass.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zlib import crc32

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Number = int | float | Decimal
Shown = Callable[[Number], str]


def element(name: str, *inside: str, **attributes: object) -> SafeString:
    """One SVG element. Text and attributes are escaped unless they are already safe.

    `class_` gives `class`; underscores in other names become hyphens.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{conditional_escape(_short(value))}"'
        for key, value in attributes.items()
    )
    inner = "".join(conditional_escape(part) for part in inside)
    return mark_safe(f"<{name}{written}>{inner}</{name}>")  # noqa: S308 - escaped above


def _short(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def text(x: float, y: float, words: str, look: str) -> SafeString:
    return element("text", words, class_=look, x=float(x), y=float(y))


def rule(y: float, x1: float, x2: float, look: str) -> SafeString:
    return element("line", class_=look, x1=float(x1), x2=float(x2), y1=float(y), y2=float(y))


def block(x: float, y: float, width: float, height: float, look: str, says: str) -> SafeString:
    """A bar with rounded corners; `says` is read out and shown on hovering."""
    return element(
        "rect", element("title", says),
        class_=look, x=float(x), y=float(y), width=max(float(width), 0.0),
        height=max(float(height), 0.0), rx=min(3.0, float(height) / 2, float(width) / 2),
    )  # fmt: skip


def picture(width: int, height: int, title: str, says: str, *inside: str, look: str) -> SafeString:
    """The whole drawing, named by its title and described by one sentence."""
    key = f"{crc32(f'{title}{says}{inside}'.encode()):08x}"
    return element(
        "svg",
        element("title", title, id=f"t{key}"),
        element("desc", says, id=f"d{key}"),
        *inside,
        class_=look, viewBox=f"0 0 {width} {height}", role="img",
        aria_labelledby=f"t{key}", aria_describedby=f"d{key}",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps a value to a height on the paper; zero is always on it."""

    low: float
    high: float
    top: float
    bottom: float

    def y(self, value: Number) -> float:
        share = (float(value) - self.low) / (self.high - self.low)
        return self.bottom - share * (self.bottom - self.top)


def scale(values: Iterable[Number], *, top: float, bottom: float) -> tuple[Scale, list[float]]:
    """A scale that holds all values and zero, and the ticks of its axis (about five).

    Where every value is zero the axis runs to one, so that there is something to divide by.
    """
    known = [float(value) for value in values]
    low, high = min([0.0, *known]), max([0.0, *known])
    if low == high:
        high = 1.0
    step = _round_step((high - low) / 4)
    first, last = math.floor(low / step), math.ceil(high / step)
    ticks = [step * n for n in range(first, last + 1)]
    return Scale(ticks[0], ticks[-1], top, bottom), ticks


def _round_step(rough: float) -> float:
    """The next number of the kind 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= rough * 0.9999)


def axis(at: Scale, ticks: Sequence[float], shown: Shown, *, left: float, right: float) -> str:
    """Level lines with their numbers on the left; zero is drawn stronger."""
    return mark_safe(  # noqa: S308
        "".join(
            rule(at.y(tick), left, right, "zero" if tick == 0 else "g")
            + text(left - 8, at.y(tick) + 4, shown(tick), "ax to-end")
            for tick in ticks
        )
    )


def thinned(count: int, most: int) -> list[int]:
    """Which of `count` labels are written so that at most `most` are."""
    return list(range(0, count, max(1, math.ceil(count / most))))
