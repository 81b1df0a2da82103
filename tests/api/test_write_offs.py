"""Write-offs over the API: proposed, agreed by another, what comes back; and who may."""

import pytest

from tests import world
from tests.api.conftest import Program, key
from tests.api.test_operations import funded
from usance import models

pytestmark = pytest.mark.django_db


def test_a_write_off_is_proposed_agreed_and_told(program: Program, place: world.World) -> None:
    row = funded(place)
    here = f"/v1/invoices/{row.pk}/write-offs"
    made = program.post(here, {"cause": "insolvent", "reason": "Bankrupt."})
    assert made.status_code == 201, made.content
    assert (made.said["state"], made.said["bearer"], made.said["people"]) == (
        "proposed",
        "client",
        2,
    )
    again = program.post(here, {"cause": "insolvent", "reason": "Bankrupt."})
    assert (again.status_code, again.said["code"]) == (409, "write_off_waits")
    yes = f"/v1/write-offs/{made.said['id']}/agreements"
    alone = program.post(yes, {"digest": made.said["digest"]})
    assert (alone.status_code, alone.said["code"]) == (409, "write_off_above_authority")
    listed = program.get("/v1/write-offs?state=proposed").said["items"]
    assert [one["id"] for one in listed] == [made.said["id"]]
    declined = program.post(f"/v1/write-offs/{made.said['id']}/refusals", {"remark": "Wait."})
    assert (declined.said["state"], declined.said["remark"]) == ("declined", "Wait.")
    assert models.Invoice.objects.get(pk=row.pk).stage == "funded"


def test_only_an_administrators_key_sets_the_authority(place: world.World) -> None:
    bands = [{"up_to_units": 100, "role": "finance", "people": 1},
             {"up_to_units": None, "role": "admin", "people": 2}]  # fmt: skip
    asked = {"bands": bands, "reason": "Board, 3 June."}
    refused = key("read", "write", "finance").post("/v1/write-off-authority", asked)
    assert (refused.status_code, refused.said["code"]) == (403, "not_allowed")
    chief = key("read", "write", "admin")
    assert chief.post("/v1/write-off-authority", asked).said == {"bands": bands}
    faulty = chief.post("/v1/write-off-authority", {"bands": bands[:1], "reason": "x"})
    assert (faulty.status_code, faulty.said["code"]) == (409, "authority_faulty")
    assert chief.get("/v1/write-off-authority").said == {"bands": bands}
