"""Months that close: what is refused, by whom, and what is never lost when many book meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from tests import world
from tests.actions.test_cash import Bank, line
from tests.actions.test_races import at_once, kept
from tests.belt import drain, receive
from tests.stories.telling import Teller
from usance import models
from usance.actions import accruals, allocations, fees, periods
from usance.actions import ledger as books
from usance.domain import ledger as recipes
from usance.domain.finance import Charges, Interest
from usance.domain.mandate import ContentChanged, NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.domain.periods import (
    BooksBusy,
    PeriodClosed,
    PeriodNotClosed,
    PeriodNotOver,
    PeriodOutOfOrder,
    PeriodUnclean,
    RemarkMissing,
    State,
    month,
)
from usance.domain.refusal import Refusal
from usance.queries import periods as questions
from usance.queries import trial

pytestmark = pytest.mark.django_db
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
LATER = datetime(2026, 7, 1, 9, tzinfo=UTC)
ANNA: dict[str, Any] = {"role": Role.FINANCE, "at": LATER, "actor": "user:anna"}
BO: dict[str, Any] = ANNA | {"actor": "user:bo"}


def capital(on: date, *, of: str = "deed", at: datetime = LATER) -> int:
    entry = recipes.capital(Money(100, "EUR"), on=on, voucher=f"{of} {on}")
    return books.book([entry], at=at, actor="test")


def clean() -> None:
    """A book without bank accounts: nothing of it waits for a statement."""
    models.BankAccount.objects.all().delete()


def test_nothing_is_booked_into_a_month_that_is_closed() -> None:
    capital(MARCH)
    periods.close(MARCH, State.HARD, **ANNA)
    with pytest.raises(PeriodClosed, match=r"2026-03-31 is closed \(hard\): “.*” is") as no:
        capital(date(2026, 3, 31), of="late")
    assert (no.value.code, bool(no.value.todo)) == ("period_closed", True)
    with pytest.raises(PeriodClosed):
        capital(date(2025, 1, 1), of="much earlier")
    assert capital(APRIL) == 1
    assert capital(MARCH) == 0  # Booked before: nothing is added, so nothing is refused.
    assert models.Entry.objects.count() == 2


def test_a_soft_close_lets_corrections_in_and_nothing_else() -> None:
    capital(MARCH)
    periods.close(MARCH, State.SOFT, **ANNA)
    with pytest.raises(PeriodClosed):
        capital(date(2026, 3, 5))
    assert capital(date(2026, 2, 5), of="before") == 1
    key = f"correction:{models.Entry.objects.earliest('id').pk}"
    entry = recipes.capital(Money(5, "EUR"), on=MARCH, voucher="x")
    books.book(
        [type(entry)(key=key, booked_on=MARCH, because="x", voucher="x", moves=entry.moves)],
        at=LATER, actor="user:anna",
    )  # fmt: skip
    assert models.Entry.objects.filter(booked_on=MARCH).count() == 2


@pytest.mark.parametrize(("first_on", "to", "refusal"), [
    (date(2026, 7, 1), State.SOFT, PeriodNotOver),
    (date(2026, 6, 1), State.HARD, PeriodOutOfOrder),
    (date(2026, 2, 15), State.HARD, PeriodNotClosed),
    (date(2026, 3, 31), State.SOFT, PeriodNotClosed),
])  # fmt: skip
def test_months_close_in_order_once_and_when_they_are_over(
    first_on: date, to: State, refusal: type[Refusal]
) -> None:
    capital(date(2026, 2, 20))
    capital(APRIL)
    periods.close(date(2026, 2, 1), State.HARD, **ANNA)
    periods.close(MARCH, State.SOFT, **ANNA)
    with pytest.raises(refusal):
        periods.close(first_on, to, **ANNA)


def test_the_checklist_names_what_is_open_and_stops_or_asks_for_a_word() -> None:
    teller = Teller()
    at = datetime(2026, 3, 10, 9, tzinfo=UTC)
    teller.capital({"": "50000.00 EUR"}, at)
    teller.pays({"": "77.00 EUR", "quoting": "nothing"}, at)
    checks = {one.code: one for one in questions.checklist(MARCH, seed=1)}
    assert checks["promises"].is_done
    assert [said.partition(":")[0].split()[-1] for said in checks["statements"].found] == [
        world.OUR_EUR, world.OUR_SEK,
    ]  # fmt: skip
    assert checks["unapplied_cash"].found[0].startswith("2026-03-10 77.00 EUR")
    with pytest.raises(PeriodUnclean, match="statements"):
        periods.close(MARCH, State.HARD, **ANNA)
    models.BankAccount.objects.filter(currency="SEK").delete()
    teller.pays({"": "1.00 EUR", "quoting": "nothing"}, datetime(2026, 3, 31, 9, tzinfo=UTC))
    with pytest.raises(RemarkMissing):
        periods.close(MARCH, State.HARD, **ANNA)
    row = periods.close(MARCH, State.HARD, remark="The payer was asked.", **ANNA)
    assert (row.state, row.remark) == ("hard", "The payer was asked.")
    assert [one["code"] for one in row.checks if one["found"]] == ["unapplied_cash"]
    assert kept() == []


def test_a_late_delivery_stops_no_closing_and_asks_for_a_word() -> None:
    place = world.build()
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    models.Dispatch.objects.update(deadline_at=datetime(2026, 1, 1, tzinfo=UTC), judged_at=None)
    checks = {one.code: one for one in questions.checklist(MARCH, seed=1)}
    assert checks["promises"].is_done
    (said,) = checks["deliveries"].found
    assert said.startswith("M24: ")
    assert not checks["deliveries"].stops


def test_what_is_found_out_of_a_closed_month_counts_for_the_next_open_day() -> None:
    """Money of March that nobody knew is matched in April, and taken back again: the price is that
    of the day on which it came, and the day's end goes on."""
    place = world.build()
    world.capital("100000.00", "EUR")
    (old,) = place.acme.facilities.all()
    timed = Charges(interest=Interest(margin=Decimal("0.08")))
    world.agree(place.acme, replace(old.agreement(), charges=timed), corrects=old.pk)
    receive(world.paper(place.acme, place.bolt, number="70012345", gross="10000.00"))
    drain(send=False)
    (row,) = Bank().shows(line("10000.00", counterparty="", counterparty_account="",
                               booked_on=MARCH + timedelta(days=11)))  # fmt: skip
    pk = models.Invoice.objects.get().pk
    accruals.accrue([pk], through=date(2026, 3, 14), at=LATER, actor="day")
    periods.close(MARCH, State.SOFT, **ANNA)

    cash: dict[str, Any] = {"role": Role.CASH, "at": LATER, "actor": "user:cash"}
    allocations.split(row.pk, {pk: Money(10_000_00, "EUR")}, **cash)
    drain(send=False, at=LATER)
    assert models.Settlement.objects.get().interest_minor == 1778  # Ten days, of 8 000.
    assert _days("allocation:") == {APRIL}
    allocations.undo([models.Allocation.objects.get().pk], **cash)
    accruals.accrue([pk], through=date(2026, 4, 9), at=LATER, actor="day")
    assert models.Accrual.objects.filter(day__range=(date(2026, 3, 15), APRIL)).count() == 18
    assert max(_days("accrual:")) == APRIL  # Of March 13 and 14: the money was here.
    assert not models.Entry.objects.filter(at=LATER, booked_on__lt=APRIL).exclude(
        key__startswith="accrual:", booked_on__lte=date(2026, 3, 14)
    )
    assert set(kept()) <= {"M24"}


