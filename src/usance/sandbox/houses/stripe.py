"""A payment provider shaped like Stripe: sessions, a page to pay on, disputes, payouts.

What was paid is paid on two banking days later, to the account of ours in that currency, less what
it costs: 1.5 % and 25 minor units of each payment, 15.00 of each dispute. `POST /stripe/test/…`
is what an operator would do in its dashboard: refund, dispute, win the dispute; `fail` is a refund
that the card's bank did not take.

It keeps the first answer to each key, and refuses the key with another form.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from usance.domain.money import Money
from usance.domain.payment import BankLine
from usance.plugins.providers.stripe import sign
from usance.sandbox.agenda import banking_day, moment
from usance.sandbox.serving import Reply, Request, said
from usance.sandbox.trouble import not_taken, spoiled
from usance.sandbox.world import World

from . import Event, Route

KIND = "providers"
NAME = "stripe"
BATCH = 1
KEY = "sk_test_sandbox"
DISPUTE_FEE = 1_500
PAID_ON_AFTER_DAYS = 2
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Pay</title>
<h1>{name}</h1><p>{amount}</p><form method="post"><button>Pay</button></form>
<p><a href="{back}">Back</a></p></html>"""


@dataclass(slots=True)
class Session:
    id: str
    form: dict[str, str]
    amount: Money
    status: str = "open"
    payment: str = ""

    def shown(self, at: datetime, url: str) -> dict[str, Any]:
        paid = "paid" if self.payment else "unpaid"
        return {
            "id": self.id, "object": "checkout.session", "status": self.status,
            "payment_status": paid, "payment_intent": self.payment or None,
            "amount_total": self.amount.minor, "currency": self.amount.currency.lower(),
            "client_reference_id": self.form["client_reference_id"],
            "metadata": {"key": self.form["metadata[key]"]}, "created": int(at.timestamp()),
            "url": f"{url}/stripe/pay/{self.id}" if self.status == "open" else None,
        }  # fmt: skip


@dataclass(slots=True)
class Room:
    """What the provider knows, for as long as it serves."""

    sessions: dict[str, Session] = field(default_factory=dict)
    answers: dict[str, tuple[str, Reply]] = field(default_factory=dict)  # By key: form and answer.
    movements: list[dict[str, Any]] = field(default_factory=list)  # Balance transactions.
    payouts: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)


def room(world: World) -> Room:
    found: Room = world.rooms.setdefault(NAME, Room())
    return found


def config(url: str, secret: str) -> dict[str, str]:
    return {"url": f"{url}/stripe", "key": KEY, "webhook_secret": secret, "page": url}


def report(events: Sequence[Event]) -> bytes:
    (event,) = events
    return event.get("body", json.dumps({"id": event["id"], "type": event["code"], "created": 1,
                                         "data": {"object": {}}})).encode()  # fmt: skip


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    stamp = int(at.timestamp())
    signature = f"t={stamp},v1={sign(body, timestamp=stamp, secret=secret)}"
    return {"content-type": "application/json", "stripe-signature": signature}


async def create(world: World, request: Request) -> Reply:
    def make(form: dict[str, str], key: str) -> Reply:
        minor = int(form["line_items[0][price_data][unit_amount]"])
        if minor < 50:
            return _fault(400, "The amount must be at least 50.")
        currency = form["line_items[0][price_data][currency]"].upper()
        made = Session(_id(world, "cs", key), form, Money(minor, currency))
        room(world).sessions[made.id] = made
        until = datetime.fromtimestamp(int(form["expires_at"]), world.agenda.at.tzinfo)
        world.agenda.add(until, f"stripe ends {made.id}", lambda _: _end(world, made))
        return said(200, made.shown(world.agenda.at, world.url))

    return _once(world, request, make)


async def look(world: World, request: Request, id: str) -> Reply:
    found = room(world).sessions.get(id)
    if found is None:
        return _not_let_in(request) or _fault(404, f"No such checkout.session: {id}")
    return _not_let_in(request) or said(200, found.shown(world.agenda.at, world.url))


async def expire(world: World, request: Request, id: str) -> Reply:
    def end(form: dict[str, str], key: str) -> Reply:
        found = room(world).sessions[id]
        if found.status != "open":
            return _fault(400, f"Only open sessions are expired: it is {found.status}.")
        _end(world, found)
        return said(200, found.shown(world.agenda.at, world.url))

    return _once(world, request, end)


async def page(world: World, request: Request, id: str) -> Reply:
    found = room(world).sessions[id]
    form = found.form
    html = PAGE.format(
        name=escape(form["line_items[0][price_data][product_data][name]"]),
        amount=escape(str(found.amount)), back=escape(form["cancel_url"]),
    )  # fmt: skip
    return Reply(200, html.encode(), {"content-type": "text/html; charset=utf-8"})


