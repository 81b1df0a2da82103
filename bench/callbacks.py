"""Change callbacks of carriers and payment providers at random, sign them, and read them.

What is signed comes from the party itself, but not always in the words that we know. A reader
answers with reports that can be kept, or says `Unreadable` or `Forged`. JSON is also changed
within: a value for another one of any sort, so that most of it still is what a reader looks for.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import fields
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from tests.plugins.channels.conforming import CASES
from usance import plugins
from usance.domain.distribution import moment
from usance.plugins import Unreadable
from usance.plugins import channels as contracts
from usance.plugins.providers import Forged
from usance.sandbox import answers, houses

SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"  # noqa: S105 - Of this bench alone.
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DEEP, HERE = b"[" * 5_000 + b"]" * 5_000, "deep"  # No encoder writes it: put in as bytes.
ODD: tuple[object, ...] = (
    None, True, "", [], {}, 0, -1, 1.5, 10**30, 1e300, "\0", "\ud800", "ä" * 5_000, [[]], [{}],
    {"": None}, "9999-12-31T23:59:59-12:00", "0001-01-01", "NaN", "-0", "²", -(10**18),
    HERE,
)  # fmt: skip
CODES = ("sent", "delivered", "bounced", "returned", "franking_recalibrated")


def names() -> Iterator[str]:
    """Who calls us: carriers, and providers."""
    yield from (name for name in CASES if CASES[name].get("signed", True))
    yield from plugins.names("providers")


def samples(name: str) -> list[bytes]:
    """What it was seen to say, and what it says in the sandbox."""
    house = houses.all_houses()[name]
    told = [one["says"].encode() for one in CASES.get(name, {}).get("sample", [])]
    if house.KIND == "providers":
        return told + [json.dumps(event).encode() for event in _of_provider()]
    said = [
        {"id": f"evt_{n}", "key": f"{n:032x}", "reference": f"ref-{n}", "code": code,
         "at": AT.isoformat(), "detail": "The recipient has moved.",
         "corrected_address": "Kund AB, Nya Storgatan 7, 111 22 Malmö",
         "buyer": "0007:5560001111", "number": "F-1", "pays_on": "2026-03-30"}
        for n, code in enumerate((*CODES, *(answers.MEANT if hasattr(house, "ANSWERS") else ())))
    ]  # fmt: skip
    at_once = getattr(house, "BATCH", len(said))
    return told + [house.report(said[n : n + at_once]) for n in range(0, len(said), at_once)]


def changed_within(data: bytes, luck: random.Random) -> bytes | None:
    """One to three values of the JSON are others, or gone. None: it is no JSON."""
    try:
        told = json.loads(data)
    except ValueError:
        return None
    for _ in range(luck.choice((1, 1, 1, 2, 3))):
        places = list(_places(told))
        if not places:
            break
        holder, at = luck.choice(places)
        if luck.random() < 0.15:
            del holder[at]
        else:
            holder[at] = deepcopy(luck.choice(ODD))
    written = json.dumps(told, ensure_ascii=luck.random() < 0.8).encode(errors="surrogatepass")
    return written.replace(json.dumps(HERE).encode(), DEEP)


def _places(told: Any) -> Iterator[tuple[Any, Any]]:
    pairs = told.items() if isinstance(told, dict) else enumerate(told)
    for at, value in pairs:
        yield told, at
        if isinstance(value, dict | list):
            yield from _places(value)


def reader(name: str) -> Callable[[bytes], None]:
    """Signs what it is given as the party does, and asks that every report can be kept."""
    house = houses.all_houses()[name]
    module = plugins.load(house.KIND, name)
    asked = CASES.get(name, {}).get("config", {})
    config = house.config("http://127.0.0.1", SECRET) | {"webhook_secrets": SECRET} | asked

    def read(data: bytes) -> None:
        body, headers = _signed(house, data)
        try:
            told = module.read(body, headers, config)
        except (Unreadable, Forged, contracts.Forged):
            return
        for one in told:
            _can_be_kept(one, module)

    return read


def _signed(house: houses.House, body: bytes) -> tuple[bytes, Mapping[str, str]]:
    if sealed := getattr(house, "sealed", None):
        body = sealed(body, at=AT, secret=SECRET)
    headers = house.signed(body, id="msg_1", at=AT, secret=SECRET)
    if query := getattr(house, "query", None):
        headers["x-received-query"] = query([], secret=SECRET)
    return body, headers | {"x-received-at": AT.isoformat()}


def _can_be_kept(one: Any, module: ModuleType) -> None:
    """As the database asks for it: no NUL, no half of a pair, moments with a zone, known twice."""
    hash(one)
    moment(one.at, received=AT)
    for field in fields(one):
        value = getattr(one, field.name)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                assert "\0" not in text, f"{module.__name__} leaves a NUL in {field.name}"
                text.encode()
    assert isinstance(one.id, str), f"{module.__name__} gives the id {one.id!r}"
    assert one.id, f"{module.__name__} gives no id"


def _of_provider() -> Iterator[dict[str, object]]:
    """Events in Stripe's words; the same shapes as the sandbox tells."""
    session = {
        "id": "cs_1", "object": "checkout.session", "status": "complete", "payment_status": "paid",
        "payment_intent": "pi_1", "amount_total": 10_000, "currency": "sek",
        "metadata": {"key": f"{1:032x}"}, "created": int(AT.timestamp()),
    }  # fmt: skip
    dispute = {"id": "dp_1", "object": "dispute", "amount": 10_000, "currency": "sek",
               "payment_intent": "pi_1", "reason": "fraudulent"}  # fmt: skip
    refund = {"id": "re_1", "object": "refund", "amount": 500, "currency": "sek",
              "payment_intent": "pi_1", "status": "failed", "metadata": {}}  # fmt: skip
    kinds = {
        "checkout.session.completed": session,
        "checkout.session.expired": session,
        "charge.dispute.funds_withdrawn": dispute,
        "charge.dispute.funds_reinstated": dispute,
        "refund.created": refund,
        "refund.failed": refund,
    }
    for place, (kind, about) in enumerate(kinds.items()):
        yield {"id": f"evt_{place}", "type": kind, "created": int(AT.timestamp()),
               "data": {"object": about}}  # fmt: skip
