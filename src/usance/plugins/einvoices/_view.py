"""A written invoice, bytes in, as the rules look at it: short tags and the shape of the whole.

Read by expat: no network, no entities, no DOCTYPE. Comments and processing instructions vanish.
"""

from sys import intern
from xml.etree.ElementTree import Element, ParseError, XMLParser

from usance.domain.verification.document import Document
from usance.domain.verification.shape import Shapes
from usance.plugins import Unreadable

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CII = "urn:un:unece:uncefact:data:standard:"
PREFIXES = {
    f"{UBL}CommonAggregateComponents-2": "cac",
    f"{UBL}CommonBasicComponents-2": "cbc",
    f"{UBL}CommonExtensionComponents-2": "ext",
    f"{CII}CrossIndustryInvoice:100": "rsm",
    f"{CII}ReusableAggregateBusinessInformationEntity:100": "ram",
    f"{CII}UnqualifiedDataType:100": "udt",
    f"{CII}QualifiedDataType:100": "qdt",
}
ROOTS = {
    f"{{{UBL}Invoice-2}}Invoice": ("Invoice", "ubl"),
    f"{{{UBL}CreditNote-2}}CreditNote": ("CreditNote", "ubl"),
    f"{{{UBL}ApplicationResponse-2}}ApplicationResponse": ("ApplicationResponse", "ubl"),
    f"{{{CII}CrossIndustryInvoice:100}}CrossIndustryInvoice": ("rsm:CrossIndustryInvoice", "cii"),
}
LARGEST = 100_000_000  # Bytes. Attachments are inside, but no carrier takes more.
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


class Foreign(Unreadable):
    """Not XML, or XML of another kind: another reader may know it."""


class _Short(dict[str, str]):
    """Long tags to short ones, worked out when first met and kept while there are few."""

    def __missing__(self, tag: str) -> str:
        short = tag
        if tag[:1] == "{":
            namespace, _, name = tag[1:].partition("}")
            if namespace in PREFIXES:
                short = intern(f"{PREFIXES[namespace]}:{name}")
        if len(self) < 10_000:
            self[tag] = short
        return short


_short = _Short()
_shapes = Shapes(_short.__getitem__)


def forget() -> None:
    """Drop all shapes that were learnt; what is judged next is judged as the first."""
    _shapes.forget()


def held() -> int:
    """The parts of all shapes that are kept."""
    return _shapes.held


def view(data: bytes) -> Document:
    """The document in `data`, whatever it lacks: a fragment is judged like a whole invoice.

    :raises Foreign: not XML, or no invoice of these syntaxes.
    :raises Unreadable: broken, with a DOCTYPE, or too large.
    """
    root = _parse(data)
    known = ROOTS.get(root.tag)
    if known is None:
        raise Foreign(f"the root element {root.tag[:120]} is no invoice of UBL 2.1 or CII")
    tag, syntax = known
    shape = _shapes.of(root, tag)  # type: ignore[arg-type]  # Element keeps the protocol.
    return Document(root, syntax, shape)  # type: ignore[arg-type]  # As above.


def _parse(data: bytes) -> Element:
    if len(data) > LARGEST:
        raise Unreadable(f"{len(data)} bytes: more than {LARGEST}")
    start = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"<") and not data.startswith(_UTF16):
        raise Foreign("not XML")
    # Only encodings in which "<!DOCTYPE" can be seen are let in; entities need one.
    if _has_doctype(data):
        raise Unreadable("a DOCTYPE is not allowed in an invoice")
    parser = XMLParser()  # noqa: S314  # No DOCTYPE, so no entities of its own.
    try:
        parser.feed(data)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError) as fault:
        line, column = getattr(fault, "position", (0, 0))
        raise Unreadable(f"broken XML: {fault}", where=f"line {line}, column {column}") from fault
    return root


def _has_doctype(data: bytes) -> bool:
    if not data.startswith(_UTF16):
        return b"<!DOCTYPE" in data
    return "<!DOCTYPE".encode("utf-16-le") in data or "<!DOCTYPE".encode("utf-16-be") in data
