"""What a banking app reads, and when there is nothing for it to read."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from usance.domain.invoice.square import LONGEST_EPC
from usance.domain.money import Money
from usance.letters import qr
from usance.letters.facts import Account
from usance.letters.invoice import payable

from . import samples

DAYS = {"issued_on": date(2026, 11, 2), "due_on": date(2026, 12, 2)}


def test_the_address_of_a_page_has_modules_that_a_telephone_reads() -> None:
    """0.33 mm is what a telephone reads from paper (DENSO WAVE's rule: four dots at 300 dpi)."""
    drawn = qr.svg(samples.ONLINE[1], error="l")
    found = re.search(r'viewBox="0 0 (\d+) ', drawn)
    assert found is not None
    assert 13 / int(found[1]) > 0.33  # frame.typ prints it 13 mm wide.


def said(account: Account, amount: Money, reference: str) -> str:
    found = qr.of(account, amount, reference, **DAYS)
    return found.says if found else ""


def test_euro_gives_an_epc_payload_with_a_structured_reference() -> None:
    assert said(samples.DE_ACCOUNT, Money(91_291, "EUR"), "RF18 5390 0754 7034") == (
        "BCD\n002\n1\nSCT\nCOBADEFFXXX\nRhein Factoring GmbH\nDE89370400440532013000\n"
        "EUR912.91\n\nRF18539007547034"
    )


def test_a_reference_that_is_no_rf_goes_as_text() -> None:
    text = said(samples.DE_ACCOUNT, Money(1, "EUR"), "Rechnung\n2026-1")
    assert text.endswith("EUR0.01\n\n\nRechnung 2026-1")


def test_kronor_give_the_swedish_invoice_qr() -> None:
    assert json.loads(said(samples.SE_ACCOUNT, Money(95_894, "SEK"), "0000481006")) == {
        "uqr": 1, "tp": 1, "nme": "Sund Factoring AB", "iref": "0000481006",
        "idt": "20261102", "ddt": "20261202", "due": "958.94", "cur": "SEK",
        "pt": "BG", "acc": "5050-1055",
    }  # fmt: skip


@pytest.mark.parametrize("currency", ["NOK", "DKK", "USD", "CHF"])
def test_no_code_where_no_standard_is(currency: str) -> None:
    assert said(samples.SE_ACCOUNT, Money(100, currency), "1") == ""


def test_no_code_for_nothing_to_pay() -> None:
    assert said(samples.DE_ACCOUNT, Money(0, "EUR"), "1") == ""
    assert payable("credit_note", samples.credit_note()) is None


def test_the_longest_payload_of_the_standard_still_fits_or_is_left_out() -> None:
    account = replace(samples.DE_ACCOUNT, holder="ü" * 70)
    assert 0 < len(said(account, Money(100, "EUR"), "x" * 90).encode()) <= LONGEST_EPC
    assert said(account, Money(100, "EUR"), "ü" * 140) == ""


def test_the_square_is_one_svg_without_a_file_around_it() -> None:
    text = said(samples.DE_ACCOUNT, Money(100, "EUR"), "RF18539007547034")
    assert qr.svg(text).startswith("<svg")
    assert qr.svg(text) == qr.svg(text)
