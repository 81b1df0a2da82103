"""Our own letters, printed and read back: in seven languages every field must be right."""

from decimal import Decimal
from io import BytesIO

import pikepdf
import pytest

from tests.letters import samples
from usance.domain import capture
from usance.letters import render
from usance.letters.facts import InvoiceLetter
from usance.plugins.scans import read_pages

LANGUAGES = ("sv", "en", "de", "nb", "da", "fi", "fr")
SAMPLES = {
    "german": samples.german, "swedish": samples.swedish,
    "reverse_charge": samples.reverse_charge, "credit_note": samples.credit_note,
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_letter_says_what_was_written(sample: str, language: str) -> None:
    letter = SAMPLES[sample]()
    kind = "credit_note" if sample == "credit_note" else "invoice"

    pages, findings = read_pages(render(kind, language, letter))
    reading = capture.read(pages, findings=findings)

    assert {page.source for page in pages} == {"text"}
    assert (reading.kind, reading.language) == (kind, {"nb": "no"}.get(language, language))
    written = _written(letter)
    read = {name: reading.fields[name].value for name in written if name in reading.fields}
    assert {name: _plain(value) for name, value in read.items()} == written
    assert "assignment" in reading.fields
    assert len(reading.invoice.lines) == len(letter.invoice.lines)


def _written(letter: InvoiceLetter) -> dict[str, str]:
    invoice, account = letter.invoice, letter.account
    said = {
        "number": invoice.number, "issued_on": str(invoice.issued_on),
        "due_on": str(invoice.due_on) if invoice.due_on else "",
        "currency": invoice.currency, "order_number": invoice.order,
        "net": _plain(str(invoice.totals.net)), "tax": _plain(str(invoice.totals.tax)),
        "gross": _plain(str(invoice.totals.gross)),
        "payable": _plain(str(Decimal(letter.payable.minor).scaleb(-2))),
        "seller_name": letter.client.name, "seller_vat_id": letter.client.vat_id,
        "buyer_name": letter.recipient.name if letter.recipient else invoice.buyer.name,
        "iban": account.iban, "bic": account.bic, "bankgiro": account.bankgiro,
        "payment_reference": letter.reference,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def _plain(value: str) -> str:
    try:
        return str(Decimal(value).quantize(Decimal("0.01"))) if "." in value else value
    except ArithmeticError:
        return value


def test_a_reminder_is_not_taken_for_an_invoice() -> None:
    pages, _ = read_pages(render("final_demand", "sv", samples.reminder()))
    reading = capture.read(pages)
    assert reading.kind == "reminder"
    assert reading.findings[0].code == "not_an_invoice"


@pytest.mark.parametrize(("shown", "drawn"), [(90, 0), (180, 0), (0, 90), (0, 180), (270, 90)])
def test_a_page_that_is_shown_or_drawn_lying_is_read_upright(shown: int, drawn: int) -> None:
    """`shown`: by the page's own turn; `drawn`: by what is on it, against the clock."""
    plain = render("invoice", "de", samples.german())
    turned = _turned(plain, shown=shown, drawn=drawn)
    (upright, *_), _ = read_pages(plain)
    (page, *_), _ = read_pages(turned)
    assert [word.text for word in page.words] == [word.text for word in upright.words]
    assert page.turned == (drawn - shown) % 360
    for one, other in zip(page.words, upright.words, strict=True):
        assert abs(one.box.left - other.box.left) < 1
        assert abs(one.box.top - other.box.top) < 1


def _turned(data: bytes, *, shown: int, drawn: int) -> bytes:
    with pikepdf.open(BytesIO(data)) as document:
        for page in document.pages:
            wide, tall = (float(side) for side in page.mediabox[2:])
            matrix = {0: "1 0 0 1 0 0", 90: f"0 1 -1 0 {tall} 0", 180: f"-1 0 0 -1 {wide} {tall}"}
            page.contents_add(document.make_stream(f"q {matrix[drawn]} cm".encode()), prepend=True)
            page.contents_add(document.make_stream(b"Q"))
            if drawn == 90:
                page.mediabox = [0, 0, tall, wide]
                for name in ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
                    if name in page:
                        del page[name]
            page.rotate(shown, relative=False)
        out = BytesIO()
        document.save(out)
    return out.getvalue()
