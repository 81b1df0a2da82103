"""How a table writes its days and amounts, told by a whole column where one cell may mean two."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_BLANKS = str.maketrans("", "", " \u00a0\u202f'’")
_MARK = r"[A-Z]{3}|€|£|\$|kr\.?"
_AROUND = re.compile(rf"^(?:{_MARK})(?=[\s\d(-])\s*|\s*(?:{_MARK}|:-)$")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,3}(?:[.,]?[0-9]{3})*(?:[.,][0-9]{1,6})?", re.ASCII)
_UNSURE = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)
_ISO = re.compile(r"[0-9]{4}[-/.]?[0-9]{2}[-/.]?[0-9]{2}(?:[T ][0-9:.Z+]*)?", re.ASCII)
_SHORT = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4}|[0-9]{2})", re.ASCII)
DAY_FIRST, MONTH_FIRST = "dmy", "mdy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What the cells alone may leave open. Empty: they do not, or nobody knows."""

    decimal: str = ""  # "," or "."
    days: str = ""  # DAY_FIRST or MONTH_FIRST


UNKNOWN = Writing()


def heard(said: Writing, *, amounts: Iterable[str], days: Iterable[str]) -> Writing:
    """What holds for a table of which something was said, perhaps when an earlier one came.

    What its own cells tell counts more. Where they contradict each other nothing holds, and a cell
    that may be two is refused.
    """
    return Writing(
        decimal=_only(_signs(amounts), said.decimal), days=_only(_orders(days), said.days)
    )


def _only(told: set[str], said: str) -> str:
    if not told:
        return said
    return next(iter(told)) if len(told) == 1 else ""


def without_currency(text: str) -> str:
    """12.50 for EUR 12.50, 12.50 EUR, € 12.50 and 12.50 kr."""
    return _AROUND.sub("", _AROUND.sub("", text.strip())).strip()


def currency_of(text: str) -> str:
    """The code of a currency beside an amount, € too; empty for none and for a mere kr or $."""
    for mark in _AROUND.findall(text.strip()):
        code = mark.strip()
        if code == "€":
            return "EUR"
        if code.isalpha() and code.isupper() and len(code) == 3:
            return str(code)
    return ""


def bare_amount(text: str) -> str:
    """An amount without blanks and currency; a sign behind it or brackets stand before it."""
    plain = without_currency(text).translate(_BLANKS).replace("−", "-")
    if plain.startswith("(") and plain.endswith(")"):
        return "-" + plain[1:-1]
    return "-" + plain[:-1] if plain.endswith("-") else plain


def is_amount(text: str) -> bool:
    """Digits with a decimal sign or thousands; a bare whole number is one too, a date is none."""
    plain = bare_amount(text)
    if not plain or is_day(text):
        return False
    return _AMOUNT.fullmatch(plain) is not None and len(plain) <= 20


def has_cents(text: str) -> bool:
    """Two digits behind a decimal sign: what an amount has and a number of something has not."""
    return re.fullmatch(r".*[.,][0-9]{2}", bare_amount(text)) is not None


def is_day(text: str) -> bool:
    """A date in any of the ways that are read. Eight digits alone must be a day of some year."""
    text = text.strip()
    if _ISO.fullmatch(text):
        digits = re.sub(r"\D", "", text)[:8]
        return digits[:2] in ("19", "20") and "01" <= digits[4:6] <= "12" and digits[6:8] <= "31"
    short = _SHORT.fullmatch(text)
    return short is not None and max(int(short[1]), int(short[2])) <= 31


def decimal_sign(cells: Iterable[str]) -> str:
    """The decimal sign that this column must have; empty if no cell tells, or two contradict."""
    return _only(_signs(cells), "")


def _signs(cells: Iterable[str]) -> set[str]:
    told = set()
    for cell in cells:
        plain = bare_amount(cell)
        comma, point = plain.rfind(","), plain.rfind(".")
        if (comma < 0 and point < 0) or _UNSURE.fullmatch(plain):
            continue
        if comma >= 0 and point >= 0:
            told.add("," if comma > point else ".")
        elif plain.count("," if comma >= 0 else ".") > 1:
            told.add("." if comma >= 0 else ",")  # 1.234.567: what stands twice is no decimal sign.
        else:
            told.add("," if comma >= 0 else ".")
    return told


def is_unsure(cells: Iterable[str]) -> bool:
    """Is there an amount such as 1.234 that may be one or a thousand?"""
    return any(_UNSURE.fullmatch(bare_amount(cell)) for cell in cells)


def day_order(cells: Iterable[str]) -> str:
    """Which of 03/04 is the day, by those days that can only be one; empty if none tells or two
    contradict each other."""
    return _only(_orders(cells), "")


def _orders(cells: Iterable[str]) -> set[str]:
    told = set()
    for cell in cells:
        short = _SHORT.fullmatch(cell.strip())
        if short is None:
            continue
        if "." in cell or int(short[1]) > 12:
            told.add(DAY_FIRST)
        elif int(short[2]) > 12:
            told.add(MONTH_FIRST)
    return told


def is_short(cells: Iterable[str]) -> bool:
    """Is any day written with the year behind, so that its order matters?"""
    return any(_SHORT.fullmatch(cell.strip()) and "." not in cell for cell in cells)


def hundredths(text: str, decimal: str = "") -> int | None:
    """An amount in hundredths, for comparing columns; None for what is none.

    :param decimal: the sign, where it is known; without it 1.234 counts as a thousand and more.
    """
    if not text or not is_amount(text):
        return None
    plain = bare_amount(text)
    last = max(plain.rfind(","), plain.rfind("."))
    behind = len(plain) - last - 1 if last >= 0 else 0
    is_fraction = last >= 0 and (behind != 3 or plain[last] == decimal)
    whole, cents = (plain[:last], plain[last + 1 :]) if is_fraction else (plain, "")
    figure = int(re.sub(r"\D", "", whole) or "0") * 100 + int(f"{cents}00"[:2])
    return -figure if plain.startswith("-") else figure


def sortable(text: str, order: str) -> str:
    """A day as 20260331; empty where nobody knows which of its figures is the month."""
    text = text.strip()
    if _ISO.fullmatch(text):
        return re.sub(r"\D", "", text)[:8]
    short = _SHORT.fullmatch(text)
    if short is None or not order:
        return ""
    one, two, year = short[1].zfill(2), short[2].zfill(2), short[3]
    month, day = (two, one) if order == DAY_FIRST else (one, two)
    return f"{'20' + year if len(year) == 2 else year}{month}{day}"
