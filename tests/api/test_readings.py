"""Review by program: what was read, decided once, by who may, and by nobody's client."""

from base64 import b64encode

import pytest

from tests import pages, world
from tests.actions.test_review import received, unowned
from tests.api.conftest import Program, key
from usance import models
from usance.shared.models import ApiKey, Book

pytestmark = pytest.mark.django_db


def test_what_waits_is_listed_with_its_reasons(program: Program, place: world.World) -> None:
    received(place, number="R-1")
    row = received(place, number="R-2", doubtful={"number": "R-Z"})
    answer = program.get("/v1/readings", state="waiting")
    (listed,) = answer.said["items"]
    assert (listed["id"], listed["number"], listed["doubtful"]) == (str(row.pk), "R-Z", 1)
    assert [one["code"] for one in listed["doubts"]] == ["field_doubtful"]
    shown = program.get(f"/v1/readings/{row.pk}").said
    fields = {one["name"]: one for one in shown["fields"]}
    assert fields["number"]["value"] == "R-Z"
    assert fields["number"]["doubtful"]
    assert fields["number"]["place"]["page"] == 1
    assert program.get("/v1/readings", state="confirmed").said["items"][0]["state"] == "passed"


def test_a_document_is_confirmed_with_corrections_once(
    program: Program, place: world.World
) -> None:
    row = received(place, doubtful={"number": "R-Z"})
    url, body = f"/v1/readings/{row.pk}/confirmations", {"version": 0, "fields": {"number": "R-1"}}
    answer = program.post(url, body, key="one")
    assert answer.status_code == 201, answer.content
    assert (answer.said["state"], answer.said["version"]) == ("confirmed", 1)
    assert answer.said["invoice"] == str(models.Invoice.objects.get().pk)
    assert answer.said["corrections"][0] | {"at": ""} == {
        "field": "number", "read": "R-Z", "said": "R-1", "confidence": "0.710", "at": "",
        "actor": program.actor,
    }  # fmt: skip
    assert program.post(url, body, key="one").said == answer.said
    again = program.post(url, body, key="two")
    assert (again.status_code, again.said["code"]) == (409, "reading_decided")
    assert models.Invoice.objects.count() == 1


@pytest.mark.parametrize(
    ("what", "body", "code"),
    [
        ("confirmations", {"version": 0, "fields": {"number": ""}}, "reading_incomplete"),
        ("confirmations", {"version": 7}, "reading_changed"),
        ("rejections", {"version": 0, "reason": " "}, "reason_missing"),
    ],
)
def test_refusals_have_their_code(
    what: str, body: dict[str, object], code: str, program: Program, place: world.World
) -> None:
    row = received(place, doubtful={"number": "R-Z"})
    answer = program.post(f"/v1/readings/{row.pk}/{what}", body)
    assert (answer.status_code, answer.said["code"]) == (409, code)
    assert not models.Invoice.objects.exists()


def test_postponed_and_rejected(program: Program, place: world.World) -> None:
    row = received(place, doubtful={"number": "R-Z"})
    said = program.post(
        f"/v1/readings/{row.pk}/postponements", {"version": 0, "until": "2026-03-09"}
    ).said
    assert (said["state"], said["postponed_until"], said["version"]) == (
        "postponed", "2026-03-09", 1,
    )  # fmt: skip
    said = program.post(
        f"/v1/readings/{row.pk}/rejections", {"version": 1, "reason": "A reminder"}
    ).said
    assert (said["state"], said["remark"]) == ("rejected", "A reminder")


def test_other_desks_and_a_clients_own_key_review_nothing(place: world.World) -> None:
    row = received(place, doubtful={"number": "R-Z"})
    url = f"/v1/readings/{row.pk}"
    body = {"version": 0, "fields": {"number": "R-1"}}
    cash = key("read", "write", "cash").post(f"{url}/confirmations", body)
    assert (cash.status_code, cash.said["code"]) == (403, "not_allowed")
    own = key("read", "write", "intake", name="acme")
    ApiKey.objects.filter(name="acme").update(
        client_id=place.acme.pk, book=Book.objects.get(), scopes=["read"]
    )
    for answer in (own.get("/v1/readings"), own.get(url), own.post(f"{url}/confirmations", body)):
        assert (answer.status_code, answer.said["code"]) == (403, "not_for_clients")
    row.refresh_from_db()
    assert row.state == "waiting"


def test_pages_are_announced_when_they_are_handed_in(program: Program, place: world.World) -> None:
    file = {
        "name": "scan.pdf", "media_type": "application/pdf",
        "content": b64encode(pages.odd("F-1", "10.00")).decode(),
    }  # fmt: skip
    answer = program.post("/v1/batches", {"files": [file]})
    assert (answer.said["to_read"], answer.said["findings"]) == (1, [])


def test_clients_that_the_seller_may_be_are_told(program: Program, place: world.World) -> None:
    row = unowned(place)
    shown = program.get(f"/v1/readings/{row.pk}").said
    (found,) = shown["clients"]
    assert (found["id"], found["name"]) == (str(place.acme.pk), place.acme.name)
    assert "same name" in found["because"]
    body = {"version": row.version, "client": found["id"]}
    answer = program.post(f"/v1/readings/{row.pk}/confirmations", body, key="one")
    assert answer.said["client"]["id"] == found["id"], answer.said
    assert program.get(f"/v1/readings/{row.pk}").said["clients"] == []
