"""The measures of the reports, by table: exact figures, and silence where nothing can be said."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from usance.domain import measures
from usance.domain.measures import BASES, BY_DUE, BY_ISSUE


@pytest.mark.parametrize(
    ("days", "due", "issued"),
    [
        (-30, "not_due", "i0_30"),
        (0, "not_due", "i0_30"),  # On the due date itself nothing is late.
        (1, "d1_30", "i0_30"),
        (30, "d1_30", "i0_30"),
        (31, "d31_60", "i31_60"),
        (60, "d31_60", "i31_60"),
        (61, "d61_90", "i61_90"),
        (90, "d61_90", "i61_90"),
        (91, "d91", "i91_120"),
        (120, "d91", "i91_120"),
        (121, "d91", "i121"),
        (4000, "d91", "i121"),
    ],
)
def test_an_age_lies_in_one_bucket(days: int, due: str, issued: str) -> None:
    assert measures.bucket(days, BY_DUE).name == due
    assert measures.bucket(days, BY_ISSUE).name == issued


def test_the_buckets_leave_no_day_out_and_name_none_twice() -> None:
    for buckets in BASES.values():
        assert buckets[0].first is None
        assert buckets[-1].last is None
        for one, following in pairwise(buckets):
            assert one.last is not None
            assert following.first == one.last + 1
    names = [one.name for buckets in BASES.values() for one in buckets]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("outstanding", "bought", "days", "dso"),
    [
        (4_500_000, 9_000_000, 90, "45.0"),
        (1_000_000, 3_000_000, 30, "10.0"),
        (100, 300, 100, "33.3"),
        (0, 100, 30, "0.0"),
        (100, 0, 30, None),  # Nothing was bought: nothing can be said.
    ],
)
def test_dso_is_what_is_outstanding_in_days_of_buying(
    outstanding: int, bought: int, days: int, dso: str | None
) -> None:
    assert measures.dso(outstanding, bought, days) == (Decimal(dso) if dso else None)


@pytest.mark.parametrize(
    ("outstanding", "months", "days"),
    [
        # March 31 days 600, February 28 days 500: all of March, 300/500 of February.
        (900, [(31, 600), (28, 500), (31, 700)], "47.8"),
        (600, [(31, 600), (28, 500)], "31.0"),
        (0, [(31, 600)], "0.0"),
        (300, [(31, 600)], "15.5"),
        (100, [(31, 0), (28, 200)], "45.0"),  # A month without a purchase counts whole.
        (5000, [(31, 600), (28, 500)], None),  # Older than every month looked at.
    ],
)
def test_the_countback_uses_months_up_from_the_newest(
    outstanding: int, months: list[tuple[int, int]], days: str | None
) -> None:
    assert measures.countback(outstanding, months) == (Decimal(days) if days else None)


def test_months_go_back_from_a_day_over_the_turn_of_the_year() -> None:
    assert measures.months(date(2026, 2, 10), 3) == (
        (date(2026, 2, 1), date(2026, 2, 10)),
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2025, 12, 1), date(2025, 12, 31)),
    )


@pytest.mark.parametrize(
    ("part", "whole", "rate"),
    [(5_000, 100_000, "0.05"), (1, 3, "0.3333"), (0, 10, "0"), (10, 0, None), (-5, 100, "-0.05")],
)
def test_dilution_and_concentration_are_parts_of_a_whole(
    part: int, whole: int, rate: str | None
) -> None:
    expected = Decimal(rate) if rate else None
    assert measures.dilution(part, whole) == expected
    assert measures.concentration(part, whole) == expected


@pytest.mark.parametrize(
    ("minor_days", "days", "mean"),
    [(10_000, 10, 1000), (1000, 10, 100), (1, 2, 1), (1, 3, 0), (-5, 10, -1)],
)
def test_a_mean_is_of_every_evening(minor_days: int, days: int, mean: int) -> None:
    assert measures.mean(minor_days, days) == mean


def test_a_ledger_that_is_bought_twice_in_half_a_year_turns_four_times_a_year() -> None:
    assert measures.turn(200, 100, 182) == Decimal("4.01")
    assert measures.turn_days(200, 100, 182) == Decimal("91.0")
    assert measures.turn(200, 0, 182) is None
    assert measures.turn_days(0, 100, 182) is None


def test_a_yield_is_of_a_year_on_the_funds_in_use() -> None:
    assert measures.profitability(15_000, 1_000_000, 30) == Decimal("0.1825")
    assert measures.profitability(-15_000, 1_000_000, 365) == Decimal("-0.0150")
    assert measures.profitability(15_000, 0, 30) is None
