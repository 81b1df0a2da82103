"""Money is whole minor units: nothing is lost, nothing is invented, nothing mixes."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.domain.money import LARGEST_MINOR, Money, NotMoney, exponent, least, total

CURRENCIES = ("JPY", "EUR", "BHD")  # No, two and three digits behind the point.
minors = st.integers(-(10**15), 10**15)
currencies = st.sampled_from(CURRENCIES)
rates = st.decimals(min_value=0, max_value=1, places=6)


@given(minors, currencies)
def test_what_is_written_is_read_back_exactly(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of(money.decimal, currency) == money
    assert Money.of(str(money.decimal), currency) == money
    assert str(money).endswith(currency)


@given(minors, minors, currencies)
def test_adding_and_taking_away_are_exact(one: int, other: int, currency: str) -> None:
    a, b = Money(one, currency), Money(other, currency)
    assert (a + b).minor == one + other
    assert a + b - b == a
    assert a - b == -(b - a)
    assert total([a, b, -a], currency) == b
    assert least(a, b).minor == min(one, other)


@given(st.integers(0, 10**15), rates, currencies)
def test_a_part_and_what_is_left_are_the_whole(minor: int, rate: Decimal, currency: str) -> None:
    whole = Money(minor, currency)
    part = whole.at(rate, rounding=ROUND_DOWN)
    assert part + (whole - part) == whole
    assert 0 <= part.minor <= minor


@pytest.mark.parametrize(
    ("amount", "rate", "rounding", "minor"),
    [
        ("100.01", "0.5", ROUND_DOWN, 5000),
        ("100.01", "0.5", ROUND_HALF_UP, 5001),
        ("100.01", "0.5", ROUND_HALF_EVEN, 5000),
        ("100.03", "0.5", ROUND_HALF_EVEN, 5002),
        ("-100.01", "0.5", ROUND_HALF_UP, -5001),
        ("0.01", "0.8", ROUND_DOWN, 0),
    ],
)
def test_a_rate_rounds_once_and_as_told(amount: str, rate: str, rounding: str, minor: int) -> None:
    assert Money.of(amount, "EUR").at(Decimal(rate), rounding=rounding).minor == minor


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1", "JPY", 1),
        ("1", "EUR", 100),
        ("1", "BHD", 1000),
        ("0.001", "BHD", 1),
        ("1E3", "EUR", 100_000),
    ],
)
def test_each_currency_has_its_own_digits(text: str, currency: str, minor: int) -> None:
    assert Money.of(text, currency).minor == minor
    assert exponent(currency) == {"JPY": 0, "EUR": 2, "BHD": 3}[currency]


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("0.5", "JPY"), ("0.001", "EUR"), ("0.0001", "BHD"), ("NaN", "EUR"), ("Infinity", "EUR"),
        ("", "EUR"), ("1,00", "EUR"), ("ten", "EUR"), (str(LARGEST_MINOR), "EUR"),
        ("1E99999", "EUR"),
    ],
)  # fmt: skip
def test_what_is_no_amount_of_the_currency_is_refused(text: str, currency: str) -> None:
    with pytest.raises(NotMoney):
        Money.of(text, currency)


@pytest.mark.parametrize("mix", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a <= b,
                                 lambda a, b: a < b, lambda a, b: least(a, b)])  # fmt: skip
def test_two_currencies_do_not_mix(mix) -> None:  # type: ignore[no-untyped-def]  # A lambda.
    with pytest.raises(TypeError):
        mix(Money(1, "EUR"), Money(1, "SEK"))


def test_only_the_named_roundings_round() -> None:
    with pytest.raises(AssertionError):
        Money(1, "EUR").at(Decimal("0.5"), rounding="ROUND_CEILING")
