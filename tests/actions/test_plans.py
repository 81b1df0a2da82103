"""Debtors' words and plans: what waits for them, what ends them, and that nothing counts twice."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import pytest

from tests import world
from tests.actions.test_races import at_once
from tests.belt import drain, receive
from tests.stories.telling import Teller
from usance import models
from usance.actions import collection, disputes, plans, portal
from usance.domain.collection import promises
from usance.domain.collection.plans import NoSuchPlan, State
from usance.domain.collection.promises import Word
from usance.domain.mandate import NotAllowed, Role
from usance.jobs import day
from usance.queries import overdue
from usance.queries import promises as query

DUE = date(2026, 4, 30)


@dataclass(frozen=True)
class Late:
    invoice: models.Invoice
    dispatch: models.Dispatch
    teller: Teller


def at(days: int) -> datetime:
    """Noon so many days after the due day."""
    return datetime.combine(DUE, datetime.min.time(), world.NOW.tzinfo) + timedelta(
        days=days, hours=12
    )


def late() -> Late:
    """EUR 1 000.00 of Bolt's, bought and unpaid."""
    teller = Teller()
    receive(world.paper(teller.place.acme, teller.place.bolt, gross="1000.00"))
    drain(send=False)
    row = models.Invoice.objects.get()
    return Late(row, models.Dispatch.objects.get(invoice=row), teller)


def pay(row: Late, amount: str, moment: datetime) -> None:
    row.teller.pays({"": f"{amount} EUR", "quoting": row.invoice.number}, moment)
    drain(send=False, at=moment)
    assert not models.BankLine.objects.exclude(unapplied_minor=0).exists()


def reminded(row: Late, days: int) -> int:
    """How many reminders are made so many days after the due day."""
    moment = at(days)
    return collection.remind(overdue.due_for_reminder(today=moment.date()), at=moment, actor="day")


@pytest.mark.django_db
@pytest.mark.parametrize(("word", "on", "until"), [
    (Word.PAID, None, 10), (Word.PAID, date(2026, 5, 4), 10), (Word.PAYS, date(2026, 5, 10), 15),
])  # fmt: skip
def test_a_reminder_waits_for_the_money_and_then_goes_out(
    word: Word, on: date | None, until: int
) -> None:
    row = late()
    made = portal.says(row.dispatch.pk, word=word, on=on, text="", at=at(5))
    assert made is not None
    assert made.waits_until == DUE + timedelta(days=until)
    assert [reminded(row, days) for days in (5, until, until + 1)] == [0, 0, 1]
    (reminder,) = models.Reminder.objects.all()
    assert reminder.days_overdue == until + 1, "interest runs on meanwhile"
    assert reminder.interest_minor is not None
    assert reminder.interest_minor > 0


@pytest.mark.django_db
def test_a_broken_word_buys_no_second_wait_before_the_next_reminder() -> None:
    row = late()
    portal.says(row.dispatch.pk, word=Word.PAYS, on=date(2026, 5, 6), text="", at=at(5))
    again = portal.says(row.dispatch.pk, word=Word.PAID, on=None, text="", at=at(11))
    assert again is not None
    assert again.waits_until is None
    assert reminded(row, 12) == 1
    after = portal.says(row.dispatch.pk, word=Word.PAID, on=None, text="again", at=at(13))
    assert after is not None
    assert after.waits_until is not None


@pytest.mark.django_db
def test_a_person_may_remind_in_spite_of_a_word_but_not_of_a_plan() -> None:
    row = late()
    portal.says(row.dispatch.pk, word=Word.PAID, on=None, text="", at=at(5))
    who = {"role": Role.COLLECTION, "actor": "user:c"}
    made = collection.remind_now(row.invoice.pk, at=at(6), **who)  # type: ignore[arg-type]  # Both fit.
    assert made.level == 1
    plan = plans.ask(row.dispatch.pk, count=2, text="", at=at(20))
    plans.decide(plan.pk, agrees=True, at=at(20), **who)  # type: ignore[arg-type]  # As above.
    with pytest.raises(collection.NothingToRemind):
        collection.remind_now(row.invoice.pk, at=at(21), **who)  # type: ignore[arg-type]  # As above.


@pytest.mark.django_db
def test_a_word_for_a_day_too_far_is_refused_and_leaves_nothing() -> None:
    row = late()
    with pytest.raises(promises.DayTooFar):
        portal.says(row.dispatch.pk, word=Word.PAYS, on=date(2026, 6, 30), text="", at=at(5))
    assert not models.Promise.objects.exists()
    assert not models.DeliveryEvent.objects.filter(carrier="portal").exists()


