"""Exports, periods and corrections for programs: one walk each, and what was known when."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests import world
from tests.actions.test_vouchers import capital
from tests.api.conftest import Program, key
from tests.plugins.vouchers import sie_reading
from usance import models

pytestmark = pytest.mark.django_db
FORTNOX = {"name": "Fortnox", "format": "sie4", "chart": "bas", "since_on": "2026-01-01"}


@pytest.fixture
def books() -> Program:
    """A bookkeeping program at the desk of finance."""
    world.build()
    capital(3)
    return key("read", "write", "finance")


def test_from_pending_to_booked_under_their_numbers(books: Program) -> None:
    made = books.post("/v1/bookkeepings", FORTNOX).said
    assert [(one["currency"], one["entries"]) for one in made["pending"]] == [("SEK", 3)]
    place = f"/v1/bookkeepings/{made['id']}/exports"
    first = books.post(place, {"until_on": "2026-12-31"}, key="same")
    again = books.post(place, {"until_on": "2026-12-31"}, key="same")
    assert (first.said, again["Idempotency-Replayed"]) == (again.said, "true")
    assert books.post(place, {}).said == {"batches": []}
    (batch,) = first.said["batches"]
    file = books.get(f"/v1/documents/{batch['document']}")
    assert len(sie_reading.read(file.content).vers) == 3

    listed = books.get(f"/v1/voucher-batches/{batch['id']}/vouchers", limit=2).said
    rest = books.get(f"/v1/voucher-batches/{batch['id']}/vouchers", after=listed["next"]).said
    assert [one["number"] for one in listed["items"] + rest["items"]] == [1, 2, 3]
    assert listed["items"][0]["postings"] == [
        {"debit": "1930", "credit": "2093", "amount": {"minor": 1, "currency": "SEK"}}
    ]
    answers = f"/v1/voucher-batches/{batch['id']}/answers"
    said: list[dict[str, Any]] = [
        {"state": "exported", "external": "import 77"},
        {"number": 1, "state": "booked", "their_series": "A", "their_number": "771"},
        {"number": 2, "state": "failed", "error": "Account 2093 is locked."},
    ]
    assert books.post(answers, {"answers": said}).said == {"changed": 5}
    assert books.post(answers, {"answers": said[1:]}).said == {"changed": 0}
    no = books.post(answers, {"answers": [{"number": 1, "state": "failed", "error": "x"}]})
    assert (no.status_code, no.said["code"]) == (409, "voucher_answer_impossible")
    shown = books.get(f"/v1/voucher-batches/{batch['id']}").said
    assert shown["vouchers"] == {"booked": 1, "exported": 1, "failed": 1}

    assert books.delete(f"/v1/bookkeepings/{made['id']}").status_code == 204
    no = books.post(place, {}, key="after")
    assert (no.status_code, no.said["code"]) == (409, "voucher_target_ended")


def test_an_entry_into_a_closed_month_is_told_so(books: Program) -> None:
    models.BankAccount.objects.all().delete()
    checks = books.get("/v1/periods/2026-03/checklist").said["checks"]
    assert {one["code"] for one in checks if one["stops"]} == {
        "promises", "statements", "failed_vouchers", "fees", "positions",
    }  # fmt: skip
    closed = books.post("/v1/periods/2026-02/closings", {"state": "soft"})
    assert (closed.status_code, closed.said["state"]) == (201, "soft")
    assert books.get("/v1/periods").said["periods"][0]["state"] == "open"
    said = {"debit": "6100", "credit": "1900", "amount": {"minor": 1250, "currency": "EUR"},
            "booked_on": "2026-02-28", "because": "Charges", "proof": "4711"}  # fmt: skip
    made = books.post("/v1/ledger/corrections", said)
    assert made.status_code == 201
    assert books.post("/v1/periods/2026-02/closings", {"state": "hard"}).status_code == 201
    no = books.post("/v1/ledger/corrections", said)
    assert (no.status_code, no.said["code"]) == (409, "period_closed")
    back = {"booked_on": "2026-03-01", "because": "Twice."}
    early = books.post("/v1/ledger/corrections", {**said, "booked_on": "1900-01-01"})
    assert (early.status_code, early.said["code"]) == (409, "correction_before_the_books")
    undone = books.post(f"/v1/ledger/entries/{made.said['id']}/reversals", back)
    assert (undone.said["moves"][0]["debit"], undone.said["booked_on"]) == ("1900", "2026-03-01")


def test_a_month_is_reopened_by_the_keys_of_two_people(books: Program) -> None:
    anna, bo = (
        key("read", "write", "finance", owner=name, role="finance") for name in ("anna", "bo")
    )
    place = "/v1/periods/2026-02"
    anna.post(f"{place}/closings", {"state": "soft"})
    asked = anna.post(f"{place}/reopening-requests", {"because": "Forgotten."}).said
    seen = {"content": asked["content"]}
    assert anna.post(f"{place}/reopenings", seen).said["code"] == "second_person_needed"
    assert bo.post(f"{place}/reopenings", seen).said["state"] == "open"


def test_a_report_of_then_can_be_asked_again(books: Program) -> None:
    capital(1, on=date(2026, 1, 15), of="late")
    assert datetime(2026, 3, 2, tzinfo=UTC).date() <= world.TODAY
    for known, accounts in (("2026-03-01", 0), ("2026-03-02", 2), (None, 2)):
        asked = {"as_of": "2026-01-31"} | ({"known_on": known} if known else {})
        said = books.get("/v1/ledger/trial-balance", **asked).said
        assert (said["known_on"], len(said["accounts"])) == (known, accounts)
    found = books.get("/v1/ledger/entries", booked_to="2026-01-31", known_on="2026-03-01").said
    assert found["items"] == []
