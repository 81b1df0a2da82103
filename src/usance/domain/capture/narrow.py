"""Names printed in narrow columns: cut off where the next column begins, and gone on with below."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .companies import LEGAL_FORM
from .marks import Label, Marked
from .rows import Cell, Row

_FLUSH = 1.5  # Points between two edges that are one.
_MOST_LINES = 3  # That a name goes on for.
# What stands before a legal form without a name: "Holding B.V.".
_KINDS = frozenset({"holding", "group", "gruppe", "gruppen", "groep", "groupe", "international"})
_ENDS = re.compile(rf"(?:{LEGAL_FORM.pattern})\W*$")


def columns(m: Marked, section: Label) -> tuple[float, ...]:
    """Where the columns begin that stand beside a heading."""
    return tuple(cell.box.left for cell in m.rows[section.row].cells)


def parted(row: Row, edges: Sequence[float]) -> Iterator[Cell]:
    """The cells of a row, each of one column: in a narrow one the words nearly touch the next."""
    for cell in row.cells:
        starts = [
            at for at, word in enumerate(cell.words)
            if at and any(abs(word.box.left - edge) < _FLUSH for edge in edges)
        ]  # fmt: skip
        for start, end in pairwise((0, *starts, len(cell.words))):
            yield Cell(cell.words[start:end], cell.row, cell.first + start)


def whole(m: Marked, row: Row, cell: Cell, edges: Sequence[float]) -> Cell:
    """The name with the lines that it goes on in: whose first word had no room behind it, or that
    are nothing but a legal form."""
    lines = list(_below(m, row, cell, edges))
    end = next((at for at, one in enumerate(lines) if _is_form(one)), -1)
    if any(ch.isdigit() for one in lines[: end + 1] for ch in one.text):
        end = -1
    room = min((edge for edge in edges if edge > cell.box.left + _FLUSH), default=0.0)
    last, words = cell, cell.words
    for at, line in enumerate(lines):
        text = " ".join(word.text for word in words)
        if _ENDS.search(text) or not (at <= end or _goes_on(last, line, room)):
            break
        last, words = line, (*words, *line.words)
    return Cell(words, cell.row, cell.first)


def _below(m: Marked, row: Row, cell: Cell, edges: Sequence[float]) -> Iterator[Cell]:
    """The lines right below one, flush with it."""
    edge, found = row.bottom, 0
    for below in m.rows[row.number + 1 : row.number + 1 + 2 * _MOST_LINES]:
        if below.page != row.page or below.top - edge > row.height or found == _MOST_LINES:
            return
        same = [one for one in parted(below, edges) if abs(one.box.left - cell.box.left) < _FLUSH]
        if same:
            edge, found = below.bottom, found + 1
            yield same[0]


def _is_form(line: Cell) -> bool:
    rest = LEGAL_FORM.sub("", line.text).strip(" .,&").casefold()
    return (not rest or rest in _KINDS) and rest != line.text.casefold()


def _goes_on(line: Cell, below: Cell, room: float) -> bool:
    """Had the first word of the next line no room behind this one?"""
    if any(ch.isdigit() for ch in below.text):
        return False
    first, blank = below.words[0].box, 0.25 * (line.box.bottom - line.box.top)
    return bool(room) and line.box.right + blank + first.right - first.left > room - 2 * _FLUSH
