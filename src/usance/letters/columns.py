"""How wide the columns of an invoice's lines are.

Columns that the setter finds itself cost a quarter of the whole letter: it sets every cell twice.
Figures have known widths, so they are counted; a table that would leave the descriptions too little
room is left to the setter.
"""

from collections.abc import Iterable, Sequence

INSET_MM = 1.8  # On each side of a cell but at the margins, as the template has it.
MOST_MM = 100.0  # Of 165: the rest is for descriptions.
# Upper bounds at 8.8 pt of Inter, and at 7.2 pt for heads.
DIGIT_MM, THIN_MM, LETTER_MM, HEAD_MM = 1.95, 1.0, 2.9, 1.75
THIN = frozenset(" .,:;'’-()\u00a0\u202f\u2009")


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
    return sum(DIGIT_MM if one.isdigit() else THIN_MM if one in THIN else LETTER_MM for one in cell)
