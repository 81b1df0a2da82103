"""A client's key: it reads that client's invoices, and nothing of anybody else's."""

import json
from base64 import b64encode
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests import world
from tests.api.conftest import Program, key
from tests.api.test_gate import BODIES, OPERATIONS
from tests.letters.reading import flowing
from tests.web import season
from tests.web.season import Season
from usance import models
from usance.plugins.einvoices import ubl
from usance.shared.models import ApiKey

pytestmark = pytest.mark.django_db
MAY = {
    "/v1/invoices", "/v1/invoices/{id}", "/v1/invoices/{id}/deliveries",
    "/v1/invoices/{id}/certificate", "/v1/dispatches", "/v1/documents/{sha256}",
    "/v1/availability", "/v1/availability/invoices", "/v1/offers", "/v1/offers/{id}",
    "/v1/offers/choices", "/v1/fee-invoices", "/v1/fee-invoices/{id}",
    "/v1/vat-relief", "/v1/schedules", "/v1/schedules/{id}", "/v1/batches", "/v1/batches/{id}",
}  # fmt: skip
ANSWERS = {"/v1/offers", "/v1/offers/{id}/answers", "/v1/open-items"}  # What it may write.


@pytest.fixture
def made() -> Season:
    return season.build()


@pytest.fixture
def acme(made: Season) -> Program:
    program = key("read", "write", name="acme")
    ApiKey.objects.filter(name="acme").update(book=made.book, client_id=made.place.acme.pk)
    return program


def ask(program: Program, method: str, path: str, *, pk: object, sha256: str) -> Any:
    filled = path.replace("{id}", str(pk)).replace("{sha256}", sha256)
    if method == "get":
        return program.get(filled)
    return program.delete(filled) if method == "delete" else program.post(filled, BODIES.get(path))


def test_no_operation_tells_a_client_of_another(
    acme: Program, made: Season, unhurried: None
) -> None:
    """Every operation is asked with another's ids, also those that are added later."""
    sha256 = made.dispatch(made.theirs).document_id or ""
    before = models.Diary.objects.count()
    for method, path, _ in OPERATIONS:
        if path == "/health/live" or (method, path) == ("post", "/v1/batches"):
            continue  # The latter has a test of its own.
        answer = ask(acme, method, path, pk=made.theirs.pk, sha256=sha256)
        if path in MAY and method == "get":
            assert answer.status_code == (404 if "{" in path else 200), path
        elif path in ANSWERS and method == "post":
            assert answer.status_code == 404, path
        else:
            assert answer.status_code == 403, (method, path)
            assert answer.said["code"] == "not_for_clients"
        for canary in (b"Nordhav", b"Tre Kronor", b"N-1"):
            assert canary not in answer.content, (method, path)
        assert models.Diary.objects.count() == before, (method, path)


def test_it_hands_in_its_own_invoices_and_nobody_elses(acme: Program, made: Season) -> None:
    place = made.place
    data = ubl.write(world.paper(place.acme, place.bolt, number="R-9"), {})
    file = {"name": "März.xml", "content": b64encode(data).decode()}
    before = models.Batch.objects.count()
    for client in (place.nord.pk, uuid4()):
        refused = acme.post("/v1/batches", {"client": str(client), "files": [file]})
        assert (refused.status_code, models.Batch.objects.count()) == (404, before)
    answer = acme.post("/v1/batches", {"files": [file]})
    assert (answer.status_code, answer.said["invoices"]) == (201, 1)
    assert models.Invoice.objects.get(number="R-9").client == place.acme
    (listed,) = acme.get("/v1/batches").said["items"]
    assert (listed["id"], listed["actor"]) == (answer.said["id"], acme.actor)
    (total,) = acme.get(f"/v1/batches/{listed['id']}").said["totals"]
    assert total["ours"] == {"minor": 1000000, "currency": "EUR"}
    again = acme.post("/v1/batches", {"client": str(place.acme.pk), "files": [file]})
    assert [one["code"] for one in again.said["findings"]] == ["invoice_seen_before"]
    theirs = models.Batch.objects.filter(client=None)[0]
    assert acme.get(f"/v1/batches/{theirs.pk}").status_code == 404


