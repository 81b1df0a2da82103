"""Numbers as pictures: line, bars, stacked bars, funnel, waterfall, sparkline. SVG from the server.

Every chart also carries its numbers as a table, because a picture is not read by everyone.
The template is `parts/chart.html`; the colours are in ui/app.in.css.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.safestring import SafeString, mark_safe

from usance.web.canvas import (
    Number,
    Scale,
    Shown,
    axis,
    block,
    element,
    picture,
    scale,
    text,
    thinned,
)

NOTHING = mark_safe("")
BY_AGE = ("age0", "age1", "age2", "age3", "age4", "age5")  # Not due, then later and later.


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of numbers; None is a gap, not a zero."""

    name: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """One row of a funnel: how many were begun, and how many of them arrived."""

    name: str
    begun: int
    arrived: int
    failed: int | None = None  # None: all that did not arrive. Else the rest is under way.


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    title: str
    says: str  # The picture in one sentence.
    svg: SafeString  # Empty: there is nothing to draw.
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[str, str], ...] = ()  # (class of the mark, name)
    wide: bool = False


def plain(value: Number) -> str:
    """1234.5 as "1234.5": the way numbers are shown when the caller says nothing else."""
    return f"{Decimal(str(value)).normalize():f}".replace("-", "−")


def line(
    title: str, labels: Sequence[str], series: Sequence[Series], *, shown: Shown = plain
) -> Chart:
    """Lines over time; the area under the first is tinted, the second is dashed.

    :raises ValueError: if a series has not one value per label.
    """
    _same_length(labels, series)
    known = [value for one in series for value in one.values if value is not None]
    says = "; ".join(filter(None, (_course(one, shown) for one in series))) or "No values."
    drawing = NOTHING
    if known:
        at, ticks = scale(known, top=12, bottom=206)
        xs = _spread(len(labels), 48, 620)
        drawing = picture(
            640,
            232,
            title,
            says,
            axis(at, ticks, shown, left=48, right=632),
            *(text(xs[n], 225, labels[n], "ax mid") for n in thinned(len(labels), 7)),
            *(_line(one, n, xs, at) for n, one in enumerate(series, start=1)),
            look="ch ch-wide",
        )
    return Chart(
        title=title,
        says=says,
        svg=drawing,
        wide=True,
        head=("", *(one.name for one in series)),
        rows=_table(labels, series, shown),
        legend=tuple((f"ln s{n}", one.name) for n, one in enumerate(series, start=1)),
    )


def bars(
    title: str,
    labels: Sequence[str],
    values: Sequence[Number],
    *,
    shown: Shown = plain,
    looks: Sequence[str] = ("f1",),
) -> Chart:
    """One bar per label with its number on it. `looks` are their colours in turn (see BY_AGE)."""
    _same_length(labels, [Series("", tuple(values))])
    says = ", ".join(f"{name}: {shown(value)}" for name, value in zip(labels, values, strict=True))
    drawing = NOTHING
    if values:
        at, ticks = scale(values, top=22, bottom=182)
        slot = 240 / len(values)
        drawing = picture(
            288,
            208,
            title,
            says,
            axis(at, ticks, shown, left=48, right=288),
            *(
                _bar(48 + slot * n, slot, name, value, at, shown, looks[n % len(looks)])
                for n, (name, value) in enumerate(zip(labels, values, strict=True))
            ),
            look="ch",
        )
    rows = tuple((name, shown(value)) for name, value in zip(labels, values, strict=True))
    return Chart(title=title, says=says or "No values.", svg=drawing, head=("", title), rows=rows)


def stacked(
    title: str, labels: Sequence[str], series: Sequence[Series], *, shown: Shown = plain
) -> Chart:
    """Bars made of parts: what is above zero is piled upwards, what is below downwards."""
    _same_length(labels, series)
    piles = [[one.values[n] or 0 for one in series] for n in range(len(labels))]
    sums = [sum(v for v in pile if v > 0) for pile in piles]
    debts = [sum(v for v in pile if v < 0) for pile in piles]
    says = ", ".join(
        f"{name}: {shown(up + down)}" for name, up, down in zip(labels, sums, debts, strict=True)
    )
    drawing = NOTHING
    if labels and series:
        at, ticks = scale([*sums, *debts], top=12, bottom=206)
        slot = 584 / len(labels)
        drawing = picture(
            640,
            232,
            title,
            says,
            axis(at, ticks, shown, left=48, right=632),
            *(
                text(48 + slot * (n + 0.5), 225, labels[n], "ax mid")
                for n in thinned(len(labels), 13)
            ),
            *(
                _pile(48 + slot * n, slot, labels[n], pile, series, at, shown)
                for n, pile in enumerate(piles)
            ),
            look="ch ch-wide",
        )
    return Chart(
        title=title,
        says=says or "No values.",
        svg=drawing,
        wide=True,
        head=("", *(one.name for one in series)),
        rows=_table(labels, series, shown),
        legend=tuple((f"f{n}", one.name) for n, one in enumerate(series, start=1)),
    )


