"""A debtor's word and its plans: how long reminders wait, what is offered, what is broken."""

from datetime import date

import pytest

from usance.domain.collection import plans, promises
from usance.domain.collection.plans import Instalment, State
from usance.domain.collection.promises import Word
from usance.domain.money import Money

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("word", "on", "waited", "day", "until"),
    [
        (Word.PAID, None, False, date(2026, 3, 2), date(2026, 3, 7)),
        (Word.PAID, date(2026, 2, 27), False, date(2026, 2, 27), date(2026, 3, 7)),
        (Word.PAID, date(2026, 3, 9), False, date(2026, 3, 2), date(2026, 3, 7)),
        (Word.PAYS, date(2026, 3, 16), False, date(2026, 3, 16), date(2026, 3, 21)),
        (Word.PAYS, date(2026, 2, 1), False, date(2026, 3, 2), date(2026, 3, 7)),
        (Word.PAYS, date(2026, 3, 9), True, date(2026, 3, 9), None),  # One wait for a reminder.
        (Word.PAID, None, True, date(2026, 3, 2), None),
    ],
)
def test_reminders_wait_for_the_money_once(
    word: Word, on: date | None, waited: bool, day: date, until: date | None
) -> None:
    said = promises.taken(word, on, today=TODAY, waited=waited)
    assert (said.on, said.waits_until) == (day, until)


def test_a_word_reaches_no_further_than_two_weeks() -> None:
    with pytest.raises(promises.DayTooFar):
        promises.taken(Word.PAYS, date(2026, 3, 17), today=TODAY, waited=False)


@pytest.mark.parametrize(
    ("owed", "parts"),
    [
        ("1000.00", [["500.00"] * 2, ["333.00", "333.00", "334.00"], ["250.00"] * 4,
                     ["166.00"] * 5 + ["170.00"]]),
        ("100.01", [["50.00", "50.01"]]),
        ("99.99", []),
        ("0.00", []),
    ],
)  # fmt: skip
def test_the_plans_offered_are_whole_units_and_the_last_is_what_is_left(
    owed: str, parts: list[list[str]]
) -> None:
    made = plans.offers(Money.of(owed, "EUR"), due_on=TODAY, today=TODAY)
    assert [[str(one.amount.decimal) for one in plan] for plan in made] == parts


def test_instalments_are_a_month_apart_also_at_the_ends_of_months() -> None:
    day = date(2026, 1, 21)
    plan = plans.offered(Money.of("600", "EUR"), 4, due_on=day, today=day)
    days = [one.due_on for one in plan]
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


@pytest.mark.parametrize(
    ("due_on", "first"),
    [
        (date(2026, 1, 1), date(2026, 3, 12)),
        (date(2026, 3, 12), date(2026, 3, 12)),
        (date(2026, 5, 4), date(2026, 5, 4)),
    ],
)
def test_nobody_pays_an_instalment_before_the_invoice_is_due(due_on: date, first: date) -> None:
    plan = plans.offered(Money.of("600", "EUR"), 2, due_on=due_on, today=TODAY)
    assert plan[0].due_on == first


def test_yen_have_no_cents_and_the_same_least() -> None:
    plan = plans.offered(Money(101, "JPY"), 2, due_on=TODAY, today=TODAY)
    assert [one.amount.minor for one in plan] == [50, 51]


def test_what_is_not_offered_is_refused() -> None:
    with pytest.raises(plans.NoSuchPlan):
        plans.offered(Money.of("1000", "EUR"), 5, due_on=TODAY, today=TODAY)


PLAN = (
    Instalment(due_on=date(2026, 3, 12), amount=Money.of("500", "EUR")),
    Instalment(due_on=date(2026, 4, 12), amount=Money.of("500", "EUR")),
)


@pytest.mark.parametrize(
    ("left", "today", "state", "due"),
    [
        ("1000.00", "2026-03-12", State.AGREED, "500.00"),
        ("1000.00", "2026-03-17", State.AGREED, "500.00"),  # The money may be under way.
        ("1000.00", "2026-03-18", State.BROKEN, "500.00"),
        ("500.01", "2026-03-18", State.BROKEN, "0.01"),
        ("500.00", "2026-03-18", State.AGREED, "500.00"),
        ("400.00", "2026-04-17", State.AGREED, "400.00"),
        ("0.01", "2026-04-18", State.BROKEN, "0.01"),
        ("0.00", "2026-03-03", State.KEPT, None),
        ("-5.00", "2026-09-01", State.KEPT, None),
    ],
)
def test_a_plan_is_broken_by_the_first_cent_that_is_missed(
    left: str, today: str, state: State, due: str | None
) -> None:
    money = Money.of(left, "EUR")
    assert plans.standing(PLAN, left=money, today=date.fromisoformat(today)) is state
    found = plans.next_due(PLAN, left=money)
    assert (str(found.amount.decimal) if found else None) == due
