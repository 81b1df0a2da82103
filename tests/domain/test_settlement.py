"""The receivable is cleared, reduced or given back: who gets what, to the cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.domain import settlement
from usance.domain.money import Money


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


@pytest.mark.parametrize(
    ("reserve", "fee", "rebate", "claim"),
    [
        ("2000.00", "150.00", "1850.00", "0.00"),
        ("150.00", "150.00", "0.00", "0.00"),
        ("149.99", "150.00", "0.00", "0.01"),
        ("0.00", "150.00", "0.00", "150.00"),
        ("2000.00", "0.00", "2000.00", "0.00"),
    ],
)
def test_the_reserve_pays_our_fee_and_the_rest_is_the_clients(
    reserve: str, fee: str, rebate: str, claim: str
) -> None:
    assert settlement.settle(reserve=eur(reserve), fee=eur(fee)) == settlement.Release(
        fee=eur(fee), rebate=eur(rebate), claim=eur(claim)
    )


@pytest.mark.parametrize(
    ("credited", "outstanding", "reserve", "from_reserve", "claim"),
    [
        ("500.00", "10000.00", "2000.00", "500.00", "0.00"),
        ("2000.00", "10000.00", "2000.00", "2000.00", "0.00"),
        ("3000.00", "10000.00", "2000.00", "2000.00", "1000.00"),
        ("10000.00", "10000.00", "2000.00", "2000.00", "8000.00"),
        ("100.00", "100.00", "0.00", "0.00", "100.00"),
    ],
)
def test_a_credit_note_is_borne_by_the_reserve_then_by_the_client(
    credited: str, outstanding: str, reserve: str, from_reserve: str, claim: str
) -> None:
    part = settlement.reduce(eur(credited), outstanding=eur(outstanding), reserve=eur(reserve))
    assert part == settlement.Reduction(from_reserve=eur(from_reserve), claim=eur(claim))


@pytest.mark.parametrize(("credited", "outstanding"), [("0.01", "0.00"), ("100.01", "100.00")])
def test_nobody_credits_more_than_is_outstanding(credited: str, outstanding: str) -> None:
    with pytest.raises(settlement.CreditTooLarge):
        settlement.reduce(eur(credited), outstanding=eur(outstanding), reserve=eur("5000.00"))


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_repurchase_clears_the_receivable_and_the_reserve(
    outstanding: int, reserve: int, fee: int
) -> None:
    part = settlement.repurchase(
        outstanding=Money(outstanding, "EUR"), reserve=Money(reserve, "EUR")
    )
    assert part.from_reserve + part.claim == Money(outstanding, "EUR")
    end = settlement.settle(
        reserve=Money(reserve, "EUR") - part.from_reserve, fee=Money(fee, "EUR")
    )
    assert part.from_reserve + (end.fee - end.claim) + end.rebate == Money(reserve, "EUR")
    assert min(part.claim.minor, end.claim.minor, end.rebate.minor) >= 0
