"""What is paid now, what is kept back, what we earn: to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.domain import finance
from usance.domain.finance import Terms
from usance.domain.money import Money

TERMS = Terms(advance_rate=Decimal("0.80"), fee_rate=Decimal("0.015"))


@pytest.mark.parametrize(
    ("face", "advance", "reserve", "fee"),
    [
        ("10000.00", "8000.00", "2000.00", "150.00"),
        ("99.99", "79.99", "20.00", "1.50"),  # The lost cent stays in the reserve.
        ("0.01", "0.00", "0.01", "0.00"),
        ("0.33", "0.26", "0.07", "0.00"),
        ("33.33", "26.66", "6.67", "0.50"),
        ("1000000.01", "800000.00", "200000.01", "15000.00"),
    ],
)
def test_a_price_is_exact(face: str, advance: str, reserve: str, fee: str) -> None:
    offer = finance.price(Money.of(face, "EUR"), TERMS)
    assert offer == finance.Offer(
        advance=Money.of(advance, "EUR"), reserve=Money.of(reserve, "EUR"), fee=Money.of(fee, "EUR")
    )


@given(
    st.integers(1, 10**15),
    st.decimals("0.01", "0.95", places=6),
    st.decimals("0", "0.05", places=6),
    st.sampled_from(["JPY", "EUR", "BHD"]),
)
def test_advance_and_reserve_are_always_the_face(
    minor: int, advance: Decimal, fee: Decimal, currency: str
) -> None:
    offer = finance.price(Money(minor, currency), Terms(advance_rate=advance, fee_rate=fee))
    assert offer.advance + offer.reserve == Money(minor, currency)
    assert min(offer.advance.minor, offer.reserve.minor, offer.fee.minor) >= 0


@pytest.mark.parametrize(
    ("due", "claims", "paid", "set_off"),
    [
        ("100.00", "0.00", "100.00", "0.00"),
        ("100.00", "30.00", "70.00", "30.00"),
        ("100.00", "100.00", "0.00", "100.00"),
        ("100.00", "250.00", "0.00", "100.00"),
        ("0.00", "5.00", "0.00", "0.00"),
    ],
)
def test_a_client_is_paid_when_its_debt_is_covered(
    due: str, claims: str, paid: str, set_off: str
) -> None:
    assert finance.payout(due=Money.of(due, "EUR"), claims=Money.of(claims, "EUR")) == (
        Money.of(paid, "EUR"),
        Money.of(set_off, "EUR"),
    )


@pytest.mark.parametrize(
    ("advance", "fee"), [("-0.01", "0"), ("1.01", "0"), ("0.99", "0.02"), ("0.5", "-0.1")]
)
def test_terms_that_cannot_be_kept_are_no_terms(advance: str, fee: str) -> None:
    with pytest.raises(AssertionError):
        Terms(advance_rate=Decimal(advance), fee_rate=Decimal(fee))
