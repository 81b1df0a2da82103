"""A file of which nobody said what it is: the format that knows it, or what it seems to be."""

from usance import plugins
from usance.domain.finding import Finding
from usance.domain.invoice import Invoice
from usance.plugins import Unreadable

from . import _envelope, _p7m
from ._xml import Prolog, prolog

KIND = "einvoices"
# What an XML file is by a word in its first element's namespace or name, and what to do with it.
_XML_KINDS = (
    ("camt.", "a bank statement (ISO 20022 camt); import it as a statement"),
    ("pain.", "a payment file (ISO 20022 pain), not an invoice"),
    ("StandardBusinessDocument", "an SBDH envelope of another version; take the invoice out of it"),
    ("ApplicationResponse", "a UBL application response, the answer to an invoice"),
    ("OrderResponse", "a UBL order response, not an invoice"),
    ("SCRDMCCBDACIOMessageStructure", "an Order-X order, not an invoice"),
    ("SelfBilled", "a UBL self-billed document, which is not read; ask for an Invoice of type 389"),
    ("Order", "an order, not an invoice"),
    ("DespatchAdvice", "a despatch advice, not an invoice"),
    ("Reminder", "a reminder, not an invoice"),
    ("Catalogue", "a catalogue, not an invoice"),
    ("urn:sfti:", "an SFTI document other than the Svefaktura 1.0; ask for the invoice"),
    ("CBFBUY", "an old UN/CEFACT draft (CBFBUY), which is not read; ask for CII D16B"),
    ("Finvoice", "a Finvoice message other than the invoice; ask for the invoice"),
    ("FatturaElettronica", "a FatturaPA other than 1.0 to 1.2; ask for FPA12, FPR12, UBL or CII"),
    ("ebinterface", "an ebInterface invoice, which is not read; ask for UBL or CII"),
    ("facturae", "a Facturae invoice, which is not read; ask for UBL or CII"),
    ("html", "a web page; save the invoice itself, not the page around it"),
    ("svg", "a drawing (SVG), not an invoice"),
)
_SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive or an office document; unpack it, or save it as XLSX"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old office document; save it as PDF or XLSX"),
    (b"\x89PNG", "a picture (PNG); send it in as a scanned paper"),
    (b"\xff\xd8\xff", "a picture (JPEG); send it in as a scanned paper"),
    (b"II*\x00", "a picture (TIFF); send it in as a scanned paper"),
    (b"MM\x00*", "a picture (TIFF); send it in as a scanned paper"),
    (b"{\\rtf", "a text document (RTF); ask the sender for the e-invoice"),
    (b"MZ", "a program; it is not opened"),
    (b"\x7fELF", "a program; it is not opened"),
    (b"UNA", "an EDIFACT message, which is not read; ask for UBL or CII"),
    (b"UNB+", "an EDIFACT message, which is not read; ask for UBL or CII"),
    (b"01BGMAX", "a BgMax file of Bankgirot; import it as a statement"),
    (b":20:", "a bank statement (MT940); import it as a statement"),
    (b"{1:", "a SWIFT message; import it as a statement"),
    (b"{", "JSON with none of the field sets that are read (Quiddly, Fortnox, Business Central)"),
    (b"[", "JSON with none of the field sets that are read (Quiddly, Fortnox, Business Central)"),
    (b"From ", "an e-mail; take the invoice out of it"),
    (b"Received:", "an e-mail; take the invoice out of it"),
    (b"Return-Path:", "an e-mail; take the invoice out of it"),
    (b"MIME-Version:", "an e-mail; take the invoice out of it"),
    (b"<!doctype html", "a web page; save the invoice itself, not the page around it"),
    (b"<html", "a web page; save the invoice itself, not the page around it"),
)


def read_any(data: bytes) -> tuple[str, list[tuple[Invoice, tuple[Finding, ...]]]]:
    """The name of the format and every invoice in the file.

    :raises Unreadable: if no format knows it; says what it seems to be and what to do next.
    """
    name, placed = read_placed(data)
    return name, [(invoice, findings) for _, invoice, findings in placed]


def read_placed(data: bytes) -> tuple[str, list[tuple[str, Invoice, tuple[Finding, ...]]]]:
    """As `read_any`, each invoice with its place in the file; empty where a file holds one."""
    if _p7m.is_signed_envelope(data):
        name, placed = read_placed(_p7m.opened(data))
        return name, [(at, invoice, (_p7m.UNCHECKED, *odd)) for at, invoice, odd in placed]
    if _envelope.sniff(data):
        data = _envelope.opened(data)
    for name in plugins.names(KIND):
        module = plugins.load(KIND, name)
        if module.sniff(data):
            if hasattr(module, "placed"):
                return name, list(module.placed(data))
            return name, [("", invoice, findings) for invoice, findings in module.read(data)]
    raise Unreadable(seems(data))


def seems(data: bytes) -> str:
    """What a file that no format knows seems to be, and the next step."""
    if not data or data.isspace():
        return "the file is empty; ask the sender for it again"
    start = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    for signature, what in _SIGNATURES:
        if start[: len(signature)].lower() == signature.lower():
            return f"this seems to be {what}"
    if start.startswith(b"<") or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _seems_xml(prolog(data))
    if b"\0" in data[:2048]:
        return "this is no text and no PDF; ask the sender what it is"
    if any(separator in start.partition(b"\n")[0] for separator in (b";", b",", b"\t", b"|")):
        return (
            "this seems to be a table, but no column of its first row is a known name for the "
            "invoice number or for the amount; name the columns in the first row, or take it in "
            "for a client and confirm which column is which"
        )
    return "this is text, but no invoice that is read; ask the sender for UBL, CII or Factur-X"


def _seems_xml(head: Prolog | None) -> str:
    if head is None:
        return "this begins like XML, but its first element is broken; ask the sender for it again"
    if head.doctype_line:
        return (
            f"line {head.doctype_line}: the file has a DOCTYPE, which no e-invoice needs; "
            "ask the sender for the file without it"
        )
    for word, what in _XML_KINDS:
        if word.casefold() in head.tag.casefold():
            return f"this seems to be {what}"
    return f"this is XML, but no invoice that is read: its first element is {head.tag[:120]}"
