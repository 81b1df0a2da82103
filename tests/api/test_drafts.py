"""Invoices from data over the API: drafted, issued once whatever is repeated, credited."""

from typing import Any

import pytest

from tests import world
from tests.actions.test_issuing import lets_out
from tests.api.conftest import Program, key
from usance import models
from usance.actions import recurring

pytestmark = pytest.mark.django_db


def body(place: world.World, **more: Any) -> dict[str, Any]:
    lines = [
        {"text": "Frästeile für Öfen", "quantity": "3", "price": "333.33", "allowance": "0.99",
         "rate": "19"},
        {"text": "Fracht", "price": "50.00", "rate": "19"},
    ]  # fmt: skip
    return {"client": str(place.acme.pk), "debtor": str(place.bolt.pk), "currency": "EUR",
            "due_days": 30, "lines": lines, **more}  # fmt: skip


def owned(role: str, *, name: str) -> Program:
    """A key of a person, who counts as one of four eyes."""
    return key("read", "write", role, name=name, owner=name)


def test_what_is_off_the_whole_lowers_the_sum(place: world.World) -> None:
    off = [
        {"text": "Treuerabatt", "percent": "2", "rate": "19"},
        {"kind": "charge", "text": "Eilfracht", "amount": "9.90", "rate": "19"},
    ]
    made = owned("operations", name="erp").post("/v1/drafts", body(place, allowances=off), key="d")
    assert made.json()["gross"] == {"minor": 123512, "currency": "EUR"}
    assert made.json()["findings"] == []


def test_what_is_repeated_is_issued_once(place: world.World) -> None:
    lets_out(place)
    program = owned("operations", name="erp")
    made = program.post("/v1/drafts", body(place), key="d-1")
    again = program.post("/v1/drafts", body(place), key="d-1")
    assert made.status_code == 201
    assert again.json()["id"] == made.json()["id"]
    assert made.json()["gross"] == {"minor": 124831, "currency": "EUR"}
    assert made.json()["findings"] == []
    at = f"/v1/drafts/{made.json()['id']}/activations"
    first, second = (program.post(at, {}, key="a-1").json() for _ in range(2))
    assert (first["number"], first["by_rule"], second) == ("2026-00001", True, first)
    assert program.post(at, {}, key="a-2").json()["code"] == "issued_invoice_locked"
    assert models.Invoice.objects.count() == 1

    part = {"lines": [{"line": 1, "quantity": "1"}], "anew": True}
    told = program.post(f"/v1/invoices/{first['invoice']}/credit-drafts", part).json()
    assert told["credit_note"]["gross"]["minor"] == 39627
    assert told["invoice"]["gross"]["minor"] == 124831
    assert len(program.get("/v1/drafts").json()["items"]) == 2
    assert len(program.get(f"/v1/drafts?client={place.nord.pk}").json()["items"]) == 0
    assert len(program.get("/v1/drafts?state=issued").json()["items"]) == 1


def test_above_the_rule_it_takes_a_second_person_who_saw_it(place: world.World) -> None:
    anna, bert = owned("operations", name="anna"), owned("verification", name="bert")
    made = anna.post("/v1/drafts", body(place)).json()
    at = f"/v1/drafts/{made['id']}/activations"
    assert anna.post(at, {}).json()["state"] == "waiting"
    seen = {"seen": made["digest"]}
    assert anna.post(at, seen).json()["code"] == "second_person_needed"
    assert bert.post(at, {}).json()["code"] == "content_changed"
    assert bert.post(at, seen).json()["number"] == "2026-00001"


def test_what_makes_no_amount_is_refused_and_a_draft_is_discarded(place: world.World) -> None:
    anna = owned("operations", name="anna")
    huge = [{"text": "Gold", "quantity": "999999999", "price": "999999999.9999"}]
    assert anna.post("/v1/drafts", body(place, lines=huge)).json()["code"] == (
        "draft_amount_impossible"
    )
    made = anna.post("/v1/drafts", body(place)).json()
    pdf = anna.get(f"/v1/drafts/{made['id']}/letter")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert anna.post(f"/v1/drafts/{made['id']}/discards", {}).json()["state"] == "discarded"
    assert anna.post(f"/v1/drafts/{made['id']}/activations", {}).json()["code"] == (
        "draft_discarded"
    )


def test_numbers_and_rules_of_a_client_are_set(place: world.World) -> None:
    anna = owned("operations", name="anna")
    at = f"/v1/clients/{place.acme.pk}"
    series = {"kind": "invoice", "pattern": "R-{n:04}", "first": 118}
    assert anna.post(f"{at}/number-series", series).status_code == 201
    wrong = anna.post(f"{at}/number-series", {**series, "pattern": "{n}{0.__class__}"})
    assert wrong.json()["code"] == "number_pattern_unclear"
    rule = {"below": {"minor": 200_000, "currency": "EUR"}}
    told = anna.post(f"{at}/issuing-rules", rule).json()
    assert told == anna.get(f"{at}/issuing").json()
    assert told["rules"] == [rule["below"]]
    assert told["series"][0] == {"kind": "invoice", "pattern": "R-{n:04}"}
    made = anna.post("/v1/drafts", body(place)).json()
    assert anna.post(f"/v1/drafts/{made['id']}/activations", {}).json()["number"] == "R-0118"


def test_what_recurs_is_agreed_listed_written_and_stopped(place: world.World) -> None:
    program = owned("operations", name="erp")
    lines = [{"text": "Miete {month}/{year}", "price": "1000.00", "rate": "19"}]
    said = body(place, lines=lines, name="Miete", day=31, since="2026-01-15", due_days=14)
    made = program.post("/v1/recurring", said, key="r-1").json()
    assert program.post("/v1/recurring", said, key="r-1").json() == made
    assert (made["gross"], made["until"]) == ({"minor": 119000, "currency": "EUR"}, None)
    (one,) = program.get(f"/v1/recurring?client={place.acme.pk}").json()["items"]
    assert one == made
    assert program.get(f"/v1/recurring?client={place.nord.pk}").json()["items"] == []
    assert recurring.make_due(at=world.NOW, actor="day") == 2
    drafted = models.Draft.objects.order_by("period_on").first()
    assert drafted is not None
    assert drafted.entry().lines[0].text == "Miete 01/2026"
    stops = f"/v1/recurring/{made['id']}/stops"
    assert program.post(stops, {}).json()["stopped_by"] == "user:erp via us_0000000000"
    assert program.post(stops, {}).json()["code"] == "recurring_stopped"
    assert program.get("/v1/recurring").json()["items"] == []


@pytest.mark.parametrize(
    ("more", "code"),
    [({"until": "2025-01-01"}, "recurring_unclear"), ({"note": "{price}"}, "placeholder_unknown")],
)
def test_what_cannot_recur_is_refused(more: dict[str, str], code: str, place: world.World) -> None:
    said = body(place, day=1, since="2026-01-15", due_days=14, **more)
    assert owned("operations", name="erp").post("/v1/recurring", said).json()["code"] == code
    refused = key("read", "write", "cash").post("/v1/recurring", said)
    assert refused.json()["code"] == "not_allowed"
