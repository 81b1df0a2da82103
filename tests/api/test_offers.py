"""Offers over the API: chosen, asked, decided by two, accepted once; a client answers its own."""

import pytest

from tests import world
from tests.actions.test_offers import ALL, BY_PEOPLE, chooses, hand_in
from tests.api.conftest import Program, key
from tests.web import season
from usance import models
from usance.shared.models import ApiKey, Book

pytestmark = pytest.mark.django_db


def test_a_program_asks_two_decide_and_it_is_bought_once(place: world.World) -> None:
    chooses(place.acme, BY_PEOPLE)
    (row,) = hand_in(place.acme, place.bolt, R_1="10000.00")
    nobody = key("read", "write", "credit", name="nobody")
    desk = key("read", "write", "finance", owner="asa")
    credit = key("read", "write", "credit", name="second", owner="bo")
    (found,) = desk.get("/v1/offers/choices", client=str(place.acme.pk)).said["items"]
    assert [one["advance"]["minor"] for one in found["items"]] == [800_000]
    assert (found["left"]["minor"], found["sums"]["cost"]["minor"]) == (20_000_000, 15_000)
    body = {"client": str(place.acme.pk), "invoices": [str(row.pk)]}
    made = desk.post("/v1/offers", body)
    assert (made.status_code, made.said["state"]) == (201, "prepared")
    again = desk.post("/v1/offers", body)
    assert (again.status_code, again.said["code"]) == (409, "offer_not_buyable")
    at, digest = f"/v1/offers/{made.said['id']}", made.said["digest"]
    said = {"agrees": True, "digest": digest}
    assert desk.post(f"{at}/decisions", said).said["code"] == "second_person_needed"
    assert nobody.post(f"{at}/decisions", said).said["code"] == "nobody_behind_key"
    assert credit.post(f"{at}/decisions", said).said["state"] == "offered"
    answer = {"accepts": True, "digest": digest}
    assert desk.post(f"{at}/answers", {**answer, "digest": "0" * 64}).said["code"] == (
        "content_changed"
    )
    assert desk.post(f"{at}/answers", answer, key="k1").said["state"] == "accepted"
    assert desk.post(f"{at}/answers", answer, key="k1").said["state"] == "accepted"
    assert desk.post(f"{at}/answers", answer).said["code"] == "offer_not_open"
    assert desk.get("/v1/offers", state="accepted").said["items"][0]["id"] == made.said["id"]


def test_a_clients_key_reads_its_own_offers_and_none_of_our_people() -> None:
    made = season.build()
    for client in (made.place.acme, made.place.nord):
        chooses(client, ALL)
    (row,) = hand_in(made.place.acme, made.place.bolt, R_7="100.00")
    hand_in(made.place.nord, made.place.tre_kronor, N_7="100.00")
    desk = key("read", "write", "finance")
    body = {"client": str(made.place.acme.pk), "invoices": [str(row.pk)]}
    whole = desk.post("/v1/offers", body).said
    acme = key("read", name="acme")
    ApiKey.objects.filter(name="acme").update(book=made.book, client_id=made.place.acme.pk)
    (own,) = acme.get("/v1/offers").said["items"]
    assert (own["id"], own["digest"], own["asked_by"]) == (whole["id"], whole["digest"], "")
    assert acme.get("/v1/offers/choices", client=str(made.place.nord.pk)).said["items"] == []
    nord = key("read", name="nord")
    ApiKey.objects.filter(name="nord").update(book=made.book, client_id=made.place.nord.pk)
    assert nord.get("/v1/offers").said["items"] == []
    assert nord.get(f"/v1/offers/{whole['id']}").status_code == 404
    (found,) = nord.get("/v1/offers/choices").said["items"]
    assert [one["number"] for one in found["items"]] == ["N-7"]


def test_a_clients_own_key_asks_accepts_and_declines_and_only_what_is_its() -> None:
    made = season.build()
    acme, nord = (
        own("read", "write", name=name, of=client, book=made.book)
        for name, client in (("acme", made.place.acme), ("nord", made.place.nord))
    )
    chooses(made.place.acme, ALL)
    first, second = hand_in(made.place.acme, made.place.bolt, R_7="100.00", R_8="200.00")
    for stranger in (made.place.nord.pk, "0197b1c2-d3e4-7f50-8172-8394a5b6c7d8"):
        asked = acme.post("/v1/offers", {"client": str(stranger), "invoices": [str(first.pk)]})
        assert asked.status_code == 404
    theirs = nord.post("/v1/offers", {"invoices": [str(first.pk)]})
    assert (theirs.status_code, theirs.said["code"]) == (409, "offer_invoice_unknown")
    offered = [acme.post("/v1/offers", {"invoices": [str(row.pk)]}).said for row in (first, second)]
    assert [one["state"] for one in offered] == ["offered", "offered"]
    answers = [
        (f"/v1/offers/{one['id']}/answers", {"accepts": accepts, "digest": one["digest"]})
        for one, accepts in zip(offered, (True, False), strict=True)
    ]
    for at, said in answers:
        assert nord.post(at, said).status_code == 404
        old = {**said, "digest": "0" * 64}
        assert not said["accepts"] or acme.post(at, old).said["code"] == "content_changed"
    assert acme.post(*answers[0], key="once").said["state"] == "accepted"
    assert acme.post(*answers[0], key="once").said["state"] == "accepted"
    assert acme.post(*answers[1]).said["state"] == "declined"
    assert acme.post(*answers[1]).said["code"] == "offer_not_open"
    no = acme.post(f"/v1/offers/{offered[0]['id']}/decisions", {"agrees": True})
    assert (no.status_code, no.said["code"]) == (403, "not_for_clients")
    reader = own("read", name="reader", of=made.place.acme, book=made.book)
    assert reader.post(*answers[1]).said["code"] == "scope_missing"
    stages = {row.pk: row.stage for row in models.Invoice.objects.filter(client=made.place.acme)}
    assert (stages[first.pk], stages[second.pk]) == ("funded", "verified")


def own(*scopes: str, name: str, of: models.Client, book: Book) -> Program:
    """A key of a client's own program."""
    program = key(*scopes, name=name)
    ApiKey.objects.filter(name=name).update(book=book, client_id=of.pk)
    return program
