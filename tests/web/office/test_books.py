"""Exports and periods at the desk: what is shown, what is refused, and what was known when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests import world
from tests.actions.test_vouchers import BY, END, capital, target
from tests.web.office import day
from tests.web.office.conftest import SignedIn
from usance import models
from usance.actions import ledger as books
from usance.actions import periods, vouchers
from usance.domain import ledger as recipes
from usance.domain.journal import Account
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.periods import State
from usance.queries import ledger, trial

pytestmark = pytest.mark.django_db
JANUARY = date(2026, 1, 1)


def booked(on: date, at: datetime, minor: int) -> None:
    entry = recipes.capital(Money(minor, "EUR"), on=on, voucher=f"{on} {at}")
    books.book([entry], at=at, actor="test")


def test_a_trial_balance_can_be_asked_by_what_was_known() -> None:
    """Three entries of January: two written in January, one found out in March."""
    booked(JANUARY, datetime(2026, 1, 5, 23, 59, tzinfo=UTC), 100)
    booked(JANUARY + timedelta(days=30), datetime(2026, 1, 31, tzinfo=UTC), 20)
    booked(JANUARY + timedelta(days=9), datetime(2026, 3, 2, tzinfo=UTC), 3)
    end = date(2026, 1, 31)
    day_by_day = {
        date(2026, 1, 4): 0, date(2026, 1, 5): 100, end: 120, date(2026, 3, 1): 120,
        date(2026, 3, 2): 123, None: 123,
    }  # fmt: skip
    for known, minor in day_by_day.items():
        rows = ledger.trial(on=end, known=known)
        assert [row.balance.minor for one in rows for row in one.rows[:1]] == (
            [minor] if minor else []
        )
        row = ledger.row(Account.BANK, "EUR", on=end, known=known)
        lines, _ = ledger.moves(Account.BANK, "EUR", on=end, since=None, after=None, known=known)
        days = ledger.last_days(Account.BANK, "EUR", on=end, known=known)
        assert row.balance.minor == sum(line.debit.minor for line in lines if line.debit)
        assert row.balance.minor == sum(one.debit.minor for one in days)
        found = trial.balance(as_of=end, known=known)
        assert found.get((Account.BANK, "EUR"), (0, 0))[0] == minor
    assert ledger.trial(on=JANUARY, known=None)[0].rows[0].balance.minor == 100


def test_a_total_leads_to_its_rows_on_both_axes(signed_in: SignedIn) -> None:
    booked(JANUARY, datetime(2026, 1, 5, tzinfo=UTC), 100)
    booked(JANUARY, datetime(2026, 2, 5, tzinfo=UTC), 77)
    office = signed_in("finance")
    page = office.get("/ledger?on=2026-01-31&known=2026-01-31").content.decode()
    link = "/ledger/accounts/1000/EUR?on=2026-01-31&amp;known=2026-01-31"
    assert link in page
    assert "as it was known" in page
    account = office.get(link.replace("&amp;", "&")).content.decode()
    assert "1.00" in account
    assert "0.77" not in account


def test_an_export_is_made_and_answered_at_the_desk(signed_in: SignedIn) -> None:
    world.build()
    capital(3)
    office = signed_in("finance")
    said = {"name": "Fortnox", "format": "sie4", "chart": "bas", "series": "U", "year_begins": "1",
            "since": "2026-01-01", "numbers": "1200=1519\n", "settings": ""}  # fmt: skip
    assert office.post("/ledger/exports/bookkeeping", said).status_code == 302
    row = models.VoucherTarget.objects.get()
    assert row.numbers == {"1200": "1519"}
    assert "1200=1519" in office.get("/ledger/exports/bookkeeping?name=Fortnox").content.decode()
    done = office.post(f"/ledger/exports/bookkeeping/{row.pk}", {"until": "2026-12-31"})
    batch = models.VoucherBatch.objects.get()
    assert done["Location"] == f"/ledger/exports/{batch.pk}"
    answers = f"/ledger/exports/{batch.pk}/answers"
    office.post(answers, {"state": "failed", "number": "2", "error": "Account locked."})
    office.post(answers, {"state": "booked", "number": "1", "their_number": "V771"})
    page = office.get(f"/ledger/exports/{batch.pk}").content.decode()
    assert "Account locked." in page
    assert "V771" in page
    only = office.get(f"/ledger/exports/{batch.pk}?state=failed").content.decode()
    assert "V771" not in only  # No id holds a V.
    no = office.post(answers, {"state": "failed", "number": "1", "error": "x"})
    assert (no.status_code, b"voucher_answer_impossible" in no.content) == (409, True)
    assert office.post(f"/ledger/exports/bookkeeping/{row.pk}/end").status_code == 302
    assert "No bookkeeping is set up" in office.get("/ledger/exports").content.decode()


@pytest.mark.parametrize(("path", "code"), [
    ("/ledger/exports/bookkeeping", 409), ("/ledger/periods/2026-03/close", 409),
    ("/ledger/periods/2026-03/ask", 409),
])  # fmt: skip
def test_a_role_that_may_not_is_refused(path: str, code: int, signed_in: SignedIn) -> None:
    no = signed_in("collection").post(path, {"name": "X"})
    assert (no.status_code, b"not_allowed" in no.content) == (code, True)


def test_a_month_is_closed_and_reopened_at_the_desk(signed_in: SignedIn) -> None:
    booked(date(2026, 3, 5), world.NOW, 100)
    office = signed_in("finance")
    assert "Every promise about the books is kept" in _page(office, "/ledger/periods/2026-03?check")
    office.post("/ledger/periods/2026-03/close", {"state": "hard"})
    assert models.Period.objects.get().state == "hard"
    assert "Checklist at closing" in _page(office, "/ledger/periods/2026-03")
    office.post("/ledger/periods/2026-03/ask", {"because": "Forgotten."})
    row = models.Period.objects.get()
    seen = {"seen": periods.digest(row)}
    assert b"second_person_needed" in office.post("/ledger/periods/2026-03/reopen", seen).content
    assert signed_in("admin").post("/ledger/periods/2026-03/reopen", seen).status_code == 302
    assert "open" in _page(office, "/ledger/periods")


@pytest.mark.parametrize("path", [
    "/ledger/periods/2026-13", "/ledger/periods/x",
    "/ledger/exports/0199f3a2-1c00-7000-8000-000000000001",
])  # fmt: skip
def test_what_there_is_not_is_not_found(path: str, signed_in: SignedIn) -> None:
    assert signed_in("finance").get(path).status_code == 404


def test_a_list_of_exports_asks_as_often_for_many_as_for_few(
    signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    day.build()
    row = target(series="V")
    office = signed_in("finance")
    for n in range(6):
        capital(2, of=f"{n} ")
        vouchers.export(row.pk, until=END, **BY)
    with django_assert_max_num_queries(16):
        assert office.get("/ledger/exports").status_code == 200
    periods.close(date(2026, 2, 1), State.SOFT, role=Role.FINANCE, at=world.NOW, actor="user:x")


def _page(office: Any, path: str) -> str:
    answer = office.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())
