"""Direct debits by program: signed, confirmed by another, planned, told, released."""

import pytest

from tests import world
from tests.actions.test_debits import BOLTS, DUE, collects
from tests.api.conftest import key
from tests.belt import drain, receive
from usance import models

pytestmark = pytest.mark.django_db


def test_a_debit_is_agreed_planned_and_released_by_another(place: world.World) -> None:
    ann, bo = (key("read", "write", "collection", "finance", owner=name) for name in ("ann", "bo"))
    collects()
    receive(world.paper(place.acme, place.bolt, due_on=DUE))
    drain(send=False)
    said = {"reference": "m-17", "iban": BOLTS, "signed_on": "2026-01-15", "evidence": "Folder 7"}
    made = ann.post(f"/v1/debtors/{place.bolt.pk}/mandates", said, key="m")
    assert (made.status_code, made.said["reference"], made.said["state"]) == (
        201,
        "M-17",
        "entered",
    )
    seen, confirmations = {"iban": BOLTS}, f"/v1/mandates/{made.said['id']}/confirmations"
    assert ann.post(confirmations, seen).said["code"] == "second_person_needed"
    assert bo.post(confirmations, seen).said["state"] == "live"
    (planned,) = ann.post("/v1/debits/plans", {}, key="p").said["debits"]
    assert (planned["amount"], planned["state"]) == (
        {"minor": 1_000_000, "currency": "EUR"}, "planned",
    )  # fmt: skip
    asked = {"debits": [{"id": planned["id"], "content": planned["content"]}]}
    early = bo.post("/v1/debits/releases", asked, key="r-0")
    assert early.said["code"] == "debit_not_announced"
    models.Debit.objects.update(announced_at=world.NOW, state="announced")
    assert ann.post("/v1/debits/releases", asked, key="r-1").said["code"] == "second_person_needed"
    models.Debit.objects.update(collect_on="2199-01-02")
    changed = bo.post("/v1/debits/releases", asked, key="r-2")
    assert (changed.status_code, changed.said["code"]) == (409, "content_changed")
    listed = ann.get("/v1/debits", invoice=planned["invoice"]).said["items"]
    assert [one["id"] for one in listed] == [planned["id"]]
    moved = {"iban": BOLTS, "notice_days": 5, "evidence": "Letter of 2 March"}
    newer = ann.post(f"/v1/mandates/{made.said['id']}/changes", moved, key="c").said
    assert (newer["state"], newer["amends"], newer["notice_days"]) == (
        "entered", made.said["id"], 5,
    )  # fmt: skip
    ended = ann.post(f"/v1/mandates/{made.said['id']}/ends", {"because": "They leave."})
    assert ended.said["state"] == "closed"
    (gone,) = ann.get("/v1/debits", state="cancelled").said["items"]
    assert gone["reason"] == "The mandate ended: They leave."
    telling, word = f"/v1/debits/{planned['id']}/recalls", {"how": "Called Ms Berg"}
    mailed = ann.post(telling, word)
    assert (mailed.status_code, mailed.said["code"]) == (409, "debit_recall_told")
    assert ann.get("/v1/debits/recalls").said["items"] == []
    models.DebitRecall.objects.update(state="refused", detail="550 no such mailbox")
    (untold,) = ann.get("/v1/debits/recalls").said["items"]
    assert (untold["debit"], untold["detail"]) == (planned["id"], "550 no such mailbox")
    told = ann.post(telling, word)
    assert (told.status_code, told.said["state"]) == (201, "sent")
    assert ann.get("/v1/debits/recalls").said["items"] == []
