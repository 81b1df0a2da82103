"""Where a party's lines stand: under the heading that says whose they are, or beside it."""

from collections.abc import Sequence
from dataclasses import replace

from .headings import headings, is_table
from .marks import Label, Marked
from .proposals import TAKES
from .reading import Box
from .rows import Cell, Row

SECTIONS = ("_seller", "_buyer", "_elsewhere")
_WIDE = {"_elsewhere": 150.0}  # Points: other columns stand beside a delivery address.
_NARROW = 100.0  # Points: no column of a party's lines is less wide.
_CLEAR = 3.0
_MOST_OF_TWO = 7  # Words of a heading in two languages.
_FAR = 230.0  # Points below its heading that a party's lines may stand.
_LOWEST = 0.78  # Of the page: below it payees and signatures stand, no buyers and sellers.


def territories(m: Marked) -> tuple[Label, ...]:
    """The headings under which a party's lines stand."""
    found = []
    for label in m.labels:
        low = label.box.top > _LOWEST * m.pages[label.box.page - 1].height
        if label.field not in SECTIONS or low:
            continue
        cell = cell_of(m.rows[label.row], label.first)
        last = cell.words[label.last - 1 - cell.first] if label.last <= cell.first + len(
            cell.words) else None  # fmt: skip
        behind = cell.words[label.last - cell.first :]
        alone = not any(word.text.strip(" :.-") for word in behind)  # "Kund :" is alone.
        begins = label.first == cell.first and (alone or (last and last.text.endswith(":")))
        if begins:
            found.append(replace(label, reach=_reach(m, label)))
        elif _is_one_of_two(cell, label):
            found.append(replace(label, box=cell.box))  # The lines below begin where the cell does.
    return tuple(found)


def _reach(m: Marked, label: Label) -> float:
    """Points to the next column, where that begins with what is no party's, at most the usual."""
    beside = [
        other.box.left - label.box.left for other in m.labels_by_row.get(label.row, ())
        if other.first >= label.last and other.field in TAKES
        and cell_of(m.rows[label.row], other.first).first == other.first
    ]  # fmt: skip
    return min([one - _CLEAR for one in beside if one > _NARROW] + [label.reach])


def _is_one_of_two(cell: Cell, label: Label) -> bool:
    """Is it a heading in two words or languages: "Kunde / Customer", "Consignee / Invoice to"?"""
    words = [word.text for word in cell.words]
    start, end = label.first - cell.first, label.last - cell.first
    if "/" not in words or len(words) > _MOST_OF_TWO or end > len(words):
        return False
    return (start == 0 or words[start - 1] == "/") and (end == len(words) or words[end] == "/")


def territory(sections: Sequence[Label], box: Box) -> Label | None:
    """The heading that a place stands under, or beside."""
    above = [
        label for label in sections
        if label.box.page == box.page and -3 < box.top - label.box.top < _FAR
        and label.box.left - 30 < box.left < label.box.left + _WIDE.get(label.field, label.reach)
    ]  # fmt: skip
    if not above:
        return None
    # Of headings side by side the last one left of the place, of those the lowest.
    left = max(label.box.left for label in above)
    near = [label for label in above if left - label.box.left < 40]
    return max(near, key=lambda label: label.box.top)


def stands_in(m: Marked, sections: Sequence[Label], box: Box) -> str:
    """Whose place this is: "seller", "buyer" or ""."""
    section = territory(sections, box)
    if section is not None and section.field in ("_seller", "_buyer"):
        lines = any(section.box.top < row.top < box.top and is_table(headings(row))
                    for row in m.rows if row.page == box.page)  # fmt: skip
        return "" if lines else section.field[1:]
    page = m.pages[box.page - 1]
    return "seller" if box.top > 0.85 * page.height else ""


def cell_of(row: Row, word: int) -> Cell:
    return next(cell for cell in reversed(row.cells) if cell.first <= word)
