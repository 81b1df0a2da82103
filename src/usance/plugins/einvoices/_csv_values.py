"""The cells of a schedule's row as amounts, dates and kinds, with what is wrong about them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from usance.domain.finding import Finding, Severity
from usance.domain.intake.values import CREDIT_WORDS, INVOICE_WORDS
from usance.domain.intake.writing import MONTH_FIRST, Writing, currency_of, without_currency
from usance.domain.invoice.document import CREDIT_NOTE_CODES
from usance.domain.money import exponent

INVOICE_CODE, CREDIT_NOTE_CODE = "380", "381"
_BLANKS = str.maketrans("", "", " \u00a0\u202f'’")
_PLAIN = re.compile(r"[+-]?[0-9]{1,18}(?:[.,][0-9]{1,6})?", re.ASCII)
_GROUPED_COMMA = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,6})?", re.ASCII)
_GROUPED_POINT = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,6})?", re.ASCII)
_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)
_ISO = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})", re.ASCII)
_SHORT = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4}|[0-9]{2})", re.ASCII)
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", re.ASCII)
FORMULA_SIGNS = ("=", "+", "-", "@", "＝")
MAX_SUM_ERROR = Decimal("0.01")


class Row:
    """One row by our column names, and what was found wrong in it."""

    def __init__(
        self,
        cells: Sequence[str],
        columns: Mapping[str, int],
        *,
        width: int,
        where: str,
        writing: Writing | None = None,
        currency: str = "",
    ) -> None:
        """:param writing: how the table writes what one cell leaves open, where somebody knows;
        with it amounts may have their currency beside them, and days slashes.
        :param currency: of every row that has none of its own."""
        self._columns, self.where, self.writing = columns, where, writing
        self._texts = {name: _text(cells[at]) for name, at in columns.items() if at < len(cells)}
        if currency and not self._texts.get("currency"):
            self._texts["currency"] = currency
        self.findings: list[Finding] = []
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            self.fault("", "too_many_cells", f"{len(cells)} cells in {width} columns.")

    def text(self, name: str) -> str:
        return self._texts.get(name, "")

    def fault(self, name: str, code: str, says: str) -> None:
        at = self._columns.get(name)
        column = f", column {at + 1} ({name})" if at is not None else ""
        self.findings.append(Finding(code=code, says=says, where=f"{self.where}{column}"))

    def check_sum(self, net: Decimal | None, tax: Decimal | None, gross: Decimal | None) -> None:
        if None in (net, tax, gross):
            return
        assert net is not None
        assert tax is not None
        if abs(net + tax - (gross or 0)) > MAX_SUM_ERROR:
            self.fault("gross", "sum_differs", f"{net} and {tax} are not {gross}.")


def _text(cell: str) -> str:
    cell = cell.strip()
    if cell[:1] == "'" and cell[1:2] in FORMULA_SIGNS:
        return cell[1:]  # Set there, by us or a spreadsheet, so that it is no formula.
    return cell


def amount(row: Row, name: str) -> Decimal | None:
    """1234.50, 1234,50, 1 234,50, 1.234,50 or 1,234.50. What could be two amounts is refused."""
    written = row.text(name)
    if not written:
        return None
    text = _bare(row, written)
    if not text:
        row.fault(name, "currency_contradicts", f"{written[:40]!r} stands in a row of another.")
        return None
    is_fraction = "." in text and exponent(row.text("currency").upper()) == 3
    sign = row.writing.decimal if row.writing else ""
    if _AMBIGUOUS.fullmatch(text) and sign:
        return Decimal(text.replace("," if sign == "." else ".", "").replace(",", "."))
    if _AMBIGUOUS.fullmatch(text) and not is_fraction:
        row.fault(
            name, "amount_ambiguous", f"{written!r} may be thousands or a fraction; write it out."
        )
        return None
    if _PLAIN.fullmatch(text):
        return Decimal(text.replace(",", "."))
    if _GROUPED_COMMA.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    if _GROUPED_POINT.fullmatch(text):
        return Decimal(text.replace(",", ""))
    row.fault(name, "number_unreadable", f"{written[:40]!r} is no amount.")
    return None


def _bare(row: Row, written: str) -> str:
    """The digits with their signs; empty if another currency than the row's stands beside them."""
    text = written
    if row.writing is not None:
        text, beside = without_currency(written), currency_of(written)
        if beside and beside != row.text("currency").upper():
            return ""
    text = text.translate(_BLANKS).replace("−", "-")
    if text.startswith("(") and text.endswith(")"):
        return "-" + text[1:-1]
    # Older bookkeeping systems set the sign behind.
    return "-" + text[:-1] if text.endswith("-") else text or written


def day(row: Row, name: str) -> date | None:
    """2026-03-31, 20260331 or 31.03.2026. A date with slashes may be two and is refused."""
    text = row.text(name)
    if not text:
        return None
    if iso := _ISO.fullmatch(text.removesuffix(" 00:00:00").removesuffix("T00:00:00")):
        year, month, of_month = iso.groups()
    elif dotted := _DOTTED.fullmatch(text):
        of_month, month, year = dotted.groups()
    elif row.writing is not None and (short := _SHORT.fullmatch(text)):
        if not row.writing.days and "." not in text:
            row.fault(name, "date_ambiguous", f"{text!r}: day and month may change places.")
            return None
        of_month, month, year = short.groups()
        if row.writing.days == MONTH_FIRST and "." not in text:
            of_month, month = month, of_month
        year = f"20{year}" if len(year) == 2 else year
    else:
        row.fault(name, "date_unreadable", f"{text[:40]!r} is no date (2026-03-31 or 31.03.2026).")
        return None
    try:
        return date(int(year), int(month), int(of_month))
    except ValueError:
        row.fault(name, "date_unreadable", f"{text[:40]!r} is no day of the calendar.")
        return None


def kind(row: Row, total: Decimal | None) -> str:
    """UNTDID 1001. Without a word for it a negative total is a credit note."""
    word = "".join(ch for ch in row.text("kind").casefold() if ch.isalnum())
    if word in CREDIT_WORDS:
        return CREDIT_NOTE_CODE
    if word.isdecimal() and len(word) <= 3:
        code = word
    elif not word or word in INVOICE_WORDS:
        code = INVOICE_CODE
    else:
        row.fault("kind", "kind_unknown", f"{row.text('kind')[:40]!r} is no kind of invoice.")
        return ""
    if total is not None and total < 0 and code not in CREDIT_NOTE_CODES:
        if word:
            row.findings.append(
                Finding(
                    code="kind_contradicts",
                    says="The amount is negative; the row counts as a credit note.",
                    where=row.where,
                    severity=Severity.WARNING,
                )
            )
        return CREDIT_NOTE_CODE
    return code