async def pay(world: World, request: Request, id: str) -> Reply:
    """The debtor pays, and is sent back. What is told is told at once."""
    found = room(world).sessions[id]
    if found.status == "open":
        found.status, found.payment = "complete", _id(world, "pi", id)
        fee = found.amount.minor * 15 // 1000 + 25
        _move(world, "charge", found.amount.minor, fee, found, object="charge", id=f"ch_{id}")
        _tell(world, "checkout.session.completed", found.shown(world.agenda.at, world.url))
        await world.outbox.flush()
    return Reply(303, b"", {"location": found.form["success_url"]})


async def refund(world: World, request: Request) -> Reply:
    def make(form: dict[str, str], key: str) -> Reply:
        payment, minor = form["payment_intent"], int(form["amount"])
        found = next((s for s in room(world).sessions.values() if s.payment == payment), None)
        if found is None:
            return _fault(404, f"No such payment_intent: {payment}")
        back = [r for r in room(world).refunds if r["payment_intent"] == payment]
        left = found.amount.minor - sum(r["amount"] for r in back if r["status"] != "failed")
        if minor > left:
            return _fault(400, f"Refund amount ({minor}) is greater than unrefunded amount.")
        return said(200, _refund(world, found, minor, key, {"key": form["metadata[key]"]}))

    answer = _once(world, request, make)
    await world.outbox.flush()
    return answer


async def refunds(world: World, request: Request) -> Reply:
    wanted = request.query["payment_intent"]
    rows = [one for one in room(world).refunds if one["payment_intent"] == wanted]
    return _not_let_in(request) or _listed(rows, request)


async def test(world: World, request: Request, what: str, payment: str) -> Reply:
    """refund, dispute, win or fail, as in the dashboard: of a whole payment or {"minor"} of it."""
    found = _of(world, payment)
    minor = msgspec.json.decode(request.body or b"{}").get("minor", found.amount.minor)
    if what == "fail":
        made = _refund_fails(world, found)
    elif what != "win":
        made = _goes_back(world, found, minor, f"{what} {payment}", what)
    else:
        made = _dispute(world, found, minor, f"dispute {payment}")
        _move(world, "adjustment", minor, 0, found, **made)
        _tell(world, "charge.dispute.funds_reinstated", made)
    await world.outbox.flush()
    return said(200, made)


async def payouts(world: World, request: Request) -> Reply:
    since = int(request.query.get("created[gte]", "0"))
    rows = [one for one in room(world).payouts.values() if one["created"] >= since]
    return _not_let_in(request) or _listed(rows, request)


async def movements(world: World, request: Request) -> Reply:
    rows = [one for one in room(world).movements if one["payout"] == request.query["payout"]]
    return _not_let_in(request) or _listed(rows, request)


def _goes_back(world: World, of: Session, minor: int, key: str, what: str) -> dict[str, Any]:
    if what == "dispute":
        made = _dispute(world, of, minor, key)
        _move(world, "adjustment", -minor, DISPUTE_FEE, of, **made)
        _tell(world, "charge.dispute.funds_withdrawn", made)
        return made
    return _refund(world, of, minor, key, {})


def _refund(
    world: World, of: Session, minor: int, key: str, metadata: dict[str, str]
) -> dict[str, Any]:
    id = _id(world, "re", key)
    made: dict[str, Any] = {
        "id": id, "object": "refund", "payment_intent": of.payment, "metadata": metadata,
        "amount": minor, "currency": of.amount.currency.lower(), "status": "succeeded",
        "created": int(world.agenda.at.timestamp()), "balance_transaction": f"txn_{id}",
    }  # fmt: skip
    room(world).refunds.append(made)
    _move(world, "refund", -minor, 0, of, **made)
    _tell(world, "refund.created", made)
    _tell(world, "refund.updated", made)
    return made


def _refund_fails(world: World, of: Session) -> dict[str, Any]:
    """The last one of this payment: what had left the balance is back on it."""
    made = [one for one in room(world).refunds if one["payment_intent"] == of.payment][-1]
    made |= {"status": "failed", "failure_reason": "expired_or_canceled_card",
             "failure_balance_transaction": f"txnr_{made['id']}"}  # fmt: skip
    _move(world, "refund_failure", made["amount"], 0, of, **made)
    _tell(world, "refund.failed", made)
    return made


def _dispute(world: World, of: Session, minor: int, key: str) -> dict[str, Any]:
    return {
        "id": _id(world, "dp", key), "object": "dispute", "payment_intent": of.payment,
        "amount": minor, "currency": of.amount.currency.lower(), "reason": "fraudulent",
    }  # fmt: skip


