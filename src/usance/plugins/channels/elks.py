"""Text messages as 46elks takes them: POST /sms as a form, Basic login, delivery reports.

There is no key that the carrier would compare, and no question by our key: what nobody knows stays
unknown until its report comes. A report carries no signature. It comes to the address that we gave
with the message, so that address names our key and a token that only we can make for it
(HMAC-SHA256 of the key under a secret of this carrier): who does not know the address of one
message can say nothing about any.

Source: 46elks documentation, "Send an SMS", "Get SMS by ID", "SMS delivery reports" (46elks.com).
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode

import httpx
import msgspec

from usance.domain.distribution import DeliveryEvent, Handover, Kind, Outcome, Parcel
from usance.domain.texting import length
from usance.plugins import Unreadable
from usance.plugins._json import BROKEN
from usance.plugins._machine_time import noted_at, told_at

from . import Forged, _answers, _shown
from ._numbers import NoMobile, mobile
from ._patience import hand_over

KINDS = frozenset({Kind.SMS})
CONFIG: Mapping[str, str] = {
    "url": "of the carrier, with /a1",
    "user": "API user name",
    "password": "API password",
    "sender": "3 to 11 letters and digits, a letter first; or a number in E.164",
    "callback_url": "ours for delivery reports; without it none are asked for",
    "country": "two letters: whose numbers are meant that begin without +; without it none",
    "max_parts": "a longer text is refused; without it 3",
    "timeout_seconds": "for each answer; without it 30",
    "webhook_secrets": "of the callback addresses, several separated by spaces; the first makes",
}
TAKES_KEY = False
ASKABLE = False

OUTCOMES = {
    "created": Outcome.ACCEPTED,
    "sent": Outcome.SENT,
    "delivered": Outcome.DELIVERED,
    "failed": Outcome.BOUNCED,
}
_SENDER = re.compile(r"[A-Za-z][A-Za-z0-9]{2,10}|\+[1-9][0-9]{6,14}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


class _Taken(msgspec.Struct):
    id: str
    status: str = ""
    parts: int | None = None
    cost: int | None = None  # In ten-thousandths of the account's currency.


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    if not _SENDER.fullmatch(config["sender"]):
        raise ValueError("sender is 3 to 11 letters and digits, a letter first, or a number")
    login = base64.b64encode(f"{config['user']}:{config['password']}".encode()).decode()
    with _answers.client(config, authorization=f"Basic {login}") as client:
        yield from hand_over(parcels, lambda parcel: _deliver(client, parcel, config))


def status(key: str, config: Mapping[str, str]) -> Handover:
    """Messages are known by the carrier's own id alone."""
    return _answers.unknown(key, "The carrier knows no keys of ours.")[0]


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> list[DeliveryEvent]:
    """The event of a delivery report. A message that somebody sends to us is none.

    :raises Forged: if the address called carries no token of ours.
    :raises Unreadable: if it is no report.
    """
    key = _called_for(headers, config)
    form = _form(body)
    if form.get("direction") == "incoming":
        return []
    id, said = form.get("id", ""), form.get("status", "")
    if not (_ID.fullmatch(id) and said):
        raise Unreadable("id or status is missing", where="body")
    return [
        DeliveryEvent(
            id=f"{id}:{said}"[:120],
            key=key,
            reference=id,
            outcome=OUTCOMES.get(said, Outcome.UNREADABLE),
            at=_moment(form.get("delivered", ""), headers),
            code=said,
        )
    ]


def callback_query(key: str, secret: str) -> str:
    """The query of the address to which the reports on this key come."""
    return urlencode({"key": key, "token": _token(key, secret)})


