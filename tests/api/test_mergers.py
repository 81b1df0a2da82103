"""Two debtors that are one company, by program: proposed, agreed to by another, taken back."""

import pytest

from tests import world
from tests.api.conftest import key

pytestmark = pytest.mark.django_db


def test_a_merger_is_proposed_agreed_to_and_taken_back(place: world.World) -> None:
    ann, bo = (key("read", "write", "credit", owner=name) for name in ("ann", "bo"))
    goes, stays = str(place.kaufmann.pk), str(place.bolt.pk)
    said = ann.post(f"/v1/debtors/{goes}/mergers", {"stays": stays, "reason": "One letterhead."})
    assert said.status_code == 201, said.content
    assert (said.said["goes"], said.said["state"]) == (goes, "proposed")
    (waiting,) = ann.get("/v1/mergers", state="proposed").said["items"]
    assert waiting == said.said
    agreements, seen = f"/v1/mergers/{waiting['id']}/agreements", {"digest": waiting["digest"]}
    mine = ann.post(agreements, seen)
    assert (mine.status_code, mine.said["code"]) == (403, "second_person_needed")
    other = bo.post(agreements, {"digest": "0" * 64})
    assert (other.status_code, other.said["code"]) == (409, "content_changed")
    assert bo.post(agreements, seen).said["state"] == "merged"
    assert ann.get(f"/v1/debtors/{goes}").said["same_as"] == stays
    limit = {"limit": {"minor": 1, "currency": "EUR"}, "source": "insurer"}
    refused = ann.post(f"/v1/debtors/{goes}/limits", limit, key="once-1")
    assert (refused.status_code, refused.said["code"]) == (409, "debtor_part_of_another")
    back = ann.post(f"/v1/mergers/{waiting['id']}/reversals", {"reason": "Two after all."})
    assert back.said["state"] == "undone"
    assert ann.get(f"/v1/debtors/{goes}").said["same_as"] is None
    gone = bo.post(f"/v1/mergers/{waiting['id']}/refusals")
    assert (gone.status_code, gone.said["code"]) == (409, "merger_decided")
    itself = ann.post(f"/v1/debtors/{goes}/mergers", {"stays": goes, "reason": "So."})
    assert (itself.status_code, itself.said["code"]) == (409, "not_two_debtors")
