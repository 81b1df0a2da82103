"""Every address of the sandbox and what is answered there.

GET  /health                            is it there
GET  /clock, POST /clock {"at"}         the time; moving it lets things happen and reports them
GET  /faults, POST /faults {kind: share}
GET  /dump                              the truth
POST /v1/deliveries, GET /v1/deliveries?key=, GET /v1/deliveries/{reference}, GET /v1/events?after=
GET  /v1/companies/{identifier}         credit bureau
PUT  /bank/{iban} {"name", "currency", "balance_minor"}, GET /bank/{iban}
POST /bank/{iban}/orders                pain.001; GET …/orders lists, …/orders/{file}: pain.002
GET  /bank/{iban}/statements?on=DATE    camt.053
POST /bank/{iban}/credits {"minor", "currency", "text", "reference", "payer", "account"}
POST /debtors {invoice number: behaviour}
"""

import base64
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

import msgspec

from usance.domain.money import Money
from usance.domain.payment import BankLine, Reference
from usance.plugins import Unreadable
from usance.plugins.channels._hybrid_words import Delivery

from . import bank_files, bureau, dice
from .agenda import Backwards
from .bank import NoAccount, NotClosed, OtherContent
from .distributor import Carried, Unfit
from .reading import demand
from .serving import Reply, Request, problem, said
from .world import World

TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but the sandbox.
RETRY_AFTER_SECONDS = "2"
SLOW_SECONDS = 0.2
EVENTS = 500


class Desk:
    def __init__(self, world: World) -> None:
        self.world = world

    async def answer(self, request: Request) -> Reply:
        for method, pattern, handler in _ROUTES:
            found = pattern.fullmatch(request.path)
            if method == request.method and found:
                if request.path.startswith("/v1/") and not _is_let_in(request):
                    return problem(401, "token_wrong", "a bearer token is asked for")
                try:
                    return await handler(self, request, *map(unquote, found.groups()))
                except (msgspec.MsgspecError, Unreadable, ValueError, KeyError) as broken:
                    return problem(422, "unreadable", f"{type(broken).__name__}: {broken}")
        return problem(404, "no_such_address", f"{request.method} {request.path}")

    async def health(self, request: Request) -> Reply:
        return said(200, {"ok": True})

    async def clock(self, request: Request) -> Reply:
        return said(200, {"at": self.world.agenda.at})

    async def set_clock(self, request: Request) -> Reply:
        """Time moves, what is due happens, and what was not told is told before the answer."""
        until = datetime.fromisoformat(_object(request)["at"])
        until = until.replace(tzinfo=UTC) if until.tzinfo is None else until.astimezone(UTC)
        try:
            happened = self.world.advance(until)
        except Backwards as backwards:
            return problem(409, "backwards", str(backwards))
        told = await self.world.outbox.flush()
        self.world.told(told["events"], told["mails"])
        return said(200, {"at": self.world.agenda.at, "happened": happened} | told)

    async def faults(self, request: Request) -> Reply:
        return said(200, self.world.faults.shares)

    async def set_faults(self, request: Request) -> Reply:
        self.world.faults.dial({kind: float(x) for kind, x in _object(request).items()})
        return said(200, self.world.faults.shares)

    async def dump(self, request: Request) -> Reply:
        return said(200, self.world.dump())

    async def deliver(self, request: Request) -> Reply:
        key = request.headers.get("idempotency-key", "")
        if not 1 <= len(key) <= 100:
            return problem(400, "key_missing", "Idempotency-Key, 1 to 100 characters")
        fault = self.world.faults.of_call("delivery " + key)
        if refused := _not_taken(fault):
            return refused
        asked = msgspec.json.decode(request.body, type=Delivery)
        found = demand(((d.media_type, d.content) for d in asked.documents), asked.payment)
        digest = sha256(request.body).hexdigest()
        text = f"{asked.subject}\n{asked.text}"
        try:
            carried, is_new = self.world.deliver(
                key, asked.channel, asked.recipient, digest, found, text
            )
        except Unfit as unfit:
            return problem(422, unfit.code, str(unfit))
        return _troubled(fault, said(201 if is_new else 409, _shown(carried)), self.world)

    async def find(self, request: Request) -> Reply:
        carried = self.world.distributor.carried.get(request.query["key"])
        return said(200, {"deliveries": [_shown(carried)] if carried else []})

    async def show(self, request: Request, reference: str) -> Reply:
        carried = self.world.distributor.by_reference.get(reference)
        if carried is None:
            return problem(404, "no_such_delivery", reference)
        return said(200, _shown(carried))

    async def events(self, request: Request) -> Reply:
        after = int(request.query.get("after", "0"))
        found = self.world.outbox.events[after : after + EVENTS]
        return said(200, {"events": found, "next": after + len(found)})

    async def company(self, request: Request, identifier: str) -> Reply:
        today = self.world.agenda.at.date()
        report = bureau.report(self.world.settings.seed, identifier, today=today)
        if report is None:
            return problem(404, "no_such_company", identifier)
        fault = self.world.faults.of_call("company " + identifier)
        return _not_taken(fault) or _troubled(fault, said(200, report), self.world)

    async def open_account(self, request: Request, iban: str) -> Reply:
        asked = _object(request)
        self.world.open_account(
            iban, str(asked.get("name", "")), int(asked["balance_minor"]), str(asked["currency"])
        )
        return await self.account(request, iban)

    async def account(self, request: Request, iban: str) -> Reply:
        try:
            account = self.world.bank.account(iban)
        except NoAccount:
            return problem(404, "no_such_account", iban)
        money = {"minor": account.balance.minor, "currency": account.balance.currency}
        return said(200, {"iban": iban, "name": account.name, "balance": money})

    async def order(self, request: Request, iban: str) -> Reply:
        fault = self.world.faults.of_call("orders " + sha256(request.body).hexdigest())
        if refused := _not_taken(fault):
            return refused
        try:
            file = self.world.orders(iban, base64.b64encode(request.body).decode())
        except NoAccount as none:
            return problem(404, "no_such_account", str(none))
        except OtherContent as other:
            return problem(409, "other_content", f"{other} was handed in with other content")
        reply = said(202, {"file": file.name, "orders": len(file.answers)})
        return _troubled(fault, reply, self.world)

    async def order_files(self, request: Request, iban: str) -> Reply:
        names = [name for account, name in self.world.bank.files if account == iban]
        return said(200, {"files": names})

    async def order_status(self, request: Request, iban: str, name: str) -> Reply:
        file = self.world.bank.files.get((iban, name))
        if file is None:
            return problem(404, "no_such_file", name)
        body = bank_files.status(file, made_at=self.world.agenda.at)
        return Reply(200, body, {"content-type": "application/xml"})

    async def statement(self, request: Request, iban: str) -> Reply:
        try:
            statement = self.world.bank.statement(iban, date.fromisoformat(request.query["on"]))
        except NoAccount:
            return problem(404, "no_such_account", iban)
        except NotClosed as not_closed:
            return problem(404, "no_statement", str(not_closed))
        body = bank_files.statement(statement)
        return Reply(200, body, {"content-type": "application/xml"})

    async def credit(self, request: Request, iban: str) -> Reply:
        asked = {name: str(value) for name, value in _object(request).items()}
        today = self.world.agenda.at.date()
        reference = asked.get("reference", "")
        words = (iban, *(f"{name}={asked[name]}" for name in sorted(asked)), str(today))
        line = BankLine(
            amount=Money(int(asked["minor"]), asked["currency"]),
            booked_on=today,
            bank_reference=f"X{dice.throw(self.world.settings.seed, *words):020d}",
            counterparty=asked.get("payer", ""),
            counterparty_account=asked.get("account", ""),
            texts=(asked["text"],) if asked.get("text") else (),
            references=(Reference(scheme="scor", value=reference),) if reference else (),
            code="PMNT-RCDT-ESCT",
        )
        self.world.credit(iban, line)
        return said(201, {"bank_reference": line.bank_reference})

    async def behave(self, request: Request) -> Reply:
        for number, behaviour in _object(request).items():
            self.world.force(number, str(behaviour))
        return said(200, self.world.debtors.forced)


