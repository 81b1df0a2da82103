"""Nothing is read otherwise than it is written without being told."""

from datetime import date
from decimal import Decimal

import pytest

from usance.domain.invoice.document import Account, Invoice, PaymentMeans, Totals
from usance.domain.party import Address, Identifier, Party
from usance.domain.verification.cleansing import Rule, cleanse, doubts, numbers
from usance.plugins import _registers

CLEAN = Invoice(
    number="R-1", currency="EUR", issued_on=date(2026, 3, 2), due_on=date(2026, 4, 1),
    seller=Party(name="Nordhav Seafood AB", vat_id="SE556677889901",
                 address=Address(city="Göteborg", country="SE")),
    totals=Totals(payable=Decimal("100.00")),
)  # fmt: skip


def changes(**said: object) -> list[tuple[str, str, str, Rule]]:
    from dataclasses import replace

    paper = replace(CLEAN, **said)  # type: ignore[arg-type] - by name
    known = _registers.numbers(numbers(paper))
    return [(one.where, one.was, one.cleaned, one.rule) for one in cleanse(paper, known)]


def test_a_clean_paper_has_no_difference() -> None:
    assert changes() == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"number": " R-1\u200b"}, [("BT-1", " R-1\u200b", "R-1", Rule.BLANKS)]),
        ({"seller": Party(name="Acme\u00a0  GmbH")},
         [("BT-27", "Acme\u00a0  GmbH", "Acme GmbH", Rule.BLANKS)]),
        ({"buyer": Party(name="Bo\u0308lt")}, [("BT-44", "Bo\u0308lt", "Bölt", Rule.LETTERS)]),
        ({"buyer": Party(name="BOLT AG")}, [("BT-44", "BOLT AG", "BOLT AG", Rule.CAPITALS)]),
        ({"buyer": Party(address=Address(country="Sverige"))},
         [("BG-8", "Sverige", "SE", Rule.COUNTRY)]),
        ({"buyer": Party(address=Address(country="de"))}, [("BG-8", "de", "DE", Rule.COUNTRY)]),
        ({"buyer": Party(vat_id="DE 136 695 976")},
         [("BT-48", "DE 136 695 976", "DE136695976", Rule.IDENTIFIER)]),
        ({"buyer": Party(vat_id="136 695 976", address=Address(country="DE"))},
         [("BT-48", "136 695 976", "DE136695976", Rule.IDENTIFIER)]),
        ({"buyer": Party(vat_id="GR094259216")},
         [("BT-48", "GR094259216", "EL094259216", Rule.IDENTIFIER)]),
        ({"buyer": Party(vat_id="CHE-107.787.577 TVA")},
         [("BT-48", "CHE-107.787.577 TVA", "CHE107787577", Rule.IDENTIFIER)]),
        ({"buyer": Party(vat_id="NO995525828")},
         [("BT-48", "NO995525828", "NO995525828MVA", Rule.IDENTIFIER)]),
        ({"buyer": Party(legal_id=Identifier(value="303 265 045 00017"),
                         address=Address(country="FR"))},
         [("BT-47", "303 265 045 00017", "303265045", Rule.IDENTIFIER)]),
        ({"buyer": Party(vat_id="DE136695977")},
         [("BT-48", "DE136695977", "DE136695977", Rule.CHECK_DIGIT)]),
        ({"buyer": Party(legal_id=Identifier(value="556677-8899"),
                         address=Address(country="SE"))},
         [("BT-47", "556677-8899", "5566778899", Rule.IDENTIFIER)]),
        ({"buyer": Party(legal_id=Identifier(value="HRB 4711"), address=Address(country="DE"))},
         []),
        ({"payment_means": (PaymentMeans(accounts=(Account(number="DE89 3704 0044 0532 0130 00"),
                                                   Account(number="5050-1055"))),)},
         [("BT-84", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000", Rule.IDENTIFIER)]),
        ({"due_on": None}, [("BT-9", "", "2026-03-02", Rule.DUE_DATE)]),
        ({"totals": Totals(payable=Decimal("100"))}, [("BT-115", "100", "100.00", Rule.DIGITS)]),
        ({"totals": Totals(payable=Decimal("-5.00"))}, [("BT-115", "-5.00", "5.00", Rule.SIGN)]),
    ],
)  # fmt: skip
def test_every_difference_has_its_rule(
    said: dict[str, object], expected: list[tuple[str, str, str, Rule]]
) -> None:
    assert changes(**said) == expected


def test_a_false_check_digit_is_left_and_doubted() -> None:
    paper = Invoice(buyer=Party(vat_id="DE136695977"))
    made = cleanse(paper, _registers.numbers(numbers(paper)))
    (found,) = doubts(made)
    assert (found.code, found.where, found.blocks) == ("check_digit_wrong", "BT-48", False)
    assert all(one.left for one in made)
