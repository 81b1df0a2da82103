"""Addresses of several lines: where they begin, and whose they seem to be."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from .companies import LEGAL_FORM, SPLIT, company_key, company_of
from .marks import STRONG, Label, Marked, fields_of, key
from .proposals import TAKES
from .reading import Box
from .rows import Cell, Row
from .territories import territory
from .titles import title_kind

POSTCODE = re.compile(
    r"(?<![\w\d])(?:[A-Z]{1,2}[- ]?)?(?:\d{4,5}|\d{3} \d{2}|\d{4} ?[A-Z]{2}"
    r"|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})(?: ?-)? *[^\W\d_]{2,}"
)
BRITISH = re.compile(r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?!\w)")
CONTACT = re.compile(r"@|www\.|https?:|(?<!\w)(?:tel|fon|phone|fax|telefon|tlf|puh|iban)"
                      r"[a-z.\-]*[ :]", re.IGNORECASE)  # fmt: skip
_REGISTERED = re.compile(r"(?<!\w)(?:ust|vat|org)[a-z.\-]*[ :]", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d[\d ()/.-]{5,16}\d")  # A line of nothing else.
_MOST_LINES = 7  # Of an address.
_LARGE = 1.25  # Times the height of other lines: the letters of a letterhead.
_HEAD = 0.12  # Of a page.


def blocks(
    m: Marked, sections: Sequence[Label], *, said: bool
) -> Iterator[tuple[str, Cell, float]]:
    """Addresses of several lines: their first line, and whose they seem to be. `said`: a line
    elsewhere says who sends the paper.
    """
    page = m.pages[0]
    found = list(_addresses(m, sections))
    reached = any(is_reached for _, _, is_reached in found)
    for lines, end, is_reached in found:
        first = lines[0].box
        named = reached or _is_named_above(m, lines[0])
        heads = first.top < 0.07 * page.height and not named and not _is_alone(m, lines)
        above = first.top < _HEAD * page.height and not (named or said)
        if above:  # Of two addresses one above the other the upper one is the letterhead.
            above = any(other[0].box.top > end.box.bottom for other, _, _ in found)
        if is_reached:
            yield "seller_name", lines[0], 1.3
        elif heads or above:
            yield "seller_name", lines[0], 1.2
        else:
            yield "buyer_name", lines[0], 1.7 + (0.3 if LEGAL_FORM.search(lines[0].text) else 0.0)


def _addresses(m: Marked, sections: Sequence[Label]) -> Iterator[tuple[list[Cell], Cell, bool]]:
    """Addresses in the upper half that no heading announces: their lines, the last of them, and
    whether ways to reach somebody stand below."""
    page = m.pages[0]
    for row, cell in cells(m):
        if row.page != page.number or cell.box.top > 0.5 * page.height:
            continue
        found = POSTCODE.match(cell.text) or BRITISH.search(cell.text)
        if not found or len(cell.words) > 5 or territory(sections, cell.box):
            continue
        lines = _stack(m, row, cell)
        if not 2 <= len(lines) <= _MOST_LINES:
            continue
        below = _near_below(m, row, cell)
        text = " ".join([*(one.text for one in lines), *below])
        is_first = not _has_id_above(m, lines[0].box)
        reached = CONTACT.search(text) or (is_first and _REGISTERED.search(text))
        own = takewhile(lambda line: not title_kind(line) and not fields_of(key(line)), below)
        yield lines, cell, bool(reached or any(_PHONE.fullmatch(line) for line in own))


def _is_named_above(m: Marked, first: Cell) -> bool:
    """Does another company stand at the head of the page, in larger letters than an address?"""
    height, page = first.box.bottom - first.box.top, m.pages[0]
    return any(
        cell is not first and cell.box.bottom - cell.box.top > _LARGE * height
        and company_of(cell.text) and company_key(cell.text) != company_key(first.text)
        for row, cell in cells(m) if row.page == page.number and row.top < _HEAD * page.height
    )  # fmt: skip


def _has_id_above(m: Marked, box: Box) -> bool:
    """Whether a VAT id stands above: the letterhead's, so that the one in this block is a buyer's."""
    return any(
        value.kind == "vat_id" and value.box.page == box.page and value.box.bottom <= box.top
        for value in m.values
    )


def _is_alone(m: Marked, lines: Sequence[Cell]) -> bool:
    """Has the block nothing beside it? At the very top a letterhead has: ways to reach the sender."""
    return all(len(m.rows[line.row].cells) == 1 for line in lines)


def _stack(m: Marked, row: Row, cell: Cell) -> list[Cell]:
    """The cells above one, flush left with it and close together, from top to bottom."""
    lines = [cell]
    edge, height = cell.box.top, max(row.height, 6.0)
    for above in reversed(m.rows[max(0, row.number - 2 * _MOST_LINES) : row.number]):
        if above.page != row.page or edge - above.bottom > 2.6 * height:
            break
        same = [one for one in above.cells if _flush(m, one, cell)]
        if same and len(lines) > 1 and _is_above(same[0], lines[0]):
            break
        if same:
            if _ends_a_stack(m, above, same[0]):
                if same[0].text[-1:].isdigit() and len(lines) > 2 and len(lines[0].words) < 3:
                    del lines[0]  # The town of a sender's line that was too long.
                break
            lines.insert(0, same[0])
            edge = same[0].box.top
    return lines


def _is_above(large: Cell, first: Cell) -> bool:
    """Does a letterhead in large letters stand above an address that begins with a company?"""
    heights = [cell.box.bottom - cell.box.top for cell in (large, first)]
    return heights[0] > _LARGE * heights[1] and bool(LEGAL_FORM.search(first.text))


def _flush(m: Marked, one: Cell, other: Cell) -> bool:
    """Do two lines begin at one edge, or end at the right one of the page?"""
    page = m.pages[one.box.page - 1]
    near = 2 if page.source == "text" else 5
    return abs(one.box.left - other.box.left) < 4 or (
        abs(one.box.right - other.box.right) < near and one.box.right > 0.8 * page.width
    )


def _ends_a_stack(m: Marked, row: Row, cell: Cell) -> bool:
    """Does another thing stand here: a title, a sender's line, another address, a label?"""
    if title_kind(cell.text) or len(SPLIT.split(cell.text)) > 2 or POSTCODE.match(cell.text):
        return True
    return any(
        label.first == cell.first and label.field in TAKES and label.weight >= STRONG
        for label in m.labels_by_row.get(row.number, ())
    )


def _near_below(m: Marked, row: Row, cell: Cell) -> list[str]:
    found, edge = [], row.bottom
    for below in m.rows[row.number + 1 : row.number + 10]:
        if below.page != row.page or below.top - edge > 2.0 * max(row.height, 6.0):
            break
        same = [one for one in below.cells if _flush(m, one, cell)]
        if same:
            found.append(same[0].text)
            edge = below.bottom
    return found


def cells(m: Marked) -> Iterator[tuple[Row, Cell]]:
    """Every cell with its row."""
    for row in m.rows:
        for cell in row.cells:
            yield row, cell