def funnel(title: str, flows: Sequence[Flow], *, begun: str, arrived: str) -> Chart:
    """A row per channel: its length is what was begun, the red end what failed.

    :param begun: the word for what set out, such as "Queued"; `arrived`: such as "Delivered".
    """
    most = max([flow.begun for flow in flows], default=0) or 1
    words = [
        f"{flow.arrived} / {flow.begun} · {_percent(flow.arrived, flow.begun)}" for flow in flows
    ]
    says = ", ".join(f"{flow.name}: {word}" for flow, word in zip(flows, words, strict=True))
    rows: list[str] = []
    for n, (flow, word) in enumerate(zip(flows, words, strict=True)):
        y, width, good = 43 * n + 17, 288 * flow.begun / most, 288 * flow.arrived / most
        failed = flow.begun - flow.arrived if flow.failed is None else flow.failed
        lost = 288 * failed / most
        rows += [
            text(0, y, flow.name, "lb"),
            text(288, y, word, "ax to-end"),
            block(0, y + 6, width, 14, "way", f"{flow.name}, {begun}: {flow.begun}"),
            block(width - lost, y + 6, lost, 14, "lost", f"{flow.name}: {failed}"),
            block(0, y + 6, good, 14, "f1", f"{flow.name}, {arrived}: {flow.arrived}"),
        ]
    drawing = picture(288, 43 * len(flows), title, says, *rows, look="ch") if flows else NOTHING
    return Chart(
        title=title,
        says=says or "No values.",
        svg=drawing,
        head=("", begun, arrived),
        rows=tuple((flow.name, str(flow.begun), str(flow.arrived)) for flow in flows),
    )


def waterfall(
    title: str,
    start: tuple[str, Number],
    steps: Sequence[tuple[str, Number]],
    end: str,
    *,
    shown: Shown = plain,
) -> Chart:
    """From a first amount over what is added and taken away to what is left.

    The last bar is the sum of all others; it is computed here and never handed in.
    """
    tops = [start[1]]
    for _, change in steps:
        tops.append(tops[-1] + change)
    names = [start[0], *(name for name, _ in steps), end]
    amounts = [start[1], *(change for _, change in steps), tops[-1]]
    spans = [(0, start[1]), *pairwise(tops), (0, tops[-1])]
    says = ", ".join(
        f"{name}: {shown(amount)}" for name, amount in zip(names, amounts, strict=True)
    )
    at, ticks = scale(tops, top=22, bottom=206)
    slot = 584 / len(names)
    parts: list[str] = []
    for n, (low, high) in enumerate(spans):
        whole = n in {0, len(spans) - 1}
        look = "f1" if whole else "up" if high >= low else "down"
        y = at.y(max(low, high))
        left = 48 + slot * n + slot * 0.18
        parts += [
            block(
                left,
                y,
                slot * 0.64,
                max(at.y(min(low, high)) - y, 1),
                look,
                f"{names[n]}: {shown(amounts[n])}",
            ),
            text(left + slot * 0.32, y - 5, shown(amounts[n]), "vl mid"),
            text(left + slot * 0.32, 225, names[n], "ax mid"),
        ]
        if not whole or n == 0:
            run = at.y(tops[n])
            parts.append(
                element(
                    "line", class_="link", x1=left + slot * 0.64, x2=left + slot, y1=run, y2=run
                )
            )
    drawing = picture(
        640, 232, title, says, axis(at, ticks, shown, left=48, right=632), *parts, look="ch ch-wide"
    )
    return Chart(
        title=title,
        says=says,
        svg=drawing,
        head=("", title),
        wide=True,
        rows=tuple((name, shown(amount)) for name, amount in zip(names, amounts, strict=True)),
    )


