"""Reminders and late interest: the ladder by the day, the interest to the cent."""

import itertools
from datetime import date
from decimal import Decimal

import pytest

from usance import law
from usance.domain import collection
from usance.domain.collection import LADDER, RatePeriod, RateUnknown, late_interest
from usance.domain.days import banking_day, days_overdue
from usance.domain.money import Money

DUE = date(2026, 4, 30)


@pytest.mark.parametrize(
    ("reached", "today", "level"),
    [
        (0, date(2026, 5, 4), None),  # Four days late: nothing yet.
        (0, date(2026, 5, 5), 1),
        (0, date(2026, 9, 1), 1),  # However late: the first comes first.
        (1, date(2026, 5, 17), None),
        (1, date(2026, 5, 18), 2),
        (2, date(2026, 5, 31), None),
        (2, date(2026, 6, 1), 3),
        (3, date(2026, 9, 1), None),  # The ladder has ended.
    ],
)
def test_a_rung_comes_on_its_day_and_none_is_skipped(
    reached: int, today: date, level: int | None
) -> None:
    rung = collection.next_rung(DUE, reached=reached, today=today)
    assert (rung.level if rung else None) == level


def test_the_ladder_climbs() -> None:
    assert [rung.level for rung in LADDER] == [1, 2, 3]
    assert [rung.days_overdue for rung in LADDER] == sorted({r.days_overdue for r in LADDER})
    assert [collection.rung_above(n) for n in range(4)] == [*LADDER, None]


RATES = (
    RatePeriod(first=date(2025, 7, 1), last=date(2025, 12, 31), rate=Decimal("0.10")),
    RatePeriod(first=date(2026, 1, 1), last=date(2026, 6, 30), rate=Decimal("0.12")),
)


@pytest.mark.parametrize(
    ("principal", "due_on", "until", "interest"),
    [
        ("10000.00", date(2026, 3, 31), date(2026, 3, 31), "0.00"),  # On the due date: nothing.
        ("10000.00", date(2026, 3, 31), date(2026, 4, 1), "3.29"),  # 10000 · 0.12 / 365 = 3.2877
        ("10000.00", date(2026, 3, 31), date(2026, 4, 30), "98.63"),  # 30 days: 98.6301
        ("36500.00", date(2025, 12, 21), date(2026, 1, 10), "220.00"),  # 10 · 10 + 10 · 12
        ("0.00", date(2026, 3, 31), date(2026, 4, 30), "0.00"),
        ("0.01", date(2026, 1, 1), date(2026, 6, 30), "0.00"),
    ],
)
def test_interest_is_exact_also_where_the_rate_changes(
    principal: str, due_on: date, until: date, interest: str
) -> None:
    found = late_interest(Money.of(principal, "EUR"), due_on=due_on, until=until, periods=RATES)
    assert found == Money.of(interest, "EUR")


@pytest.mark.parametrize(
    ("due_on", "until"),
    [(date(2026, 6, 29), date(2026, 7, 1)), (date(2025, 6, 29), date(2025, 7, 2))],
)
def test_a_day_without_a_verified_rate_is_refused(due_on: date, until: date) -> None:
    with pytest.raises(RateUnknown):
        late_interest(Money.of("100", "EUR"), due_on=due_on, until=until, periods=RATES)


def test_the_rates_of_a_country_do_not_overlap() -> None:
    for country in ("SE", "DE", "FI", "NO"):
        periods = law.late_interest(country)
        assert periods, country
        for one, next_one in itertools.pairwise(periods):
            assert one.last < next_one.first, country


def test_of_a_country_without_rates_nothing_is_claimed() -> None:
    with pytest.raises(RateUnknown):
        late_interest(
            Money.of("100", "EUR"), due_on=DUE, until=date(2026, 5, 30),
            periods=law.late_interest("XX"),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("today", "days"),
    [(date(2026, 4, 29), 0), (DUE, 0), (date(2026, 5, 1), 1), (date(2027, 4, 30), 365)],
)
def test_the_due_date_itself_is_in_time(today: date, days: int) -> None:
    assert days_overdue(DUE, today=today) == days


@pytest.mark.parametrize(
    ("day", "then"),
    [
        (date(2026, 4, 30), date(2026, 4, 30)),
        (date(2026, 5, 1), date(2026, 5, 4)),  # A holiday before a weekend.
        (date(2026, 5, 2), date(2026, 5, 4)),
        (date(2026, 5, 3), date(2026, 5, 4)),
    ],
)
def test_a_payment_waits_for_a_day_on_which_banks_work(day: date, then: date) -> None:
    assert banking_day(day, holidays={date(2026, 5, 1)}) == then
