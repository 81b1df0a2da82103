"""A written invoice, bytes in, as the rules look at it: short tags and the shape of the whole.

Read by expat: no network, no entities, no DOCTYPE. Comments and processing instructions vanish.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from sys import intern
from xml.etree.ElementTree import Element, ParseError, XMLParser

from usance.domain.verification.document import Document
from usance.domain.verification.shape import Shapes
from usance.plugins import Unreadable

from ._forms import Forms, cut, outline

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
SYNTAXES = dict(ROOTS.values())  # By the short tag of the root.
LARGEST = 100_000_000  # Bytes. Attachments are inside, but no carrier takes more.
LONG = 20_000  # Bytes. Shorter ones have no attachment worth leaving out.
ATTACHED = b"BinaryObject"  # As its element's name ends in both syntaxes.
BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"
SAMPLE = 120  # Bytes of an attachment that are read: more than any code has.
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
_forms = Forms(_shapes)


def forget() -> None:
    """Drop all that was learnt; what is judged next is judged as the first."""
    _shapes.forget()
    _forms.forget()


def held() -> int:
    """The parts of all shapes that are kept, and the pieces of all forms."""
    return _shapes.held + _forms.held


def view(data: bytes) -> Document:
    """The document in `data`, whatever it lacks: a fragment is judged like a whole invoice.

    :raises Foreign: not XML, or no invoice of these syntaxes.
    :raises Unreadable: broken, with a DOCTYPE, or too large.
    """
    root = _parse(data)
    tag, syntax = _known(root)
    shape = _shapes.of(root, tag)  # type: ignore[arg-type]  # Element keeps the protocol.
    return Document(root, syntax, shape)  # type: ignore[arg-type]  # As above.


@contextmanager
def lent(data: bytes) -> Iterator[Document]:
    """As `view`, quicker where one like it was seen before: to be let go at the end of the block,
    for then the next document may be filled into the same tree.

    :raises Foreign, Unreadable: as `view`.
    """
    slim = without_attachments(data) if len(data) > LONG else data
    drawn = outline(slim)
    pieces = cut(slim) if _forms.worth_it(drawn) else None
    form = _forms.take(drawn, pieces) if pieces else None
    if form is None:
        try:
            document = view(slim)
        except Unreadable:
            if slim is data:
                raise
            document = view(data)  # It says the line and column of the whole file.
        if pieces:
            form = _forms.learn(drawn, pieces, document.root, document.shape)  # type: ignore[arg-type]  # Made of one by `view`.
    else:
        root = form.root
        document = Document(root, SYNTAXES[root.tag], form.shape)  # type: ignore[arg-type]  # As in `view`.
        document.found, document.findings = form.found, form.findings
    yield document
    if form is not None:
        _forms.give(form)


def without_attachments(data: bytes) -> bytes:
    """The same with the start alone of each attached file: no rule reads one, and they are most of
    what large invoices are made of.
    """
    if len(data) > LARGEST or b"<![CDATA[" in data:
        return data
    kept: list[bytes] = []
    done = 0
    while (at := data.find(ATTACHED, done)) >= 0:
        start = data.find(b">", at) + 1
        end = data.find(b"<", start)
        if not start or end < 0:
            break
        stop = start + SAMPLE
        # Nothing but base64, so that it is a text, wherever these words stand; and not blank.
        if stop < end and data[start:stop].strip() and not data[start:end].translate(None, BASE64):
            kept.append(data[done:stop])
        else:
            kept.append(data[done:end])
        done = end
    return b"".join([*kept, data[done:]]) if kept else data


def _known(root: Element) -> tuple[str, str]:
    known = ROOTS.get(root.tag)
    if known is None:
        raise Foreign(f"the root element {root.tag[:120]} is no invoice of UBL 2.1 or CII")
    return known


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
