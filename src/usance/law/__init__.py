"""Rates and clocks of each country: dated data with its source, outside of the code."""

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from usance.domain.collection import RatePeriod
from usance.domain.distribution import Duty, Sort
from usance.domain.finance import LegalBasis
from usance.domain.payment import Debt, Order
from usance.domain.settlement import fees, relief

HERE = Path(__file__).parent


@cache
def late_interest(country: str) -> tuple[RatePeriod, ...]:
    """Yearly rates between businesses, in the order of time; none for a country we do not know."""
    table = tomllib.loads((HERE / "late_interest.toml").read_text())
    rows = table.get(country, [])
    return tuple(_period(row) for row in sorted(rows, key=lambda row: row["first"]))


@cache
def e_invoicing() -> tuple[Duty, ...]:
    """Where invoices must go through a network. A country that is not in it has no duty here."""
    table = tomllib.loads((HERE / "e_invoicing.toml").read_text())
    return tuple(_duty(country, row) for country, rows in table.items() for row in rows)


@cache
def allocation_orders() -> dict[str, Order]:
    """What a payment pays first, by country. Others have no order of their own."""
    table = tomllib.loads((HERE / "allocation.toml").read_text())
    return {
        country: Order(
            country=country, debts=tuple(map(Debt, row["order"])), several=row["several"],
            source=row["source"],
        )
        for country, row in table.items()
    }  # fmt: skip


@cache
def fee_vat() -> fees.Law:
    """What tax our own charges bear. What has no row is not known."""
    table = tomllib.loads((HERE / "fee_vat.toml").read_text())
    return fees.Law(
        union=frozenset(table["union"]),
        rates=tuple(
            fees.Rate(
                country=row["country"], first=row["first"], last=row.get("last"),
                rate=Decimal(row["rate"]), source=row["source"],
            )
            for row in table["rate"]
        ),
        rules=tuple(
            fees.Rule(
                country=row["country"], sort=fees.Sort(row["sort"]),
                basis=frozenset(map(LegalBasis, row["basis"])), first=row["first"],
                last=row.get("last"), taxable=row["taxable"], reason=row.get("reason", ""),
                source=row["source"],
            )
            for row in table["rule"]
        ),
    )  # fmt: skip


@cache
def bad_debt() -> dict[str, relief.Rule]:
    """When the tax on what was never paid may be corrected, by country. Others are not known."""
    table = tomllib.loads((HERE / "bad_debt.toml").read_text())
    return {
        country: relief.Rule(
            country=country, first=row["first"], months=row.get("months", 0),
            days=row.get("days", 0), certain=row["certain"], insolvency=row["insolvency"],
            does=row["does"], again=row["again"], source=row["source"], read=row.get("read", ""),
        )
        for country, row in table.items()
    }  # fmt: skip


def _duty(country: str, row: dict[str, object]) -> Duty:
    since, to = row["since"], row["to"]
    assert isinstance(since, date)
    assert isinstance(to, list)
    return Duty(
        country=country,
        name=str(row["name"]),
        network=str(row["network"]),
        since=since,
        to=frozenset(map(Sort, to)),
        source=str(row["source"]),
    )


def _period(row: dict[str, object]) -> RatePeriod:
    first, last = row["first"], row["last"]
    assert isinstance(first, date)
    assert isinstance(last, date)
    return RatePeriod(first=first, last=last, rate=Decimal(str(row["rate"])))
