"""Availability as it is asked: any day again, what if, the rows of each line, few queries."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world
from tests.belt import drain
from tests.stories.telling import Teller
from usance import models
from usance.actions import disputes, eligibility
from usance.domain.credit.eligibility import Agreed, Because, Mark
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.queries import amounts, availability
from usance.queries.availability import Pretend

pytestmark = pytest.mark.django_db


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


def moment(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


@pytest.fixture
def told() -> Teller:
    """Acme sold R-1 to Bolt and R-2 to Kaufmann; Bolt has paid 4 000 of R-1 on 10 March."""
    teller = Teller()
    at = moment(world.TODAY)
    teller.capital({"": "50000.00 EUR"}, at)
    teller.hands({"": "R-1", "for": "10000.00 EUR", "by": "bolt", "due": "2026-04-30"}, at)
    teller.hands({"": "R-2", "for": "5000.00 EUR", "by": "kaufmann", "due": "2026-05-30"}, at)
    drain(send=False, at=at)
    later = moment(date(2026, 3, 10))
    teller.pays({"": "4000.00 EUR", "quoting": "R-1"}, later)
    drain(send=False, at=later)
    return teller


def ask(told: Teller, on: date, **more: object) -> availability.Ledger:
    found = availability.ledger(told.place.acme.pk, "EUR", on=on, **more)
    assert found is not None
    return found


def test_a_part_payment_frees_what_its_reserve_covers(told: Teller) -> None:
    """R-1: 6 000 left carry 4 800; in use 6 000 - 2 000. R-2 carries what it took."""
    said = ask(told, date(2026, 3, 10)).waterfall()
    assert (said.gross, said.value, said.in_use, said.available) == (
        eur("11000.00"), eur("8800.00"), eur("8000.00"), eur("800.00"),
    )  # fmt: skip
    pks = [told.place.acme.pk]
    assert said.in_use.minor == amounts.funds_in_use(pks, "EUR")[told.place.acme.pk]


def test_a_day_that_is_past_is_told_as_it_was(told: Teller) -> None:
    said = ask(told, date(2026, 3, 9)).waterfall()
    assert (said.gross, said.in_use, said.available) == (
        eur("15000.00"), eur("12000.00"), eur("0.00"),
    )  # fmt: skip
    before = ask(told, date(2026, 3, 1)).waterfall()
    assert (before.gross, before.available) == (eur("0.00"), eur("0.00"))


def test_the_same_day_by_balances_and_by_moves_is_the_same(told: Teller) -> None:
    on = date(2026, 3, 10)
    now = ask(told, on)
    world.capital("1.00", "SEK")
    later = moment(date(2026, 3, 11))
    told.hands({"": "R-3", "for": "1000.00 EUR", "by": "bolt", "due": "2026-04-30"}, later)
    drain(send=False, at=later)
    then = ask(told, on)
    assert then.waterfall() == now.waterfall()
    assert then.standings == now.standings
    assert [row.said for row in availability.every(then)] == [
        row.said for row in availability.every(now)
    ]


def test_a_dispute_counts_from_its_opening_to_its_closing(told: Teller) -> None:
    row = models.Invoice.objects.get(number="R-2")
    disputes.open_dispute(
        row.pk, reason="Short", role=Role.COLLECTION, at=moment(date(2026, 3, 12)), actor="user:c"
    )
    disputes.close_dispute(
        row.pk, outcome="Paid", role=Role.COLLECTION, at=moment(date(2026, 3, 20)), actor="user:c"
    )
    by_day = {
        day: [line.because for line in ask(told, date(2026, 3, day)).waterfall().out]
        for day in (11, 12, 19, 20)
    }
    assert by_day == {11: [], 12: [Because.DISPUTED], 19: [Because.DISPUTED], 20: []}


def test_age_comes_by_itself_on_its_day(told: Teller) -> None:
    last = date(2026, 4, 30) + timedelta(days=90)
    assert ask(told, last).waterfall().out == ()
    (line,) = ask(told, last + timedelta(days=1)).waterfall().out
    assert (line.because, line.amount) == (Because.AGED_PAST_DUE, eur("6000.00"))
    coming = availability.ageing_next(ask(told, world.TODAY + timedelta(days=10)))
    assert [(one.number, one.on) for one in coming] == [
        ("R-1", last), ("R-2", date(2026, 5, 30) + timedelta(days=90)),
    ]  # fmt: skip


def test_what_if_changes_the_answer_and_writes_nothing(told: Teller) -> None:
    on, place = date(2026, 3, 10), told.place
    r1, r2 = models.Invoice.objects.order_by("number")
    cases = {
        "-300.00": Pretend(advance_rate=Decimal("0.70")),  # 7 700 - 8 000
        "-3200.00": Pretend(without=frozenset({place.kaufmann.pk})),  # R-2 no longer carries.
        # R-2 is paid: it carries nothing, and its 4 000 are repaid.
        "800.00": Pretend(paid=frozenset({r2.pk})),
        "0.00": Pretend(paid=frozenset({r1.pk})),
        # At most 40 % of 11 000 each: 4 400 of 6 000 and of 5 000.
        "-960.00": Pretend(concentration_share=Decimal("0.4")),
    }  # fmt: skip
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = {
            str(ask(told, on, pretend=one).waterfall().available.decimal): one
            for one in cases.values()
        }
    assert found == cases
    assert not [q["sql"] for q in asked if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]


def test_every_line_is_the_sum_of_its_rows_page_by_page(told: Teller) -> None:
    at = moment(date(2026, 3, 11))
    for n in range(4, 10):
        told.hands({"": f"R-{n}", "for": "900.00 EUR", "by": "bolt", "due": "2026-04-30"}, at)
    drain(send=False, at=at)
    eligibility.mark(
        told.place.acme.pk, Mark.CONTRA, debtor=told.place.bolt.pk, amount=eur("2000.00"),
        reason="Supplier", role=Role.CREDIT, at=at, actor="user:credit",
    )  # fmt: skip
    ledger = ask(told, date(2026, 3, 11))
    (line,) = ledger.waterfall().out
    found, after = [], None
    while True:
        page, after = availability.rows(ledger, because=Because.CONTRA, after=after, size=1)
        found += page
        if after is None:
            break
    assert [row.said.item.number for row in found] == ["R-7", "R-8", "R-9"]
    assert (sum(row.part.minor for row in found), len(found)) == (200_000, line.invoices)
    everything, _ = availability.rows(ledger)
    assert sum(row.value.minor for row in everything) == ledger.waterfall().value.minor
    row = availability.invoice(models.Invoice.objects.get(number="R-9"), on=ledger.on)
    assert row is not None
    assert row.said.primary is Because.CONTRA


def test_credit_notes_wait_until_they_are_applied(told: Teller) -> None:
    at = moment(date(2026, 3, 11))
    told.credits({"": "C-1", "for": "7000.00 EUR", "by": "bolt", "of": "R-1"}, at)
    drain(send=False, at=at)  # More than is outstanding: it is held.
    said = ask(told, date(2026, 3, 11)).waterfall()
    assert [(one.because, one.amount) for one in said.out] == [
        (Because.CREDIT_NOTE, eur("6000.00"))
    ]


def test_a_limit_is_shared_by_clients_and_left_out_once(told: Teller) -> None:
    """Bolt owes 6 000 to Acme alone; with a limit of 4 500 it is 1 500 over."""
    models.CreditLimit.objects.filter(debtor=told.place.bolt).update(limit_minor=450_000)
    (line,) = ask(told, date(2026, 3, 10)).waterfall().out
    assert (line.because, line.amount, line.invoices) == (Because.OVER_LIMIT, eur("1500.00"), 1)


def test_no_facility_no_availability(told: Teller) -> None:
    assert availability.ledger(told.place.acme.pk, "SEK", on=world.TODAY) is None
    assert availability.currencies(told.place.acme.pk, on=world.TODAY) == ["EUR"]


def test_the_queries_do_not_grow_with_the_ledger(told: Teller) -> None:
    on = date(2026, 3, 11)
    with CaptureQueriesContext(connection) as few:
        ask(told, on).waterfall()
    at = moment(on)
    for n in range(10, 30):
        told.hands({"": f"R-{n}", "for": "100.00 EUR", "by": "bolt", "due": "2026-04-30"}, at)
    drain(send=False, at=at)
    with CaptureQueriesContext(connection) as many:
        ask(told, on).waterfall()
    assert len(many) == len(few) <= 18


def test_public_and_foreign_debtors_count_as_agreed(told: Teller) -> None:
    at = moment(date(2026, 3, 10))
    eligibility.agree(
        told.place.acme.pk, "EUR",
        replace(Agreed(), countries=frozenset({"SE"})), valid_from=date(2026, 3, 10),
        reason="Frame contract", role=Role.CREDIT, at=at, actor="user:credit",
    )  # fmt: skip
    (line,) = ask(told, date(2026, 3, 10)).waterfall().out
    assert (line.because, line.invoices) == (Because.FOREIGN, 2)
    assert ask(told, date(2026, 3, 9)).waterfall().out == ()
