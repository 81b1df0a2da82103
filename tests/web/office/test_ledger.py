"""The ledger: every figure is a sum of moves, of any day, and leads to them."""

import json
from datetime import date, timedelta

import pytest

from tests import world
from tests.web.office import day
from tests.web.office.conftest import SignedIn
from usance import models
from usance.actions import ledger as books
from usance.domain import ledger as recipes
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.queries import ledger

pytestmark = pytest.mark.django_db


def test_the_trial_balance_of_a_day_knows_nothing_of_later_ones() -> None:
    for n, amount in enumerate(("100.00", "20.00", "3.00")):
        entry = recipes.capital(
            Money.of(amount, "EUR"), on=world.TODAY + timedelta(days=n), voucher=f"deed {n}"
        )
        books.book([entry], at=world.NOW, actor="test")
    assert ledger.trial(on=world.TODAY - timedelta(days=1)) == []
    for n, minor in enumerate((10_000, 12_000, 12_300)):
        (trial,) = ledger.trial(on=world.TODAY + timedelta(days=n))
        assert trial.balances
        assert {row.account: row.balance.minor for row in trial.rows} == {
            "1000": minor, "3000": minor,
        }  # fmt: skip


def test_an_account_pages_through_all_of_its_moves_and_days() -> None:
    count = ledger.SIZE * 2 + 7
    for n in range(count):
        on = date(2026, 1, 1) + timedelta(days=n % 60)
        books.book(
            [recipes.capital(Money(n + 1, "EUR"), on=on, voucher=f"d{n}")],
            at=world.NOW,
            actor="test",
        )
    seen, after = [], None
    while True:
        lines, after = ledger.moves(
            Account.BANK, "EUR", on=date(2026, 12, 31), since=None, after=after
        )
        seen += [(line.on, line.id, line.debit.minor) for line in lines]
        if after is None:
            break
    assert seen == sorted(seen, key=lambda row: row[:2], reverse=True)
    assert sorted(minor for _, _, minor in seen) == list(range(1, count + 1))
    newest = ledger.last_days(Account.BANK, "EUR", on=date(2026, 12, 31), most=1)[0]
    assert newest.balance.minor == count * (count + 1) // 2


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("kind=capital", {"capital"}),
        ("kind=receipt", {"receipt"}),
        ("until=2026-03-01", set()),
        ("q=Capital paid in", {"capital"}),
    ],
)
def test_the_journal_filters_by_kind_day_and_words(
    query: str, keys: set[str], signed_in: SignedIn
) -> None:
    day.build()
    answer = signed_in("finance").get(f"/ledger/journal?{query}&format=json")
    rows = json.loads(b"".join(answer.streaming_content))
    assert {row["key"].partition(":")[0] for row in rows} == keys


def test_the_doctor_says_which_promise_is_broken_and_by_which_row(signed_in: SignedIn) -> None:
    day.build()
    office = signed_in("collection")
    assert b"Nobody has checked" in office.get("/ledger/doctor").content
    office.post("/ledger/doctor")
    page = office.get("/ledger/doctor").content.decode()
    assert "Every promise is kept" in page
    assert "</div>collection</div>" in page
    models.BankLine.objects.filter(bank_reference="BR3").update(unapplied_minor=0)
    office.post("/ledger/doctor")
    page = office.get("/ledger/doctor").content.decode()
    assert "1 promise is broken" in page
    assert "unapplied cash EUR" in page


def test_an_account_that_is_not_in_the_chart_is_not_found(signed_in: SignedIn) -> None:
    assert signed_in("finance").get("/ledger/accounts/9999/EUR").status_code == 404
