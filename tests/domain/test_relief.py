"""The tax in what a debtor never paid: to the cent, and not before its day."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from usance import law
from usance.domain.invoice.document import Tax
from usance.domain.money import Money
from usance.domain.settlement import relief
from usance.domain.settlement.losses import Cause
from usance.domain.settlement.relief import State


def taxes(*rows: tuple[str, str, str, str]) -> tuple[Tax, ...]:
    return tuple(
        Tax(category=category, rate=Decimal(rate), taxable=Decimal(net), tax=Decimal(tax))
        for category, rate, net, tax in rows
    )


PLAIN = taxes(("S", "25", "8000.00", "2000.00"))
MIXED = taxes(("S", "19", "100.00", "19.00"), ("S", "7", "50.00", "3.50"), ("E", "0", "10.00", "0"))


@pytest.mark.parametrize(
    ("amount", "made_of", "parts"),
    [
        ("10000.00", PLAIN, ["8000.00", "2000.00"]),
        ("60.03", PLAIN, ["48.02", "12.01"]),  # 48.024 and 12.006.
        ("0.01", PLAIN, ["0.01", "0.00"]),
        ("182.50", MIXED, ["100.00", "19.00", "50.00", "3.50", "10.00", "0.00"]),
        ("91.25", MIXED, ["50.00", "9.50", "25.00", "1.75", "5.00", "0.00"]),
        ("0.00", PLAIN, ["0.00", "0.00"]),
    ],
)
def test_a_loss_is_cut_as_the_invoice_is_made(
    amount: str, made_of: tuple[Tax, ...], parts: list[str]
) -> None:
    found = relief.split(Money.of(amount, "EUR"), made_of)
    assert [m for one in found for m in (one.net, one.tax)] == [Money.of(p, "EUR") for p in parts]


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_the_parts_are_the_whole_in_every_currency(currency: str) -> None:
    for minor, made_of in product([*range(40), 99_999_999_999_999], (PLAIN, MIXED)):
        found = relief.split(Money(minor, currency), made_of)
        assert sum(one.net.minor + one.tax.minor for one in found) == minor


def test_a_credit_note_takes_its_rates_with_it() -> None:
    note = taxes(("S", "19", "100.00", "19.00"))
    left = relief.less(MIXED, [note])
    assert left is not None
    assert relief.split(Money.of("63.50", "EUR"), left)[0].tax == Money.of("3.50", "EUR")
    assert relief.less(MIXED, [taxes(("S", "25", "1.00", "0.25"))]) is None
    assert relief.less(MIXED, [()]) is None
    assert relief.less((), []) is None


DUE, BACK = date(2026, 3, 31), date(2026, 6, 29)


@pytest.mark.parametrize(
    ("country", "cause", "made_of", "earliest", "state"),
    [
        ("SE", None, PLAIN, None, State.UNCERTAIN),
        ("SE", Cause.INSOLVENT, PLAIN, BACK, State.READY),
        ("DE", Cause.DEFAULT, PLAIN, None, State.UNCERTAIN),
        ("PL", None, PLAIN, date(2026, 6, 29), State.READY),  # 90 days after the due date.
        ("PL", Cause.INSOLVENT, PLAIN, date(2026, 6, 29), State.READY),
        ("GB", None, PLAIN, date(2026, 9, 30), State.WAITS),  # No 31st of September.
        ("NL", None, PLAIN, date(2027, 3, 31), State.WAITS),
        ("NL", Cause.INSOLVENT, PLAIN, BACK, State.READY),
        ("XX", None, PLAIN, None, State.LAW_UNKNOWN),
        ("SE", Cause.DISPUTE, PLAIN, None, State.CREDIT_NOTE),
        ("SE", None, taxes(("AE", "0", "8000.00", "0.00")), None, State.NO_TAX),
        ("SE", Cause.INSOLVENT, None, None, State.TAX_UNKNOWN),
    ],
)
def test_it_may_be_corrected_from_the_day_that_the_law_says(
    country: str, cause: Cause | None, made_of: tuple[Tax, ...] | None, earliest: date | None,
    state: State,
) -> None:  # fmt: skip
    loss = relief.Loss(
        amount=Money.of("6000.00", "EUR"), later=Money.of("0.00", "EUR"), on=BACK, due_on=DUE,
        cause=cause, taxes=made_of,
    )  # fmt: skip
    found = relief.relief(loss, law.bad_debt().get(country), today=date(2026, 7, 1))
    assert (found.earliest, found.state) == (earliest, state)


def test_what_is_paid_later_is_owed_again_and_both_make_the_whole() -> None:
    for paid in range(0, 600_001, 7919):
        loss = relief.Loss(
            amount=Money(600_001, "EUR"), later=Money(paid, "EUR"), on=BACK, due_on=DUE,
            cause=Cause.INSOLVENT, taxes=PLAIN,
        )  # fmt: skip
        found = relief.relief(loss, law.bad_debt()["SE"], today=BACK)
        assert found.tax == Money(120_000, "EUR")
        assert found.again + found.left == found.tax
        assert abs(found.again.minor - paid / 5) <= 1
        assert found.again.minor >= 0


READ = {"SE", "DK"}  # Of the others pages and papers say that nobody compared them.


def test_every_row_says_what_is_to_be_done_and_where_it_stands() -> None:
    assert {country for country, rule in law.bad_debt().items() if rule.read} == READ
    for country, rule in law.bad_debt().items():
        assert len(country) == 2
        assert rule.does.endswith(".")
        assert rule.again.endswith(".")
        assert rule.source
        assert not (rule.certain and (rule.months or rule.days)), country
