"""The Factur-X mark in a PDF's XMP, appended as an incremental update.

The press writes the PDF/A-3 with the invoice attached but cannot write XMP of its own choosing.
Factur-X wants four properties in its namespace, and PDF/A wants that namespace described.
Sources: Factur-X 1.0 §6.2; ISO 19005-3 §6.6.2.3; ISO 32000-1 §7.5.6.
"""

import re

LEVELS = ("MINIMUM", "BASIC WL", "BASIC", "EN 16931", "EXTENDED")
_NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = (
    ("DocumentFileName", "Name of the embedded invoice"),
    ("DocumentType", "Kind of the document, INVOICE"),
    ("Version", "Version of the schema of the embedded invoice"),
    ("ConformanceLevel", "Profile of the embedded invoice"),
)
_STARTXREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_TRAILER = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref", re.DOTALL)
_ROOT = re.compile(rb"/Root\s+(\d+)\s+0\s+R")
_METADATA = re.compile(rb"/Metadata\s+(\d+)\s+0\s+R")


def marked(pdf: bytes, level: str) -> bytes:
    """The PDF with its metadata written once more, behind the end, with the Factur-X mark.

    `pdf` comes from our press: a classic cross-reference table and uncompressed XMP. Anything else
    is our own broken promise.
    """
    assert level in LEVELS, level
    start = _STARTXREF.search(pdf[-64:])
    assert start is not None, "the press ended the file as we do not know it"
    table_at = int(start[1])
    trailer = _TRAILER.search(pdf, table_at)
    assert trailer is not None, "the press writes a classic cross-reference table"
    root = _ROOT.search(trailer[1])
    assert root is not None
    catalog_at = _object_at(pdf, int(root[1]))
    found = _METADATA.search(pdf, catalog_at, pdf.index(b"endobj", catalog_at))
    assert found is not None, "an archive PDF has metadata"
    number = int(found[1])

    xmp = _marked_xmp(_stream(pdf, number).decode(), level).encode()
    body = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    renewed = b"%d 0 obj\n<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n" % (number, len(xmp))
    renewed += xmp + b"\nendstream\nendobj\n"
    xref = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(body))
    end = b"trailer\n<<%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        trailer[1].strip(),
        table_at,
        len(body) + len(renewed),
    )
    return body + renewed + xref + end


def _marked_xmp(xmp: str, level: str) -> str:
    schemas = "<pdfaExtension:schemas><rdf:Bag>"
    assert schemas in xmp, "the press describes its own extension schemas"
    xmp = xmp.replace(schemas, schemas + _schema(), 1)
    before, end, after = xmp.rpartition("</rdf:RDF>")
    assert end, "XMP is RDF"
    return before + _description(level) + end + after


def _schema() -> str:
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{says}</pdfaProperty:description></rdf:li>"
        for name, says in _PROPERTIES
    )
    return (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )


def _description(level: str) -> str:
    return (
        f'<rdf:Description rdf:about="" xmlns:fx="{_NAMESPACE}">'
        "<fx:DocumentType>INVOICE</fx:DocumentType>"
        "<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>"
        "<fx:Version>1.0</fx:Version>"
        f"<fx:ConformanceLevel>{level}</fx:ConformanceLevel></rdf:Description>"
    )


def _object_at(pdf: bytes, number: int) -> int:
    at = pdf.rfind(b"\n%d 0 obj" % number)
    assert at >= 0, f"object {number} is missing"
    return at


def _stream(pdf: bytes, number: int) -> bytes:
    start = pdf.index(b"stream\n", _object_at(pdf, number)) + len(b"stream\n")
    return pdf[start : pdf.index(b"endstream", start)].rstrip(b"\n")
