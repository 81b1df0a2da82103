"""Rates and clocks of each country: dated data with its source, outside of the code."""

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from usance.domain.collection import RatePeriod

HERE = Path(__file__).parent


@cache
def late_interest(country: str) -> tuple[RatePeriod, ...]:
    """Yearly rates between businesses, in the order of time; none for a country we do not know."""
    table = tomllib.loads((HERE / "late_interest.toml").read_text())
    rows = table.get(country, [])
    return tuple(_period(row) for row in sorted(rows, key=lambda row: row["first"]))


def _period(row: dict[str, object]) -> RatePeriod:
    first, last = row["first"], row["last"]
    assert isinstance(first, date)
    assert isinstance(last, date)
    return RatePeriod(first=first, last=last, rate=Decimal(str(row["rate"])))
