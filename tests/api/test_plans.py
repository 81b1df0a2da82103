"""Instalment plans over the API: listed, read, decided once, and by the right role."""

import pytest

from tests import world
from tests.api.conftest import key
from tests.belt import drain, receive
from usance import models
from usance.actions import plans

pytestmark = pytest.mark.django_db


def test_a_program_reads_a_plan_and_agrees(place: world.World) -> None:
    receive(world.paper(place.acme, place.bolt, gross="1000.00"))
    drain(send=False)
    row = plans.ask(models.Dispatch.objects.get().pk, count=3, text="Ernte", at=world.NOW)
    program = key("read", "write", "collection")
    (one,) = program.get("/v1/plans?state=asked").json()["items"]
    assert (one["id"], one["text"], one["left"]["minor"]) == (str(row.pk), "Ernte", 100_000)
    assert [part["amount"]["minor"] for part in one["instalments"]] == [33_300, 33_300, 33_400]
    at = f"/v1/plans/{row.pk}"
    assert program.get(at).json() == one
    refused = key("read", "write", "cash").post(f"{at}/decisions", {"agrees": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    done = program.post(f"{at}/decisions", {"agrees": True, "remark": "Good payer."})
    assert (done.status_code, done.json()["state"]) == (201, "agreed")
    assert program.post(f"{at}/decisions", {"agrees": False}).json()["code"] == "plan_decided"
    assert program.get("/v1/plans?state=asked").json()["items"] == []
    assert program.get(f"/v1/plans/{place.acme.pk}").status_code == 404
