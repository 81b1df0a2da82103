"""Reading a camt message by local names: elements, texts, amounts with their sign, days, places."""

from datetime import date
from decimal import Decimal

from lxml import etree

from usance.domain.money import Money, NotMoney
from usance.plugins import Unreadable

Element = etree._Element


def child(element: Element | None, *path: str) -> Element | None:
    """The first child by local names along a path; None if one of them is missing."""
    for name in path:
        if element is None:
            return None
        element = next(element.iterchildren("{*}" + name), None)
    return element


def children(element: Element, name: str) -> list[Element]:
    return list(element.iterchildren("{*}" + name))


def text_at(element: Element | None, *path: str) -> str:
    """The trimmed text along a path; empty if there is none."""
    found = child(element, *path)
    return (found.text or "").strip() if found is not None else ""


def amount_of(holder: Element) -> Money:
    """The amount in the Amt child.

    :raises Unreadable: if there is none or it is no number; never zero instead.
    """
    found = child(holder, "Amt")
    if found is None:
        raise Unreadable(f"no amount in {etree.QName(holder).localname}", where=place(holder))
    return read_amount(found)


def read_amount(element: Element) -> Money:
    text, currency = (element.text or "").strip(), element.get("Ccy", "")
    # The schema knows digits and one point; Decimal would also take "1e3", "1_0" and "NaN".
    if not text.replace(".", "", 1).isascii() or not text.replace(".", "", 1).isdigit():
        raise Unreadable(f"{text!r} is not an amount", where=place(element))
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        raise Unreadable(f"{currency!r} is not a currency", where=place(element))
    try:
        return Money.of(Decimal(text), currency)
    except NotMoney as broken:
        raise Unreadable(str(broken), where=place(element)) from broken


def signed(holder: Element, amount: Money) -> Money:
    """Positive for CRDT. RvslInd does not turn it: it says that the entry undoes an earlier one,
    whose direction was the opposite (ISO 20022, ReversalIndicator).

    :raises Unreadable: if the direction is not stated.
    """
    said = text_at(holder, "CdtDbtInd")
    if said not in ("CRDT", "DBIT"):
        raise Unreadable(f"{said!r} is neither CRDT nor DBIT", where=place(holder))
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
    text = (inner.text or "").strip()
    try:
        return date.fromisoformat(text[:10])
    except ValueError as broken:
        raise Unreadable(f"{text!r} is not a date", where=place(inner)) from broken


def place(element: Element) -> str:
    return f"line {element.sourceline}, {etree.QName(element).localname}"
