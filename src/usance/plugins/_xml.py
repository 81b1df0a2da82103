"""Open an XML document that a stranger wrote: no DOCTYPE, no entities, no network, a size limit."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

from lxml import etree

from . import Unreadable

LARGEST_BYTES = 512 * 1024 * 1024
_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))


def each(data: bytes | BinaryIO, *names: str) -> Iterator[etree._Element]:
    """Every element with one of these local names when it is complete, in the order of their ends.

    The tree grows with what the caller leaves in it: it may drop what it has read. Of a file that
    is open no more is in memory than what is read at a time; who opened it has looked at its size.

    :raises Unreadable: as `open_xml` does, but possibly after some elements came.
    """
    if isinstance(data, bytes):
        _refuse(data, LARGEST_BYTES)
        data = BytesIO(data)
    found = etree.iterparse(data, events=("end",), tag=[f"{{*}}{name}" for name in names], **_SAFE)
    is_first = True
    try:
        for _, element in found:
            if is_first and element.getroottree().docinfo.internalDTD is not None:
                raise Unreadable("a DOCTYPE is not accepted", where="line 1")
            is_first = False
            yield element
    except etree.XMLSyntaxError as broken:
        raise _malformed(broken) from broken
    if found.root is not None and found.root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("a DOCTYPE is not accepted", where="line 1")


def open_xml(data: bytes, *, largest: int = LARGEST_BYTES) -> etree._Element:
    """The root element.

    :raises Unreadable: for more bytes than `largest`, a DOCTYPE, and XML that is not well-formed;
        says line and column.
    """
    _refuse(data, largest)
    try:
        root = etree.fromstring(data, etree.XMLParser(**_SAFE))
    except etree.XMLSyntaxError as broken:
        raise _malformed(broken) from broken
    # In an encoding that the search above does not know, the parser still tells.
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("a DOCTYPE is not accepted", where="line 1")
    return root


def local(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def put(parent: etree._Element, path: str, text: str = "", **attributes: str) -> etree._Element:
    """Append new elements along a path ("Id/IBAN") in the parent's namespace; the last one, which
    carries the text and attributes, is returned."""
    space = str(parent.tag).rpartition("}")[0] + "}" if str(parent.tag).startswith("{") else ""
    element = parent
    for name in path.split("/"):
        element = etree.SubElement(element, space + name)
    if text:
        element.text = text
    for name, value in attributes.items():
        element.set(name, value)
    return element


def document(namespace: str) -> etree._Element:
    """An empty ISO 20022 Document."""
    # The stubs of lxml do not know that None stands for the default namespace.
    return etree.Element(f"{{{namespace}}}Document", nsmap={None: namespace})  # type: ignore[dict-item]  # See above.


def written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _malformed(broken: etree.XMLSyntaxError) -> Unreadable:
    line, column = broken.position
    return Unreadable(f"not well-formed XML: {broken.msg}", where=f"line {line}, column {column}")


def _refuse(data: bytes, largest: int) -> None:
    if len(data) > largest:
        raise Unreadable(f"{len(data)} bytes are more than the {largest} that we read")
    for word in _DOCTYPES:
        place = data.find(word)
        if place >= 0:
            line = data.count(b"\n", 0, place) + 1
            column = place - data.rfind(b"\n", 0, place)
            raise Unreadable("a DOCTYPE is not accepted", where=f"line {line}, column {column}")
