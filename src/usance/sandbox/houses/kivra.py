"""Kivra's mailboxes: tokens, who has one, and contents, each payload delivered once.

Whose number ends in 7 has no mailbox here. A token ends after eight hours of the sandbox's time.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from usance.domain.money import Money, NotMoney
from usance.sandbox.distributor import Unfit
from usance.sandbox.reading import demand
from usance.sandbox.serving import Reply, Request, said
from usance.sandbox.trouble import not_taken, spoiled
from usance.sandbox.world import World

from . import Event, Route

KIND = "channels"
ALSO = ("directories",)
NAME = "kivra"
CALLS = False
CLIENT = ("client_sandbox", "sandbox-secret")
TENANT = "15236156848eefa1dc75364af2be38c98eb3aae223"
VALID = timedelta(hours=8)
LARGEST = 1_000_000


def config(url: str, secret: str) -> dict[str, str]:
    client_id, client_secret = CLIENT
    return {
        "url": f"{url}/kivra",
        "client_id": client_id,
        "client_secret": client_secret,
        "tenant": TENANT,
        "bankgiro": "991-2346",
    }


def report(events: Sequence[Event]) -> bytes:
    """Never asked for: Kivra does not call back."""
    return b""


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    return {}


async def auth(world: World, request: Request) -> Reply:
    login = base64.b64encode(":".join(CLIENT).encode()).decode()
    if request.headers.get("authorization") != f"Basic {login}":
        return _fault(401, 40104, "Invalid Client", "Client authentication failed")
    if request.body != b"grant_type=client_credentials":
        return _fault(400, 40001, "Invalid Request", "The request was invalid")
    token = base64.urlsafe_b64encode(world.agenda.at.isoformat().encode()).decode()
    return said(200, {
        "state": "", "access_token": token, "token_type": "bearer",
        "expires_in": int(VALID.total_seconds()), "scope": f"kivra.v1.tenant.{TENANT}.*",
    })  # fmt: skip


async def match(world: World, request: Request, tenant: str, kind: str) -> Reply:
    if refused := _not_let_in(world, request, tenant):
        return refused
    fault = world.faults.of_call("match " + hashlib.sha256(request.body).hexdigest())
    if refused := not_taken(fault):
        return refused
    asked = msgspec.json.decode(request.body, type=dict[str, list[str]])["list"]
    return spoiled(
        fault, said(200, {"list": [number for number in asked if _is_user(number)]}), world
    )


async def content(world: World, request: Request, tenant: str) -> Reply:
    if refused := _not_let_in(world, request, tenant):
        return refused
    if len(request.body) > LARGEST:
        return _fault(413, 41300, "Request Entity Too Large", "at most 1 MB")
    asked = msgspec.json.decode(request.body, type=dict[str, Any])
    digest = hashlib.sha256(request.body).hexdigest()
    key = request.headers.get("x-request-id", digest)
    fault = world.faults.of_call("content " + key)
    if refused := not_taken(fault):
        return refused
    number = asked.get("vat_number") or asked.get("ssn") or ""
    if refused := _refused(asked, number):
        return refused
    parts = [(p["content_type"], base64.b64decode(p["data"])) for p in asked.get("parts", [])]
    found = demand(parts, None)
    text = asked["subject"]
    try:
        carried, _ = world.deliver(NAME, key, "mailbox", {"mailbox": number}, digest, found, text)
    except Unfit as unfit:
        if unfit.code != "key_reused":
            return _fault(400, 40000, "Request validation failed", str(unfit))
        carried = world.distributor.carried[key]  # Other bytes: a second delivery.
        carried.times += 1
    reply = said(201, {"subject": asked["subject"], "type": asked["type"]},
                 kivra_objkey=carried.reference)  # fmt: skip
    return spoiled(fault, reply, world)


def _refused(asked: dict[str, Any], number: str) -> Reply | None:
    if not number:
        return _fault(400, 40024, "No Receiver Specified", "Neither ssn nor vat_number")
    if not _is_user(number):
        return _fault(400, 40032, "User doesn't exist", "No user exists with provided SSN")
    if asked.get("retain"):
        return _fault(422, 42221, "Unprocessable", "This type of content cannot be retained")
    if asked["type"] == "invoice" and not _is_payable(asked.get("payment_multiple_options", {})):
        return _fault(400, 40042, "Invalid amount", "The amount is out of range")
    return None


def _is_payable(options: dict[str, Any]) -> bool:
    try:
        amounts: Iterable[Money] = [Money.of(one["amount"], "SEK") for one in options["options"]]
    except (KeyError, NotMoney):
        return False
    named = options.get("payable") is True and options.get("method") in ("1", "2")
    return named and options.get("currency") == "SEK" and all(one.minor >= 100 for one in amounts)


def _is_user(number: str) -> bool:
    return not number.removesuffix("01" if number.startswith("SE") else "").endswith("7")


def _not_let_in(world: World, request: Request, tenant: str) -> Reply | None:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    try:
        issued = datetime.fromisoformat(base64.urlsafe_b64decode(token).decode())
    except ValueError:
        return _fault(401, 40100, "Unauthorized", "Supplied credentials was invalid")
    if not issued <= world.agenda.at < issued + VALID:
        return _fault(401, 40015, "Invalid Token", "Invalid access_token provided")
    if tenant != TENANT:
        return _fault(404, 40400, "Not found", "The resource was not found")
    return None


def _fault(status: int, code: int, short: str, long: str) -> Reply:
    return said(status, {"code": code, "short_message": short, "long_message": long})


ROUTES: tuple[Route, ...] = (
    ("POST", "/kivra/v1/auth", auth),
    ("POST", "/kivra/v2/tenant/([^/]+)/(usermatch/ssn|companymatch/vatnr)", match),
    ("POST", "/kivra/v2/tenant/([^/]+)/content", content),
)
