"""A print-and-mail house with Pingen's API: tokens, uploads, letters, webhooks one by one.

POST /pingen/auth/access-tokens, GET /pingen/file-upload, PUT /pingen/store/{name},
POST and GET /pingen/organisations/{id}/letters
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

import msgspec

from usance.plugins.channels.pingen import sign
from usance.sandbox.distributor import Carried, Unfit
from usance.sandbox.reading import demand
from usance.sandbox.serving import Reply, Request, said
from usance.sandbox.trouble import not_taken, spoiled
from usance.sandbox.world import World

from . import Event

KIND = "channels"
NAME = "pingen"
BATCH = 1  # A webhook tells one thing.
TOKEN = "pingen-token"  # noqa: S105 - opens nothing but the sandbox.
CLIENT = {"client_id": "sandbox", "client_secret": "sandbox"}
ORGANISATION = "b85c7b52"
# What the engine tells, in the house's categories. It says nothing of printing, nor for debtors.
CATEGORIES = {
    "posted": "sent", "delivered": "delivered", "returned": "undeliverable",
    "printed": "", "disputed": "",
}  # fmt: skip
_stores: WeakKeyDictionary[World, dict[str, bytes]] = WeakKeyDictionary()


def config(url: str, secret: str) -> dict[str, str]:
    ours = f"{url}/pingen"
    return {
        "url": ours, "identity_url": ours, "organisation": ORGANISATION,
        "webhook_secrets": secret, **CLIENT,
    }  # fmt: skip


def report(events: Sequence[Event]) -> bytes:
    """A webhook; several at once, or none, are a list as JSON:API has it."""
    told = [
        (event, category)
        for event in events
        if (category := CATEGORIES.get(event["code"], event["code"]))
    ]
    data = [_webhook(event, category) for event, category in told]
    body = {
        "data": data[0] if len(data) == 1 else data,
        "included": [
            {"type": "letters", "id": event["reference"],
             "attributes": {"status": "sent", "file_original_name": f"{event['key']}.pdf"}}
            for event, _ in told
        ],
    }  # fmt: skip
    return msgspec.json.encode(body)


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    return {"content-type": "application/vnd.api+json", "signature": sign(body, secret)}


async def token(world: World, request: Request) -> Reply:
    asked = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    if asked.get("grant_type") != "client_credentials" or not CLIENT.items() <= asked.items():
        return _refused(401, "invalid_client", "client credentials are asked for")
    return said(200, {"token_type": "Bearer", "expires_in": 43200, "access_token": TOKEN})


async def upload_place(world: World, request: Request) -> Reply:
    store = _stores.setdefault(world, {})
    name = f"file-{len(store)}"
    store[name] = b""
    attributes = {"url": f"{_base(request)}/pingen/store/{name}", "url_signature": _seal(name)}
    document = {"data": {"id": name, "type": "file_uploads", "attributes": attributes}}
    return _not_let_in(request) or said(200, document)


async def upload(world: World, request: Request, name: str) -> Reply:
    store = _stores.setdefault(world, {})
    if name not in store or "authorization" in request.headers:
        return _refused(403, "access_denied", "a signed place is asked for, and no token")
    store[name] = request.body
    return Reply(200)


async def create(world: World, request: Request, organisation: str) -> Reply:
    if refused := _not_let_in(request):
        return refused
    key = request.headers.get("idempotency-key", "")
    fault = world.faults.of_call("delivery " + key)
    if refused := not_taken(fault):
        return refused
    asked = msgspec.json.decode(request.body)["data"]["attributes"]
    name = asked["file_url"].rpartition("/")[2]
    pdf = _stores.get(world, {}).get(name, b"")
    if asked["file_url_signature"] != _seal(name) or not pdf.startswith(b"%PDF-"):
        return _refused(422, "file_url_signature", "no PDF lies there")
    told = asked["meta_data"]["recipient"]
    recipient = {
        "name": told["name"], "street": told["street"], "postcode": told["zip"],
        "city": told["city"], "country": told["country"],
    }  # fmt: skip
    digest = sha256(pdf + msgspec.json.encode(recipient)).hexdigest()
    found = demand([("application/pdf", pdf)], None)
    try:
        carried, _ = world.deliver(NAME, key, "letter", recipient, digest, found, "")
    except Unfit as unfit:
        return _refused(422, unfit.code, str(unfit))
    return spoiled(fault, said(201, {"data": _letter(carried)}), world)


async def find(world: World, request: Request, organisation: str) -> Reply:
    wanted = request.query.get("q", "")
    letters = [
        _letter(one)
        for one in world.distributor.carried.values()
        if one.house == NAME and wanted in one.key
    ]
    meta = {"current_page": 1, "last_page": 1, "per_page": 20, "total": len(letters)}
    return _not_let_in(request) or said(200, {"data": letters, "meta": meta})


def _letter(carried: Carried) -> dict[str, Any]:
    attributes = {"status": carried.state, "file_original_name": f"{carried.key}.pdf"}
    return {"id": carried.reference, "type": "letters", "attributes": attributes}


def _webhook(event: Event, category: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {"url": "https://factor.example/hook", "created_at": event["at"]}
    if category == "undeliverable":
        attributes |= {
            "reason": event.get("detail"), "corrected_address": event.get("corrected_address"),
        }  # fmt: skip
    letter = {"data": {"type": "letters", "id": event["reference"]}}
    return {
        "type": f"webhook_{category}", "id": event["id"], "attributes": attributes,
        "relationships": {"letter": letter, "deliverable": letter},
    }  # fmt: skip


def _not_let_in(request: Request) -> Reply | None:
    if request.headers.get("authorization", "") == f"Bearer {TOKEN}":
        return None
    return _refused(401, "access_denied", "a bearer token is asked for")


def _refused(status: int, title: str, detail: str) -> Reply:
    return said(status, {"errors": [{"code": title, "title": title, "detail": detail}]})


def _seal(name: str) -> str:
    return sha256(f"sandbox {name}".encode()).hexdigest()


def _base(request: Request) -> str:
    return f"http://{request.headers['host']}"


ROUTES = (
    ("POST", "/pingen/auth/access-tokens", token),
    ("GET", "/pingen/file-upload", upload_place),
    ("PUT", "/pingen/store/([^/]+)", upload),
    ("POST", "/pingen/organisations/([^/]+)/letters", create),
    ("GET", "/pingen/organisations/([^/]+)/letters", find),
)
