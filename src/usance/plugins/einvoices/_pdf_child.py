"""Run in a child process by `_pdf`: a PDF, and the XML files attached to it.

Imports nothing of ours (see `_child_loop`). The answer is a line of JSON, [[name, length], …], and
then those files one after the other.
"""

import json
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any

MEMORY = 1_500_000_000  # Bytes of address space, the libraries included.
CPU_SECONDS = 120  # For all documents that one child reads.
ALONE = True
MAX_PAGES = 1000
MAX_ATTACHMENTS = 500
MAX_XML_BYTES = 16 * 1024 * 1024
# Factur-X 1.07 §6.2.2; ZUGFeRD 1.0 and 2.0; XRechnung as a ZUGFeRD profile.
NAMES = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"})
ORDERS = frozenset({"order-x.xml", "cida.xml"})
BROKEN = (RecursionError, MemoryError, TypeError, ValueError, KeyError, AttributeError)

File = tuple[str, bytes]


class Refused(Exception):
    """There is nothing to give. Says why, and where."""

    def __init__(self, says: str, where: str = "") -> None:
        super().__init__(says)
        self.says, self.where = says, where


def files_in(data: bytes) -> list[File]:
    """The one file that bears the name of an e-invoice, else every XML file.

    :raises Refused: if the PDF is locked, broken or too large, or carries no XML.
    """
    import pikepdf

    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            return _chosen(pdf, pikepdf)
    except pikepdf.PasswordError:
        raise Refused("the PDF asks for a password; ask the sender for one without") from None
    except pikepdf.PdfError:
        raise Refused("the PDF is broken and cannot be opened; ask for it again") from None
    except BROKEN:
        raise Refused("the PDF's structure is broken; ask the sender for it again") from None


def _chosen(pdf: Any, pikepdf: Any) -> list[File]:
    if len(pdf.pages) > MAX_PAGES:
        raise Refused(f"the PDF has {len(pdf.pages):,} pages, more than {MAX_PAGES:,}")
    attached = list(_attachments(pdf, pikepdf))
    for name, stream in attached:
        if name.casefold() in NAMES:
            return [(name, _content(name, stream, pikepdf))]
    if any(name.casefold() in ORDERS for name, _ in attached):
        raise Refused("this PDF carries an Order-X order, not an invoice")
    found, size = [], 0
    for name, stream in attached:
        if name.casefold().endswith(".xml"):
            found.append((name, _content(name, stream, pikepdf)))
            size += len(found[-1][1])
        if size > MAX_XML_BYTES:
            raise Refused(f"the PDF's XML files have more than {MAX_XML_BYTES:,} bytes")
    return found


def _attachments(pdf: Any, pikepdf: Any) -> Iterator[tuple[str, Any]]:
    """Embedded files by the name tree, then those that only the catalogue's /AF names."""
    for count, (key, spec) in enumerate(pdf.attachments.items()):
        if count >= MAX_ATTACHMENTS:
            raise Refused(f"the PDF has more than {MAX_ATTACHMENTS} attachments")
        yield from _file(spec.obj, key, pikepdf)
    associated = pdf.Root.get("/AF")
    if isinstance(associated, pikepdf.Array):
        for named in islice(associated, MAX_ATTACHMENTS):
            yield from _file(named, "", pikepdf)


def _file(spec: Any, key: str, pikepdf: Any) -> Iterator[tuple[str, Any]]:
    embedded = spec.get("/EF") if isinstance(spec, pikepdf.Dictionary) else None
    if not isinstance(embedded, pikepdf.Dictionary):
        return
    stream = embedded.get("/UF", embedded.get("/F"))
    if isinstance(stream, pikepdf.Stream):
        name = str(spec.get("/UF", spec.get("/F", key)))
        yield name.replace("\\", "/").rpartition("/")[2], stream


def _content(name: str, stream: Any, pikepdf: Any) -> bytes:
    """The attachment's bytes, counted while they are unpacked."""
    raw = stream.read_raw_bytes()
    filters = stream.get("/Filter", pikepdf.Array([]))
    if isinstance(filters, pikepdf.Name):
        filters = pikepdf.Array([filters])
    names = [str(each) for each in filters]
    if names not in ([], ["/FlateDecode"], ["/Fl"]) or "/DecodeParms" in stream:
        raise Refused("the attachment is packed in a way that is not read", name)
    content = raw
    if names:
        try:
            content = zlib.decompressobj().decompress(raw, MAX_XML_BYTES + 1)
        except zlib.error:
            raise Refused("the attachment is damaged", name) from None
    if len(content) > MAX_XML_BYTES:
        raise Refused(f"the attachment has more than {MAX_XML_BYTES:,} bytes", name)
    return bytes(content)


def answer(data: bytes) -> bytes:
    files = files_in(data)
    head = json.dumps([[name, len(content)] for name, content in files])
    return b"".join((head.encode(), b"\n", *(content for _, content in files)))
