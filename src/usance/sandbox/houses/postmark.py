"""A bulk carrier of e-mail shaped as Postmark: JSON with papers in base64, one event a callback.

POST /postmark/email, GET /postmark/messages/outbound?metadata_key=
"""

from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from usance.plugins.channels._anymail import shown
from usance.sandbox.distributor import Unfit
from usance.sandbox.reading import demand
from usance.sandbox.serving import Reply, Request, said
from usance.sandbox.trouble import not_taken, spoiled
from usance.sandbox.world import World

from . import Event

KIND = "channels"
NAME = "postmark"
BATCH = 1  # Events in a callback.
TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but the sandbox.
# Our engine's words in its own.
WORDS = {
    "sent": None,  # It says nothing of this.
    "delivered": ("Delivery", "", "DeliveredAt"),
    "opened": ("Open", "", "ReceivedAt"),
    "bounced": ("Bounce", "HardBounce", "BouncedAt"),
    "expired": ("Bounce", "SoftBounce", "BouncedAt"),
    "complained": ("SpamComplaint", "SpamComplaint", "BouncedAt"),
}


def config(url: str, secret: str) -> dict[str, str]:
    return {
        "url": f"{url}/postmark",
        "token": TOKEN,
        "sender": "invoices@factor.example",
        "webhook_secrets": secret,
    }


def report(events: Sequence[Event]) -> bytes:
    """One event; none: what it says when somebody may be written to again."""
    if not events:
        return msgspec.json.encode({"RecordType": "SubscriptionChange", "SuppressSending": False})
    (event,) = events
    about = WORDS.get(event["code"], (event["code"], "", "ReceivedAt"))
    if about is None:
        return msgspec.json.encode({"RecordType": "SubscriptionChange", "SuppressSending": False})
    kind, sort, moment = about
    told: dict[str, Any] = {
        "RecordType": kind, "MessageID": event["reference"], "Recipient": "ap@kund.example",
        "Metadata": {"key": event["key"]}, moment: event["at"], "MessageStream": "outbound",
    }  # fmt: skip
    if sort:
        told |= {"Type": sort, "ID": int(sha256(event["id"].encode()).hexdigest()[:12], 16)}
        told |= {"Description": event.get("detail", ""), "Details": "smtp;550 5.1.1 User unknown"}
    return msgspec.json.encode(told)


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    """A password in the address of the callback: that is all there is."""
    return {"content-type": "application/json", "authorization": shown(secret)}


async def deliver(world: World, request: Request) -> Reply:
    if refused := _not_let_in(request):
        return refused
    asked = msgspec.json.decode(request.body)
    key = asked["Metadata"]["key"]
    fault = world.faults.of_call("postmark " + key)
    if refused := not_taken(fault):
        return refused
    papers = [
        (one["ContentType"], b64decode(one["Content"])) for one in asked.get("Attachments") or []
    ]
    try:
        carried, is_new = world.deliver(
            NAME, key, "email", {"email": asked["To"]}, sha256(request.body).hexdigest(),
            demand(papers, None), f"{asked['Subject']}\n{asked['TextBody']}",
        )  # fmt: skip
    except Unfit as unfit:
        return said(422, {"ErrorCode": 300, "Message": f"Error parsing 'To': {unfit}"})
    if not is_new:
        carried.times += 1  # It compares no keys: a second call is a second mail.
    taken = {"To": asked["To"], "MessageID": carried.reference, "ErrorCode": 0, "Message": "OK"}
    return spoiled(fault, said(200, taken), world)


async def find(world: World, request: Request) -> Reply:
    carried = world.distributor.carried.get(request.query["metadata_key"])
    found = [{"MessageID": carried.reference, "Metadata": {"key": carried.key}}] if carried else []
    listed = {"TotalCount": len(found), "Messages": found}
    return _not_let_in(request) or said(200, listed)


def _not_let_in(request: Request) -> Reply | None:
    if request.headers.get("x-postmark-server-token", "") == TOKEN:
        return None
    return said(401, {"ErrorCode": 10, "Message": "Bad or missing Server API token."})


ROUTES = (
    ("POST", "/postmark/email", deliver),
    ("GET", "/postmark/messages/outbound", find),
)
