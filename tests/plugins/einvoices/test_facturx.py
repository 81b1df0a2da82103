"""PDFs that carry an invoice, carry none, or should not be opened."""

import os
import signal
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from tests.plugins.einvoices.papers import CREDIT_NOTE, EN16931, LEAST
from usance.plugins import Unreadable
from usance.plugins.einvoices import _pdf, cii, facturx, ubl

CII = cii.write(LEAST, {})


def pdf(*attached: tuple[str, bytes], pages: int = 1, **how: Any) -> bytes:
    made, out = pikepdf.new(), BytesIO()
    for _ in range(pages):
        made.add_blank_page()
    for name, content in attached:
        made.attachments[name] = pikepdf.AttachedFileSpec(made, content, filename=name)
    made.save(out, **how)
    return out.getvalue()


@pytest.mark.parametrize(
    "name", ["factur-x.xml", "zugferd-invoice.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml"]
)
def test_the_invoice_is_found_by_its_name(name: str) -> None:
    ((invoice, findings),) = facturx.read(pdf(("logo.xml", b"<svg/>"), (name, CII)))

    assert (invoice.number, invoice.specification, findings) == ("2026-17", EN16931, ())


def test_an_invoice_under_another_name_is_found_and_said() -> None:
    ((invoice, findings),) = facturx.read(pdf(("faktura.xml", ubl.write(CREDIT_NOTE, {}))))

    assert invoice == CREDIT_NOTE
    assert [finding.code for finding in findings] == ["attachment_name"]
    assert not findings[0].blocks


@pytest.mark.parametrize("how", [{"R": 6}, {"R": 4}, {"R": 3, "aes": False, "metadata": False}])
def test_a_pdf_that_only_forbids_changes_is_read(how: dict[str, Any]) -> None:
    """It opens in any viewer: the password is the owner's, for printing or changing it."""
    owned = pikepdf.Encryption(owner="a", user="", **how)

    ((invoice, findings),) = facturx.read(pdf(("factur-x.xml", CII), encryption=owned))

    assert (invoice.number, findings) == ("2026-17", ())


LOCKED = {"encryption": pikepdf.Encryption(owner="a", user="b")}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (pdf(), "this PDF carries no e-invoice data"),
        (pdf(("terms.xml", b"<terms/>")), "this PDF carries no e-invoice data"),
        (pdf(("order-x.xml", b"<order/>")), "an Order-X order"),
        (pdf(("factur-x.xml", CII), **LOCKED), "asks for a password"),
        (pdf(("factur-x.xml", CII), pages=1001), "1,001 pages"),
        (pdf(("factur-x.xml", b" " * (17 << 20))), "factur-x.xml: the attachment has more than"),
        (pdf(("factur-x.xml", b"")), "factur-x.xml: the file is empty"),
        (pdf(("factur-x.xml", b"\n<!DOCTYPE a><a/>")), "factur-x.xml: line 2: the file has a"),
        (pdf(("factur-x.xml", b"<a/>")), "factur-x.xml: line 1: this is no UBL invoice"),
        (pdf(("factur-x.xml", CII))[:700], "the PDF is broken"),
        (b"%PDF-1.7" + b" " * (64 << 20), "more than the 67,108,864"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_pdf_that_gives_no_invoice_says_why(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        facturx.read(data)

    assert says in str(refused.value)


def test_an_attachment_that_only_the_catalogue_names_is_found() -> None:
    made, out = pikepdf.new(), BytesIO()
    made.add_blank_page()
    spec = pikepdf.AttachedFileSpec(made, CII, filename="factur-x.xml")
    made.Root.AF = made.make_indirect(pikepdf.Array([spec.obj]))
    made.save(out)

    assert facturx.read(out.getvalue())[0][0].number == "2026-17"


def test_a_pdf_that_kills_its_reader_is_refused_and_the_next_one_read() -> None:
    """The children of a page tree are the tree itself, a hundred thousand deep."""
    deep = b"[" * 3_000_000
    bomb = b"%PDF-1.7\n1 0 obj\n" + deep + b"\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"
    with pytest.raises(Unreadable):
        facturx.read(bomb)

    assert facturx.read(pdf(("factur-x.xml", CII)))[0][0].number == "2026-17"


def test_a_reader_that_died_is_replaced() -> None:
    facturx.read(pdf(("factur-x.xml", CII)))
    assert _pdf.child.pid is not None
    os.kill(_pdf.child.pid, signal.SIGKILL)

    assert facturx.read(pdf(("factur-x.xml", CII)))[0][0].number == "2026-17"


def test_a_reader_reads_many_and_gives_way_to_a_new_one() -> None:
    """Processor time is limited for all of a reader's documents together."""
    data = pdf(("factur-x.xml", CII))
    facturx.read(data)
    first = _pdf.child.pid
    facturx.read(data)
    assert _pdf.child.pid == first
    _pdf.child.retire()
    facturx.read(data)
    assert _pdf.child.pid != first
