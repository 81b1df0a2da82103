"""Factur-X, ZUGFeRD and every other PDF that carries its invoice as an XML attachment.

The PDF is opened by a child process and not rendered (see _pdf); what is attached is read here.
"""

from usance.domain.finding import Finding, Severity
from usance.domain.invoice import Invoice
from usance.plugins import Unreadable

from . import _pdf, cii, ubl
from ._pdf_child import NAMES

MEDIA_TYPE = "application/pdf"
MAX_BYTES = 64 * 1024 * 1024
HEADER_WITHIN = 1024  # Readers accept "%PDF-" anywhere in here (ISO 32000-1 annex H.3).


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
    name, xml, findings = _invoice_among(_pdf.xml_files(data))
    reader = cii if cii.sniff(xml) else ubl
    try:
        ((invoice, odd),) = reader.read(xml)
    except Unreadable as wrong:
        where = f"{name}: {wrong.where}" if wrong.where else name
        raise Unreadable(wrong.says, where=where) from wrong
    return [(invoice, (*findings, *odd))]


def xml_inside(data: bytes) -> bytes:
    """The XML of the invoice inside the PDF.

    :raises Unreadable: as `read`.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the PDF has {len(data):,} bytes, more than the {MAX_BYTES:,} we take")
    return _invoice_among(_pdf.xml_files(data))[1]


def _invoice_among(
    files: list[tuple[str, bytes]],
) -> tuple[str, bytes, tuple[Finding, ...]]:
    for name, xml in files:
        if name.casefold() in NAMES:
            return name, xml, ()
    # Some senders give the invoice a name of their own; it is one if its first element says so.
    for name, xml in files:
        if cii.sniff(xml) or ubl.sniff(xml):
            return name, xml, (_odd_name(name),)
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
