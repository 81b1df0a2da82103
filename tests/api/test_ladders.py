"""The ladder of a debtor, corrected and spoilt addresses, over the API."""

import pytest

from tests import world
from tests.api.conftest import key
from tests.walks import bought, said, sent, tell
from usance import models
from usance.domain.distribution import Outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> world.World:
    return world.build()


def test_the_ladder_of_a_debtor_with_every_reason(place: world.World) -> None:
    reader = key("read")
    said_ = reader.get(f"/v1/debtors/{place.bolt.pk}/ladder").json()
    assert [one["kind"] for one in said_["rungs"]] == ["email", "letter"]
    assert said_["rungs"][0] == {
        "kind": "email", "because": "The debtor's e-mail address is known.", "hours": 24,
        "enough": "accepted", "beside": [],
    }  # fmt: skip
    assert {one["kind"]: one["code"] for one in said_["left_out"]} == {
        "einvoice": "no_address", "mailbox": "no_address",
    }  # fmt: skip
    reminder = reader.get(f"/v1/debtors/{place.tre_kronor.pk}/ladder?paper=reminder").json()
    assert {one["kind"]: one["code"] for one in reminder["left_out"]}["einvoice"] == "no_invoice"
    assert reader.get(f"/v1/debtors/{place.acme.pk}/ladder").status_code == 404
    assert reader.get(f"/v1/debtors/{place.bolt.pk}/ladder?paper=novel").status_code == 422


def test_a_corrected_address_is_read_and_taken_over(place: world.World) -> None:
    row = sent(bought(place, place.kaufmann))
    tell(said(row, Outcome.RETURNED, corrected_address="Neue Straße 8, 50668 Köln"))
    program = key("read", "write", "operations")
    (proposal,) = program.get("/v1/address-proposals").json()["items"]
    assert proposal["columns"]["street"] == "Neue Straße 8"
    at = f"/v1/address-proposals/{proposal['id']}"
    assert key("read", "write", "cash").post(f"{at}/acceptances", {}).json()["code"] == (
        "not_allowed"
    )
    taken = program.post(f"{at}/acceptances", {})
    assert (taken.status_code, taken.json()["decision"]) == (201, "accepted")
    place.kaufmann.refresh_from_db()
    assert place.kaufmann.street == "Neue Straße 8"
    assert program.post(f"{at}/refusals", {}).json()["code"] == "proposal_decided"
    assert program.get("/v1/address-proposals").json()["items"] == []
    assert len(program.get("/v1/address-proposals?decided=true").json()["items"]) == 1


def test_a_spoilt_address_is_read_and_lifted(place: world.World) -> None:
    tell(said(sent(bought(place, place.bolt)), Outcome.BOUNCED, code="5.1.1"))
    program = key("read", "write", "collection")
    (spoilt,) = program.get("/v1/suppressions").json()["items"]
    assert (spoilt["kind"], spoilt["address"]) == ("email", "rechnung@bolt.example")
    at = f"/v1/suppressions/{spoilt['id']}/liftings"
    assert program.post(at, {}).json()["code"] == "reason_missing"
    assert program.post(at, {"remark": "Mended."}).status_code == 201
    assert not models.Suppression.objects.filter(lifted_at=None).exists()
