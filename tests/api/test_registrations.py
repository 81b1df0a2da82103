"""Registrations in internet banks over the API and at the office."""

import pytest

from tests import world
from tests.api.conftest import key
from tests.walks import NOW, tell
from usance.domain.distribution import Registration, Wants

pytestmark = pytest.mark.django_db


def registered(number: int, name: str) -> None:
    tell(
        Registration(
            id=f"r-{number}", wants=Wants.REGISTERED, at=NOW, address=f"bank:{number}", name=name
        )
    )


def test_a_program_places_one_and_declines_another(place: world.World) -> None:
    registered(1, "K. Kaufmann")
    registered(2, "Somebody Else")
    program = key("read", "write", "operations")
    second, first = program.get("/v1/registrations").json()["items"]
    assert (first["name"], first["decision"]) == ("K. Kaufmann", "")
    at = f"/v1/registrations/{first['id']}"
    debtor = {"debtor": str(place.kaufmann.pk), "remark": "Called her."}
    assert key("read", "write", "cash").post(f"{at}/placements", debtor).json()["code"] == (
        "not_allowed"
    )
    nobody = {"debtor": str(place.acme.pk)}
    assert program.post(f"{at}/placements", nobody).status_code == 404
    placed = program.post(f"{at}/placements", debtor)
    assert (placed.status_code, placed.json()["debtor"]) == (201, str(place.kaufmann.pk))
    place.kaufmann.refresh_from_db()
    assert place.kaufmann.einvoice_id == "bank:1"
    assert program.post(f"{at}/refusals", {}).json()["code"] == "registration_decided"
    declined = program.post(f"/v1/registrations/{second['id']}/refusals", {"remark": "Unknown."})
    assert declined.json()["decision"] == "declined"
    assert program.get("/v1/registrations").json()["items"] == []
    assert len(program.get("/v1/registrations?decided=true").json()["items"]) == 2
