"""Records of fixed width, as punched cards left them: rows, whole numbers, days, split entries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from usance.domain.money import Money, total
from usance.domain.payment import BankLine
from usance.plugins import Unreadable


def rows(data: bytes, *, encoding: str = "latin-1") -> Iterator[tuple[int, str]]:
    """Number and text of every row that is not blank; UTF-8 where a converter has made it that."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if line.strip(" \x00\x1a"):
            yield number, line


# Finnish and Swedish letters where a 7-bit code page has brackets (SFS 4017).
SEVEN_BIT = str.maketrans("[\\]{|}", "ÄÖÅäöå")


def nordic_rows(data: bytes) -> Iterator[tuple[int, str]]:
    """The rows, with the letters of the 7-bit code page if nothing in the file needs eight."""
    old = data.isascii()
    for number, line in rows(data):
        yield number, line.translate(SEVEN_BIT) if old else line


def whole(row: int, line: str, start: int, end: int) -> int:
    """The unsigned whole number in columns start (from 0, included) to end (excluded).

    :raises Unreadable: with line and column if something else than digits is there.
    """
    text = line[start:end]
    if len(text) != end - start or not (text.isascii() and text.isdigit()):
        raise Unreadable(f"{text!r} is not a number", where=f"line {row}, column {start + 1}")
    return int(text)


def day(row: int, line: str, start: int, order: str) -> date:
    """The day in the columns from `start`; `order` is "ymd", "dmy" or "Ymd".

    :raises Unreadable: with line and column for a day that is none.
    """
    end = start + (8 if "Y" in order else 6)
    text = line[start:end]
    year_at = {"ymd": 0, "dmy": 4, "Ymd": 0}[order]
    try:
        if order == "Ymd":
            return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
        year = int(text[year_at : year_at + 2])
        first = int(text[2:4])
        last = int(text[4:6] if order == "ymd" else text[0:2])
        return date(1900 + year if year >= 70 else 2000 + year, first, last)
    except ValueError as broken:
        raise Unreadable(
            f"{text!r} is not a date", where=f"line {row}, column {start + 1}"
        ) from broken


def refuse(row: int, says: str, *, column: int = 1) -> Unreadable:
    return Unreadable(says, where=f"line {row}, column {column}")


def split(parent: BankLine, parts: Sequence[BankLine]) -> Iterable[BankLine]:
    """The parts of an entry in its place if they are all of it; else the entry, with their texts.

    A bank may explain an entry by amounts that are no parts of it (gross, rate, charges).
    """
    if parts and total((part.amount for part in parts), parent.amount.currency) == parent.amount:
        return parts
    if not parts:
        return (parent,)
    return (joined(parent, texts=tuple(text for part in parts for text in part.texts)),)


def joined(line: BankLine, *, texts: tuple[str, ...]) -> BankLine:
    """The line with further texts."""
    return replace(line, texts=(*line.texts, *texts))


def either(amount: Money, *, negative: bool) -> Money:
    return -amount if negative else amount
