"""Buy-backs over the API: quoted, done by another where it takes two, told with every figure."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import world
from tests.api.conftest import Program, key
from tests.api.test_operations import funded
from usance import models

pytestmark = pytest.mark.django_db


def test_a_buy_back_is_quoted_done_and_told(program: Program, place: world.World) -> None:
    row = funded(place)
    here = f"/v1/clients/{row.client_id}/buy-backs"
    asked = {"invoices": [str(row.pk)], "reason": "Anna Acme, mail of 3 June."}
    made = program.post(here, asked)
    assert made.status_code == 201, made.content
    (line,) = made.said["lines"]
    price = line["outstanding"]["minor"] - line["reserve"]["minor"] + line["fees"]["minor"]
    assert made.said["to_pay"] == made.said["price"] == {"minor": price, "currency": "EUR"}
    twice = program.post(here, asked)
    assert (twice.status_code, twice.said["code"]) == (409, "buy_back_not_possible")
    mine = f"/v1/buy-backs/{made.said['id']}"
    assert program.get(f"{mine}/paper").content.startswith(b"%PDF")
    wrong = program.post(f"{mine}/executions", {"digest": "0" * 64})
    assert (wrong.status_code, wrong.said["code"]) == (409, "content_changed")
    done = program.post(f"{mine}/executions", {"digest": made.said["digest"]})
    assert (done.status_code, done.said["state"]) == (201, "done"), done.content
    assert [one["debtor"]["name"] for one in done.said["releases"]] == [row.debtor.name]
    listed = program.get("/v1/buy-backs?state=done").said["items"]
    assert [one["id"] for one in listed] == [made.said["id"]]
    assert models.Invoice.objects.get(pk=row.pk).stage == "repurchased"


def test_an_exit_takes_two_people_and_one_sum(program: Program, place: world.World) -> None:
    row = funded(place)
    asked = {"currency": "EUR", "reason": "Notice given by letter."}
    lone = program.post(f"/v1/clients/{row.client_id}/exits", asked)
    stands = lone.said["standing"]
    whole = lone.said["price"]["minor"] + stands["claims"]["minor"] - stands["due"]["minor"]
    assert lone.said["to_pay"]["minor"] == whole
    do, seen = f"/v1/buy-backs/{lone.said['id']}/executions", {"digest": lone.said["digest"]}
    nobody = program.post(do, seen)
    assert (nobody.status_code, nobody.said["code"]) == (403, "nobody_behind_key")
    declined = program.post(f"/v1/buy-backs/{lone.said['id']}/refusals", {"remark": "Stays."})
    assert declined.said["state"] == "declined"
    anna, bert = (key("read", "write", "finance", owner=one) for one in ("anna", "bert"))
    made = anna.post(f"/v1/clients/{row.client_id}/exits", asked)
    do, seen = f"/v1/buy-backs/{made.said['id']}/executions", {"digest": made.said["digest"]}
    assert anna.post(do, seen).said["code"] == "second_person_needed"
    unpaid = bert.post(do, seen)
    assert (unpaid.status_code, unpaid.said["code"]) == (409, "buy_back_not_paid")
    with CaptureQueriesContext(connection) as of_one:
        program.get("/v1/buy-backs?limit=1")
    with CaptureQueriesContext(connection) as of_two:
        assert len(program.get("/v1/buy-backs").said["items"]) == 2
    assert len(of_two) == len(of_one)
