"""Availability by the API: the same figures, what if, rows, four eyes, and a client's own key."""

from typing import Any

import pytest

from tests import world
from tests.api.conftest import Program, key, somebody
from tests.belt import drain, receive
from usance import models
from usance.actions import disputes
from usance.domain.mandate import Role
from usance.shared.models import ApiKey, Book

pytestmark = pytest.mark.django_db


def amount(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "EUR"}


@pytest.fixture
def sold(place: world.World) -> world.World:
    receive(
        world.paper(place.acme, place.bolt, number="R-1"),
        world.paper(place.acme, place.kaufmann, number="R-2", gross="5000"),
        world.paper(place.nord, place.tre_kronor, number="N-1", currency="SEK"),
    )
    drain(send=False)
    row = models.Invoice.objects.get(number="R-1")
    disputes.open_dispute(
        row.pk, reason="Short", role=Role.COLLECTION, at=world.NOW, actor="user:c"
    )
    return place


def test_the_waterfall_and_the_rows_of_a_line(sold: world.World) -> None:
    program = key("read")
    said = program.get("/v1/availability", client=sold.acme.pk).said
    assert (said["gross"], said["eligible"], said["funds_in_use"], said["available"]) == (
        amount(1_500_000), amount(500_000), amount(1_200_000), amount(-800_000),
    )  # fmt: skip
    (cut,) = said["ineligible"]
    assert (cut["because"], cut["amount"], said["binds"]) == ("disputed", amount(1_000_000), False)
    rows = program.get("/v1/availability/invoices", client=sold.acme.pk, because="disputed").said
    (row,) = rows["items"]
    assert (row["number"], row["part"], row["primary"], row["released_by"]) == (
        "R-1", amount(1_000_000), "disputed", [{"says": "The dispute is closed.", "on": None}],
    )  # fmt: skip
    first = program.get("/v1/availability/invoices", client=sold.acme.pk, limit=1).said
    rest = program.get(
        "/v1/availability/invoices", client=sold.acme.pk, limit=1, after=first["next"]
    ).said
    assert {one["items"][0]["number"] for one in (first, rest)} == {"R-1", "R-2"}
    assert rest["next"] is None


def test_what_if_is_asked_and_nothing_is_written(sold: world.World) -> None:
    program, before = key("read"), models.Diary.objects.count()
    what_if = {"client": sold.acme.pk, "advance_rate": "0.9", "without_debtor": sold.kaufmann.pk}
    said = program.get("/v1/availability", **what_if).said
    assert (said["pretended"], said["available"]) == (True, amount(-1_200_000))
    assert models.Diary.objects.count() == before
    no = program.get("/v1/availability", client=sold.acme.pk, concentration_share="0")
    assert (no.status_code, no.said["code"]) == (409, "eligibility_figures")
    no = program.get("/v1/availability", client=sold.acme.pk, currency="SEK")
    assert (no.status_code, no.said["code"]) == (409, "no_facility")
    assert program.get("/v1/availability").status_code == 404


def test_a_clients_key_sees_its_own_and_nobody_elses(sold: world.World) -> None:
    program = key("read", name="acme")
    ApiKey.objects.filter(name="acme").update(book=Book.objects.get(), client_id=sold.acme.pk)
    assert program.get("/v1/availability").said["available"] == amount(-800_000)
    assert program.get("/v1/availability", client=sold.nord.pk).status_code == 404
    rows = program.get("/v1/availability/invoices")
    assert b"N-1" not in rows.content
    others = program.get("/v1/availability/invoices", debtor=sold.tre_kronor.pk)
    assert others.said["items"] == []
    assert program.get(f"/v1/clients/{sold.acme.pk}/over-advances").status_code == 403


def test_a_set_is_agreed_and_an_over_advance_takes_two(sold: world.World) -> None:
    anna, ben = (
        key("read", "write", "credit", owner=name, role="credit") for name in ("anna", "ben")
    )
    place = f"/v1/clients/{sold.acme.pk}"
    body = {"currency": "EUR", "concentration_share": "0.25", "valid_from": "2026-03-02",
            "reason": "Frame contract § 4"}  # fmt: skip
    made = anna.post(f"{place}/eligibility", body)
    assert (made.status_code, made.said["concentration_share"], made.said["agreed_by"]) == (
        201, "0.25", f"user:anna via {anna.token.partition('.')[0]}",
    )  # fmt: skip
    assert len(anna.get(f"{place}/eligibility").said) == 1
    again = anna.post(f"{place}/eligibility", body)
    assert (again.status_code, again.said["code"]) == (409, "eligibility_sets_overlap")
    asked = {"amount": amount(900_000), "valid_to": "2026-03-09", "reason": "Bridge"}
    proposed = anna.post(f"{place}/over-advances", asked).said
    yes = {"approved": True, "seen": proposed["content"]}
    decisions = f"/v1/over-advances/{proposed['id']}/decisions"
    alone = anna.post(decisions, yes)
    assert (alone.status_code, alone.said["code"]) == (403, "second_person_needed")
    blind = ben.post(decisions, {"approved": True})
    assert (blind.status_code, blind.said["code"]) == (409, "content_changed")
    assert ben.post(decisions, yes).said["state"] == "approved"
    assert anna.get("/v1/availability", client=sold.acme.pk).said["over_advance"] == amount(900_000)


def test_marks_are_made_and_ended(sold: world.World) -> None:
    somebody("anna", "credit")
    anna = key("read", "write", "credit", owner="anna", role="credit")
    place = f"/v1/clients/{sold.acme.pk}/marks"
    body = {"kind": "contra", "debtor": str(sold.bolt.pk), "amount": amount(100),
            "reason": "Supplier"}  # fmt: skip
    made: Program | Any = anna.post(place, body)
    assert (made.status_code, made.said["amount"]) == (201, amount(100))
    odd = anna.post(place, body | {"kind": "excluded"})
    assert (odd.status_code, odd.said["code"]) == (409, "eligibility_mark_odd")
    assert anna.delete(f"/v1/marks/{made.said['id']}").status_code == 204
    assert anna.get(place).said == []
