"""What is asked and answered has the shape described; nothing undescribed is taken."""

import json
from typing import Any

import jsonschema_rs
import pytest
from django.db import connection
from django.test import Client
from pydantic import BaseModel

from tests import world
from tests.api.conftest import Program, key
from tests.api.test_gate import BODIES, OPERATIONS
from usance import models
from usance.api import urls
from usance.domain.events import Kind

pytestmark = pytest.mark.django_db
# What an attacker would like to set.
EXTRA = (
    "id", "stage", "status", "state", "created_by", "created_at", "actor", "is_staff", "role",
    "tenant_id", "insolvent_on", "verified_at", "released_by", "amount_funded",
)  # fmt: skip
# The body is a bookkeeping system's own paper: whatever it says, it is kept and read, never set.
KEPT_AS_A_FILE = {"/v1/clients/{id}/invoices"}


def test_nothing_undescribed_is_taken(program: Program, unhurried: None) -> None:
    clients = models.Client.objects.count()
    pk = str(models.Client.objects.first().pk)
    for path in sorted(set(BODIES) - KEPT_AS_A_FILE):
        answer = program.post(path.replace("{id}", pk), BODIES[path] | dict.fromkeys(EXTRA, "x"))
        assert answer.status_code == 422, (path, answer.content)
        assert answer.said["code"] == "invalid_request"
        places = {one["where"].rpartition(".")[2] for one in answer.said["errors"]}
        assert places >= set(EXTRA), path
    assert models.Client.objects.count() == clients


def test_every_operation_is_described_with_an_example() -> None:
    whole = urls.document()
    for method, path, operation in OPERATIONS:
        assert operation["summary"], (method, path)
        assert operation["tags"], (method, path)
        bodies = [operation.get("requestBody", {})]
        bodies += [one for status, one in operation["responses"].items() if status.startswith("2")]
        for body in bodies:
            for kind, content in body.get("content", {}).items():
                if kind == "application/json":
                    jsonschema_rs.validate(
                        {**content["schema"], "components": whole["components"]},
                        content["example"],
                    )


def test_no_two_shapes_share_a_name() -> None:
    """The OpenAPI document knows them by their names alone."""
    shapes: dict[str, set[type]] = {}
    waiting: list[type] = [BaseModel]
    while waiting:
        for shape in waiting.pop().__subclasses__():
            waiting.append(shape)
            if shape.__module__.startswith("usance.api") and "[" not in shape.__name__:
                shapes.setdefault(shape.__name__, set()).add(shape)
    assert not [name for name, found in shapes.items() if len(found) > 1]


def test_the_document_is_openapi_3_1_and_open_to_everybody() -> None:
    answer = Client().get("/v1/openapi.json")
    assert answer.status_code == 200
    assert json.loads(answer.content)["openapi"] == "3.1.0"


def test_a_page_shows_every_operation_without_a_script() -> None:
    page = Client().get("/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "<script" not in text
    assert " style=" not in text
    for _, path, operation in OPERATIONS:
        assert f'id="{operation["operationId"]}"' in text
        assert path in text


def test_a_problem_says_what_and_what_to_do(program: Program) -> None:
    answer = program.post("/v1/clients", {"name": "", "country": "Sweden"})
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.said["code"] == "invalid_request"
    assert answer.said["status"] == 422
    assert {one["where"] for one in answer.said["errors"]} == {
        "body.said.name", "body.said.country",
    }  # fmt: skip
    assert answer["Cache-Control"] == "no-store"


def test_a_filter_that_does_not_exist_is_refused(program: Program) -> None:
    answer = program.get("/v1/invoices", stage="funded")
    assert (answer.status_code, answer.said["errors"][0]["where"]) == (422, "query.stage")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/invoices", {"limit": "0"}),
        ("/v1/invoices", {"limit": "201"}),
        ("/v1/invoices", {"after": "x"}),
        ("/v1/invoices", {"due_from": "20260301"}),
        ("/v1/invoices", {"words": "a\0b"}),
        ("/v1/events", {"after": "x"}),
        ("/v1/events", {"kind": "nothing.happened"}),
        ("/v1/bank-lines", {"verdict": "perhaps"}),
        ("/v1/ledger/trial-balance", {"as_of": "0"}),
    ],
)
def test_a_filter_of_the_wrong_shape_is_refused(
    program: Program, path: str, query: dict[str, str]
) -> None:
    answer = program.get(path, **query)
    assert (answer.status_code, answer.said["code"]) == (422, "invalid_request")


