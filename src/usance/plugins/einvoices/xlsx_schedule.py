"""A schedule in a workbook: XLSX or ODS, an invoice in each row, the columns named as in a CSV.

The first row with anything in it names the columns (`_csv_columns.COLUMNS`); every visible sheet
that names an invoice number and an amount is read. Of a formula its last value counts. A cell that
is a date is one, whatever it looks like; a number has at most the 15 digits that a spreadsheet
keeps. Older files (.xls) and files with a password are not read.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from numbers import Real

from usance.domain.finding import Finding, Severity
from usance.plugins import Unreadable

from . import _formulas
from ._csv_columns import by_position, looks_like_schedule
from ._csv_values import Row
from ._schedule_row import Read, invoice, unknown_columns
from ._workbook import Cell, Sheet, is_workbook, sheets

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_TEXT = 32_768  # Characters in one cell, as many as a spreadsheet takes.
DIGITS = 15  # What a spreadsheet keeps of a number; behind that it writes noughts.
# Columns whose value is a name, not an amount: a spreadsheet spoils such a number or date.
WORDS = ("number", "credited", "reference", "order", "seller_vat_id", "seller_registration",
         "debtor_vat_id", "debtor_registration")  # fmt: skip


def sniff(data: bytes) -> bool:
    return is_workbook(data)


def read(data: bytes) -> list[Read]:
    """Every row of every sheet that is a schedule, as an invoice.

    :raises Unreadable: if no sheet names an invoice number and an amount, or the workbook is too
        large, packed to do harm, locked or broken, or has a formula that was never computed.
    """
    dangers: list[tuple[str, str]] = []
    found, passed_over = sheets(data, dangers)
    read_, beside, known = [], [*passed_over], False
    for sheet in found:
        top = next((at for at, row in enumerate(sheet.rows) if any(map(text_of, row))), None)
        if top is None:
            continue
        names = [text_of(cell) for cell in sheet.rows[top]]
        if looks_like_schedule(names):
            known = True
            read_ += list(_rows(sheet, top, names))
        else:
            beside.append(sheet.name)
    if not known:
        raise Unreadable(
            "no invoice number and amount among the columns of any visible sheet; the first row "
            "must name them"
        )
    if read_:
        first, findings = read_[0]
        warned = (*_not_read(beside), *_formulas.outside(dangers, place=""))
        read_[0] = first, (*warned, *findings)
    return read_


def _rows(sheet: Sheet, top: int, names: Sequence[str]) -> Iterator[Read]:
    columns = by_position(names)
    where = f"sheet {sheet.name[:40]!r}, row"
    odd_columns = unknown_columns(names, columns, where=f"{where} {top + 1}")
    for at, cells in enumerate(sheet.rows[top + 1 :], start=top + 2):
        texts = [text_of(cell) for cell in cells]
        if any(len(text) > MAX_TEXT for text in texts):
            raise Unreadable(f"a cell has more than {MAX_TEXT:,} characters", where=f"{where} {at}")
        if not any(text.strip() for text in texts):
            continue
        row = Row(texts, columns, width=len(names), where=f"{where} {at}")
        _spoiled(row, cells, columns)
        _formulas.as_text(row, texts, columns)
        made, findings = invoice(row)
        yield made, (*odd_columns, *findings)
        odd_columns = ()


def _spoiled(row: Row, cells: Sequence[Cell], columns: dict[str, int]) -> None:
    """What the spreadsheet made of a number that is a name cannot be undone; it is said."""
    for name in WORDS:
        cell = cells[columns[name]] if columns.get(name, len(cells)) < len(cells) else ""
        if isinstance(cell, date):
            row.fault(name, "cell_is_date", "The spreadsheet made this a date; write it as text.")
        elif isinstance(cell, Real) and abs(cell) >= 10**DIGITS:
            row.fault(
                name, "digits_lost", f"A number keeps {DIGITS} digits; write this one as text."
            )


def text_of(cell: Cell) -> str:
    """A cell as a CSV would have it: amounts with a point, dates as 2026-03-31."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return _number(cell) if isinstance(cell, Real) else str(cell)


def _number(cell: Real) -> str:
    """1250.1 for 1250.0999999999999. Three decimals get a fourth: here they are no thousands."""
    text = format(Decimal(format(cell, f".{DIGITS}g")), "f")
    return f"{text}0" if text[-4:-3] == "." else text


def _not_read(names: Sequence[str]) -> tuple[Finding, ...]:
    if not names:
        return ()
    said = ", ".join(repr(name[:40]) for name in names[:10])
    return (
        Finding(
            code="sheet_not_read",
            says=f"Sheets that are hidden or no schedule, and not read: {said}.",
            where="the workbook",
            severity=Severity.WARNING,
            todo="Look at them, if there are invoices on them.",
        ),
    )
