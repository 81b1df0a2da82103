"""Questions to debtors over the API and the roles of keys."""

import pytest

from tests import world
from tests.actions.test_questions import FIRST, allow, handed_in, stage
from tests.api.conftest import key
from tests.belt import drain

pytestmark = pytest.mark.django_db


def test_a_program_asks_and_notes_the_answer(place: world.World) -> None:
    allow(FIRST)
    row = handed_in(place, "R-77")
    program = key("read", "write", "verification")
    (one,) = program.get("/v1/questions?state=to_ask").json()["items"]
    assert (one["id"], one["number"], one["evidence"]) == (str(row.pk), "R-77", "none")
    at = f"/v1/questions/{row.pk}"
    asking = {"channel": "call", "to": "+49 40 1"}
    refused = key("read", "write", "cash").post(f"{at}/askings", asking)
    assert refused.json()["code"] == "not_allowed"
    assert program.post(f"{at}/askings", asking).json()["state"] == "asked"
    said = {"answer": "objected", "person": "Eva", "number": "+49 40 1"}
    assert program.post(f"{at}/answers", said).json()["code"] == "words_missing"
    said |= {"answer": "confirmed"}
    answered = program.post(f"{at}/answers", said)
    assert (answered.status_code, answered.json()["evidence"]) == (201, "called")
    assert program.post(f"{at}/answers", said).status_code == 201
    drain(send=False)
    assert stage(row) == "funded"
    nobody = program.post(f"/v1/questions/{place.acme.pk}/answers", said)
    assert nobody.status_code == 404
