"""A carrier of text messages, as 46elks: POST /elks/a1/sms, then a call for each new state.

It knows no key: the same message twice is carried twice. Numbers that end in 0000 belong to nobody.
"""

import base64
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qs, urlencode, urlsplit

from usance.domain.texting import length
from usance.plugins.channels.elks import callback_query
from usance.sandbox.distributor import Unfit
from usance.sandbox.serving import Reply, Request, said
from usance.sandbox.trouble import not_taken, spoiled
from usance.sandbox.world import World

from . import Event, Route

KIND = "channels"
NAME = "elks"
BATCH = 1
LOGIN = ("u5a9566c0", "sandbox-password")
WORDS = {"sent": "sent", "delivered": "delivered", "expired": "failed"}
COST = 5200  # Ten-thousandths of a krona for each part.


def config(url: str, secret: str) -> dict[str, str]:
    user, password = LOGIN
    return {
        "url": f"{url}/elks/a1",
        "user": user,
        "password": password,
        "sender": "Factoring",
        "callback_url": "http://127.0.0.1/v1/hooks/elks",
        "country": "SE",
        "max_parts": "2",
        "webhook_secrets": secret,
    }


def report(events: Sequence[Event]) -> bytes:
    """One state of one message. Without one: a message that somebody sends to us."""
    if not events:
        return urlencode({"direction": "incoming", "id": "s0", "message": "Hi"}).encode()
    (event,) = events
    code = WORDS.get(event["code"], event["code"])
    told = {"id": event["reference"], "status": code}
    if code == "delivered":
        at = datetime.fromisoformat(event["at"])
        told["delivered"] = at.replace(tzinfo=None).isoformat()
    return urlencode(told).encode()


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    return {"content-type": "application/x-www-form-urlencoded"}


def query(events: Sequence[Event], *, secret: str) -> str:
    """Of the address that came with the message."""
    return callback_query(events[0]["key"] if events else "", secret)


async def take(world: World, request: Request) -> Reply:
    login = base64.b64encode(":".join(LOGIN).encode()).decode()
    if request.headers.get("authorization") != f"Basic {login}":
        return Reply(401, b"Wrong API username or password", {"content-type": "text/plain"})
    form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    to, message = form["to"], form["message"]
    key = parse_qs(urlsplit(form.get("whendelivered", "")).query).get("key", [""])[0]
    key = key or sha256(request.body).hexdigest()
    fault = world.faults.of_call("sms " + key)
    if refused := not_taken(fault):
        return refused
    if not (to.startswith("+") and to[1:].isdigit()) or to.endswith("0000"):
        return Reply(400, b"Invalid to number", {"content-type": "text/plain"})
    digest = sha256(f"{to}\n{message}".encode()).hexdigest()
    try:
        carried, is_new = world.deliver(NAME, key, "sms", {"phone": to}, digest, None, message)
    except Unfit as unfit:
        return Reply(400, str(unfit).encode(), {"content-type": "text/plain"})
    if not is_new:
        carried.times += 1
    parts = length(message).parts
    taken = {
        "id": carried.reference, "status": "created", "direction": "outgoing",
        "from": form["from"], "to": to, "message": message,
        "created": world.agenda.at.replace(tzinfo=None).isoformat(),
        "parts": parts, "cost": COST * parts,
    }  # fmt: skip
    return spoiled(fault, said(200, taken), world)


ROUTES: tuple[Route, ...] = (("POST", "/elks/a1/sms", take),)
