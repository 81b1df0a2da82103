"""A table that a stranger wrote as text: its encoding, separator, header, amounts and days.

How amounts and days are written is decided by all the cells of a column together: "1.234" alone
may be one or a thousand, beside "99,50" it is a thousand. What stays open is refused.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO

from . import Unreadable

SEPARATORS = (";", "\t", ",", "|")
MAX_FIELD = 32_768  # Characters in one cell.
NUL = "a cell has a NUL, as broken files have, and UTF-16 without its mark; save it anew as UTF-8"
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BLANKS = str.maketrans("", "", " \u00a0\u202f'’")
_COMMA = re.compile(
    r"[+-]?(?:[0-9]{1,18}|[0-9]{1,3}(?:\.[0-9]{3}){1,5})(?:,[0-9]{1,16})?", re.ASCII
)
_POINT = re.compile(
    r"[+-]?(?:[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3}){1,5})(?:\.[0-9]{1,16})?", re.ASCII
)
_ISO = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})(?:[T ][0-9:.Z+]*)?", re.ASCII)
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}|[0-9]{2})", re.ASCII)
_EITHER = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4}|[0-9]{2})", re.ASCII)

Cell = tuple[str, str]  # What stands in it, and where that is: "row 3, column 2".


def decoded(data: bytes) -> str:
    """UTF-16 by its mark, UTF-8 where it is UTF-8, else Windows-1252, which spreadsheets write."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def folded(name: str) -> str:
    """A column's name without case and punctuation."""
    return "".join(ch for ch in name.casefold() if ch.isalnum())


def by_name(columns: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Every folded name of a column, and ours for it."""
    return {folded(name): ours for ours, names in columns.items() for name in names}


def header(
    lines: Iterable[str], accepts: Callable[[list[str]], bool]
) -> tuple[int, str, list[str]] | None:
    """The first line that `accepts` takes for a header: its place from 0, separator, names."""
    for at, line in enumerate(lines):
        for separator in SEPARATORS:
            if separator not in line:
                continue
            try:
                names = next(csv.reader([line.rstrip("\r\n")], delimiter=separator), [])
            except csv.Error:
                continue
            if accepts(names):
                return at, separator, names
    return None


def rows(text: str, separator: str, *, after: int) -> Iterator[tuple[int, list[str]]]:
    """Number (from 1) and cells of each row behind line `after` that is not blank.

    :raises Unreadable: for a broken quotation, a NUL or a cell of more than MAX_FIELD characters.
    """
    source = StringIO(text, newline="")
    for _ in range(after + 1):
        source.readline()
    reader = csv.reader(source, delimiter=separator, strict=True)
    try:
        for cells in reader:
            row = after + 1 + reader.line_num
            if any(len(cell) > MAX_FIELD for cell in cells):
                raise Unreadable(
                    f"a cell has more than {MAX_FIELD:,} characters", where=f"row {row}"
                )
            if any("\0" in cell for cell in cells):
                raise Unreadable(NUL, where=f"row {row}")
            if any(cell.strip() for cell in cells):
                yield row, cells
    except csv.Error as broken:
        raise Unreadable(
            f"a row is broken: {broken}", where=f"row {after + 1 + reader.line_num}"
        ) from broken


class Amounts:
    """How a file writes its amounts, learned from all of them."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        """:raises Unreadable: for what is no amount in either way, for two ways in one file, and
        if nothing says whether "1.234" is one or a thousand."""
        comma = point = unsure = ""
        for text, where in cells:
            plain = _bare(text)
            as_comma, as_point = _COMMA.fullmatch(plain), _POINT.fullmatch(plain)
            if not as_comma and not as_point:
                raise Unreadable(f"{text[:40]!r} is no amount", where=where)
            if not as_point:
                comma = comma or where
            elif not as_comma:
                point = point or where
            elif _number(plain, ",") != _number(plain, "."):
                unsure = unsure or where
            if comma and point:
                raise Unreadable(
                    f"{text[:40]!r} has another decimal sign than the amount at "
                    f"{comma if where == point else point}", where=where,
                )  # fmt: skip
        if unsure and not comma and not point:
            raise Unreadable("this may be thousands or a fraction: no amount tells", where=unsure)
        self.decimal = "," if comma else "."

    def read(self, text: str) -> Decimal:
        return _number(_bare(text), self.decimal)


def _bare(text: str) -> str:
    """Without blanks; a sign behind the number, or brackets around it, stand before it then."""
    plain = text.translate(_BLANKS).replace("−", "-")
    if plain.startswith("(") and plain.endswith(")"):
        return "-" + plain[1:-1]
    if plain.endswith(("-", "+")):
        return plain[-1] + plain[:-1]
    return plain


def _number(plain: str, decimal: str) -> Decimal:
    grouped = "." if decimal == "," else ","
    return Decimal(plain.replace(grouped, "").replace(",", "."))


class Days:
    """How a file writes its days, learned from all of them."""

    def __init__(self, cells: Iterable[Cell], *, day_first: bool = False) -> None:
        """:param day_first: the file's language is one that writes 03/04 for the third of April.
        :raises Unreadable: for what is no day, and if 03/04 may be March or April."""
        first = second = unsure = ""
        for text, where in cells:
            self._where = where
            if _ISO.fullmatch(text) or _DOTTED.fullmatch(text):
                continue
            found = _EITHER.fullmatch(text)
            if not found:
                raise Unreadable(f"{text[:40]!r} is no date", where=where)
            if int(found[1]) > 12:
                first = first or where
            elif int(found[2]) > 12:
                second = second or where
            elif found[1] != found[2]:
                unsure = unsure or where
            if second and (first or day_first):
                raise Unreadable(f"{text[:40]!r}: days and months change places", where=where)
        if unsure and not (first or second or day_first):
            raise Unreadable("day and month may change places: no date tells", where=unsure)
        self.day_first = not second

    def read(self, text: str, where: str) -> date:
        """:raises Unreadable: for a day that no calendar has."""
        if iso := _ISO.fullmatch(text):
            year, month, of_month = iso.groups()
        elif dotted := _DOTTED.fullmatch(text):
            of_month, month, year = dotted.groups()
        else:
            either = _EITHER.fullmatch(text)
            assert either, text
            one, two, year = either.groups()
            of_month, month = (one, two) if self.day_first else (two, one)
        try:
            return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(of_month))
        except ValueError as broken:
            raise Unreadable(f"{text[:40]!r} is no day of the calendar", where=where) from broken
