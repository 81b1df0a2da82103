"""What stands in an order that a bank reads, by local names: any version of a message has them."""

from datetime import date

from lxml import etree

from usance.plugins import Unreadable


def day_of(text: str, where: str) -> date:
    """:raises Unreadable: if it is none; `where`: the element that says so."""
    try:
        return date.fromisoformat(text)
    except ValueError as broken:
        raise Unreadable(str(broken), where=where) from broken


def need(element: etree._Element, path: str) -> str:
    """:raises Unreadable: if it is missing or empty."""
    found = text_of(element, path)
    if not found:
        raise Unreadable(f"{path} is missing", where=etree.QName(element).localname)
    return found


def text_of(element: etree._Element, path: str) -> str:
    found = element.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return (found.text or "").strip() if found is not None else ""
