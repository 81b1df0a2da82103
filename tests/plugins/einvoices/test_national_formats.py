"""Svefaktura, Finvoice and FatturaPA: what is refused, and rules that a sample shows badly."""

from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from usance.plugins import Unreadable
from usance.plugins.einvoices import fatturapa, finvoice, read_any, svefaktura

HERE = Path(__file__).parent
SVEFAKTURA = (HERE / "svefaktura" / "credit_note.xml").read_bytes()
FINVOICE = (HERE / "finvoice" / "two_in_frames.xml").read_bytes()
FATTURA = (HERE / "fatturapa" / "three_bodies.xml").read_bytes()
SIGNED = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80" + FATTURA
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
        (fatturapa, SIGNED, "this is a signed envelope (.p7m)"),
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
