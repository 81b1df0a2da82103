"""Many channels under one roof: a hybrid distributor over HTTP (docs/distributor-api.md).

The key is the carrier's idempotency key, so sending again is always safe, and what became of a
key can be asked. A timeout, a broken connection or a 5xx after the request left is UNKNOWN; only
429, 503 with Retry-After and a connection that never stood mean that the carrier has nothing.
"""

from collections.abc import Iterator, Mapping, Sequence

import httpx
import msgspec

from usance.domain.distribution import DeliveryEvent, Handed, Handover, Kind, Parcel
from usance.plugins import Unreadable
from usance.plugins._json import BROKEN
from usance.plugins._machine_time import told_at
from usance.plugins._trust import authorities

from . import _answers, _shown, _signature
from ._hybrid_words import PAYMENT, Accepted, Events, Found, Problem, outcome_of, request_body
from ._patience import hand_over

KINDS = frozenset({Kind.LETTER, Kind.EMAIL, Kind.EINVOICE, Kind.MAILBOX, Kind.SMS})
CONFIG: Mapping[str, str] = {
    "url": "of the distributor, without /v1",
    "token": "bearer token",
    "timeout_seconds": "for each answer; without it 30",
    "webhook_secrets": "whsec_… of its callbacks, several separated by spaces",
}
TAKES_KEY = True
PAYABLE = True  # It takes the payment data.
ASKABLE = True
__all__ = [
    "ASKABLE",
    "CONFIG",
    "KINDS",
    "PAYABLE",
    "PAYMENT",
    "TAKES_KEY",
    "read",
    "send",
    "shown",
    "status",
]

# About us, not about the parcel: wrong token, wrong address of the API, a proxy in between.
OURS = frozenset({301, 302, 303, 307, 308, 401, 403, 404, 405, 407, 408})


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    with _client(config) as client:
        yield from hand_over(parcels, lambda parcel: _deliver(client, parcel, config))


def status(key: str, config: Mapping[str, str]) -> Handover:
    """REFUSED: the distributor has never seen the key. UNKNOWN: it could not be asked."""
    with _client(config) as client:
        try:
            answer = client.get("/v1/deliveries", params={"key": key})
        except httpx.HTTPError as trouble:
            return _unknown(key, _words(trouble))
    if answer.status_code != 200:
        return _unknown(key, f"{answer.status_code} {answer.reason_phrase}")
    try:
        found = msgspec.json.decode(answer.content, type=Found).deliveries
    except BROKEN as broken:
        return _unknown(key, f"200 with an answer that cannot be read: {broken}")
    for delivery in found:
        if delivery.key == key:
            return _with_state(delivery, answer.content, config)
    return Handover(key=key, came_to=Handed.REFUSED, detail="The distributor never saw this key.")


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> list[DeliveryEvent]:
    """The events of a callback, in its order. A word that we do not know is UNREADABLE, kept.

    :raises Forged: if no secret fits, or it is too old (see _signature).
    :raises Unreadable: if it is signed but not what docs/distributor-api.md says.
    """
    _signature.verify(body, headers, secrets=config.get("webhook_secrets", ""))
    try:
        events = msgspec.json.decode(body, type=Events).events
    except BROKEN as broken:
        raise Unreadable(str(broken), where="body") from broken
    return [
        DeliveryEvent(
            id=event.id,
            key=event.key,
            reference=event.reference,
            outcome=outcome_of(event.code),
            at=event.at,
            code=event.code,
            detail=event.detail,
            corrected_address=event.corrected_address,
        )
        for event in events
    ]


def shown(parcel: Parcel, config: Mapping[str, str]) -> str:
    """The request for people to read (see _shown)."""
    headers = {
        "authorization": f"Bearer {config.get('token', '')}",
        "idempotency-key": parcel.key,
        "content-type": "application/json",
    }
    return _shown.request(
        f"POST {config.get('url', '')}/v1/deliveries", headers, request_body(parcel)
    )


def _client(config: Mapping[str, str]) -> httpx.Client:
    return httpx.Client(
        base_url=config["url"],
        headers={"authorization": f"Bearer {config['token']}"},
        timeout=float(config.get("timeout_seconds", "") or 30),
        follow_redirects=False,
        verify=authorities(),
        trust_env=False,  # Who carries our documents is a setting, not an environment variable.
    )


def _deliver(
    client: httpx.Client, parcel: Parcel, config: Mapping[str, str]
) -> tuple[Handover, bool]:
    """What it came to, and whether the distributor is there."""
    try:
        answer = client.post(
            "/v1/deliveries",
            content=request_body(parcel),
            headers={"idempotency-key": parcel.key, "content-type": "application/json"},
        )
    except (httpx.ConnectError, httpx.ConnectTimeout) as unreachable:
        return _later(parcel.key, _words(unreachable)), False
    except httpx.HTTPError as trouble:
        return _unknown(parcel.key, _words(trouble)), False
    return _judged(parcel.key, answer, config)


def _judged(key: str, answer: httpx.Response, config: Mapping[str, str]) -> tuple[Handover, bool]:
    code, wait = answer.status_code, _retry_after(answer)
    if code in (200, 201, 202, 409):
        return _accepted(key, answer, config)
    says = f"{code} {_problem(answer)}".strip()
    if code == 429 or (code == 503 and wait is not None):
        return _later(key, says, wait), False
    if code in OURS:
        return _later(key, says), False
    if 400 <= code < 500:
        return Handover(key=key, came_to=Handed.REFUSED, detail=says), True
    return _unknown(key, says), False


def _accepted(key: str, answer: httpx.Response, config: Mapping[str, str]) -> tuple[Handover, bool]:
    """Taken now, or before under the same key (409): both times there is one delivery."""
    try:
        taken = msgspec.json.decode(answer.content, type=Accepted)
    except BROKEN as broken:
        return _unknown(key, f"{answer.status_code} that cannot be read: {broken}"), True
    if taken.key != key or not taken.reference:
        return _unknown(key, f"{answer.status_code} about another key"), True
    return _with_state(taken, answer.content, config), True


def _with_state(taken: Accepted, raw: bytes, config: Mapping[str, str]) -> Handover:
    """Taken, and how far it came by then, if it came further: the newest event's code. That event
    is reported on its own as well, with its time."""
    handed = Handover(key=taken.key, came_to=Handed.ACCEPTED, reference=taken.reference)
    at = told_at(config)
    return _answers.arrived(handed, outcome_of(taken.state), taken.state, at, raw)


def _problem(answer: httpx.Response) -> str:
    try:
        problem = msgspec.json.decode(answer.content, type=Problem)
    except BROKEN:
        return answer.reason_phrase
    return f"{problem.code}: {problem.detail}" if problem.code else problem.detail


def _retry_after(answer: httpx.Response) -> int | None:
    """Seconds, at most a day. A date instead of seconds is not read: we have no clock here."""
    stated = answer.headers.get("retry-after", "").strip()
    return min(int(stated), 86_400) if stated.isascii() and stated.isdigit() else None


def _later(key: str, detail: str, wait: int | None = None) -> Handover:
    return Handover(key=key, came_to=Handed.TRY_LATER, detail=detail, retry_after_seconds=wait)


def _unknown(key: str, detail: str) -> Handover:
    return Handover(key=key, came_to=Handed.UNKNOWN, detail=detail)


def _words(trouble: Exception) -> str:
    return f"{type(trouble).__name__}: {trouble}"
