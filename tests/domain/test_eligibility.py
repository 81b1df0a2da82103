"""Which invoices count and why the others do not: each rule at its edge, the order, the release."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.domain.credit import concentration, eligibility
from usance.domain.credit.eligibility import Agreed, Base, Because, Facts, Mark, Standing

ON = date(2026, 6, 30)
BOLT = Standing(name="Bolt", country="DE", limit_minor=10_000_00)
GOOD = Facts(
    on=ON, issued_on=date(2026, 5, 1), due_on=date(2026, 5, 31), disputed=False,
    unconfirmed=False, unnotified_days=None, marks=frozenset(), debtor=BOLT,
)  # fmt: skip
ALL = Agreed(
    past_due_days=30, since_issue_days=60, countries=frozenset({"DE", "SE"}), government=False,
    notice_days=10,
)  # fmt: skip


def of(**debtor: object) -> dict[str, object]:
    return {"debtor": replace(BOLT, **debtor)}


def test_what_is_good_counts() -> None:
    assert eligibility.reasons(GOOD, ALL) == ()


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        ({"due_on": date(2026, 5, 30)}, Because.AGED_PAST_DUE),  # 31 days, 30 are agreed.
        ({"issued_on": date(2026, 4, 30)}, Because.AGED_SINCE_ISSUE),  # 61 days, 60 are agreed.
        ({"cross_aged": True}, Because.CROSS_AGED),
        (of(insolvent=True), Because.DEBTOR_INSOLVENT),
        (of(limit_minor=None), Because.NO_LIMIT),
        ({"disputed": True}, Because.DISPUTED),
        (of(marks=frozenset({Mark.AFFILIATE})), Because.AFFILIATE),
        (of(marks=frozenset({Mark.ASSIGNMENT_BANNED})), Because.ASSIGNMENT_BANNED),
        ({"marks": frozenset({Mark.EXCLUDED})}, Because.EXCLUDED),
        ({"marks": frozenset({Mark.SALE_OR_RETURN})}, Because.SALE_OR_RETURN),
        ({"marks": frozenset({Mark.PROGRESS_BILLING})}, Because.PROGRESS_BILLING),
        ({"marks": frozenset({Mark.PRE_BILLED})}, Because.PRE_BILLED),
        ({"issued_on": date(2026, 7, 1)}, Because.PRE_BILLED),
        ({"unconfirmed": True}, Because.UNVERIFIED),
        ({"unnotified_days": 11}, Because.NOT_NOTIFIED),
        (of(country="NO"), Because.FOREIGN),
        (of(public=True), Because.GOVERNMENT),
    ],
)
def test_each_rule_speaks_alone(changed: dict[str, object], because: Because) -> None:
    assert eligibility.reasons(replace(GOOD, **changed), ALL) == (because,)


@pytest.mark.parametrize(
    "changed",
    [
        {"due_on": date(2026, 5, 31)},  # Just 30 days.
        {"issued_on": date(2026, 5, 1)},  # Just 60.
        {"issued_on": ON},
        {"unnotified_days": 10},
        of(country="SE"),
        of(limit_minor=0),  # It was assessed; how far is another rule's matter.
        of(marks=frozenset({Mark.CONTRA})),  # A part only.
    ],
)
def test_the_edge_itself_counts(changed: dict[str, object]) -> None:
    assert eligibility.reasons(replace(GOOD, **changed), ALL) == ()


def test_what_was_not_agreed_is_not_looked_at() -> None:
    old = replace(GOOD, issued_on=date(2020, 1, 1), due_on=date(2020, 2, 1), unnotified_days=900)
    abroad = replace(old, debtor=replace(BOLT, country="NO", public=True))
    silent = Agreed(past_due_days=None)
    assert eligibility.reasons(abroad, silent) == ()


def test_age_is_the_primary_reason_and_the_others_are_told() -> None:
    bad = replace(
        GOOD, due_on=date(2026, 3, 1), disputed=True, debtor=replace(BOLT, insolvent=True)
    )
    assert eligibility.reasons(bad, ALL) == (
        Because.AGED_PAST_DUE, Because.DEBTOR_INSOLVENT, Because.DISPUTED,
    )  # fmt: skip


@pytest.mark.parametrize("because", list(Because))
def test_every_reason_has_its_sentence_and_its_way_out(because: Because) -> None:
    assert eligibility.sentence(because).endswith(".")
    assert eligibility.release(because, GOOD).says.endswith(".")


def test_what_is_dated_ahead_is_released_by_its_day() -> None:
    early = replace(GOOD, issued_on=date(2026, 7, 4))
    assert eligibility.release(Because.PRE_BILLED, early).on == date(2026, 7, 4)


def test_the_last_day_on_which_it_counts_is_told() -> None:
    assert eligibility.counts_until(GOOD, ALL) == date(2026, 6, 30)
    assert eligibility.counts_until(GOOD, Agreed(past_due_days=None)) is None


@pytest.mark.parametrize(
    ("owed", "share", "base", "gross", "most"),
    [
        ([100, 100, 100], "0.25", Base.GROSS, 400, 100),
        ([100, 100, 100], "0.25", Base.ELIGIBLE, 400, 75),
        ([60, 20, 20], "0.4", Base.ELIGIBLE, 0, 40),
        # The base shrinks: 60 becomes m, with m = 40 % of (m + 40).
        ([60, 20, 20], "0.4", Base.REMAINING, 0, 26),
        ([500, 100, 100], "0.4", Base.REMAINING, 0, 133),
        # A hair below a third and three debtors: 3 x share is less than the whole.
        ([100, 100, 100], "0.333333", Base.REMAINING, 0, 0),
        # Two debtors, each at most 40 %: nobody makes a base.
        ([50, 50], "0.4", Base.REMAINING, 0, 0),
        ([50, 50], "0.5", Base.REMAINING, 0, 50),
        ([70], "1", Base.REMAINING, 0, 70),
        ([], "0.2", Base.REMAINING, 0, 0),
    ],
)
def test_what_of_one_debtor_may_count(
    owed: list[int], share: str, base: Base, gross: int, most: int
) -> None:
    said = concentration.most(owed, share=Decimal(share), base=base, gross_minor=gross)
    assert said == most


@given(
    owed=st.lists(st.integers(0, 10**9), max_size=12),
    percent=st.integers(1, 100),
)
def test_the_circular_rule_is_solved_and_no_larger_share_would_do(
    owed: list[int], percent: int
) -> None:
    share = Decimal(percent) / 100
    cap = concentration.most(owed, share=share, base=Base.REMAINING, gross_minor=0)

    def remaining(at: int) -> int:
        return sum(min(one, at) for one in owed)

    if any(one > cap for one in owed):  # A cap that cuts: one unit of rounding for each debtor.
        assert share * remaining(cap) + len(owed) >= cap
        assert share * remaining(cap + 2) < cap + 2
    else:
        assert all(one <= share * sum(owed) for one in owed)
