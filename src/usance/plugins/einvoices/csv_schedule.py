"""A schedule: a batch of invoices in a CSV file, one in each row, with a header row.

Columns are known by their names in English, Swedish and German (`_csv_columns.COLUMNS`): number,
issue date, due date, currency, net, tax, gross, kind, credited number, reference, order,
description; seller name, VAT id, registration; debtor name, VAT id, registration, e-mail, street,
postcode, city, country. Needed are the number and the gross or net amount; all else may be
missing. The separator is ; , tab or |, the text UTF-8 or Windows-1252, amounts have a decimal
point or comma, dates are 2026-03-31 or 31.03.2026. A row that is no invoice is never skipped: it
comes back as an invoice with its findings.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from io import StringIO

from usance.domain.invoice import Invoice
from usance.domain.party import Address, Contact
from usance.plugins import Unreadable
from usance.plugins._table import NUL

from . import _formulas
from ._csv_columns import WRITTEN, by_position, looks_like_schedule
from ._csv_values import FORMULA_SIGNS, Row
from ._schedule_row import Read, invoice, unknown_columns

MEDIA_TYPE = "text/csv"
MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 50_000
MAX_FIELD = 32_768  # Characters in one cell.
SEPARATORS = (";", "\t", ",", "|")
_HEAD = 16_384


def sniff(data: bytes) -> bool:
    """Text whose first line names an invoice number and an amount in words that we know."""
    return _header(data) is not None


def read(data: bytes) -> list[Read]:
    """Every row as an invoice.

    :raises Unreadable: if it is no such file, too large, cut inside a quoted cell, or has a cell
        or more rows than we take.
    """
    return list(stream(data))


def stream(data: bytes) -> Iterator[Read]:
    """As `read`, one invoice after the other, in memory that does not grow with the rows."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the file has {len(data):,} bytes, more than the {MAX_BYTES:,} we take")
    found = _header(data)
    if found is None:
        raise Unreadable(
            "no invoice number and amount among the columns; the first row must name them",
            where="row 1",
        )
    separator, names = found
    columns = by_position(names)
    text = _decoded(data, begins_as_utf8=_is_utf8(_first_line(data)))
    rows = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    odd_columns = unknown_columns(names, columns, where="row 1")
    try:
        next(rows)
        for count, cells in enumerate(rows, start=1):
            where = f"row {rows.line_num}"
            if count > MAX_ROWS:
                raise Unreadable(f"more than {MAX_ROWS:,} rows; split the file", where=where)
            if any(len(cell) > MAX_FIELD for cell in cells):
                raise Unreadable(f"a cell has more than {MAX_FIELD:,} characters", where=where)
            if any("\0" in cell for cell in cells):
                raise Unreadable(NUL, where=where)
            if any(cell.strip() for cell in cells):  # A line with nothing on it is no row.
                row = Row(cells, columns, width=len(names), where=where)
                _formulas.as_text(row, cells, columns)
                made, findings = invoice(row)
                yield made, (*odd_columns, *findings)
                odd_columns = ()
    except csv.Error as broken:
        raise Unreadable(f"a row is broken: {broken}", where=f"row {rows.line_num}") from broken


def write_rows(invoices: Iterable[Invoice]) -> bytes:
    """The invoices as a schedule that `read` understands: UTF-8 with byte order mark, semicolons.

    Only what a schedule's columns hold is kept; lines, allowances and notes are not.
    """
    out = StringIO(newline="")
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    rows.writerow(WRITTEN)
    for each in invoices:
        rows.writerow([_safe(cell) for cell in _cells(each)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _header(data: bytes) -> tuple[str, list[str]] | None:
    """The separator that makes a schedule out of the first line, and the names in it."""
    head = data[:_HEAD]
    if head.startswith(b"%PDF") or head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return None
    first = _decoded(_first_line(head)).strip("\r\n")
    for separator in SEPARATORS:
        if separator in first:
            try:
                names = next(csv.reader([first], delimiter=separator))
            except csv.Error:
                continue
            if looks_like_schedule(names):
                return separator, names
    return None


def _first_line(data: bytes) -> bytes:
    """The first line with something on it."""
    start = len(data) - len(data.lstrip(b"\r\n"))
    end = data.find(b"\n", start)
    return data[start : end if end >= 0 else len(data)]


def _decoded(data: bytes, *, begins_as_utf8: bool = False) -> str:
    """UTF-8 where it is UTF-8, else Windows-1252, which spreadsheets write."""
    try:
        return data.decode("utf-8-sig").lstrip("\r\n")
    except UnicodeDecodeError as broken:
        if begins_as_utf8:
            row = data.count(b"\n", 0, broken.start) + 1
            raise Unreadable(
                "the file begins as UTF-8, but a byte here is none; save it again as UTF-8",
                where=f"row {row}",
            ) from broken
        return data.decode("cp1252", errors="replace").lstrip("\r\n")


def _is_utf8(head: bytes) -> bool:
    """Has it letters beyond ASCII, all written in UTF-8?"""
    if head.isascii():
        return False
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def _cells(invoice: Invoice) -> list[str | Decimal | date | None]:
    """In the order of `WRITTEN`."""
    buyer, totals = invoice.buyer, invoice.totals
    address, contact = buyer.address or Address(), buyer.contact or Contact()
    means = invoice.payment_means
    return [
        invoice.number,
        invoice.type_code,
        invoice.issued_on,
        invoice.due_on,
        invoice.currency,
        totals.net,
        totals.tax,
        totals.gross,
        invoice.seller.name,
        invoice.seller.vat_id,
        buyer.name,
        buyer.vat_id,
        buyer.legal_id.value if buyer.legal_id else "",
        contact.email,
        address.street,
        address.postcode,
        address.city,
        address.country,
        invoice.lines[0].name if invoice.lines else "",
        means[0].reference if means else "",
        invoice.preceding[0].number if invoice.preceding else "",
    ]


def _safe(cell: str | Decimal | date | None) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe; numbers stay numbers."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
    return format(cell, "f") if isinstance(cell, Decimal) else cell.isoformat()
