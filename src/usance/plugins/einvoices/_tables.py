"""Tables of any make as they are before anybody said which column is which, and their rows as
invoices once that is known."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from numbers import Real

from usance.domain.finding import Finding, Severity
from usance.domain.intake import fields, mapping, writing
from usance.domain.intake.table import Table, is_sum, repeats, tabled
from usance.domain.invoice import Invoice
from usance.plugins import Unreadable
from usance.plugins._table import SEPARATORS, decoded, rows

from . import _formulas, csv_schedule, xlsx_schedule
from ._csv_values import Row
from ._schedule_row import invoice
from ._workbook import is_workbook, sheets

MAX_ROWS = csv_schedule.MAX_ROWS
ARCHIVE = b"PK\x03\x04"
HEAD = 64 * 1024  # Bytes in which a separator shows.
LOOKED_AT = 60  # Rows that tell the separator.
_NO_TABLE = (b"%PDF", b"<", b"{", b"[", b"UNA", b"UNB+", b"01BGMAX", b":20:", b"{1:", b"From ",
             b"Received:", b"Return-Path:", b"MIME-Version:")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A table, what each cell was before it became text, and formulas that reach outside."""

    table: Table
    format: str  # The plug-in that reads such files without a mapping.
    dates: frozenset[tuple[int, int]] = frozenset()  # Row and column of cells that are dates,
    cut: frozenset[tuple[int, int]] = frozenset()  # and of numbers that lost digits.
    dangers: tuple[tuple[str, str], ...] = ()  # Place and text.
    hidden: tuple[str, ...] = ()  # Sheets that nobody sees, with the first table of a workbook.


def found(data: bytes) -> tuple[Found, ...]:
    """Every table in the file; none if it is something else.

    :raises Unreadable: for a workbook or a text that is a table, but too large or broken.
    """
    if is_workbook(data):
        return tuple(_in_workbook(data))
    if not _may_be_text(data):
        return ()
    return tuple(_in_text(data))


