"""Payments in another currency than the invoice's: both amounts, which rate they make, and what is
proposed."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest

from usance.domain.exchange import Cross, RateImpossible, dealt, typed
from usance.domain.money import Money
from usance.domain.payment import (
    ELSEWHERE,
    BankLine,
    OpenItem,
    Ordered,
    RateTooFar,
    Reference,
    TooLittle,
    Verdict,
    agreed,
    at_rate,
    elsewhere,
    of_bank,
)

DAY, BEFORE = date(2026, 4, 10), date(2026, 4, 9)
KNOWN = {("USD", BEFORE): Decimal("1.10"), ("JPY", BEFORE): Decimal(165),
         ("KWD", BEFORE): Decimal("0.31")}  # fmt: skip


def m(text: str) -> Money:
    amount, currency = text.split()
    return Money.of(amount, currency)


def day(of: str, into: str) -> Cross:
    return dealt(of, into, DAY, KNOWN)


@pytest.mark.parametrize(
    ("left", "owed", "paid", "pays"),
    [
        ("10950.00 USD", "10000.00 EUR", "10950.00 USD", "9954.55 EUR"),
        ("11000.00 USD", "10000.00 EUR", "11000.00 USD", "10000.00 EUR"),
        ("10999.99 USD", "10000.00 EUR", "10999.99 USD", "9999.99 EUR"),
        ("11000.02 USD", "10000.00 EUR", "11000.00 USD", "10000.00 EUR"),
        ("1650083 JPY", "10000.00 EUR", "1650000 JPY", "10000.00 EUR"),
        ("1 JPY", "10000.00 EUR", "1 JPY", "0.01 EUR"),
        ("10000.00 EUR", "3100.000 KWD", "10000.00 EUR", "3100.000 KWD"),
        ("2818.182 KWD", "10000.00 USD", "2818.182 KWD", "10000.00 USD"),
        ("5000.000 KWD", "1500000 JPY", "2818.182 KWD", "1500000 JPY"),
        ("0.01 EUR", "9.999 KWD", "0.01 EUR", "0.003 KWD"),
    ],
)
def test_at_a_rate_no_more_is_used_than_is_owed(left: str, owed: str, paid: str, pays: str) -> None:
    found = at_rate(m(left), m(owed), day(m(left).currency, m(owed).currency))
    assert found == (m(paid), m(pays))
    told = agreed(*found, day(m(left).currency, m(owed).currency))
    assert (told.is_of_day, told.rate) == (True, told.day)


@pytest.mark.parametrize(
    ("paid", "pays", "rate", "at_day"),
    [
        ("10950.00 USD", "10000.00 EUR", "0.9132420091", "9954.55 EUR"),
        ("10000.00 EUR", "3069.000 KWD", "0.3069000000", "3100.000 KWD"),
        ("1700000 JPY", "10000.00 EUR", "0.0058823529", "10303.03 EUR"),
    ],
)
def test_both_amounts_make_the_rate_of_the_bank(
    paid: str, pays: str, rate: str, at_day: str
) -> None:
    told = agreed(m(paid), m(pays), day(m(paid).currency, m(pays).currency))
    assert (told.is_of_day, f"{told.rate.rate}", told.at_day) == (False, rate, m(at_day))
    assert told.rate.worth(m(paid)) == m(pays)


@pytest.mark.parametrize(
    ("paid", "pays"), [("11000.00 USD", "8999.99 EUR"), ("11000.00 USD", "11000.01 EUR")]
)
def test_what_is_a_tenth_away_from_the_day_is_a_slip(paid: str, pays: str) -> None:
    with pytest.raises(RateTooFar):
        agreed(m(paid), m(pays), day("USD", "EUR"))


def test_a_tenth_itself_is_none_and_nothing_pays_nothing() -> None:
    assert agreed(m("11000.00 USD"), m("9000.00 EUR"), day("USD", "EUR")).pays == m("9000.00 EUR")
    with pytest.raises(TooLittle):
        agreed(*at_rate(m("0.001 KWD"), m("9.00 EUR"), day("KWD", "EUR")), day("KWD", "EUR"))


def test_a_rate_that_a_person_types_counts_units_and_not_cents() -> None:
    said = typed(day("KWD", "JPY"), Decimal("530.5"))
    assert said.worth(m("2.000 KWD")) == m("1061 JPY")
    for rate in ("0", "-1", "1E+40", "1E-999999"):
        with pytest.raises(RateImpossible):
            typed(said, Decimal(rate))


BOLT, CRANE = uuid4(), uuid4()


def item(number: str, owed: str, debtor: object = BOLT) -> OpenItem:
    return OpenItem(
        invoice=uuid4(),
        number=number,
        payment_reference="",
        outstanding=m(owed),
        debtor=debtor,
    )  # type: ignore[arg-type] # Any UUID.


def line(amount: str, *numbers: str) -> BankLine:
    refs = tuple(Reference(scheme="invoice", value=number) for number in numbers)
    return BankLine(amount=m(amount), booked_on=DAY, references=refs)


@pytest.mark.parametrize(
    ("amount", "items", "proposed"),
    [
        ("11000.00 USD", [item("RE-1001", "10000.00 EUR")], 1),
        ("10679.62 USD", [item("RE-1001", "10000.00 EUR")], 1),  # Three in a hundred away, ...
        ("11340.20 USD", [item("RE-1001", "10000.00 EUR")], 1),  # ... either way.
        ("10679.61 USD", [item("RE-1001", "10000.00 EUR")], 0),
        ("11340.21 USD", [item("RE-1001", "10000.00 EUR")], 0),
        ("11000.00 USD", [item("RE-1001", "10000.00 USD")], 0),  # The engine's own currency.
        ("11000.00 USD", [item("RE-9999", "10000.00 EUR")], 0),  # Not quoted.
        ("11000.00 USD", [item("RE-1001", "4000.00 EUR"), item("RE-1002", "6000.00 EUR")], 2),
        ("11000.00 USD", [item("RE-1001", "4000.00 EUR"), item("RE-1002", "6000.00 EUR", CRANE)],
         0),
        ("11000.00 USD", [item("RE-1001", "10000.00 EUR"), item("RE-1001", "10000.00 EUR")], 0),
        ("11000.00 USD", [item("RE-1001", "4000.00 EUR"), item("RE-1002", "6000 JPY")], 0),
        ("11000.00 SEK", [item("RE-1001", "1000.00 EUR")], 0),  # No rate: nothing is guessed.
    ],
)  # fmt: skip
def test_what_is_quoted_and_worth_it_is_proposed_and_never_sure(
    amount: str, items: list[OpenItem], proposed: int
) -> None:
    own = m(amount).currency
    days = {one: day(own, one) for one in ("EUR", "JPY") if own != "SEK"}
    found = elsewhere(line(amount, "RE-1001", "RE-1002"), items, days)
    assert (len(found.allocations) if found else 0) == proposed
    if found:
        assert (found.verdict, found.says) == (Verdict.PROBABLE, ELSEWHERE)
        assert [one.amount for one in found.allocations] == [one.outstanding for one in items]


@pytest.mark.parametrize(
    ("amount", "rate", "unit", "per_dollar"),
    [
        ("1000.00 EUR", None, "", "1000/1095"),  # By both amounts.
        ("1000.00 EUR", "1.095", "EUR", "1000/1095"),
        ("1000.00 EUR", "0.92", "USD", "92/100"),  # Before charges: not what both amounts make.
        ("1000.00 EUR", "1.095", "", "1000/1095"),  # Only so round is it near the day's 1.10.
        (None, "1.095", "", "1000/1095"),
        (None, "1.4", "", None),  # Neither way is near.
        (None, "1.095", "USD", None),
        ("500.00 EUR", None, "", None),
        ("1000.00 EUR", "9.9", "EUR", "1000/1095"),  # A rate that nobody took: by the amounts.
        ("1000.00 GBP", "1.095", "GBP", None),  # Of another pair.
        ("1000.00 EUR", "0.0000000000001", "EUR", "1000/1095"),
    ],
)
def test_the_rate_of_the_bank(
    amount: str | None, rate: str | None, unit: str, per_dollar: str | None
) -> None:
    told = Ordered(
        amount=m(amount) if amount else None, rate=Decimal(rate) if rate else None, unit=unit
    )
    found = of_bank(told, m("1095.00 USD"), day("USD", "EUR"))
    share = None if found is None else Fraction(found.numerator, found.denominator)
    assert share == (None if per_dollar is None else Fraction(per_dollar))


def test_a_rate_that_is_near_both_ways_round_is_that_of_the_amounts() -> None:
    parity = Cross(of="CHF", into="EUR", published_on=DAY, numerator=1, denominator=1)
    told = Ordered(rate=Decimal("1.05"))
    assert of_bank(told, m("1050.00 CHF"), parity) is None
    told = Ordered(amount=m("1000.00 EUR"), rate=Decimal("1.05"))
    found = of_bank(told, m("1050.00 CHF"), parity)
    assert found is not None
    assert found.worth(m("1050.00 CHF")) == m("1000.00 EUR")
