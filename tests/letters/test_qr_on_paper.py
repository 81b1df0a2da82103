"""The squares on a printed page, read as a telephone reads them: from pixels."""

from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp

from usance.domain.invoice.square import square
from usance.domain.money import Money
from usance.domain.party import Address
from usance.letters import render
from usance.letters.facts import InvoiceLetter, Recipient
from usance.letters.invoice import payable

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

    asked = payable("invoice", told)
    assert asked is not None
    payment = square(asked)
    assert payment is not None
    assert sorted(said) == sorted([payment.says, samples.ONLINE[1]])


def test_a_reminder_carries_both_too() -> None:
    said = read(render("first_reminder", "de", samples.reminder(), online=samples.ONLINE))

    assert samples.ONLINE[1] in said


def test_a_credit_note_asks_for_no_payment() -> None:
    said = read(render("credit_note", "de", samples.credit_note(), online=samples.ONLINE))

    assert said == [samples.ONLINE[1]]


ZUG = Recipient(
    name="Muster Metallbau GmbH",
    address=Address(street="Weg am Bach 3", postcode="6300", city="Zug", country="CH"),
)


def swiss() -> InvoiceLetter:
    address = Address(street="Seestrasse 12b", postcode="8002", city="Zürich", country="CH")
    account = replace(
        samples.DE_ACCOUNT, holder="Halle Factoring AG", iban="CH9300762011623852957", bic="",
        qr_iban="CH4431999123000889012", address=address,
    )  # fmt: skip
    return replace(
        samples.german(), account=account, reference="210000000003139471430009017",
        payable=Money(194_975, "CHF"), recipient=ZUG,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "headings"),
    [("de", ("Zahlteil", "Empfangsschein")), ("fr", ("Section paiement", "Récépissé")),
     ("sv", ("Payment part", "Receipt"))],
)  # fmt: skip
def test_a_swiss_letter_ends_with_its_payment_part_and_shows_no_other_square(
    language: str, headings: tuple[str, str]
) -> None:
    pdf = render("invoice", language, swiss(), online=samples.ONLINE)

    payment, online = sorted(read(pdf), key=len, reverse=True)
    fields = payment.split("\n")
    assert (fields[3], fields[18], fields[27]) == ("CH4431999123000889012", "1949.75", "QRR")
    assert online == samples.ONLINE[1]
    last = list(pypdfium2.PdfDocument(pdf))[-1].get_textpage().get_text_bounded()
    for words in (*headings, "21 00000 00003 13947 14300 09017", "1 949.75",
                  "CH44 3199 9123 0008 8901 2", "Weg am Bach 3"):  # fmt: skip
        assert words in last, words


def test_the_swiss_square_is_46_mm_wide_at_its_place() -> None:
    """SIX, QR-bill 3.5.2: 5 mm from the receipt, 17 mm below the cut, and a cross on it."""
    page = list(pypdfium2.PdfDocument(render("invoice", "de", swiss())))[-1]
    (code,) = zxingcpp.read_barcodes(page.render(scale=DPI / 72, grayscale=True).to_numpy())
    dots = DPI / 25.4
    corner, across = code.position.top_left, code.position.bottom_right
    assert abs(corner.x / dots - 67) < 0.6
    assert abs(corner.y / dots - (297 - 105 + 17)) < 0.6
    assert abs((across.x - corner.x) / dots - 46) < 0.8


def test_a_slovenian_banking_app_reads_latin_2() -> None:
    payer = Recipient(
        name="Železnina Črnuče d.o.o.",
        address=Address(street="Dunajska 1", postcode="1000", city="Ljubljana", country="SI"),
    )
    account = replace(samples.DE_ACCOUNT, iban="SI56020170014356205")
    told = replace(samples.german(), account=account, recipient=payer)

    (said,) = read(render("invoice", "en", told))

    fields = said.split("\n")
    assert fields[0] == "UPNQR"
    assert fields[5:9] == [
        "Železnina Črnuče d.o.o.", "Dunajska 1", "1000 Ljubljana", "00000091291",
    ]  # fmt: skip


def test_kronor_without_a_bankgiro_are_paid_by_swish() -> None:
    account = replace(samples.SE_ACCOUNT, bankgiro="", swish="1231181189")

    said = read(render("invoice", "sv", replace(samples.swedish(), account=account)))

    assert [one.startswith("https://app.swish.nu/1/p/sw/?sw=1231181189&amt=") for one in said] == [
        True
    ]  # fmt: skip


def test_a_swiss_reminder_asks_for_interest_and_fees_too() -> None:
    told = samples.reminder()
    francs = replace(
        told, account=swiss().account, debtor=ZUG, reference="210000000003139471430009017",
        fees=(), claims=tuple(
            replace(one, face=Money(100_000, "CHF"), outstanding=Money(80_000, "CHF"),
                    interest=Money(1_234, "CHF"))
            for one in told.claims[:1]
        ),
    )  # fmt: skip

    (said,) = read(render("first_reminder", "de", francs))

    assert said.split("\n")[18:20] == ["812.34", "CHF"]
