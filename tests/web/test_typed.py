"""Rates of exchange as people type them."""

from decimal import Decimal

import pytest

from usance.domain.exchange import RateImpossible
from usance.web import typed


@pytest.mark.parametrize("text", ["1,0826", "1.0826", "  1.0826 "])
def test_a_comma_is_a_point(text: str) -> None:
    assert typed.rate(text) == Decimal("1.0826")


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "-inf", "0", "-1", "1,082,6", "snan"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(RateImpossible):
        typed.rate(text)
