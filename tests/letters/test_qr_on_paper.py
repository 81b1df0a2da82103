"""The squares on a printed page, read as a telephone reads them: from pixels."""

import pypdfium2
import pytest
import zxingcpp

from usance.letters import render
from usance.letters.invoice import qr_payload

from . import samples

DPI = 300  # Of a print house; a telephone sees more.


def read(pdf: bytes) -> list[str]:
    """What every square of every page says."""
    return [
        code.text
        for page in pypdfium2.PdfDocument(pdf)
        for code in zxingcpp.read_barcodes(page.render(scale=DPI / 72, grayscale=True).to_numpy())
    ]


@pytest.mark.parametrize("language", ["de", "sv", "nb", "da", "fi", "fr", "en"])
def test_a_banking_app_reads_the_payment_and_a_camera_the_page(language: str) -> None:
    told = samples.german()

    said = read(render("invoice", language, told, online=samples.ONLINE))

    # EPC069-12, field by field.
    payment = next(one for one in said if one.startswith("BCD"))
    assert payment.split("\n") == [
        "BCD", "002", "1", "SCT", "COBADEFFXXX", "Rhein Factoring GmbH",
        "DE89370400440532013000", "EUR912.91", "", "RF170000004810",
    ]  # fmt: skip
    assert sorted(said) == sorted([payment, samples.ONLINE[1]])


def test_a_swedish_banking_app_reads_its_own_square() -> None:
    told = samples.swedish()

    said = read(render("invoice", "sv", told, online=samples.ONLINE))

    assert sorted(said) == sorted([qr_payload("invoice", told), samples.ONLINE[1]])


def test_a_reminder_carries_both_too() -> None:
    said = read(render("first_reminder", "de", samples.reminder(), online=samples.ONLINE))

    assert samples.ONLINE[1] in said


def test_a_credit_note_asks_for_no_payment() -> None:
    said = read(render("credit_note", "de", samples.credit_note(), online=samples.ONLINE))

    assert said == [samples.ONLINE[1]]
