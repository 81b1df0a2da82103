"""Reading a camt message by local names: elements, texts, amounts with their sign, days, places."""

import itertools
import re
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from lxml import etree

from usance.domain.money import Money, NotMoney
from usance.plugins import Unreadable

BLOCK = 1024 * 1024  # Bytes that are looked through at a time.


class Element:
    """An XML element whose children are sorted by name when they are first asked for: a payment
    takes some thirty look-ups, and each one through the parser costs microseconds."""

    __slots__ = ("_first", "space", "xml")

    def __init__(self, xml: etree._Element, space: str) -> None:
        self.xml = xml
        self.space = space  # "{namespace}", the same in the whole message.
        self._first: dict[str, etree._Element] | None = None

    def child(self, name: str) -> "Element | None":
        first = self._first
        if first is None:
            reverse = self.xml.iterchildren(reversed=True)
            first = self._first = {str(one.tag): one for one in reverse}
        found = first.get(self.space + name)
        return None if found is None else Element(found, self.space)

    @property
    def text(self) -> str:
        return (self.xml.text or "").strip()


def opened(xml: etree._Element) -> Element:
    tag = str(xml.tag)
    return Element(xml, tag[: tag.rfind("}") + 1])


class Misread(Unreadable):
    """Something in this element cannot be read; who has the bytes can tell its column."""

    def __init__(self, says: str, *, at: Element) -> None:
        super().__init__(says, where=place(at))
        self.element = at


def located(data: bytes, element: Element) -> str:
    """Line, column and name of an element in the bytes that it was parsed from.

    Many files are a single line, and a parser keeps no columns, so the start tags of that name
    are counted up to the element.
    """
    xml = element.xml
    name = etree.QName(xml).localname
    before = next(n for n, one in enumerate(xml.getroottree().iter("{*}" + name)) if one is xml)
    starts = re.finditer(rb"<(?:[\w.\-]+:)?" + name.encode() + rb"(?=[\s/>])", data)
    found = next(itertools.islice(starts, before, None), None)
    if found is None:  # Not in ASCII: the parser's line must do.
        return place(element)
    line = data.count(b"\n", 0, found.start()) + 1
    column = found.start() - data.rfind(b"\n", 0, found.start())
    return f"line {line}, column {column}, {name}"


def place_of_nth(file: BinaryIO, name: str, nth: int) -> str:
    """Line and column of the nth start tag of that name, from 1, in a file too long for memory."""
    starts = re.compile(rb"<(?:[\w.\-]+:)?" + name.encode() + rb"(?=[\s/>])")
    line, column, rest = 1, 1, b""
    while block := file.read(BLOCK):
        data = rest + block
        cut = max(data.rfind(b"<"), 0)  # A tag may go on in the next block.
        rest, data = data[cut:], data[:cut]
        found = next(itertools.islice(starts.finditer(data), nth - 1, None), None)
        before = data[: found.start()] if found else data
        breaks = before.count(b"\n")
        line += breaks
        column = len(before) - before.rfind(b"\n") if breaks else column + len(before)
        if found:
            break
        nth -= sum(1 for _ in starts.finditer(data))
    return f"line {line}, column {column}, {name}"


def child(element: Element | None, *path: str) -> Element | None:
    """The first child by local names along a path; None if one of them is missing."""
    for name in path:
        if element is None:
            return None
        element = element.child(name)
    return element


def children(element: Element, name: str) -> list[Element]:
    if element.child(name) is None:
        return []
    space = element.space
    return [Element(found, space) for found in element.xml.iterchildren(space + name)]


def text_at(element: Element | None, *path: str) -> str:
    """The trimmed text along a path; empty if there is none."""
    found = child(element, *path)
    return found.text if found is not None else ""


def amount_of(holder: Element) -> Money:
    """The amount in the Amt child.

    :raises Unreadable: if there is none or it is no number; never zero instead.
    """
    found = child(holder, "Amt")
    if found is None:
        raise Misread(f"no amount in {etree.QName(holder.xml).localname}", at=holder)
    return read_amount(found)


def read_amount(element: Element) -> Money:
    text, currency = element.text, element.xml.get("Ccy", "")
    # The schema knows digits and one point; Decimal would also take "1e3", "1_0" and "NaN".
    if not text.replace(".", "", 1).isascii() or not text.replace(".", "", 1).isdigit():
        raise Misread(f"{text!r} is not an amount", at=element)
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        raise Misread(f"{currency!r} is not a currency", at=element)
    try:
        return Money.of(Decimal(text), currency)
    except NotMoney as broken:
        raise Misread(str(broken), at=element) from broken


def signed(holder: Element, amount: Money) -> Money:
    """Positive for CRDT. RvslInd does not turn it: it says that the entry undoes an earlier one,
    whose direction was the opposite (ISO 20022, ReversalIndicator).

    :raises Unreadable: if the direction is not stated.
    """
    said = text_at(holder, "CdtDbtInd")
    if said not in ("CRDT", "DBIT"):
        raise Misread(f"{said!r} is neither CRDT nor DBIT", at=holder)
    return amount if said == "CRDT" else -amount


def day_of(element: Element | None, *path: str) -> date | None:
    """The date along a path, written there or in its Dt, DtTm (or FrDtTm beside FrDt); the day as
    the bank writes it, whatever the offset.

    :raises Unreadable: for a date that is none.
    """
    found = child(element, *path)
    if found is None and path:
        found = child(element, *path[:-1], path[-1] + "Tm")
    if found is None:
        return None
    inner = next((x for x in (child(found, "Dt"), child(found, "DtTm")) if x is not None), found)
    text = inner.text
    try:
        return date.fromisoformat(text[:10])
    except ValueError as broken:
        raise Misread(f"{text!r} is not a date", at=inner) from broken


def place(element: Element) -> str:
    return f"line {element.xml.sourceline}, {etree.QName(element.xml).localname}"