Handler = Callable[..., Awaitable[Reply]]

_ROUTES: tuple[tuple[str, re.Pattern[str], Handler], ...] = tuple(
    (method, re.compile(pattern), handler)
    for method, pattern, handler in (
        ("POST", "/v1/deliveries", Desk.deliver),
        ("GET", "/v1/deliveries", Desk.find),
        ("GET", "/v1/deliveries/([^/]+)", Desk.show),
        ("GET", "/v1/events", Desk.events),
        ("GET", "/v1/companies/([^/]+)", Desk.company),
        ("GET", "/health", Desk.health),
        ("GET", "/clock", Desk.clock),
        ("POST", "/clock", Desk.set_clock),
        ("GET", "/faults", Desk.faults),
        ("POST", "/faults", Desk.set_faults),
        ("GET", "/dump", Desk.dump),
        ("PUT", "/bank/([^/]+)", Desk.open_account),
        ("GET", "/bank/([^/]+)", Desk.account),
        ("POST", "/bank/([^/]+)/orders", Desk.order),
        ("GET", "/bank/([^/]+)/orders", Desk.order_files),
        ("GET", "/bank/([^/]+)/orders/([^/]+)", Desk.order_status),
        ("GET", "/bank/([^/]+)/statements", Desk.statement),
        ("POST", "/bank/([^/]+)/credits", Desk.credit),
        ("POST", "/debtors", Desk.behave),
    )
)


def _is_let_in(request: Request) -> bool:
    return request.headers.get("authorization", "") == f"Bearer {TOKEN}"


def _object(request: Request) -> dict[str, Any]:
    return msgspec.json.decode(request.body, type=dict[str, Any])


def _shown(carried: Carried) -> dict[str, str]:
    return {"key": carried.key, "reference": carried.reference, "state": carried.state}


def _not_taken(fault: str) -> Reply | None:
    if fault == "error_500":
        return problem(500, "internal", "as the fault dial asked; nothing was taken")
    if fault == "busy_429":
        return problem(429, "busy", "too many requests", retry_after=RETRY_AFTER_SECONDS)
    return None


def _troubled(fault: str, reply: Reply, world: World) -> Reply:
    """The answer to something that was taken, as the fault dial spoils it."""
    if fault == "timeout_after_accept":
        return Reply(0, after_seconds=world.settings.hang_seconds, breaks=True)
    if fault == "reset_after_accept":
        return Reply(0, breaks=True)
    if fault == "bad_gateway_after_accept":
        return Reply(502, b"<html>502 Bad Gateway</html>", {"content-type": "text/html"})
    if fault == "garbage":
        return Reply(200, b"<!doctype html><p>Welcome!", {"content-type": "text/html"})
    if fault == "slow":
        return Reply(reply.status, reply.body, reply.headers, after_seconds=SLOW_SECONDS)
    return reply
