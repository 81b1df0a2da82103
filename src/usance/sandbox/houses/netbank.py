"""An exchange of banks for e-invoices to consumers (docs/netbank.md), and their bank in one house.

POST /netbank/v1/invoices, GET ?key=; PUT /netbank/v1/registrations/{id}/answer
POST /netbank/people {"id", "what", "address", …}: a consumer does something in the internet bank
GET  /netbank/people: what was answered to them, by message

Messages are posted; those that nobody takes wait in `out` on its SFTP server as well, a file for
each. An address that begins with "gone" belongs to nobody any more.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import msgspec

from usance.plugins.channels._netbank_words import GONE, WANTS, Invoice
from usance.sandbox import sftp
from usance.sandbox.distributor import Unfit
from usance.sandbox.reading import demand
from usance.sandbox.serving import Reply, Request, problem, said
from usance.sandbox.trouble import not_taken, spoiled
from usance.sandbox.world import World

from . import Event, Route, hybrid

KIND = "channels"
NAME = "netbank"
TOKEN = "sandbox-netbank"  # noqa: S105 - opens nothing but the sandbox.
BATCH = 500
# The engine's words in the exchange's.
WORDS = {"sent": "passed_on", "delivered": "in_bank", "opened": "shown", "rejected": "rejected"}
FIELDS = ("id", "at", "key", "reference", "address", "before", "identity", "copied", "name",
          "detail")  # fmt: skip


def config(url: str, secret: str) -> dict[str, str]:
    return {"url": f"{url}/netbank", "token": TOKEN, "webhook_secrets": secret}


def report(events: Sequence[Event]) -> bytes:
    """The messages. What a debtor says goes another way: a bank passes nothing on."""
    return msgspec.json.encode(
        {
            "messages": [
                {"what": WORDS.get(event["code"], event["code"])}
                | {name: event[name] for name in FIELDS if event.get(name)}
                for event in events
                if event["code"] != "disputed"
            ]
        }
    )


signed = hybrid.signed  # By the same standard.


async def deliver(world: World, request: Request) -> Reply:
    if refused := _not_let_in(request):
        return refused
    key = request.headers.get("idempotency-key", "")
    if not 1 <= len(key) <= 100:
        return problem(400, "key_missing", "Idempotency-Key, 1 to 100 characters")
    fault = world.faults.of_call("delivery " + key)
    if refused := not_taken(fault):
        return refused
    asked = msgspec.json.decode(request.body, type=Invoice)
    if asked.address.startswith("gone"):
        _ended(world, key, asked.address)
        return problem(422, GONE, "This consumer takes no e-invoices from you any more.")
    found = demand(((d.media_type, d.content) for d in asked.documents), asked.payment)
    digest = sha256(request.body).hexdigest()
    receiver = {"einvoice": asked.address}
    try:
        carried, is_new = world.deliver(NAME, key, "einvoice", receiver, digest, found, "")
    except Unfit as unfit:
        return problem(422, unfit.code, str(unfit))
    told = {"key": carried.key, "reference": carried.reference}
    return spoiled(fault, said(201 if is_new else 409, told), world)


async def find(world: World, request: Request) -> Reply:
    one = world.distributor.carried.get(request.query["key"])
    found = [{"key": one.key, "reference": one.reference}] if one else []
    return _not_let_in(request) or said(200, {"invoices": found})


async def answered(world: World, request: Request, id: str) -> Reply:
    if refused := _not_let_in(request):
        return refused
    fault = world.faults.of_call("answer " + id)
    if refused := not_taken(fault):
        return refused
    given = msgspec.json.decode(request.body, type=dict[str, bool | str])
    _answers(world)[id] = given
    return spoiled(fault, said(200, {"id": id}), world)


async def act(world: World, request: Request) -> Reply:
    told = msgspec.json.decode(request.body, type=dict[str, str])
    if told["what"] not in WANTS:
        raise ValueError(f"what is one of {', '.join(WANTS)}")
    _tell(world, told.pop("id"), told.pop("what"), **told)
    return said(201, {"at": world.agenda.at})


async def people(world: World, request: Request) -> Reply:
    return said(200, _answers(world))


def _ended(world: World, key: str, address: str) -> None:
    """Told once for each attempt that found nobody: the messages' ids tell doubles apart."""
    _tell(world, f"gone_{address}", "ended", address=address)


def _tell(world: World, id: str, what: str, **told: str) -> None:
    known = {event["id"] for event in world.outbox.events[NAME]}
    if id not in known:
        world.tell(NAME, id, {"code": what, "at": world.agenda.at.isoformat(), **told})


def _answers(world: World) -> dict[str, dict[str, bool | str]]:
    found: dict[str, dict[str, bool | str]] = world.rooms.setdefault(NAME, {})
    return found


def _not_let_in(request: Request) -> Reply | None:
    if request.headers.get("authorization", "") == f"Bearer {TOKEN}":
        return None
    return problem(401, "token_wrong", "a bearer token is asked for")


class Window:
    """Where files of messages wait."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world, self._folder = world, folder
        (folder / "out" / "done").mkdir(parents=True, exist_ok=True)

    def begins(self, path: str) -> str:
        return "busy_429"  # Nothing is handed in here.

    def took(self, path: str) -> None:
        raise AssertionError("nothing is handed in here")

    def fill(self, folder: str) -> None:
        if folder != "/out":
            return
        events = self._world.outbox.events[NAME]
        for number, event in enumerate(events, start=1):
            name = f"{number:06d}.json"
            places = (self._folder / "out" / name, self._folder / "out" / "done" / name)
            if not any(place.exists() for place in places):
                places[0].write_bytes(report([event]))


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[dict[str, str]]:
    async with (
        sftp.a_folder(world, NAME) as folder,
        sftp.serving(world, Window(world, folder), folder) as settings,
    ):
        yield {"files_at": msgspec.json.encode(settings).decode()}


ROUTES: tuple[Route, ...] = (
    ("POST", "/netbank/v1/invoices", deliver),
    ("GET", "/netbank/v1/invoices", find),
    ("PUT", "/netbank/v1/registrations/([^/]+)/answer", answered),
    ("POST", "/netbank/people", act),
    ("GET", "/netbank/people", people),
)
