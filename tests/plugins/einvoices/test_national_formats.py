"""Svefaktura, Finvoice and FatturaPA: what is refused, and rules that a sample shows badly."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from usance.plugins import Unreadable
from usance.plugins.einvoices import fatturapa, finvoice, read_any, svefaktura, ubl
from usance.plugins.einvoices._verdict import verdict

HERE = Path(__file__).parent
SVEFAKTURA = (HERE / "svefaktura" / "credit_note.xml").read_bytes()
FINVOICE = (HERE / "finvoice" / "two_in_frames.xml").read_bytes()
FATTURA = (HERE / "fatturapa" / "three_bodies.xml").read_bytes()
TODAY = date(2026, 11, 22)
DOCTYPE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def codes(module: ModuleType, data: bytes) -> list[str]:
    return [finding.code for _, findings in module.read(data) for finding in findings]


@pytest.mark.parametrize(
    ("module", "data", "says"),
    [
        (svefaktura, DOCTYPE + SVEFAKTURA[39:], "a DOCTYPE"),
        (svefaktura, SVEFAKTURA[:-5], "the XML is broken"),
        (svefaktura, FATTURA, "this is no Svefaktura 1.0"),
        (finvoice, DOCTYPE + b"<Finvoice/>", "a DOCTYPE"),
        (finvoice, FINVOICE.replace(b"<Finvoice V", DOCTYPE + b"<Finvoice V"), "a DOCTYPE"),
        (finvoice, FINVOICE.replace(b"</Finvoice>", b"</Finvoice><x/>", 1), "no SOAP envelope"),
        (finvoice, FINVOICE.replace(b"</Finvoice>", b"", 1), "the XML is broken"),
        (finvoice, FINVOICE + b"<b/>", "something stands behind the last invoice"),
        (fatturapa, DOCTYPE + FATTURA[39:], "a DOCTYPE"),
        (fatturapa, FATTURA.replace(b"FatturaElettronicaBody", b"Body"), "there is no FatturaEl"),
    ],
)
def test_what_may_do_harm_or_is_cut_is_refused(module: ModuleType, data: bytes, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        module.read(data)

    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("module", "data", "tag"),
    [
        (svefaktura, SVEFAKTURA, b"cbc:TaxInclusiveTotalAmount"),
        (finvoice, FINVOICE, b"InvoiceTotalVatIncludedAmount"),
    ],
)
def test_a_missing_total_is_said_and_not_made_up(
    module: ModuleType, data: bytes, tag: bytes
) -> None:
    without = data.replace(b"<" + tag + b" ", b"<x ").replace(b"</" + tag + b">", b"</x>")

    invoice, findings = module.read(without)[0]

    assert invoice.totals.gross is None
    assert "total_missing" in [finding.code for finding in findings]


def test_an_amount_in_another_currency_blocks() -> None:
    mixed = SVEFAKTURA.replace(b'amountCurrencyID="SEK">10.02', b'amountCurrencyID="EUR">10.02')

    assert codes(svefaktura, mixed) == ["currency_differs"]


def test_places_in_a_file_of_several_are_lines_of_that_file() -> None:
    before, _, after = FINVOICE.rpartition(b"10,50")
    data = before + b"10.5x" + after

    _, (_, (finding, *_)) = finvoice.read(data)

    _, _, line = finding.where.rpartition("line ")
    assert b"10.5x" in data.split(b"\n")[int(line) - 1]


@pytest.mark.parametrize("asked", [b"1255,00", b"1200,00"])
def test_the_payment_slip_says_what_is_owed(asked: bytes) -> None:
    data = FINVOICE.replace(b'"EUR">1255,00</EpiI', b'"EUR">' + asked + b"</EpiI")

    (invoice, findings), _ = finvoice.read(data)

    assert invoice.totals.payable == Decimal(asked.decode().replace(",", "."))
    assert [finding.code for finding in findings] == (
        [] if asked == b"1255,00" else ["payable_differs"]
    )


def test_a_buyer_who_pays_the_tax_to_the_state_owes_the_rest() -> None:
    (invoice, _), *_ = fatturapa.read(FATTURA)

    assert (invoice.totals.gross, invoice.totals.payable) == (Decimal("1220.00"), Decimal(1000))
    assert invoice.taxes[0].category == "B"


def test_an_invoice_that_the_buyer_wrote_is_self_billed() -> None:
    own = FATTURA.replace(
        b"</FatturaElettronicaHeader>",
        b"<SoggettoEmittente>CC</SoggettoEmittente></FatturaElettronicaHeader>",
    )

    assert [invoice.type_code for invoice, _ in fatturapa.read(own)] == ["389", "381", "389"]


@pytest.mark.parametrize("data", [SVEFAKTURA, FINVOICE, FATTURA])
def test_damage_ends_as_findings_or_unreadable(data: bytes) -> None:
    for at in range(0, len(data), 37):
        for broken in (data[:at], data[:at] + b"<" + data[at:], data[:at] + data[at + 23 :]):
            try:
                read_any(broken)
            except Unreadable:
                continue


NAMES_A_FILE = (
    b'<!DOCTYPE Finvoice\n SYSTEM "../Finvoice.dtd">\n<?xml-stylesheet href="Finvoice.xsl"?>'
)
OLDER = FINVOICE.replace(b'<Finvoice Version="3.0"', NAMES_A_FILE + b'<Finvoice Version="1.2"')


def test_the_line_that_old_finvoice_asked_for_is_passed_over() -> None:
    alone = OLDER[OLDER.index(b"<?xml ") : OLDER.index(b"</Finvoice>") + len(b"</Finvoice>")]

    assert finvoice.read(OLDER) == finvoice.read(FINVOICE)
    assert read_any(alone) == ("finvoice", finvoice.read(FINVOICE)[:1])
    assert verdict(alone, profile=None, today=TODAY).valid


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"Lauta", b"&lauta;", "Entity 'lauta' not defined"),
        (b'.dtd">', b'.dtd" [<!ENTITY lauta "Lauta">]>', "a DOCTYPE"),
        (NAMES_A_FILE, NAMES_A_FILE * 2, "a DOCTYPE"),
        (b"DOCTYPE Finvoice", b"DOCTYPE Invoice", "a DOCTYPE"),
    ],
)
def test_nothing_leans_on_the_file_that_it_names(old: bytes, new: bytes, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        finvoice.read(OLDER.replace(old, new))

    assert says in str(refused.value)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_older_fatturapa_are_read_as_the_present_one(version: str) -> None:
    older = FATTURA.replace(
        fatturapa.NAMESPACE.encode(), f"http://www.fatturapa.gov.it/sdi/fatturapa/v{version}".encode()
    ).replace(b'versione="FPA12"', f'versione="{version}"'.encode())  # fmt: skip

    assert older != FATTURA
    assert fatturapa.read(older) == fatturapa.read(FATTURA)


def test_a_finvoice_credit_note_says_when_what_it_takes_back_was_issued() -> None:
    number = b"<OriginalInvoiceNumber>1042</OriginalInvoiceNumber>"
    day = b'<OriginalInvoiceDate Format="CCYYMMDD">20260922</OriginalInvoiceDate>'
    data = FINVOICE.replace(b"</InvoiceDate>", b"</InvoiceDate>" + number + day, 1)

    (before, *_) = finvoice.read(data)[0][0].preceding

    assert (before.number, str(before.issued_on)) == ("1042", "2026-09-22")


OIOUBL = b"""<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<b:CustomizationID>OIOUBL-2.02</b:CustomizationID><b:ID>D-1</b:ID>
<b:IssueDate>2026-03-31</b:IssueDate><b:DocumentCurrencyCode>DKK</b:DocumentCurrencyCode>
<a:AccountingSupplierParty><a:Party><a:PartyName><b:Name>Havn ApS</b:Name></a:PartyName>
<a:PostalAddress><b:StreetName>Kajen</b:StreetName><b:BuildingNumber>4</b:BuildingNumber>
</a:PostalAddress><a:PartyTaxScheme><b:CompanyID>DK13585628</b:CompanyID><a:TaxScheme>
<b:ID>63</b:ID></a:TaxScheme></a:PartyTaxScheme></a:Party></a:AccountingSupplierParty>
<a:PaymentMeans><b:PaymentMeansCode>42</b:PaymentMeansCode><a:PayeeFinancialAccount>
<b:ID>440116243</b:ID><a:FinancialInstitutionBranch><b:ID>0040</b:ID>
</a:FinancialInstitutionBranch></a:PayeeFinancialAccount></a:PaymentMeans>
<a:PaymentMeans><b:PaymentMeansCode>93</b:PaymentMeansCode><b:InstructionID>123456789012347
</b:InstructionID><b:PaymentID>71</b:PaymentID><a:CreditAccount><b:AccountID>81234567</b:AccountID>
</a:CreditAccount></a:PaymentMeans>
<a:TaxTotal><b:TaxAmount currencyID="DKK">250.00</b:TaxAmount><a:TaxSubtotal>
<b:TaxableAmount currencyID="DKK">1000.00</b:TaxableAmount>
<b:TaxAmount currencyID="DKK">250.00</b:TaxAmount><a:TaxCategory><b:ID>StandardRated</b:ID>
<b:Percent>25</b:Percent></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>
<a:LegalMonetaryTotal><b:LineExtensionAmount currencyID="DKK">1000.00</b:LineExtensionAmount>
<b:TaxExclusiveAmount currencyID="DKK">250.00</b:TaxExclusiveAmount>
<b:TaxInclusiveAmount currencyID="DKK">1250.00</b:TaxInclusiveAmount>
<b:PayableAmount currencyID="DKK">1250.00</b:PayableAmount></a:LegalMonetaryTotal></Invoice>"""


def test_danish_words_are_ours_and_its_tax_is_no_net() -> None:
    (made, _) = ubl.read(OIOUBL)[0]

    assert (made.totals.net, made.totals.tax) == (Decimal("1000.00"), Decimal("250.00"))
    assert [tax.category for tax in made.taxes] == ["S"]
    assert (made.seller.name, made.seller.vat_id) == ("Havn ApS", "DK13585628")
    assert made.seller.address
    assert made.seller.address.street == "Kajen 4"
    bank, card = made.payment_means
    assert bank.accounts[0].number == "00400440116243"
    assert (card.reference, card.accounts[0].number) == ("123456789012347", "81234567")


def test_a_creditor_beside_an_account_breaks_nothing() -> None:
    both = b"<a:CreditAccount><b:AccountID>81234567</b:AccountID></a:CreditAccount>"
    data = OIOUBL.replace(b"<a:PayeeFinancialAccount>", both + b"<a:PayeeFinancialAccount>")

    assert ubl.read(data)[0][0].payment_means == ubl.read(OIOUBL)[0][0].payment_means


def test_a_danish_net_that_is_one_stays() -> None:
    exclusive = b'<b:TaxExclusiveAmount currencyID="DKK">'
    (made, _) = ubl.read(OIOUBL.replace(exclusive + b"250.00", exclusive + b"1000.00"))[0]

    assert made.totals.net == Decimal("1000.00")
