"""Storecove's access point: document submissions, and a queue of webhooks.

POST /storecove/document_submissions
GET /storecove/document_submissions/{guid}/evidence/sending
GET /storecove/webhook_instances/, DELETE /storecove/webhook_instances/{guid}
"""

import base64
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from usance.plugins.channels._signature import sign
from usance.plugins.channels._storecove_words import SCHEMES, Submission, guid_of
from usance.sandbox import answers
from usance.sandbox.distributor import Unfit
from usance.sandbox.reading import demand
from usance.sandbox.serving import Reply, Request, said
from usance.sandbox.trouble import not_taken, spoiled
from usance.sandbox.world import World

from . import Event

KIND = "channels"
NAME = "storecove"
BATCH = 1
ANSWERS = True
TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but the sandbox.
LEGAL_ENTITY = 4711
CODES = {scheme: code for code, scheme in SCHEMES.items()}
# The engine's words that are states of the submission; the others come as documents.
STATES = {"sent": "succeeded", "rejected": "failed"}


def config(url: str, secret: str) -> dict[str, str]:
    return {
        "url": f"{url}/storecove",
        "token": TOKEN,
        "legal_entity": str(LEGAL_ENTITY),
        "webhook_secrets": secret,
    }


def report(events: Sequence[Event]) -> bytes:
    """The webhook of one event; of none, one about something else."""
    if not events:
        return msgspec.json.encode({"event_type": "legal_entity", "event": "updated"})
    (event,) = events
    state = STATES.get(event["code"], event["code"])
    is_answer = event["code"] in answers.MEANT and event["code"] not in STATES
    document = base64.b64encode(answers.document(event)).decode() if is_answer else None
    key = event["key"]
    return msgspec.json.encode(
        {
            "event_type": "document_submission",
            "event_group": "invoice",
            "event": state,
            "details": event.get("detail") or None,
            "response_document": document,
            "guid": event["reference"],
            "idempotencyGuid": guid_of(key) if len(key) == 32 else "",
            "tenant_id": "sandbox",
        }
    )


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    """As whoever receives Storecove's webhooks for us signs them: Standard Webhooks."""
    timestamp = int(at.timestamp())
    return {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(body, id=id, timestamp=timestamp, secret=secret),
    }


async def submit(world: World, request: Request) -> Reply:
    if refused := _not_let_in(request):
        return refused
    asked = msgspec.json.decode(request.body, type=Submission)
    key = UUID(asked.idempotency_guid).hex
    fault = world.faults.of_call("delivery " + key)
    if refused := not_taken(fault):
        return refused
    to, data = asked.routing.e_identifiers[0], asked.document.raw_document_data.document
    if asked.legal_entity_id != LEGAL_ENTITY:
        return _unprocessable("legalEntityId", "there is no such legal entity")
    buyer = f"{CODES.get(to.scheme, '')}:{to.id}"
    found = demand([("application/xml", data)], None)
    digest = sha256(request.body).hexdigest()
    try:
        carried, is_new = world.deliver(
            NAME, key, "einvoice", {"einvoice": buyer}, digest, found, ""
        )
    except Unfit as unfit:
        return _unprocessable("routing", str(unfit))
    if not is_new:
        return spoiled(fault, _unprocessable("idempotencyGuid", "has been used"), world)
    return spoiled(fault, said(200, {"guid": carried.reference}), world)


async def evidence(world: World, request: Request, guid: str) -> Reply:
    """There is some as soon as the receiving access point confirmed."""
    if refused := _not_let_in(request):
        return refused
    if refused := not_taken(world.faults.of_call("evidence " + guid)):
        return refused
    carried = world.distributor.by_reference.get(guid)
    if carried is None or carried.state in ("accepted", "rejected"):
        return Reply(404)
    receipt = {
        "receiving_accesspoint": "POP000042",
        "remote_message_id": f"{carried.digest[:32]}@ap.example",
        "transmission_datetime": carried.at.isoformat(),
    }
    told = {
        "guid": guid, "sender": str(LEGAL_ENTITY), "receiver": carried.recipient["einvoice"],
        "network": "peppol", "evidence": receipt,
    }  # fmt: skip
    return said(200, told)


async def next_webhook(world: World, request: Request) -> Reply:
    if refused := _not_let_in(request):
        return refused
    waiting = [e for e in world.outbox.events[NAME] if e["id"] not in world.fetched]
    if not waiting:
        return Reply(204)
    return said(200, {"guid": waiting[0]["id"], "body": report(waiting[:1]).decode()})


async def put_away(world: World, request: Request, guid: str) -> Reply:
    if refused := _not_let_in(request):
        return refused
    if guid in world.fetched or guid not in {e["id"] for e in world.outbox.events[NAME]}:
        return Reply(404)
    world.fetch_done(guid)
    return Reply(204)


def _unprocessable(source: str, details: str) -> Reply:
    return said(422, [{"source": source, "details": details}])


def _not_let_in(request: Request) -> Reply | None:
    if request.headers.get("authorization", "") == f"Bearer {TOKEN}":
        return None
    return Reply(401)


ROUTES = (
    ("POST", "/storecove/document_submissions", submit),
    ("GET", "/storecove/document_submissions/([^/]+)/evidence/sending", evidence),
    ("GET", "/storecove/webhook_instances/", next_webhook),
    ("DELETE", "/storecove/webhook_instances/([^/]+)", put_away),
)
