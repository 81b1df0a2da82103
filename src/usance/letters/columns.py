"""How wide the columns of an invoice's lines are.

Columns that the setter finds itself cost a quarter of the whole letter: it sets every cell twice.
Figures have known widths, so they are counted; a table that would leave the descriptions too little
room is left to the setter.
"""

from collections.abc import Iterable, Sequence

INSET_MM = 1.8  # On each side of a cell but at the margins, as the template has it.
MOST_MM = 100.0  # Of 165: the rest is for descriptions.
# Millimetres of a sign at 8.8 pt of Inter, medium, with tabular figures; a head's at 7.2 pt.
DIGIT_MM, THIN_MM, SMALL_MM, LARGE_MM, PERCENT_MM, HEAD_MM = 2.08, 0.86, 1.9, 2.75, 3.15, 1.75
DIGITS = frozenset("0123456789-−+")
THIN = frozenset(" .,:;'’|()\u00a0\u202f\u2009")
LARGE = frozenset("mwMWÅÄÖÆØ")
SPARE_MM = 0.3


def widths(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[float]:
    """Millimetres of each column of figures, their insets included; empty: they are too wide.

    The first column stands at the left margin, the last one at the right.
    """
    found = [HEAD_MM * len(head) for head in heads]
    for row in rows:
        for place, cell in enumerate(row):
            found[place] = max(found[place], _wide(cell))
    last = len(found) - 1
    whole = [mm + INSET_MM * (1 if place in (0, last) else 2) for place, mm in enumerate(found)]
    return [round(mm, 1) for mm in whole] if sum(whole) <= MOST_MM else []


def _wide(cell: str) -> float:
    return SPARE_MM + sum(map(_sign, cell)) if cell else 0.0


def _sign(one: str) -> float:
    if one in DIGITS:
        return DIGIT_MM
    if one in THIN:
        return THIN_MM
    if one == "%":
        return PERCENT_MM
    return LARGE_MM if one in LARGE or one.isupper() else SMALL_MM
