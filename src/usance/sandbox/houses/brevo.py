"""A bulk carrier of e-mail shaped as Brevo: JSON with papers in base64, one event a callback.

POST /brevo/smtp/email, GET /brevo/smtp/statistics/events?tags=
"""

import json
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from mimetypes import guess_type

import msgspec

from usance.plugins.channels._anymail import shown
from usance.sandbox.distributor import Unfit
from usance.sandbox.reading import demand
from usance.sandbox.serving import Reply, Request, said
from usance.sandbox.trouble import not_taken, spoiled
from usance.sandbox.world import World

from . import Event

KIND = "channels"
NAME = "brevo"
BATCH = 1  # Events in a callback.
TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but the sandbox.
# Our engine's words in its own.
WORDS = {
    "sent": "request",
    "opened": "unique_opened",
    "bounced": "hard_bounce",
    "expired": "soft_bounce",
    "complained": "spam",
}


def config(url: str, secret: str) -> dict[str, str]:
    return {
        "url": f"{url}/brevo",
        "token": TOKEN,
        "sender": "invoices@factor.example",
        "webhook_secrets": secret,
    }


def report(events: Sequence[Event]) -> bytes:
    """One event; none: what it says when somebody unsubscribed."""
    if not events:
        return msgspec.json.encode({"event": "unsubscribe", "email": "ap@kund.example"})
    (event,) = events
    return msgspec.json.encode(
        {
            "event": WORDS.get(event["code"], event["code"]),
            "email": "ap@kund.example",
            "message-id": event["reference"],
            "ts_epoch": int(datetime.fromisoformat(event["at"]).timestamp() * 1000),
            "X-Mailin-custom": json.dumps({"key": event["key"]}),
            "tags": [event["key"]],
            "reason": event.get("detail", ""),
        }
    )


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    """A password in the address of the callback: that is all there is."""
    return {"content-type": "application/json", "authorization": shown(secret)}


async def deliver(world: World, request: Request) -> Reply:
    if refused := _not_let_in(request):
        return refused
    asked = msgspec.json.decode(request.body)
    (key,) = asked["tags"]
    fault = world.faults.of_call("brevo " + key)
    if refused := not_taken(fault):
        return refused
    papers = [
        (guess_type(one["name"])[0] or "", b64decode(one["content"]))
        for one in asked.get("attachment") or []
    ]
    try:
        carried, is_new = world.deliver(
            NAME, key, "email", {"email": asked["to"][0]["email"]},
            sha256(request.body).hexdigest(), demand(papers, None),
            f"{asked['subject']}\n{asked['textContent']}",
        )  # fmt: skip
    except Unfit as unfit:
        return said(400, {"code": "invalid_parameter", "message": f"email is not valid: {unfit}"})
    if not is_new:
        carried.times += 1  # It compares no keys: a second call is a second mail.
    return spoiled(fault, said(201, {"messageId": carried.reference}), world)


async def find(world: World, request: Request) -> Reply:
    carried = world.distributor.carried.get(request.query["tags"])
    if carried is None:
        return _not_let_in(request) or said(200, {})
    told = {"event": "requests", "messageId": carried.reference, "tag": carried.key}
    return _not_let_in(request) or said(200, {"events": [told]})


def _not_let_in(request: Request) -> Reply | None:
    if request.headers.get("api-key", "") == TOKEN:
        return None
    return said(401, {"code": "unauthorized", "message": "Key not found"})


ROUTES = (
    ("POST", "/brevo/smtp/email", deliver),
    ("GET", "/brevo/smtp/statistics/events", find),
)