def _days(key: str) -> set[date]:
    rows = models.Entry.objects.filter(key__startswith=key)
    return set(rows.values_list("booked_on", flat=True))


def test_a_month_without_charges_closes_although_a_least_was_promised_for_a_year() -> None:
    teller = Teller()
    (old,) = teller.place.acme.facilities.all()
    promised = replace(old.agreement(), charges=Charges(minimum_year=900_00))
    world.agree(teller.place.acme, promised, corrects=old.pk)
    how: dict[str, Any] = {"at": LATER, "actor": "user:anna"}
    fees.start(MARCH, role=Role.FINANCE, **how)
    assert _fees()
    fees.invoice_due(**how)
    assert not _fees()


def _fees() -> tuple[str, ...]:
    return next(one.found for one in questions.checklist(MARCH, seed=1) if one.code == "fees")


def test_a_month_is_reopened_by_two_people_and_the_last_one_first() -> None:
    for day in (MARCH, APRIL):
        capital(day)
        periods.close(day, State.HARD, **ANNA)
    with pytest.raises(PeriodOutOfOrder):
        periods.ask_to_reopen(MARCH, because="An invoice was forgotten.", **ANNA)
    with pytest.raises(RemarkMissing):
        periods.ask_to_reopen(APRIL, because=" ", **ANNA)
    row = periods.ask_to_reopen(APRIL, because="An invoice was forgotten.", **ANNA)
    seen = periods.digest(row)
    with pytest.raises(SecondPersonNeeded):
        periods.reopen(APRIL, seen=seen, **ANNA)
    with pytest.raises(ContentChanged):
        periods.reopen(APRIL, seen="what was asked before", **BO)
    with pytest.raises(PeriodClosed):
        capital(APRIL, of="still")
    periods.reopen(APRIL, seen=seen, **BO)
    assert capital(APRIL, of="now") == 1
    with pytest.raises(PeriodClosed):
        capital(MARCH, of="never")
    with pytest.raises(PeriodNotClosed):
        periods.reopen(APRIL, seen=seen, **BO)
    told = models.Diary.objects.filter(kind__startswith="period.").order_by("id")
    assert list(told.values_list("kind", "actor")) == [
        ("period.closed", "user:anna"), ("period.closed", "user:anna"),
        ("period.reopening_asked", "user:anna"), ("period.reopened", "user:bo"),
    ]  # fmt: skip


