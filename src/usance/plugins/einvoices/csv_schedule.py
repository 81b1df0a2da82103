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
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from io import StringIO

from usance.domain.finding import Finding, Severity
from usance.domain.invoice import Invoice
from usance.domain.invoice.document import Line, Note, PaymentMeans, Preceding, Tax, Totals
from usance.domain.party import Address, Contact, Identifier, Party
from usance.plugins import Unreadable

from ._csv_columns import WRITTEN, by_position, looks_like_schedule
from ._csv_values import FORMULA_SIGNS, Row, amount, day, kind

MEDIA_TYPE = "text/csv"
MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 50_000
MAX_FIELD = 32_768  # Characters in one cell.
SEPARATORS = (";", "\t", ",", "|")
_HEAD = 16_384
STANDARD_RATED = "S"  # UNTDID 5305
ZERO_RATED = "Z"

Read = tuple[Invoice, tuple[Finding, ...]]


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
    odd_columns = _unknown_columns(names, columns)
    try:
        next(rows)
        for count, cells in enumerate(rows, start=1):
            where = f"row {rows.line_num}"
            if count > MAX_ROWS:
                raise Unreadable(f"more than {MAX_ROWS:,} rows; split the file", where=where)
            if any(len(cell) > MAX_FIELD for cell in cells):
                raise Unreadable(f"a cell has more than {MAX_FIELD:,} characters", where=where)
            if any(cell.strip() for cell in cells):  # A line with nothing on it is no row.
                invoice, findings = _invoice(Row(cells, columns, width=len(names), where=where))
                yield invoice, (*odd_columns, *findings)
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
    for invoice in invoices:
        rows.writerow([_safe(cell) for cell in _cells(invoice)])
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


def _unknown_columns(names: list[str], columns: Mapping[str, int]) -> tuple[Finding, ...]:
    unknown = [
        name.strip() for at, name in enumerate(names) if at not in columns.values() and name.strip()
    ]
    if not unknown:
        return ()
    said = ", ".join(repr(name[:40]) for name in unknown[:10])
    return (
        Finding(
            code="column_unknown",
            says=f"Columns that are not read: {said}.",
            where="row 1",
            severity=Severity.WARNING,
            todo="Rename them if they should be.",
        ),
    )


def _invoice(row: Row) -> Read:
    """A row in the model: one line, whose net is the row's."""
    net, tax, gross = (amount(row, name) for name in ("net", "tax", "gross"))
    if net is None and gross is not None:
        net = gross - tax if tax is not None else None
    if gross is None and net is not None and tax is not None:
        gross = net + tax
    row.check_sum(net, tax, gross)
    currency = row.text("currency").upper()
    credited, reference = row.text("credited"), row.text("reference")
    description = row.text("description")
    type_code = kind(row, gross if gross is not None else net)
    if type_code == "381":  # A credit note's amounts are positive; its kind says that it is one.
        net, tax, gross = (None if each is None else abs(each) for each in (net, tax, gross))
    rate = _rate(net, tax)
    category = "" if rate is None else STANDARD_RATED if rate else ZERO_RATED
    invoice = Invoice(
        number=row.text("number"),
        issued_on=day(row, "issued_on"),
        due_on=day(row, "due_on"),
        type_code=type_code,
        currency=currency,
        order=row.text("order"),
        notes=(Note(text=row.text("note")),) if row.text("note") else (),
        preceding=(Preceding(number=credited),) if credited else (),
        seller=_party(row, "seller"),
        buyer=_party(row, "debtor"),
        payment_means=(PaymentMeans(code="30", reference=reference),) if reference else (),
        totals=Totals(lines=net, net=net, tax=tax, gross=gross, payable=gross),
        taxes=(Tax(taxable=net, tax=tax, category=category, rate=rate),) if tax is not None else (),
        lines=(
            Line(
                number="1",
                name=description,
                quantity=Decimal(1),
                unit="C62",
                net=net,
                price=net,
                tax_category=category,
                tax_rate=rate,
            ),
        ),
    )
    return invoice, tuple(row.findings)


def _rate(net: Decimal | None, tax: Decimal | None) -> Decimal | None:
    """The rate in per cent with one digit, if it gives the tax back to the cent; else unknown."""
    if net is None or tax is None or not net:
        return None
    rate = (tax * 100 / net).quantize(Decimal("0.1"))
    if abs(rate) > 100 or abs(net * rate / 100 - tax) > Decimal("0.01"):
        return None
    return rate if rate % 1 else rate.quantize(Decimal(1))


def _party(row: Row, who: str) -> Party:
    address = Address(
        street=row.text(f"{who}_street"),
        postcode=row.text(f"{who}_postcode"),
        city=row.text(f"{who}_city"),
        country=row.text(f"{who}_country").upper(),
    )
    registration, email = row.text(f"{who}_registration"), row.text(f"{who}_email")
    return Party(
        name=row.text(f"{who}_name"),
        vat_id=row.text(f"{who}_vat_id").replace(" ", ""),
        legal_id=Identifier(value=registration) if registration else None,
        address=address if address != Address() else None,
        contact=Contact(email=email) if email else None,
    )


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
