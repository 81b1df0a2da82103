"""A bulk carrier of e-mail shaped as Mailgun: forms with files, signed events one by one.

POST /mailgun/{domain}/messages, GET /mailgun/{domain}/events?message-id=
"""

import hmac
import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from usance.sandbox.distributor import Unfit
from usance.sandbox.reading import demand
from usance.sandbox.serving import Reply, Request, said
from usance.sandbox.trouble import not_taken, spoiled
from usance.sandbox.world import World

from . import Event

KIND = "channels"
NAME = "mailgun"
BATCH = 1  # Events in a callback.
TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but the sandbox.
DOMAIN = "factor.example"
WORDS: dict[str, dict[str, Any]] = {
    "sent": {"event": "accepted"},
    "bounced": {"event": "failed", "severity": "permanent", "reason": "bounce"},
    "expired": {"event": "failed", "severity": "permanent", "reason": "old"},
}


def config(url: str, secret: str) -> dict[str, str]:
    return {
        "url": f"{url}/mailgun",
        "token": TOKEN,
        "sender": f"invoices@{DOMAIN}",
        "webhook_secrets": secret,
    }


def report(events: Sequence[Event]) -> bytes:
    """One event, not signed yet; none: what it says when somebody unsubscribed."""
    if not events:
        return msgspec.json.encode({"event-data": {"event": "unsubscribed"}})
    (event,) = events
    told = WORDS.get(event["code"], {"event": event["code"]}) | {
        "timestamp": datetime.fromisoformat(event["at"]).timestamp(),
        "message": {"headers": {"message-id": f"{event['key']}@{DOMAIN}"}},
        "user-variables": {"key": event["key"]},
        "delivery-status": {"message": event.get("detail", ""), "code": 0},
    }
    token = sha256(event["id"].encode()).hexdigest()[:50]
    return msgspec.json.encode({"signature": {"token": token}, "event-data": told})


def sealed(body: bytes, *, at: datetime, secret: str) -> bytes:
    """Its signature stands within the body; what cannot hold one stays as it is."""
    try:
        told = json.loads(body)
        token = told.setdefault("signature", {}).setdefault("token", "0" * 50)
    except (ValueError, AttributeError, RecursionError):
        return body
    timestamp = str(int(at.timestamp()))
    value = hmac.digest(
        secret.encode(), f"{timestamp}{token}".encode(errors="replace"), "sha256"
    ).hex()
    told["signature"] |= {"timestamp": timestamp, "signature": value}
    return json.dumps(told).encode()


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    return {"content-type": "application/json"}


async def deliver(world: World, request: Request, domain: str) -> Reply:
    if refused := _not_let_in(request):
        return refused
    fields, papers = _form(request)
    key = fields["v:key"]
    fault = world.faults.of_call("mailgun " + key)
    if refused := not_taken(fault):
        return refused
    try:
        carried, is_new = world.deliver(
            NAME, key, "email", {"email": fields["to"]}, fields["h:Message-Id"],
            demand(papers, None), f"{fields['subject']}\n{fields['text']}",
        )  # fmt: skip
    except Unfit as unfit:
        return said(400, {"message": f"'to' parameter is not a valid address: {unfit}"})
    if not is_new:
        carried.times += 1  # It compares no keys: a second call is a second mail.
    taken = {"id": fields["h:Message-Id"], "message": "Queued. Thank you."}
    return spoiled(fault, said(200, taken), world)


async def find(world: World, request: Request, domain: str) -> Reply:
    id = request.query["message-id"]
    carried = world.distributor.carried.get(id.partition("@")[0])
    item = {"event": "accepted", "message": {"headers": {"message-id": id}}}
    return _not_let_in(request) or said(200, {"items": [item] if carried else []})


def _form(request: Request) -> tuple[dict[str, str], list[tuple[str, bytes]]]:
    """The fields and files of a form (RFC 7578); without files it is an ordinary one."""
    if request.headers["content-type"] == "application/x-www-form-urlencoded":
        return dict(parse_qsl(request.body.decode(), keep_blank_values=True)), []
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    fields: dict[str, str] = {}
    papers = []
    for part in _parts(message_from_bytes(head + request.body)):
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        if part.get_filename():
            papers.append((part.get_content_type(), data))
        else:
            fields[str(part.get_param("name", "", "content-disposition"))] = data.decode()
    return fields, papers


def _parts(form: Message) -> list[Message]:
    found = form.get_payload()
    return [one for one in found if isinstance(one, Message)] if isinstance(found, list) else []


def _not_let_in(request: Request) -> Reply | None:
    login = "Basic " + b64encode(f"api:{TOKEN}".encode()).decode()
    if request.headers.get("authorization", "") == login:
        return None
    return Reply(401, b"Forbidden")


ROUTES = (
    ("POST", "/mailgun/([^/]+)/messages", deliver),
    ("GET", "/mailgun/([^/]+)/events", find),
)
