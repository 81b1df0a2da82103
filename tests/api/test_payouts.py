"""Payouts by program: what is due, released by another, found in a debit by a person,
never executed as two say."""

from datetime import timedelta

import pytest

from tests import world
from tests.actions.test_cash import Bank
from tests.actions.test_cash import line as movement
from tests.api.conftest import Program, key
from tests.api.test_operations import funded
from usance import models
from usance.actions import finance

pytestmark = pytest.mark.django_db


def test_a_payout_takes_two(program: Program, place: world.World) -> None:
    world.capital("100000", "EUR")
    funded(place)
    first = key("read", "write", "finance", owner="anna")
    (due,) = first.get("/v1/payouts/due").said["items"]
    assert (due["due"]["minor"], due["pays"], due["proposal"]) == (800000, due["due"], None)
    assert first.get("/v1/payouts/due", without_account=True).said["items"] == []
    models.ClientAccount.objects.update(closed_at=world.NOW)
    (stuck,) = first.get("/v1/payouts/due", without_account=True).said["items"]
    assert stuck == due | {"account": None}
    assert first.get("/v1/payouts/due", without_account=False).said["items"] == []
    models.ClientAccount.objects.update(closed_at=None)
    (proposed,) = first.post("/v1/payouts/proposals").said["payouts"]
    assert proposed["amount"] == {"minor": 800000, "currency": "EUR"}
    said = {"payouts": [{"id": proposed["id"], "content": proposed["content"]}]}

    nobodys = program.post("/v1/payouts/releases", said)
    assert (nobodys.status_code, nobodys.said["code"]) == (403, "nobody_behind_key")
    for alone in (first, key("read", "write", "finance", owner="anna")):
        refused = alone.post("/v1/payouts/releases", said)
        assert (refused.status_code, refused.said["code"]) == (403, "second_person_needed")
    second = key("read", "write", "finance", owner="bo")
    changed = {"payouts": [{"id": proposed["id"], "content": "0" * 64}]}
    unseen = second.post("/v1/payouts/releases", changed)
    assert (unseen.status_code, unseen.said["code"]) == (409, "content_changed")

    answer = second.post("/v1/payouts/releases", said)
    assert answer.status_code == 201, answer.content
    (file,) = answer.said["files"]
    assert b"pain.001" in program.get(f"/v1/documents/{file['document']}").content
    (shown,) = program.get("/v1/payouts", state="released").said["items"]
    assert shown["released_by"] == f"user:bo via {second.actor.removeprefix('key:')}"
    _found_in_a_debit(program, proposed["id"])
    _never_executed(first, second, proposed["id"])


def _found_in_a_debit(program: Program, payout: str) -> None:
    """The bank tells neither order nor payee: a person does."""
    Bank().sends(movement("-8003.50", "Sammler"))
    path = f"/v1/bank-lines/{models.BankLine.objects.get().pk}/payouts"
    found = program.post(path, {"payouts": [payout]})
    assert (found.status_code, found.said["left"]) == (201, {"minor": 350, "currency": "EUR"})
    again = program.post(path, {"payouts": [payout]})
    assert (again.status_code, again.said["code"]) == (409, "payouts_are_not_that_debit")
    assert [one["id"] for one in program.get("/v1/payouts", state="paid").said["items"]] == [payout]
    assert program.delete(path).status_code == 204
    assert program.get("/v1/payouts", state="paid").said["items"] == []
    assert program.delete(path).said["code"] == "allocation_undone_before"


def _never_executed(anna: Program, bo: Program, payout: str) -> None:
    said = {"payout": payout, "because": "The file was lost.", "proof": "Letter of 6 March."}
    early = anna.post("/v1/missing-payouts", said)
    assert (early.status_code, early.said["code"]) == (409, "payout_not_missing")
    finance.hand_over_file(models.PayoutFile.objects.get().pk, at=world.NOW, actor="bank")
    models.PayoutFile.objects.update(pay_on=world.TODAY - timedelta(days=9))
    first = anna.post("/v1/missing-payouts", said).said
    assert (first["state"], first["payout"]) == ("said", payout)
    assert anna.delete(f"/v1/missing-payouts/{first['id']}").status_code == 204
    row = anna.post("/v1/missing-payouts", said).said
    path, yes = f"/v1/missing-payouts/{row['id']}/agreements", {"content": row["content"]}
    assert anna.post(path, yes).said["code"] == "second_person_needed"
    done = bo.post(path, yes)
    assert (done.status_code, done.said["state"]) == (201, "agreed")
    again = bo.post(path, yes)
    assert (again.status_code, again.said["code"]) == (409, "missing_payout_decided")
    (shown,) = anna.get("/v1/missing-payouts", state="agreed").said["items"]
    assert (shown["id"], shown["bank_line"]) == (row["id"], None)
    (due,) = anna.get("/v1/payouts/due").said["items"]
    assert due["pays"]["minor"] == 800000
