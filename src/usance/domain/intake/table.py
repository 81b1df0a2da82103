"""A table that somebody handed in: where its headings stand, which rows are invoices and which are
sums, and by what it is known again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from .fields import KNOWN, folded
from .writing import is_amount, is_day

HEADING_WITHIN = 30  # Rows. Above the headings stand titles, addresses, a date.
LONGEST_HEADING = 80
# What stands before a sum, in the languages of the headings.
SUM_WORDS = frozenset(
    {"total", "totals", "grandtotal", "sum", "summa", "totalt", "sumtotal", "ialt", 
     "summe", "gesamt", "gesamtsumme", "endsumme", "zwischensumme", "subtotal", "delsumma",
     "totaal", "subtotaal", "somme", "totalgénéral", "soustotal", "yhteensä", "välisumma"}
)  # fmt: skip

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Headings and rows as texts. `headed_by` 0: there are none, every row is one of data."""

    place: str = ""  # "sheet 'March', " for a workbook; goes before the row in what is said.
    headed_by: int  # The row of the headings, from 1.
    names: Cells
    rows: tuple[tuple[int, Cells], ...]  # The row in the file, from 1, and its cells.

    @property
    def width(self) -> int:
        return len(self.names)

    @property
    def fingerprint(self) -> str:
        """Equal for two tables with the same headings in the same order, whatever rows they have.

        A table without headings is known again by its number of columns alone.
        """
        said = [folded(name) for name in self.names] if self.headed_by else [str(self.width)]
        return sha256("\x1f".join(["headed" if self.headed_by else "bare", *said]).encode())\
            .hexdigest()[:32]  # fmt: skip

    def column(self, at: int, *, most: int | None = None) -> Iterator[str]:
        """What stands in a column, without what is empty."""
        for _, cells in self.rows[:most]:
            if at < len(cells) and (text := cells[at].strip()):
                yield text

    def where(self, row: int) -> str:
        return f"{self.place}row {row}"


def tabled(rows: Sequence[tuple[int, Sequence[str]]], *, place: str = "") -> Table | None:
    """The table in these rows; None if there are no two columns with a row below the headings.

    The headings are the row that names most fields; where none does, the first row of words that
    stands above a row with an amount or a date. Merged headings in the row above are joined in.
    """
    filled = [(row, tuple(cell.strip() for cell in cells)) for row, cells in rows]
    filled = [(row, cells) for row, cells in filled if any(cells)]
    at = _headings(filled[:HEADING_WITHIN])
    if at is None:
        first = next((i for i, (_, cells) in enumerate(filled) if _looks_like_data(cells)), None)
        if first is None:
            return None
        below = filled[first:]
        width = max(_width(cells) for _, cells in below)
        return _whole(Table(place=place, headed_by=0, names=("",) * width, rows=tuple(below)))
    row, names = filled[at]
    if at and _spans(filled[at - 1][1], names):
        names = _joined(filled[at - 1][1], names)
    names = tuple(name[:LONGEST_HEADING] for name in names[: _width(names)])
    return _whole(Table(place=place, headed_by=row, names=names, rows=tuple(filled[at + 1 :])))


def _whole(table: Table) -> Table | None:
    return table if table.width > 1 and table.rows else None


def is_sum(cells: Cells, *, number: int | None) -> bool:
    """Is this row a sum of others and no invoice? It has a word for it where a number or name
    would stand, and no day; a row with an invoice number is never taken for one. Where the number
    would stand more words may follow: "Total (12 invoices)"."""
    if any(is_day(cell) for cell in cells):
        return False
    own = cells[number] if number is not None and number < len(cells) else ""
    if own and folded(own.split()[0]) not in SUM_WORDS:
        return False
    worded = bool(own) or any(folded(cell.rstrip(":")) in SUM_WORDS for cell in cells if cell)
    return worded and any(is_amount(cell) for cell in cells)


def repeats(cells: Cells, table: Table) -> bool:
    """The headings once more, as printed lists have them on every page."""
    return bool(table.headed_by) and tuple(map(folded, cells[: table.width])) == tuple(
        map(folded, table.names)
    )


def _headings(rows: Sequence[tuple[int, Cells]]) -> int | None:
    best, most = None, 1
    for at, (_, cells) in enumerate(rows):
        if _looks_like_data(cells):
            continue
        score = sum(_names_something(cell) for cell in cells)
        if score > most:
            best, most = at, score
    if best is not None:
        return best
    for at, (_, cells) in enumerate(rows[:-1]):
        words = [cell for cell in cells if cell]
        if len(words) > 1 and not _looks_like_data(cells) and _looks_like_data(rows[at + 1][1]):
            return at
    return None


def _looks_like_data(cells: Cells) -> bool:
    return any(is_day(cell) or is_amount(cell) for cell in cells)


def _names_something(cell: str) -> bool:
    key = folded(cell)
    return key in KNOWN or any(len(word) > 5 and word in key for word in KNOWN)


def _width(cells: Cells) -> int:
    return max((at + 1 for at, cell in enumerate(cells) if cell), default=0)


def _spans(above: Cells, names: Cells) -> bool:
    """Two or more merged headings over the real ones: words with room to their right."""
    words = [cell for cell in above if cell]
    holes = any(not cell for cell in above[: _width(names)])
    return len(words) > 1 and holes and not _looks_like_data(above)


def _joined(above: Cells, names: Cells) -> Cells:
    joined, over = [], ""
    for at, name in enumerate(names):
        over = above[at] if at < len(above) and above[at] else over
        joined.append(f"{over} {name}".strip())
    return tuple(joined)
