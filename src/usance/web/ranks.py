"""A row for each name, the largest first: as long as its amount, with the name in full above it."""

from collections.abc import Sequence

from usance.web.canvas import Number, Shown, block, picture, text
from usance.web.charts import NOTHING, Chart, plain

WIDTH, ROW = 288, 43


def ranks(title: str, rows: Sequence[tuple[str, Number]], *, shown: Shown = plain) -> Chart:
    """Amounts of nothing or more, as they come; a name is as long as it likes."""
    most = max([amount for _, amount in rows], default=0) or 1
    says = ", ".join(f"{name}: {shown(amount)}" for name, amount in rows)
    drawn: list[str] = []
    for n, (name, amount) in enumerate(rows):
        y = ROW * n + 17
        drawn += [
            text(0, y, name, "lb"),
            text(WIDTH, y, shown(amount), "ax to-end"),
            block(0, y + 6, WIDTH, 14, "rest", f"{name}: {shown(amount)}"),
            block(0, y + 6, WIDTH * float(amount) / float(most), 14, "f1", name),
        ]
    return Chart(
        title=title,
        says=says or "No values.",
        svg=picture(WIDTH, ROW * len(rows), title, says, *drawn, look="ch") if rows else NOTHING,
        head=("", title),
        rows=tuple((name, shown(amount)) for name, amount in rows),
    )
