"""Factur-X, ZUGFeRD and every other PDF that carries its invoice as an XML attachment.

The PDF is not rendered, no stream but the attachment's is unpacked by us, and that one only up
to a limit.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any

import pikepdf

from usance.domain.finding import Finding, Severity
from usance.domain.invoice import Invoice
from usance.plugins import Unreadable

from . import cii, ubl

MEDIA_TYPE = "application/pdf"
MAX_BYTES = 64 * 1024 * 1024
MAX_PAGES = 1000
MAX_ATTACHMENTS = 500
MAX_XML_BYTES = 16 * 1024 * 1024
HEADER_WITHIN = 1024  # Readers accept "%PDF-" anywhere in here (ISO 32000-1 annex H.3).
# Factur-X 1.07 §6.2.2; ZUGFeRD 1.0 and 2.0; XRechnung as a ZUGFeRD profile.
NAMES = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"})
ORDERS = frozenset({"order-x.xml", "cida.xml"})


@dataclass(frozen=True, slots=True)
class _Attached:
    name: str
    stream: Any  # pikepdf.Stream


def sniff(data: bytes) -> bool:
    """Any PDF is ours: whether it carries an invoice is known only after opening it."""
    return b"%PDF-" in data[:HEADER_WITHIN]


def read(data: bytes) -> list[tuple[Invoice, tuple[Finding, ...]]]:
    """The invoice inside the PDF.

    :raises Unreadable: if there is none, if the PDF is locked, broken or too large, or if the XML
        in it is refused by its own reader; `where` then begins with the attachment's name.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the PDF has {len(data):,} bytes, more than the {MAX_BYTES:,} we take")
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            found, xml, findings = _invoice_in(pdf)
    except pikepdf.PasswordError as locked:
        raise Unreadable("the PDF asks for a password; ask the sender for one without") from locked
    except pikepdf.PdfError as broken:
        raise Unreadable("the PDF is broken and cannot be opened; ask for it again") from broken
    except (RecursionError, MemoryError, TypeError, ValueError, KeyError, AttributeError) as broken:
        if isinstance(broken, Unreadable):
            raise
        raise Unreadable("the PDF's structure is broken; ask the sender for it again") from broken
    reader = cii if cii.sniff(xml) else ubl
    try:
        ((invoice, odd),) = reader.read(xml)
    except Unreadable as wrong:
        where = f"{found.name}: {wrong.where}" if wrong.where else found.name
        raise Unreadable(wrong.says, where=where) from wrong
    return [(invoice, (*findings, *odd))]


def _invoice_in(pdf: pikepdf.Pdf) -> tuple[_Attached, bytes, tuple[Finding, ...]]:
    if pdf.is_encrypted:
        raise Unreadable("the PDF is encrypted; ask the sender for one that is not")
    if len(pdf.pages) > MAX_PAGES:
        raise Unreadable(f"the PDF has {len(pdf.pages):,} pages, more than {MAX_PAGES:,}")
    attached = list(_attachments(pdf))
    for each in attached:
        if each.name.casefold() in NAMES:
            return each, _content(each), ()
    # Some senders give the invoice a name of their own; it is one if its first element says so.
    for each in attached:
        if each.name.casefold().endswith(".xml"):
            xml = _content(each)
            if cii.sniff(xml) or ubl.sniff(xml):
                return each, xml, (_odd_name(each.name),)
    if any(each.name.casefold() in ORDERS for each in attached):
        raise Unreadable("this PDF carries an Order-X order, not an invoice")
    raise Unreadable(
        "this PDF carries no e-invoice data; read it as a scanned paper, or ask the sender for "
        "a Factur-X or Peppol invoice"
    )


def _odd_name(name: str) -> Finding:
    return Finding(
        code="attachment_name",
        says=f"The invoice in the PDF is called {name[:80]!r}, not factur-x.xml.",
        where=name[:80],
        severity=Severity.WARNING,
    )


def _attachments(pdf: pikepdf.Pdf) -> Iterator[_Attached]:
    """Embedded files by the name tree, then those that only the catalogue's /AF names."""
    for count, (key, spec) in enumerate(pdf.attachments.items()):
        if count >= MAX_ATTACHMENTS:
            raise Unreadable(f"the PDF has more than {MAX_ATTACHMENTS} attachments")
        yield from _file(spec.obj, key)
    associated: Any = pdf.Root.get("/AF")
    if isinstance(associated, pikepdf.Array):
        for named in islice(associated, MAX_ATTACHMENTS):
            yield from _file(named, "")


def _file(spec: Any, key: str) -> Iterator[_Attached]:
    embedded = spec.get("/EF") if isinstance(spec, pikepdf.Dictionary) else None
    if not isinstance(embedded, pikepdf.Dictionary):
        return
    stream = embedded.get("/UF", embedded.get("/F"))
    if isinstance(stream, pikepdf.Stream):
        name = str(spec.get("/UF", spec.get("/F", key)))
        yield _Attached(name.replace("\\", "/").rpartition("/")[2], stream)


def _content(attached: _Attached) -> bytes:
    """The attachment's bytes, counted while they are unpacked."""
    raw = attached.stream.read_raw_bytes()
    filters = attached.stream.get("/Filter", pikepdf.Array([]))
    if isinstance(filters, pikepdf.Name):
        filters = pikepdf.Array([filters])
    names = [str(each) for each in filters]
    if names not in ([], ["/FlateDecode"], ["/Fl"]) or "/DecodeParms" in attached.stream:
        raise Unreadable("the attachment is packed in a way that is not read", where=attached.name)
    content = raw
    if names:
        unpacker = zlib.decompressobj()
        try:
            content = unpacker.decompress(raw, MAX_XML_BYTES + 1)
        except zlib.error as broken:
            raise Unreadable("the attachment is damaged", where=attached.name) from broken
    if len(content) > MAX_XML_BYTES:
        raise Unreadable(
            f"the attachment has more than {MAX_XML_BYTES:,} bytes", where=attached.name
        )
    return bytes(content)