@pytest.mark.parametrize("act", [
    lambda by: periods.close(MARCH, State.SOFT, **by),
    lambda by: periods.ask_to_reopen(MARCH, because="x", **by),
    lambda by: periods.reopen(MARCH, seen="x", **by),
])  # fmt: skip
def test_only_finance_closes_and_reopens(act: Callable[[dict[str, Any]], Any]) -> None:
    with pytest.raises(NotAllowed):
        act(ANNA | {"role": Role.OPERATIONS})


@pytest.mark.django_db(transaction=True)
def test_closing_while_others_book_loses_nothing_and_lets_nothing_in_late() -> None:
    """Six book into March as fast as they can while it is closed: what was let in is in the
    totals that its closer could see, everything else was refused."""
    capital(MARCH, at=datetime(2026, 3, 1, 9, tzinfo=UTC))

    def book(who: int) -> Callable[[], tuple[int, int]]:
        def act() -> tuple[int, int]:
            let_in = refused = 0
            for n in range(40):
                try:
                    let_in += capital(MARCH + timedelta(days=n % 28), of=f"{who} {n}")
                except PeriodClosed:
                    refused += 1
            return let_in, refused

        return act

    def close() -> int:
        """How much stood in March at the moment of closing, by who closed it."""
        with transaction.atomic():
            periods.close(MARCH, State.HARD, **ANNA)
            return models.Entry.objects.filter(booked_on__lte=month(MARCH)[1]).count()

    *booked, at_closing = at_once(*map(book, range(6)), close)
    assert not [one for one in booked if isinstance(one, Exception)]
    let_in, refused = (sum(column) for column in zip(*booked, strict=True))
    assert let_in + refused == 240
    assert models.Entry.objects.count() == at_closing == let_in + 1
    (debit, credit) = trial.balance()[next(iter(trial.balance()))]
    assert debit + credit == (let_in + 1) * 100
    assert [one.broken for one in _doctor() if one.rule in {"M2", "M2a", "M2b"}] == [0, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_a_soft_close_under_load_lets_corrections_in_and_nothing_else() -> None:
    """Five book into March and April and one corrects March, while March is closed softly: after
    the moment of closing March gets corrections alone, April gets all, and nothing is lost."""
    capital(MARCH, at=datetime(2026, 3, 1, 9, tzinfo=UTC))

    def book(who: int) -> Callable[[], tuple[int, int]]:
        def act() -> tuple[int, int]:
            let_in = refused = 0
            for n in range(40):
                try:
                    let_in += capital((MARCH, APRIL)[n % 2], of=f"{who} {n}")
                except PeriodClosed:
                    assert n % 2 == 0, "April is open"
                    refused += 1
            return let_in, refused

        return act

    def correct() -> tuple[int, int]:
        entry = recipes.capital(Money(100, "EUR"), on=MARCH, voucher="x")
        made = [replace(entry, key=f"correction:{n}") for n in range(40)]
        return sum(books.book([one], at=LATER, actor="user:anna") for one in made), 0

    def close() -> int:
        """How much stood in March at the moment of closing, but for corrections."""
        with transaction.atomic():
            periods.close(MARCH, State.SOFT, **ANNA)
            return plain().count()

    def plain() -> "QuerySet[models.Entry]":
        rows = models.Entry.objects.filter(booked_on__lte=month(MARCH)[1])
        return rows.exclude(key__startswith="correction:")

    *booked, at_closing = at_once(*map(book, range(5)), correct, close)
    assert not [one for one in booked if isinstance(one, Exception)]
    let_in, refused = (sum(column) for column in zip(*booked, strict=True))
    assert (let_in + refused, booked[-1]) == (240, (40, 0))
    assert plain().count() == at_closing
    assert models.Entry.objects.filter(booked_on=APRIL).count() == 100
    assert models.Entry.objects.count() == let_in + 1 == at_closing + 100 + 40
    ((debit, credit),) = {sum_ for sum_ in trial.balance().values() if sum_[0]}
    assert (debit, credit) == ((let_in + 1) * 100, 0)
    assert [one.broken for one in _doctor() if one.rule in {"M2", "M2a", "M2b"}] == [0, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_who_closes_behind_something_long_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periods, "PATIENCE_SECONDS", 0.2)
    capital(MARCH)
    with transaction.atomic():
        capital(APRIL, of="a large bank file")
        closed, booked = at_once(
            lambda: periods.close(MARCH, State.SOFT, **ANNA), lambda: capital(APRIL, of="beside")
        )
    assert (type(closed), booked) == (BooksBusy, 1)
    assert periods.close(MARCH, State.SOFT, **ANNA).state == State.SOFT


def _doctor() -> list[Any]:
    from usance.queries import doctor

    return doctor.examine()


def test_who_may_not_delete_a_period_cannot() -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM period")
