"""A push service and the browsers behind it: POST /webpush/<subscription>, RFC 8030.

It checks all that a real one checks (time to live, who signs, for whom and until when) and then,
as the browser does, decrypts and reads what only the browser can. All browsers here have one key
pair, so that a test can write down their addresses. A subscription that begins with "gone" ended.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from usance.plugins.channels import _push_secret
from usance.plugins.channels.webpush import Message
from usance.sandbox.serving import Reply, Request, problem
from usance.sandbox.trouble import not_taken, spoiled
from usance.sandbox.world import World

from . import Event, Route

KIND = "channels"
NAME = "webpush"
CALLS = False
ORIGIN = "https://push.sandbox.example"
OUR_KEY = "DRPCdliMV5rDG3p2XRuSy88nWRB8kK-nUIRgF2RCwNk"
BROWSER = _push_secret.private_key("c6BbQx_TxqniQyyqNphKzMmB3_t6aduwYJmqStSPwmU")
AUTH = "i_s69o9Uz0wq6wuQs9Fa-Q"
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
_SIGNED = re.compile(r"vapid t=([\w.-]+), ?k=([\w-]+)")


def config(url: str, secret: str) -> dict[str, str]:
    return {
        "private_key": OUR_KEY,
        "subject": "mailto:it@factor.example",
        "services": "push.sandbox.example",
        "url": url,
    }


def subscription(name: str) -> dict[str, str]:
    """The address of a browser here, as a page gets it from `pushManager.subscribe`."""
    return {
        "endpoint": f"{ORIGIN}/webpush/{name}",
        "p256dh": _push_secret.encode(_push_secret.point(BROWSER)),
        "auth": AUTH,
    }


def report(events: Sequence[Event]) -> bytes:
    """Never asked for: no push service calls back."""
    return b""


def signed(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    return {}


async def push(world: World, request: Request, name: str) -> Reply:
    if name.startswith("gone"):
        return problem(410, "gone", "this subscription ended")
    try:
        _let_in(request)
    except _push_secret.Malformed as stranger:
        return problem(403, "not_authorized", str(stranger))
    if faults := _faults(request):
        return problem(400, "bad_request", faults)
    if len(request.body) > _push_secret.RECORD:
        return problem(413, "too_large", f"at most {_push_secret.RECORD} bytes")
    try:
        plain = _push_secret.decrypted(request.body, BROWSER, _push_secret.decode(AUTH))
        message = msgspec.json.decode(plain, type=Message)
    except _push_secret.Malformed as broken:
        return problem(400, "bad_request", str(broken))
    fault = world.faults.of_call("push " + message.tag)
    if refused := not_taken(fault):
        return refused
    text = f"{message.title}\n{message.body}"
    digest = hashlib.sha256(plain).hexdigest()
    carried, is_new = world.deliver(
        NAME, message.tag, "push", {"endpoint": name}, digest, None, text
    )
    if not is_new:
        carried.times += 1
    place = f"{ORIGIN}/webpush/m/{carried.reference}"
    ttl = request.headers["ttl"]
    return spoiled(fault, Reply(201, b"", {"location": place, "ttl": ttl}), world)


def _faults(request: Request) -> str:
    """What is wrong with the headers (RFC 8030 §5, RFC 8188 §2)."""
    headers = request.headers
    if not re.fullmatch(r"[0-9]{1,10}", headers.get("ttl", "")):
        return "TTL is seconds"
    if headers.get("urgency", "normal") not in ("very-low", "low", "normal", "high"):
        return "Urgency is very-low, low, normal or high"
    if not _TOPIC.fullmatch(headers.get("topic", "none")):
        return "Topic is at most 32 letters of base64url"
    if headers.get("content-encoding") != "aes128gcm":
        return "Content-Encoding is aes128gcm"
    return ""


def _let_in(request: Request) -> None:
    """:raises Malformed: if nobody that we know signed for us, lately (RFC 8292 §2)."""
    found = _SIGNED.fullmatch(request.headers.get("authorization", ""))
    if found is None:
        raise _push_secret.Malformed("no vapid authorization")
    ours = _push_secret.point(_push_secret.private_key(OUR_KEY))
    if _push_secret.decode(found[2]) != ours:
        raise _push_secret.Malformed("the subscription was made for another key")
    claims = _push_secret.claims_of(found[1], _push_secret.public_key(ours))
    now, expires = datetime.now(UTC), claims.get("exp")
    if claims.get("aud") != ORIGIN or not claims.get("sub"):
        raise _push_secret.Malformed("signed for somebody else, or by nobody")
    if not isinstance(expires, int):
        raise _push_secret.Malformed("no expiry")
    if not now < datetime.fromtimestamp(expires, UTC) <= now + timedelta(hours=24):
        raise _push_secret.Malformed("expired, or valid for longer than a day")


ROUTES: tuple[Route, ...] = (("POST", "/webpush/([^/]+)", push),)