def test_its_invoices_are_listed_and_filtered(acme: Program, made: Season) -> None:
    found = acme.get("/v1/invoices").said["items"]
    assert {one["number"] for one in found} == {"R-1", "R-2"}
    assert acme.get("/v1/invoices", client=str(made.place.nord.pk)).said["items"] == []
    assert {one["number"] for one in acme.get("/v1/dispatches").said["items"]} == {"R-1", "R-2"}


def test_an_invoice_is_told_without_what_is_ours(acme: Program, made: Season) -> None:
    told = acme.get(f"/v1/invoices/{made.mine.pk}").said
    assert told["deliveries"][0]["evidence"] == "receiver_confirmed"
    assert (told["checks"], told["decisions"], told["holds"]) == ([], [], [])
    assert "limit" not in json.dumps(told)


def test_the_whole_is_told_to_our_own_programs(made: Season) -> None:
    assert key("read").get(f"/v1/invoices/{made.mine.pk}").said["decisions"]


def test_who_of_us_sent_it_again_is_not_told(acme: Program, made: Season) -> None:
    models.Dispatch.objects.filter(invoice=made.mine).update(because="Sent again by mia: Lost.")
    path = f"/v1/invoices/{made.mine.pk}"
    (one,) = acme.get(f"{path}/deliveries").said["items"]
    (other,) = acme.get(path).said["deliveries"]
    listed = acme.get("/v1/dispatches").said["items"]
    found = {one["because"], other["because"], *(each["because"] for each in listed)}
    assert "Sent again by us: Lost." in found
    assert not any("mia" in said for said in found)
    ours, theirs = (flowing(who.get(f"{path}/certificate").content) for who in (key("read"), acme))
    assert "Sent again by mia: Lost." in ours
    assert "Sent again by us: Lost." in theirs


def test_deliveries_carry_both_times_and_what_they_prove(acme: Program, made: Season) -> None:
    (one,) = acme.get(f"/v1/invoices/{made.mine.pk}/deliveries").said["items"]
    (report,) = one["reports"]
    assert (report["outcome"], report["evidence"]) == ("delivered", "receiver_confirmed")
    assert report["at"]
    assert report["received_at"]


def test_a_certificate_is_a_pdf_in_the_language_asked_for(acme: Program, made: Season) -> None:
    answer = acme.get(f"/v1/invoices/{made.mine.pk}/certificate", language="sv")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert acme.get(f"/v1/invoices/{made.mine.pk}/certificate", language="xx").status_code == 422
    assert acme.get(f"/v1/invoices/{uuid4()}/certificate").status_code == 404


def test_before_anything_was_sent_there_is_nothing_to_certify(acme: Program, made: Season) -> None:
    unsent = models.Invoice.objects.get(pk=made.mine.pk)
    unsent.pk, unsent.number = uuid4(), "R-9"
    unsent.fingerprint, unsent.payment_reference = "other", "RF99"
    unsent.save(force_insert=True)
    answer = acme.get(f"/v1/invoices/{unsent.pk}/certificate")
    assert (answer.status_code, answer.said["code"]) == (409, "nothing_sent")


def test_its_documents_are_the_clients_to_read(acme: Program, made: Season) -> None:
    mine = made.dispatch(made.mine).document_id
    assert acme.get(f"/v1/documents/{mine}").content.startswith(b"%PDF")
    assert acme.get(f"/v1/documents/{made.mine.file.document_id}").status_code == 200


def test_a_clients_key_sits_at_none_of_our_desks(made: Season) -> None:
    key("read", "finance", name="greedy")
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.filter(name="greedy").update(book=made.book, client_id=made.place.acme.pk)


def test_a_clients_session_reads_nothing_here(made: Season) -> None:
    client = Client()
    user = season.own_user(made, made.place.acme)
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(f"/v1/invoices/{made.mine.pk}").status_code == 404
