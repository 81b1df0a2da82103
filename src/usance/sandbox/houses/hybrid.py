"""The hybrid distributor of docs/distributor-api.md.

POST /v1/deliveries, GET /v1/deliveries?key=, GET /v1/deliveries/{reference}, GET /v1/events?after=
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import msgspec

from usance.plugins.channels._hybrid_words import Delivery
from usance.plugins.channels._signature import sign
from usance.sandbox.distributor import Carried, Unfit
from usance.sandbox.reading import demand
from usance.sandbox.serving import Reply, Request, problem, said
from usance.sandbox.trouble import not_taken, spoiled
from usance.sandbox.world import World

from . import Event

KIND = "channels"
NAME = "hybrid"
TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but the sandbox.
EVENTS = 500
CHANNELS = ("letter", "einvoice", "mailbox", "email", "sms")


def config(url: str, secret: str) -> dict[str, str]:
    return {"url": url, "token": TOKEN, "webhook_secrets": secret}


def report(events: Sequence[Event]) -> bytes:
    return msgspec.json.encode({"events": events})


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    timestamp = int(at.timestamp())
    return {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(body, id=id, timestamp=timestamp, secret=secret),
    }


async def deliver(world: World, request: Request) -> Reply:
    if refused := _not_let_in(request):
        return refused
    key = request.headers.get("idempotency-key", "")
    if not 1 <= len(key) <= 100:
        return problem(400, "key_missing", "Idempotency-Key, 1 to 100 characters")
    fault = world.faults.of_call("delivery " + key)
    if refused := not_taken(fault):
        return refused
    asked = msgspec.json.decode(request.body, type=Delivery)
    if asked.channel not in CHANNELS:
        return problem(422, "unknown_channel", f"channels are {', '.join(CHANNELS)}")
    found = demand(((d.media_type, d.content) for d in asked.documents), asked.payment)
    try:
        carried, is_new = world.deliver(
            NAME,
            key,
            asked.channel,
            asked.recipient,
            sha256(request.body).hexdigest(),
            found,
            f"{asked.subject}\n{asked.text}",
        )
    except Unfit as unfit:
        return problem(422, unfit.code, str(unfit))
    return spoiled(fault, said(201 if is_new else 409, _shown(carried)), world)


async def find(world: World, request: Request) -> Reply:
    if refused := _not_let_in(request):
        return refused
    carried = world.distributor.carried.get(request.query["key"])
    return said(200, {"deliveries": [_shown(carried)] if carried else []})


async def show(world: World, request: Request, reference: str) -> Reply:
    if refused := _not_let_in(request):
        return refused
    carried = world.distributor.by_reference.get(reference)
    if carried is None:
        return problem(404, "no_such_delivery", reference)
    return said(200, _shown(carried))


async def events(world: World, request: Request) -> Reply:
    if refused := _not_let_in(request):
        return refused
    after = int(request.query.get("after", "0"))
    if after < 0:
        return problem(422, "unreadable", "after is a number, 0 or more")
    found = world.outbox.events[NAME][after : after + EVENTS]
    return said(200, {"events": found, "next": after + len(found)})


def _not_let_in(request: Request) -> Reply | None:
    if request.headers.get("authorization", "") == f"Bearer {TOKEN}":
        return None
    return problem(401, "token_wrong", "a bearer token is asked for")


def _shown(carried: Carried) -> dict[str, str]:
    return {"key": carried.key, "reference": carried.reference, "state": carried.state}


ROUTES = (
    ("POST", "/v1/deliveries", deliver),
    ("GET", "/v1/deliveries", find),
    ("GET", "/v1/deliveries/([^/]+)", show),
    ("GET", "/v1/events", events),
)
