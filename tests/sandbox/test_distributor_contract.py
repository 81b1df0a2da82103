"""The sandbox's distributor and our plug-in keep docs/distributor-openapi.yaml, each answer."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
import yaml

from tests.outside import ADDRESSES, Receiver, parcel
from usance import sandbox
from usance.domain.distribution import Attachment, Kind
from usance.plugins.channels import hybrid
from usance.plugins.channels._hybrid_words import request_body
from usance.sandbox.outbox import Where

DOCS = Path(__file__).parents[2] / "docs"
WORDS = (DOCS / "distributor-api.md").read_text()
FILE = DOCS / "distributor-openapi.yaml"
schema = schemathesis.openapi.from_path(FILE)
TAKEN = json.loads(request_body(parcel("taken", Kind.LETTER)))
NOBODY = TAKEN["recipient"] | {"name": "Nobody"}
PUSH = {"channel": "push", "recipient": {"endpoint": "https://push.example"}}

# Operation, what is asked, status and code of the answer.
ASKED = [
    ("handOver", {"json": TAKEN, "key": "new"}, 201, ""),
    ("handOver", {"json": TAKEN, "key": "taken"}, 409, ""),
    ("handOver", {"json": TAKEN | {"sender": "Another"}, "key": "taken"}, 422, "key_reused"),
    ("handOver", {"json": TAKEN}, 400, "key_missing"),
    ("handOver", {"json": TAKEN, "key": "k" * 101}, 400, "key_missing"),
    ("handOver", {"json": TAKEN, "key": "k2", "token": "guess"}, 401, "token_wrong"),
    ("handOver", {"json": TAKEN | {"channel": "fax"}, "key": "k3"}, 422, "unknown_channel"),
    ("handOver", {"json": TAKEN | PUSH, "key": "k4"}, 422, "unknown_channel"),
    ("handOver", {"json": TAKEN | {"recipient": {}}, "key": "k5"}, 422, "recipient_incomplete"),
    ("handOver", {"json": TAKEN | {"recipient": NOBODY}, "key": "k6"}, 422, "recipient_unknown"),
    ("handOver", {"content": b"{", "key": "k7"}, 422, "unreadable"),
    ("handOver", {"json": TAKEN, "key": "k8", "fault": "busy_429"}, 429, "busy"),
    ("findDelivery", {"params": {"key": "taken"}}, 200, ""),
    ("findDelivery", {"params": {"key": "never"}}, 200, ""),
    ("findDelivery", {}, 422, "unreadable"),
    ("findDelivery", {"token": "guess"}, 401, "token_wrong"),
    ("showDelivery", {"of": "taken"}, 200, ""),
    ("showDelivery", {"of": "never"}, 404, "no_such_delivery"),
    ("showDelivery", {"of": "taken", "token": "guess"}, 401, "token_wrong"),
    ("listEvents", {}, 200, ""),
    ("listEvents", {"params": {"after": "-1"}}, 422, "unreadable"),
    ("listEvents", {"params": {"after": "x"}}, 422, "unreadable"),
    ("listEvents", {"params": {"after": "x"}, "token": "guess"}, 401, "token_wrong"),
]  # fmt: skip


@pytest.fixture(scope="module")
def told() -> Iterator[Receiver]:
    with Receiver() as ours:
        yield ours


@pytest.fixture(scope="module")
def world(told: Receiver) -> Iterator[sandbox.Running]:
    where = Where(webhook_url=told.url)
    with sandbox.start(sandbox.Settings(seed=7, failing=0, where=where)) as running:
        list(hybrid.send([parcel("taken", Kind.LETTER)], running.config("channels", "hybrid")))
        yield running


@pytest.mark.parametrize(("operation", "asked", "status", "code"), ASKED)
def test_every_answer_is_the_contracts(
    operation: str, asked: dict[str, Any], status: int, code: str, world: sandbox.Running
) -> None:
    described = schema.find_operation_by_id(operation)

    answer = _ask(world, described.method, described.path, **asked)

    assert (answer.status_code, answer.json().get("code", "")) == (status, code)
    described.validate_response(answer)
    assert not code or f"`{code}`" in WORDS


def _ask(
    world: sandbox.Running, method: str, path: str,
    *, token: str = "", key: str = "", of: str = "", fault: str = "", **more: Any,
) -> httpx.Response:  # fmt: skip
    config = world.config("channels", "hybrid")
    headers = {"authorization": f"Bearer {token or config['token']}"}
    if key:
        headers["idempotency-key"] = key
    known = world.dump()["deliveries"].get(of, {"reference": "nobodys"})
    path = path.format(**known)
    if not fault:
        return world.http.request(method, config["url"] + path, headers=headers, **more)
    world.faults(**{fault: 1})
    try:
        return world.http.request(method, config["url"] + path, headers=headers, **more)
    finally:
        world.faults(**{fault: 0})


@pytest.mark.parametrize("kind", sorted(hybrid.KINDS))
def test_what_we_hand_over_is_the_contracts(kind: Kind) -> None:
    payment = b"""{"invoice_number": "1", "amount": {"minor": 125000, "currency": "SEK"}}"""
    data = Attachment(name="p.json", media_type=hybrid.PAYMENT, content=payment)

    body = json.loads(request_body(parcel("k", kind, attachments=(data,))))

    _shape("Delivery").validate(body)
    assert body["recipient"] == ADDRESSES[kind]


def test_what_we_are_told_is_the_contracts(world: sandbox.Running, told: Receiver) -> None:
    world.clock(sandbox.Settings().at + timedelta(days=9))

    (_, body) = told.got[-1]
    events = json.loads(body)["events"]
    assert events
    for event in events:
        _shape("Event").validate(event)


def _shape(name: str) -> Any:
    described = yaml.safe_load(FILE.read_text())
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    )