@pytest.mark.django_db
def test_a_plan_is_asked_for_once_decided_once_and_by_the_right_role() -> None:
    row = late()
    asked = plans.ask(row.dispatch.pk, count=3, text="Ernte", at=at(5))
    assert plans.ask(row.dispatch.pk, count=3, text="Ernte", at=at(5)).pk == asked.pk
    with pytest.raises(plans.PlanOpen):
        plans.ask(row.dispatch.pk, count=2, text="", at=at(5))
    assert [str(one.amount.decimal) for one in asked.terms()] == ["333.00", "333.00", "334.00"]
    assert reminded(row, 6) == 1, "to ask alone holds nothing back"
    with pytest.raises(NotAllowed):
        plans.decide(asked.pk, agrees=True, role=Role.CASH, at=at(6), actor="user:x")
    who = {"role": Role.COLLECTION, "at": at(6), "actor": "user:c"}
    assert plans.decide(asked.pk, agrees=True, **who).state == State.AGREED  # type: ignore[arg-type]  # All fit.
    with pytest.raises(plans.PlanDecided):
        plans.decide(asked.pk, agrees=False, **who)  # type: ignore[arg-type]  # As above.
    kinds = models.Diary.objects.filter(kind__startswith="plan.").order_by("pk")
    assert [one.kind for one in kinds] == ["plan.asked", "plan.agreed"]


@pytest.mark.django_db
def test_what_is_not_offered_or_not_ours_is_refused() -> None:
    row = late()
    with pytest.raises(NoSuchPlan):
        plans.ask(row.dispatch.pk, count=5, text="", at=at(5))
    disputes.open_dispute(
        row.invoice.pk, reason="x", role=Role.COLLECTION, at=at(5), actor="user:c"
    )
    with pytest.raises(plans.NothingToPlan):
        plans.ask(row.dispatch.pk, count=2, text="", at=at(5))


@pytest.mark.django_db
def test_a_plan_whose_first_day_is_over_can_only_be_declined() -> None:
    row = late()
    asked = plans.ask(row.dispatch.pk, count=2, text="", at=at(5))
    with pytest.raises(plans.PlanTooLate):
        plans.decide(asked.pk, agrees=True, role=Role.COLLECTION, at=at(16), actor="user:c")
    done = plans.decide(asked.pk, agrees=False, role=Role.COLLECTION, at=at(16), actor="user:c")
    assert done.state == State.DECLINED
    assert plans.ask(row.dispatch.pk, count=2, text="", at=at(16)).state == State.ASKED


@pytest.mark.django_db
def test_the_first_missed_instalment_ends_the_plan_and_the_ladder_goes_on() -> None:
    """Asked five days late: 500.00 by day 15, which may be under way until day 20."""
    row = late()
    asked = plans.ask(row.dispatch.pk, count=2, text="", at=at(5))
    plans.decide(asked.pk, agrees=True, role=Role.COLLECTION, at=at(5), actor="user:c")
    assert reminded(row, 20) == 0
    assert plans.look_after(at=at(20), actor="day") == 0
    done = day.end(at=at(21))
    assert (done.plans_ended, done.reminders) == (1, 1)
    asked.refresh_from_db()
    assert (asked.state, asked.ended_on) == (State.BROKEN, DUE + timedelta(days=21))
    assert plans.look_after(at=at(22), actor="day") == 0


@pytest.mark.django_db
def test_a_plan_that_is_paid_in_time_is_kept_to_the_cent() -> None:
    row = late()
    asked = plans.ask(row.dispatch.pk, count=2, text="", at=at(5))
    plans.decide(asked.pk, agrees=True, role=Role.COLLECTION, at=at(5), actor="user:c")
    pay(row, "500.00", at(15))
    (one,) = query.planned([asked])
    assert one.next is not None
    assert (str(one.left), str(one.next.amount)) == ("500.00 EUR", "500.00 EUR")
    assert day.end(at=at(22)).plans_ended == 0
    pay(row, "500.00", at(40))
    assert plans.look_after(at=at(41), actor="day") == 1
    asked.refresh_from_db()
    assert asked.state == State.KEPT
    assert not models.Reminder.objects.exists()


@pytest.mark.django_db
def test_a_plan_that_nobody_decided_ends_with_the_payment() -> None:
    row = late()
    asked = plans.ask(row.dispatch.pk, count=2, text="", at=at(5))
    pay(row, "1000.00", at(6))
    assert plans.look_after(at=at(7), actor="day") == 1
    asked.refresh_from_db()
    assert (asked.state, asked.remark) == (State.DECLINED, "It was paid.")


@pytest.mark.django_db(transaction=True)
def test_eight_requests_at_once_are_one_plan_and_eight_words_one_word() -> None:
    row = late()
    made = at_once(
        *(lambda: plans.ask(row.dispatch.pk, count=2, text="", at=at(5)) for _ in range(8))
    )
    assert {one.pk for one in made} == {models.Plan.objects.get().pk}
    words = at_once(
        *(lambda: portal.says(row.dispatch.pk, word=Word.PAID, on=None, text="", at=at(5))
          for _ in range(8))
    )  # fmt: skip
    assert sum(one is not None for one in words) == models.Promise.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_batches_at_once_take_references_that_nobody_else_has() -> None:
    place = world.build()
    batches = [
        [world.paper(place.acme, place.bolt, number=f"R-{n}-{m}") for m in range(4)]
        for n in range(8)
    ]
    at_once(*(partial(receive, *batch) for batch in batches))
    issued = list(models.Invoice.objects.values_list("payment_reference", flat=True))
    assert len(issued) == len(set(issued)) == 32
