"""A bulk carrier of e-mail shaped as SendGrid: JSON with papers in base64, signed events by the
dozen.

POST /sendgrid/mail/send, GET /sendgrid/messages?query=
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from usance.sandbox.distributor import Unfit
from usance.sandbox.reading import demand
from usance.sandbox.serving import Reply, Request, said
from usance.sandbox.trouble import not_taken, spoiled
from usance.sandbox.world import World

from . import Event

KIND = "channels"
NAME = "sendgrid"
BATCH = 50  # Events in a callback.
TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but the sandbox.
# Our engine's words in its own.
WORDS = {
    "sent": {"event": "processed"},
    "opened": {"event": "open"},
    "bounced": {"event": "bounce", "type": "bounce", "status": "5.1.1"},
    "expired": {"event": "bounce", "type": "blocked"},
    "complained": {"event": "spamreport"},
}


def config(url: str, secret: str) -> dict[str, str]:
    return {
        "url": f"{url}/sendgrid",
        "token": TOKEN,
        "sender": "invoices@factor.example",
        "webhook_secrets": verification_key(secret),
    }


def report(events: Sequence[Event]) -> bytes:
    """Of none: what it says when somebody left a list."""
    if not events:
        return msgspec.json.encode([{"event": "group_unsubscribe", "email": "ap@kund.example"}])
    return msgspec.json.encode(
        [
            WORDS.get(event["code"], {"event": event["code"]})
            | {
                "email": "ap@kund.example",
                "timestamp": int(datetime.fromisoformat(event["at"]).timestamp()),
                "sg_event_id": event["id"],
                "anymail_id": event["reference"],
                "key": event["key"],
                "reason": event.get("detail", ""),
            }
            for event in events
        ]
    )


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    signature = _key(secret).sign(
        timestamp.encode() + body, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    )
    return {
        "content-type": "application/json",
        "x-twilio-email-event-webhook-signature": b64encode(signature).decode(),
        "x-twilio-email-event-webhook-timestamp": timestamp,
    }


def verification_key(secret: str) -> str:
    """As SendGrid shows it: the public key that belongs to what signs under this secret."""
    public = _key(secret).public_key()
    return b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _key(secret: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(
        int.from_bytes(sha256(secret.encode()).digest()[:31], "big"), ec.SECP256R1()
    )


async def deliver(world: World, request: Request) -> Reply:
    if refused := _not_let_in(request):
        return refused
    asked = msgspec.json.decode(request.body)
    (person,) = asked["personalizations"]
    key = (asked.get("custom_args", {}) | person.get("custom_args", {}))["key"]
    fault = world.faults.of_call("sendgrid " + key)
    if refused := not_taken(fault):
        return refused
    if set(person["to"][0].get("name", "")) & set(",;"):
        fault_said = {"message": "A name may hold neither comma nor semicolon.", "field": "to.name"}
        return said(400, {"errors": [fault_said]})
    papers = [(one["type"], b64decode(one["content"])) for one in asked.get("attachments") or []]
    text = next(one["value"] for one in asked["content"] if one["type"] == "text/plain")
    try:
        carried, is_new = world.deliver(
            NAME, key, "email", {"email": person["to"][0]["email"]},
            sha256(request.body).hexdigest(), demand(papers, None), f"{asked['subject']}\n{text}",
        )  # fmt: skip
    except Unfit as unfit:
        fault_said = {"message": f"Does not contain a valid address. {unfit}", "field": "to"}
        return said(400, {"errors": [fault_said]})
    if not is_new:
        carried.times += 1  # It compares no keys: a second call is a second mail.
    return spoiled(fault, Reply(202), world)


async def find(world: World, request: Request) -> Reply:
    key = request.query["query"].partition('="')[2].rstrip('")')
    carried = world.distributor.carried.get(key)
    found = [{"msg_id": carried.reference, "status": "processed"}] if carried else []
    return _not_let_in(request) or said(200, {"messages": found})


def _not_let_in(request: Request) -> Reply | None:
    if request.headers.get("authorization", "") == f"Bearer {TOKEN}":
        return None
    return said(401, {"errors": [{"message": "authorization required"}]})


ROUTES = (
    ("POST", "/sendgrid/mail/send", deliver),
    ("GET", "/sendgrid/messages", find),
)