def _move(world: World, kind: str, minor: int, fee: int, of: Session, **source: Any) -> None:
    """A movement of the balance; it is paid on with all others of its day and currency."""
    at, currency = world.agenda.at, of.amount.currency
    about = {"payment_intent": of.payment, "metadata": {"key": of.form["metadata[key]"]}, **source}
    day = banking_day(at.date() + timedelta(days=PAID_ON_AFTER_DAYS))
    room(world).movements.append(
        {
            "id": _id(world, "txn", f"{kind} {about['id']} {minor}"), "type": kind, "amount": minor,
            "fee": fee, "currency": currency.lower(), "created": int(at.timestamp()),
            "source": about, "payout": None,
        }
    )  # fmt: skip
    name = f"stripe pays on {day} {currency}"
    world.agenda.add(moment(day, 7), name, lambda _: _pay_on(world, currency, day))


def _pay_on(world: World, currency: str, day: date) -> None:
    waiting = [
        one
        for one in room(world).movements
        if one["payout"] is None and one["currency"] == currency.lower()
    ]
    minor = sum(one["amount"] - one["fee"] for one in waiting)
    if minor <= 0:
        return  # It is held back from what comes next.
    id = _id(world, "po", f"{day} {currency}")
    for one in waiting:
        one["payout"] = id
    stamp = int(world.agenda.at.timestamp())
    room(world).payouts[id] = {
        "id": id, "object": "payout", "amount": minor, "currency": currency.lower(),
        "created": stamp, "arrival_date": stamp, "status": "paid", "trace_id": None,
    }  # fmt: skip
    known = world.bank.accounts.items()
    iban = next((name for name, one in known if one.opening.currency == currency), "")
    line = BankLine(
        amount=Money(minor, currency), booked_on=day, bank_reference=f"B{id}",
        counterparty="STRIPE PAYMENTS", counterparty_account="IE29AIBK93115212345678",
        texts=(f"STRIPE {id}",), code="PMNT-RCDT-ESCT",
    )  # fmt: skip
    if iban:
        world.bank.credit(iban, line)


def _end(world: World, session: Session) -> None:
    if session.status == "open":
        session.status = "expired"
        _tell(world, "checkout.session.expired", session.shown(world.agenda.at, world.url))


def _tell(world: World, kind: str, about: Mapping[str, Any]) -> None:
    id = _id(world, "evt", f"{kind} {about['id']}")
    body = {
        "id": id, "object": "event", "type": kind, "created": int(world.agenda.at.timestamp()),
        "data": {"object": dict(about)},
    }  # fmt: skip
    world.outbox.event(NAME, id, code=kind, body=json.dumps(body))


def _of(world: World, payment: str) -> Session:
    return next(one for one in room(world).sessions.values() if one.payment == payment)


def _once(world: World, request: Request, do: Any) -> Reply:
    """The first answer to a key; trouble spoils each attempt by itself."""
    if refused := _not_let_in(request):
        return refused
    key, sent = request.headers.get("idempotency-key", ""), request.body.decode()
    fault = world.faults.of_call(f"stripe {key}")
    if refused := not_taken(fault):
        return refused
    known = room(world).answers.get(key)
    if known is None:
        known = sent, do(dict(parse_qsl(sent, keep_blank_values=True)), key)
        room(world).answers[key] = known
    elif known[0] != sent:
        return _fault(400, "Keys for idempotent requests are used with the same parameters only.")
    return spoiled(fault, known[1], world)


def _listed(rows: list[dict[str, Any]], request: Request) -> Reply:
    newest = list(reversed(rows))
    ids = [one["id"] for one in newest]
    after = request.query.get("starting_after", "")
    start = ids.index(after) + 1 if after else 0
    end = start + int(request.query.get("limit", "10"))
    return said(200, {"object": "list", "data": newest[start:end], "has_more": end < len(newest)})


def _id(world: World, prefix: str, *words: str) -> str:
    text = " ".join((str(world.settings.seed), prefix, *words))
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def _not_let_in(request: Request) -> Reply | None:
    if request.headers.get("authorization", "") == f"Bearer {KEY}":
        return None
    return _fault(401, "Invalid API key provided")


def _fault(status: int, message: str) -> Reply:
    return said(status, {"error": {"type": "invalid_request_error", "message": message}})


ROUTES: tuple[Route, ...] = (
    ("POST", "/stripe/v1/checkout/sessions", create),
    ("GET", "/stripe/v1/checkout/sessions/([^/]+)", look),
    ("POST", "/stripe/v1/checkout/sessions/([^/]+)/expire", expire),
    ("POST", "/stripe/v1/refunds", refund),
    ("GET", "/stripe/v1/refunds", refunds),
    ("GET", "/stripe/v1/payouts", payouts),
    ("GET", "/stripe/v1/balance_transactions", movements),
    ("GET", "/stripe/pay/([^/]+)", page),
    ("POST", "/stripe/pay/([^/]+)", pay),
    ("POST", "/stripe/test/(refund|dispute|win|fail)/([^/]+)", test),
)