def _deliver(client: httpx.Client, parcel: Parcel, config: Mapping[str, str]) -> _answers.Outcome:
    try:
        to = mobile(parcel.address.get("phone", ""), country=config.get("country", ""))
    except NoMobile as none:
        return _answers.refused(parcel.key, str(none))
    text = parcel.text.strip()
    size = length(text)
    if not text or size.parts > int(config.get("max_parts", "") or 3):
        return _answers.refused(
            parcel.key, f"A text of {size.places} places is {_said(size.parts)}."
        )
    form = _asked(parcel, to, config)
    answer = _answers.ask(parcel.key, lambda: client.post("sms", data=form))
    if isinstance(answer, tuple):
        return answer
    if answer.status_code not in (200, 201):
        return _answers.judged(parcel.key, answer, answer.text[:200])
    try:
        taken = msgspec.json.decode(answer.content, type=_Taken)
    except BROKEN as broken:
        return _answers.unknown(parcel.key, f"{answer.status_code} that cannot be read: {broken}")
    if not _ID.fullmatch(taken.id):
        return _answers.unknown(parcel.key, f"{answer.status_code} without an id")
    if taken.status == "failed":
        return _answers.refused(parcel.key, "The carrier says at once that it failed.")
    paid = _said(taken.parts or size.parts) + (", Unicode" if size.is_unicode else "")
    handed, is_there = _answers.accepted(parcel.key, taken.id, paid)
    said, at = OUTCOMES.get(taken.status), told_at(config)
    return _answers.arrived(handed, said, taken.status, at, answer.content), is_there


def shown(parcel: Parcel, config: Mapping[str, str]) -> str:
    """The request for people to read, its form a field a line (see _shown)."""
    try:
        to = mobile(parcel.address.get("phone", ""), country=config.get("country", ""))
    except NoMobile as none:
        return str(none)
    bare = {**config, "webhook_secrets": "-"}  # The token of the address called is no matter here.
    form = _asked(parcel, to, bare)
    if called := form.get("whendelivered", ""):
        form["whendelivered"] = f"{called.partition('token=')[0]}token={_shown.MASK}"
    body = "\n".join(f"{name}={value}" for name, value in form.items())
    head = {"authorization": "Basic of our account"}
    return _shown.request(f"POST {config.get('url', '')}/sms", head, body.encode())


def _asked(parcel: Parcel, to: str, config: Mapping[str, str]) -> dict[str, str]:
    """The form: who sends what to whom, and where the reports go."""
    form = {"from": config["sender"], "to": to, "message": parcel.text.strip()}
    if url := config.get("callback_url", ""):
        secret = config["webhook_secrets"].split()[0]
        form["whendelivered"] = f"{url}?{callback_query(parcel.key, secret)}"
    return form


def _said(parts: int) -> str:
    return "1 part" if parts == 1 else f"{parts} parts"


def _called_for(headers: Mapping[str, str], config: Mapping[str, str]) -> str:
    asked = parse_qs(headers.get("x-received-query", ""), keep_blank_values=True)
    keys, tokens = asked.get("key", []), asked.get("token", [])
    if len(keys) != 1 or len(tokens) != 1:
        raise Forged("the address called names no key and token")
    wanted = [_token(keys[0], secret).encode() for secret in config["webhook_secrets"].split()]
    # Every one is compared, so that the time taken tells nothing about which one fits.
    if not any([hmac.compare_digest(one, tokens[0].encode()) for one in wanted]):
        raise Forged("the token in the address called is none of ours")
    return keys[0]


def _token(key: str, secret: str) -> str:
    return hmac.digest(secret.encode(), f"elks {key}".encode(), hashlib.sha256).hex()


def _form(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=40)
    except ValueError as broken:  # Among them what is no UTF-8.
        raise Unreadable(str(broken), where="body") from broken
    return {name: values[0] for name, values in fields.items()}


def _moment(stated: str, headers: Mapping[str, str]) -> datetime:
    """When it was delivered, in UTC; other states have no time but that of the call."""
    try:
        at = datetime.fromisoformat(stated or noted_at(headers))
    except ValueError as broken:
        raise Unreadable(f"{stated!r} is no moment", where="delivered") from broken
    return at if at.tzinfo else at.replace(tzinfo=UTC)