def may_hold(data: bytes) -> bool:
    """Whether it may be worth looking for tables, by what the file begins with."""
    return data.startswith(ARCHIVE) or _may_be_text(data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a table says: place, invoice and findings of every row; and what is odd beside them."""

    invoices: tuple[tuple[str, Invoice, tuple[Finding, ...]], ...]
    beside: tuple[Finding, ...]


def read(one: Found, said: mapping.Mapping, *, most: int = MAX_ROWS) -> Rows:
    """Every row by a mapping. A sum is no row; what it says is compared with the rows above it.

    :raises Unreadable: if there are more rows than `most`.
    """
    table, columns = one.table, said.columns
    if len(table.rows) > most:
        raise Unreadable(f"more than {most:,} rows; split the file", where=table.place.rstrip(", "))
    beside, made = list(_beside(one, said)), []
    how = writing.heard(
        said.writing,
        amounts=_cells(table, columns, fields.AMOUNTS),
        days=_cells(table, columns, fields.DAYS),
    )
    number, sums = columns.get("number"), _Sums(columns)
    for row, cells in table.rows:
        where = table.where(row)
        if repeats(cells, table):
            continue
        if is_sum(cells, number=number):
            beside.extend(sums.compared(cells, where, how))
            continue
        line = Row(
            cells, columns, width=table.width, where=where, writing=how,
            currency=said.currency,
        )  # fmt: skip
        _spoiled(line, one, row, columns)
        _formulas.as_text(line, cells, columns)
        sums.add(cells, how)
        made.append((where, *invoice(line)))
    return Rows(invoices=tuple(made), beside=tuple(beside))


def _cells(table: Table, columns: Mapping[str, int], wanted: frozenset[str]) -> Iterator[str]:
    return (cell for name, at in columns.items() if name in wanted for cell in table.column(at))


class _Sums:
    """The rows added up, to be compared with the sums that the table itself has."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self._at = {name: columns[name] for name in ("gross", "net", "tax") if name in columns}
        self._sums = dict.fromkeys(self._at, 0)
        self._since = dict.fromkeys(self._at, 0)

    def add(self, cells: Sequence[str], how: writing.Writing) -> None:
        for name, at in self._at.items():
            figure = writing.hundredths(cells[at], how.decimal) if at < len(cells) else None
            self._sums[name] += figure or 0
            self._since[name] += figure or 0

    def compared(self, cells: Sequence[str], where: str, how: writing.Writing) -> Iterator[Finding]:
        for name, at in self._at.items():
            text = cells[at] if at < len(cells) else ""
            told = writing.hundredths(text, how.decimal)
            if told is not None and told not in (self._sums[name], self._since[name]):
                ours = self._sums[name]
                yield Finding(
                    code="table_sum_differs",
                    says=f"The table's own sum is {text}, its rows come to "
                    f"{'-' if ours < 0 else ''}{abs(ours) // 100}.{abs(ours) % 100:02d}.",
                    where=f"{where}, column {at + 1} ({name})",
                    severity=Severity.WARNING,
                    todo="Ask the client whether a row is missing.",
                )
        self._since = dict.fromkeys(self._at, 0)


def _may_be_text(data: bytes) -> bool:
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start or start.startswith(_NO_TABLE):
        return False
    return b"\0" not in data[:2048] or data.startswith((b"\xff\xfe", b"\xfe\xff"))


def _in_text(data: bytes) -> Iterator[Found]:
    separator = _separator(decoded(data[:HEAD]))
    if not separator:
        return
    if len(data) > csv_schedule.MAX_BYTES:
        raise Unreadable(
            f"the file has {len(data):,} bytes, more than the {csv_schedule.MAX_BYTES:,} we take"
        )
    if data.count(b"\n") > MAX_ROWS + 100:
        raise Unreadable(f"more than {MAX_ROWS:,} rows; split the file")
    table = tabled(list(rows(decoded(data), separator, after=-1)))
    if table is not None:
        yield Found(table=table, format="csv_schedule")


def _separator(head: str) -> str:
    """The one that cuts most rows into equally many cells, more than one; empty if none does."""
    best, most = "", 1
    for separator in SEPARATORS:
        widths: list[int] = []
        try:
            for cells in csv.reader(StringIO(head, newline=""), delimiter=separator):
                if any(cells):
                    widths.append(len(cells))
                if len(widths) == LOOKED_AT:
                    break
        except csv.Error:
            continue
        usual = max(set(widths), key=widths.count, default=1)
        score = widths.count(usual) * min(usual, 12) if usual > 1 else 0
        if score > most:
            best, most = separator, score
    return best


def _in_workbook(data: bytes) -> Iterator[Found]:
    dangers: list[tuple[str, str]] = []
    visible, hidden = sheets(data, dangers)
    for sheet in visible:
        place = f"sheet {sheet.name[:40]!r}, "
        texts = [
            (at, [xlsx_schedule.text_of(cell) for cell in cells])
            for at, cells in enumerate(sheet.rows, start=1)
        ]
        long = [at for at, cells in texts if any(len(c) > xlsx_schedule.MAX_TEXT for c in cells)]
        if long:
            raise Unreadable(
                f"a cell has more than {xlsx_schedule.MAX_TEXT:,} characters",
                where=f"{place}row {long[0]}",
            )
        table = tabled(texts, place=place)
        if table is None:
            continue
        kinds = [
            (at, column, cell)
            for at, cells in enumerate(sheet.rows, start=1)
            for column, cell in enumerate(cells)
        ]
        yield Found(
            table=table,
            format="xlsx_schedule",
            dates=frozenset((at, c) for at, c, cell in kinds if isinstance(cell, date)),
            cut=frozenset(
                (at, c) for at, c, cell in kinds
                if isinstance(cell, Real) and abs(cell) >= 10**xlsx_schedule.DIGITS
            ),
            dangers=tuple(dangers),
            hidden=tuple(repr(name[:40]) for name in hidden),
        )  # fmt: skip
        dangers, hidden = [], []  # They are told once, with the first table.


def _beside(one: Found, said: mapping.Mapping) -> Iterator[Finding]:
    unread = [
        name for at, name in enumerate(one.table.names) if name and at not in said.columns.values()
    ]
    if unread:
        yield Finding(
            code="column_unknown",
            says="Columns that are not read: " + ", ".join(repr(n[:40]) for n in unread[:10]) + ".",
            where=one.table.where(one.table.headed_by or 1),
            severity=Severity.WARNING,
            todo="Choose a field for them in the mapping if they should be.",
        )
    yield from _formulas.outside(one.dangers, place=one.table.place)


def _spoiled(row: Row, one: Found, at: int, columns: Mapping[str, int]) -> None:
    for name in xlsx_schedule.WORDS:
        if name not in columns:
            continue
        if (at, columns[name]) in one.dates:
            row.fault(name, "cell_is_date", "The spreadsheet made this a date; write it as text.")
        elif (at, columns[name]) in one.cut:
            row.fault(
                name, "digits_lost",
                f"A number keeps {xlsx_schedule.DIGITS} digits; write this one as text.",
            )  # fmt: skip
