"""Every address of the sandbox and what is answered there; carriers have theirs in houses/.

GET  /health                            is it there
GET  /clock, POST /clock {"at"}         the time; moving it lets things happen and reports them
GET  /faults, POST /faults {kind: share}
GET  /dump                              the truth
GET  /v1/companies/{identifier}         credit bureau
PUT  /bank/{iban} {"name", "currency", "balance_minor"}, GET /bank/{iban}
POST /bank/{iban}/orders                pain.001, .008; GET …/orders: names, …/{file}: pain.002
GET  /bank/{iban}/statements?on=DATE    camt.053
POST /bank/{iban}/credits {"minor", "currency", "text", "reference", "payer", "account"}
POST /debtors {invoice number: behaviour}; answers all that were set
POST /mails?to=ADDRESS                  message/rfc822: somebody writes to us
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

from . import bank_files, bureau, dice
from .agenda import Backwards
from .bank import NoAccount, NotClosed, OtherContent
from .houses import all_houses
from .serving import Reply, Request, problem, said
from .trouble import not_taken, spoiled
from .world import World

TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but the sandbox.


class Desk:
    def __init__(self, world: World) -> None:
        self.world = world

    async def answer(self, request: Request) -> Reply:
        for method, pattern, handler in _ROUTES:
            found = pattern.fullmatch(request.path)
            if method == request.method and found:
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
        self.world.told(dict(self.world.outbox.posted_events), told["mails"])
        return said(200, {"at": self.world.agenda.at, "happened": happened} | told)

    async def faults(self, request: Request) -> Reply:
        return said(200, self.world.faults.shares)

    async def set_faults(self, request: Request) -> Reply:
        self.world.faults.dial({kind: float(x) for kind, x in _object(request).items()})
        return said(200, self.world.faults.shares)

    async def dump(self, request: Request) -> Reply:
        return said(200, self.world.dump())

    async def company(self, request: Request, identifier: str) -> Reply:
        today = self.world.agenda.at.date()
        if refused := _not_let_in(request):
            return refused
        report = bureau.report(self.world.settings.seed, identifier, today=today)
        if report is None:
            return problem(404, "no_such_company", identifier)
        fault = self.world.faults.of_call("company " + identifier)
        return not_taken(fault) or spoiled(fault, said(200, report), self.world)

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
        if refused := not_taken(fault):
            return refused
        try:
            file = self.world.orders(iban, base64.b64encode(request.body).decode())
        except NoAccount as none:
            return problem(404, "no_such_account", str(none))
        except OtherContent as other:
            return problem(409, "other_content", f"{other} was handed in with other content")
        reply = said(202, {"file": file.name, "orders": len(file.answers)})
        return spoiled(fault, reply, self.world)

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

    async def mails(self, request: Request) -> Reply:
        self.world.write(request.query["to"], base64.b64encode(request.body).decode())
        told = await self.world.outbox.flush()
        self.world.told(dict(self.world.outbox.posted_events), told["mails"])
        return said(202, told)


Handler = Callable[..., Awaitable[Reply]]


def _of_house(answer: Handler) -> Handler:
    """A house is told the world instead of the desk."""
    return lambda desk, request, *groups: answer(desk.world, request, *groups)


_OURS: tuple[tuple[str, str, Handler], ...] = (
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
    ("POST", "/mails", Desk.mails),
)
_ROUTES: tuple[tuple[str, re.Pattern[str], Handler], ...] = (
    *((method, re.compile(pattern), handler) for method, pattern, handler in _OURS),
    *(
        (method, re.compile(pattern), _of_house(answer))
        for house in all_houses().values()
        for method, pattern, answer in house.ROUTES
    ),
)


def _not_let_in(request: Request) -> Reply | None:
    if request.headers.get("authorization", "") == f"Bearer {TOKEN}":
        return None
    return problem(401, "token_wrong", "a bearer token is asked for")


def _object(request: Request) -> dict[str, Any]:
    return msgspec.json.decode(request.body, type=dict[str, Any])
