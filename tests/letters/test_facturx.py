"""One file for people and machines: PDF/A-3b with the invoice inside, and the mark in its XMP."""

import io

import pikepdf
import pytest

from usance.letters import render_facturx
from usance.letters.facturx import LEVELS

from . import samples
from .reading import flowing, pages

XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rsm:CrossIndustryInvoice '
    'xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100">'
    "<!-- Müller & Söhne 株 --></rsm:CrossIndustryInvoice>\n"
).encode()
FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"


def made(level: str = "EN 16931", count: int = 2) -> bytes:
    return render_facturx("invoice", "de", samples.german(count), xml=XML, level=level)


def test_the_invoice_inside_is_byte_for_byte_ours() -> None:
    pdf = pikepdf.open(io.BytesIO(made()))
    assert list(pdf.attachments) == ["factur-x.xml"]
    attached = pdf.attachments["factur-x.xml"]
    assert attached.get_file().read_bytes() == XML
    assert attached.get_file().mime_type == "text/xml"
    assert attached.relationship == pikepdf.Name.Alternative
    (associated,) = pdf.Root.AF
    assert associated.F == "factur-x.xml"
    assert associated.AFRelationship == pikepdf.Name.Alternative


@pytest.mark.parametrize("level", LEVELS)
def test_the_metadata_say_what_is_inside(level: str) -> None:
    with pikepdf.open(io.BytesIO(made(level))).open_metadata() as said:
        assert said[FX + "DocumentType"] == "INVOICE"
        assert said[FX + "DocumentFileName"] == "factur-x.xml"
        assert said[FX + "Version"] == "1.0"
        assert said[FX + "ConformanceLevel"] == level
        assert said[PDFA + "part"] == "3"
        assert said[PDFA + "conformance"] == "B"
        assert said["dc:title"] == "Rechnung 2026-04810"


def test_the_namespace_is_described_as_the_archive_standard_wants() -> None:
    pdf = pikepdf.open(io.BytesIO(made()))
    xmp = pdf.Root.Metadata.read_bytes().decode()
    assert xmp.count("urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#") == 2
    assert xmp.count("<pdfaProperty:category>external</pdfaProperty:category>") >= 4


def test_the_file_is_sound_after_the_update() -> None:
    pdf = pikepdf.open(io.BytesIO(made(count=60)))
    assert pdf.check_pdf_syntax() == []
    assert len(pdf.pages) == len(pages(made(count=60))) >= 3
    assert "RF17 0000 0048 10" in flowing(made())


def test_two_runs_give_the_same_bytes() -> None:
    assert made() == made()


def test_a_credit_note_is_a_factur_x_too() -> None:
    pdf = render_facturx("credit_note", "sv", samples.credit_note(), xml=XML)
    assert "factur-x.xml" in pikepdf.open(io.BytesIO(pdf)).attachments


def test_the_reference_library_finds_the_invoice() -> None:
    facturx = pytest.importorskip("facturx", reason="the factur-x library is the oracle here")
    name, found = facturx.get_xml_from_pdf(made(), check_xsd=False)
    assert name == "factur-x.xml"
    assert found == XML