def test_unknown_addresses_and_methods_are_problems_too(program: Program) -> None:
    nowhere = program.get("/v1/nothing/here")
    assert (nowhere.status_code, nowhere.said["code"]) == (404, "not_found")
    wrong = program.delete("/v1/invoices")
    assert (wrong.status_code, wrong.said["code"], wrong["Allow"]) == (
        405, "method_not_allowed", "GET",
    )  # fmt: skip


def test_what_cannot_be_read_is_refused_not_broken(program: Program, settings: Any) -> None:
    headers = {"Authorization": f"Bearer {program.token}", "Idempotency-Key": "k"}
    client = Client()
    for path in ("/v1/clients", "/v1/batches", "/v1/statements"):
        broken = client.post(path, data="{", content_type="application/json", headers=headers)
        assert broken.status_code in {400, 422}
        assert broken["Content-Type"] == "application/problem+json"
    lost = client.post(
        "/v1/batches", data=b"x", content_type="multipart/form-data", headers=headers
    )
    assert (lost.status_code, lost["Content-Type"]) == (400, "application/problem+json")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    large = client.post(
        "/v1/clients", data='{"name": "' + "x" * 50, content_type="application/json",
        headers=headers,
    )  # fmt: skip
    assert large.status_code == 413
    settings.API_LARGEST_BYTES = 10
    assert program.send("/v1/batches", {"client": "x" * 50}).status_code == 413


def test_the_feed_goes_by_the_number_of_transactions_not_by_their_text(program: Program) -> None:
    with connection.cursor() as cursor:
        for tx in (100, 9, 11, 10):
            cursor.execute(
                "INSERT INTO diary (id, kind, subject_id, at, actor, particulars, tx) VALUES"
                " (gen_random_uuid(), 'batch.received', gen_random_uuid(), now(), %s, '{}',"
                " %s::text::xid8)",
                [f"in {tx}", str(tx)],
            )
    first = program.get("/v1/events", limit=2).said
    then = program.get("/v1/events", limit=2, after=first["next"]).said
    shown = [one["actor"] for one in first["items"] + then["items"]]
    assert shown == ["in 9", "in 10", "in 11", "in 100"]


@pytest.mark.django_db(transaction=True)
def test_the_feed_shows_everything_once_and_in_order(place: world.World) -> None:
    from tests.belt import receive, wait_for_others

    program = key("read")
    receive(*(world.paper(place.acme, place.bolt, number=f"R-{n}") for n in range(5)))
    wait_for_others()
    seen, after = [], {}
    while True:
        page = program.get("/v1/events", limit=4, **after).said
        seen += page["items"]
        after = {"after": page["next"]}
        if not page["more"]:
            break
    assert [one["id"] for one in seen] == list(
        map(str, models.Diary.objects.order_by("id").values_list("pk", flat=True))
    )
    assert program.get("/v1/events", **after).said["items"] == []
    receive(world.paper(place.acme, place.bolt, number="R-9"))
    wait_for_others()
    news = program.get("/v1/events", **after).said["items"]
    assert [one["kind"] for one in news] == ["batch.received", "invoice.received"]
    batches = program.get("/v1/events", kind=Kind.BATCH_RECEIVED.value).said["items"]
    assert {one["kind"] for one in batches} == {"batch.received"}
