"""Reference rates: what a market rate was, from when to when. Outside of that nobody knows."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from usance.domain.finding import Finding
from usance.domain.refusal import Refusal

SCALE = 8  # Digits behind the point that a rate a year may have: 0.03215000 is 3.215 %.


# Rates that contracts often speak of, by who publishes them: a guard against typing errors, not a
# register. Terms may name any other rate that a person entered with its source.
_TENORS = {
    "European Money Markets Institute": ("EURIBOR", ("1W", "1M", "3M", "6M", "12M")),
    "Swedish Financial Benchmark Facility": ("STIBOR", ("TN", "1W", "1M", "2M", "3M", "6M")),
    "Norske Finansielle Referanser": ("NIBOR", ("1W", "1M", "2M", "3M", "6M")),
    "Danish Financial Benchmark Facility": (
        "CIBOR", ("TN", "1W", "2W", "1M", "2M", "3M", "6M", "9M", "12M"),
    ),
    "GPW Benchmark": ("WIBOR", ("ON", "TN", "1W", "2W", "1M", "3M", "6M", "1Y")),
    "Czech Financial Benchmark Facility": ("PRIBOR", ("ON", "1W", "2W", "1M", "3M", "6M", "1Y")),
}  # fmt: skip
PUBLISHED: dict[str, str] = {
    f"{name}{tenor}": who for who, (name, tenors) in _TENORS.items() for tenor in tenors
} | {
    "€STR": "European Central Bank", "ESTR": "European Central Bank",
    "SWESTR": "Sveriges Riksbank", "NOWA": "Norges Bank", "DESTR": "Danmarks Nationalbank",
    "SARON": "SIX Swiss Exchange", "SONIA": "Bank of England",
    "SOFR": "Federal Reserve Bank of New York",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRate:
    name: str  # As contracts call it: EURIBOR3M, STIBOR3M, €STR.
    first: date
    last: date  # The last day on which it is known to hold.
    rate: Decimal  # A year; 0.03215 is 3.215 %.


class RateMissing(Refusal):
    code = "reference_rate_missing"
    todo = "Enter the rate for that day, with its source: Settings, Reference rates."

    def __init__(self, name: str, day: date) -> None:
        super().__init__(f"no rate of {name} is entered for {day}")
        self.name, self.day = name, day


def unpublished(name: str, *, entered: Collection[str]) -> Iterator[Finding]:
    """A rate that terms name although nobody publishes it: they could never be priced.

    :param entered: names of rates that a person entered with their source.
    """
    if name and name not in PUBLISHED and name not in entered:
        yield Finding(
            code="reference_rate_unknown",
            says=f"{name} is no reference rate that we know of.",
            where="interest.reference",
            todo="Name one that is published, such as EURIBOR3M or STIBOR3M, or enter this one with"
            " its source first: Settings, Reference rates.",
        )  # fmt: skip


def pieces(
    name: str, known: Sequence[ReferenceRate], start: date, end: date
) -> Iterator[tuple[date, date, Decimal]]:
    """Spans from start (included) to end (excluded) with the rate that holds in each.

    :param known: rates of any name, in the order of their first days.
    :raises RateMissing: for the first day of the span that none of them covers.
    """
    day = start
    for one in known:
        if day >= end:
            return
        if one.name != name or one.last < day:
            continue
        if one.first > day:
            break
        until = min(end, one.last + timedelta(days=1))
        yield day, until, one.rate
        day = until
    if day < end:
        raise RateMissing(name, day)