def sparkline(title: str, values: Sequence[Number], *, shown: Shown = plain) -> SafeString:
    """A line of the size of a word, for a table cell; empty where there are no values."""
    if not values:
        return NOTHING
    low, high = min(values), max(values)
    at = Scale(float(low), float(high) if high != low else float(low) + 1, 3, 21)
    xs = _spread(len(values), 3, 93)
    says = _course(Series(title, tuple(values)), shown)
    points = " ".join(f"{x:.1f},{at.y(value):.1f}" for x, value in zip(xs, values, strict=True))
    return picture(
        96,
        24,
        title,
        says,
        element("polyline", class_="ln s1", points=points),
        element("circle", class_="dot", cx=xs[-1], cy=at.y(values[-1]), r=2.5),
        look="ch ch-spark",
    )


def _same_length(labels: Sequence[str], series: Sequence[Series]) -> None:
    for one in series:
        if len(one.values) != len(labels):
            raise ValueError(f"{one.name}: {len(one.values)} values for {len(labels)} labels")


def _spread(count: int, left: float, right: float) -> list[float]:
    """Even places from left to right; a single one stands in the middle."""
    if count == 1:
        return [(left + right) / 2]
    return [left + (right - left) * n / (count - 1) for n in range(count)]


def _course(one: Series, shown: Shown) -> str:
    known = [value for value in one.values if value is not None]
    if not known:
        return ""
    first, last = shown(known[0]), shown(known[-1])
    return f"{one.name}: {last}" if len(known) == 1 else f"{one.name}: {first} → {last}"


def _line(one: Series, place: int, xs: Sequence[float], at: Scale) -> SafeString:
    """The stretches between the gaps of a series; a lone value becomes a dot."""
    look = f"ln s{place}" + (" dash" if place > 1 else "")
    drawn: list[str] = []
    stretch: list[tuple[float, float]] = []
    for x, value in [*zip(xs, one.values, strict=True), (0.0, None)]:
        if value is not None:
            stretch.append((x, at.y(value)))
            continue
        points = " ".join(f"{px:.1f},{py:.1f}" for px, py in stretch)
        if len(stretch) == 1:
            drawn.append(element("circle", class_="dot", cx=stretch[0][0], cy=stretch[0][1], r=3))
        elif stretch:
            if place == 1:
                ground = f"{stretch[-1][0]:.1f},{at.y(0):.1f} {stretch[0][0]:.1f},{at.y(0):.1f}"
                drawn.append(element("polygon", class_="ar s1", points=f"{points} {ground}"))
            drawn.append(element("polyline", class_=look, points=points))
        stretch = []
    return mark_safe("".join(drawn))  # noqa: S308


def _bar(
    left: float, slot: float, name: str, value: Number, at: Scale, shown: Shown, look: str
) -> SafeString:
    top, foot = sorted((at.y(value), at.y(0)))
    middle = left + slot / 2
    above = top - 5 if value >= 0 else foot + 13
    return mark_safe(  # noqa: S308
        block(
            left + slot * 0.18,
            top,
            slot * 0.64,
            max(foot - top, 1),
            look,
            f"{name}: {shown(value)}",
        )
        + text(middle, above, shown(value), "vl mid")
        + text(middle, 201, name, "ax mid")
    )


def _pile(
    left: float,
    slot: float,
    name: str,
    pile: Sequence[Number],
    series: Sequence[Series],
    at: Scale,
    shown: Shown,
) -> SafeString:
    drawn: list[str] = []
    ups: Number = 0
    downs: Number = 0
    for n, value in enumerate(pile, start=1):
        base = ups if value >= 0 else downs
        reach = base + value
        top, foot = sorted((at.y(base), at.y(reach)))
        if value:
            says = f"{name}, {series[n - 1].name}: {shown(value)}"
            drawn.append(block(left + slot * 0.16, top, slot * 0.68, foot - top, f"f{n}", says))
        ups, downs = (reach, downs) if value >= 0 else (ups, reach)
    return mark_safe("".join(drawn))  # noqa: S308


def _percent(part: int, whole: int) -> str:
    return f"{Decimal(100 * part) / whole:.1f} %" if whole else "–"


def _table(
    labels: Sequence[str], series: Sequence[Series], shown: Shown
) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (label, *("" if one.values[n] is None else shown(one.values[n]) for one in series))
        for n, label in enumerate(labels)
    )
