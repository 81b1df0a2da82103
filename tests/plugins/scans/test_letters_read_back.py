"""Our own letters, printed and read back: in seven languages every field must be right."""

from decimal import Decimal

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
