"""E-invoices through Storecove's access point, or one of its shape, over REST.

The key is the idempotency GUID: only the first submission of a GUID is processed, a second is
answered 422 like any refusal, told by its words. No submission can be looked up by its key, so it
cannot be asked. Webhooks are fetched from the queue ("pull mode"): pushed ones are not signed, so
nobody could know who sent them; they are believed only if something of yours that receives them
signs them as _signature says.

Source: Storecove API documentation (storecove.com/docs): POST /document_submissions,
GET /document_submissions/{guid}/evidence/sending, GET /webhook_instances/ and
DELETE /webhook_instances/{guid}. What its answers to invoices are
called is not published; the document that comes with them decides. Evidence is of a kind, `sending`
or `clearing`, as clients made from its OpenAPI name it; it is kept as it comes: what the network's
receipts in it say is for whoever has to prove a delivery. Links in it to the documents expire.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

import httpx
import msgspec

from usance.domain.distribution import (
    DeliveryEvent,
    Handed,
    Handover,
    Kind,
    Outcome,
    Parcel,
    Report,
)
from usance.plugins import TryLater, Unreadable
from usance.plugins._json import BROKEN
from usance.plugins._machine_time import noted_at
from usance.plugins._trust import authorities

from . import _application_response, _shown, _signature
from ._einvoice import is_participant, ubl_of
from ._patience import hand_over
from ._storecove_words import (
    OUTCOMES,
    SCHEMES,
    SUBMISSION,
    Fault,
    Instance,
    Taken,
    Webhook,
    answer_in,
    key_of,
    submission,
)

KINDS = frozenset({Kind.EINVOICE})
CONFIG: Mapping[str, str] = {
    "url": "of the API with its version, https://api.storecove.com/api/v2",
    "token": "API key",
    "legal_entity": "number of the legal entity that sends",
    "schemes": "names of further identifier schemes, 0193=UBLBE 0225=FR:CTC",
    "timeout_seconds": "for each answer; without it 30",
    "inbound": "fetched: the caller fetched the webhook itself; without it they are signed",
    "webhook_secrets": "whsec_… of who signs pushed webhooks for us, several separated by spaces",
}
TAKES_KEY = True
ASKABLE = False

# About us, not about the parcel: wrong key, wrong address of the API, a proxy in between.
OURS = frozenset({301, 302, 303, 307, 308, 401, 403, 404, 405, 407, 408})


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    if not parcels:
        return
    with _client(config) as client:
        yield from hand_over(parcels, lambda parcel: _submit(client, parcel, config))


def status(key: str, config: Mapping[str, str]) -> Handover:
    """Nobody can say: a submission is found by Storecove's own GUID alone."""
    return Handover(
        key=key,
        came_to=Handed.UNKNOWN,
        detail="Storecove cannot be asked by our key; the same may be submitted again.",
    )


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> Sequence[Report]:
    """One webhook. What it says of something else than a submission is none of our business.

    :raises Forged: if it was neither fetched by us nor signed for us.
    :raises Unreadable: if it is not what Storecove sends, or the buyer's answer in it is broken.
    """
    if config.get("inbound", "") != "fetched":
        _signature.verify(body, headers, secrets=config.get("webhook_secrets", ""))
    try:
        told = msgspec.json.decode(body, type=Webhook)
    except BROKEN as broken:
        raise Unreadable(str(broken), where="body") from broken
    if told.event_type != SUBMISSION:
        return []
    key = key_of(told.idempotency_guid)
    if told.response_document:
        answer = _application_response.read(answer_in(told.response_document))
        return [_application_response.report(answer, key=key, reference=told.guid)]
    return [
        DeliveryEvent(
            id=f"{told.guid}:{told.event}",  # Each state comes once; no moment is told with it.
            key=key,
            reference=told.guid,
            outcome=OUTCOMES.get(told.event, Outcome.UNREADABLE),
            at=datetime.fromisoformat(noted_at(headers)),
            code=told.event,
            detail=told.details or "",
        )
    ]


def shown(parcel: Parcel, config: Mapping[str, str]) -> str:
    """The request for people to read (see _shown)."""
    document, participant = ubl_of(parcel), parcel.address.get("einvoice", "")
    scheme = _scheme(participant[:4], config)
    if document is None or not scheme:
        return "Nothing: it holds no UBL document, or nobody knows the name of its scheme."
    body = submission(
        parcel, document, legal_entity=int(config.get("legal_entity", "") or 0), scheme=scheme
    )
    return _shown.request(
        f"POST {config.get('url', '')}/document_submissions",
        {"authorization": f"Bearer {config.get('token', '')}", "content-type": "application/json"},
        body,
    )


def fetch(config: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The first of the queue: the next one shows when this one is done.

    :raises TryLater: if Storecove is not there, or says what cannot be read.
    """
    with _client(config) as client:
        answer = _asked(client, "GET", "webhook_instances/")
    if answer.status_code == 204:
        return
    try:
        waiting = msgspec.json.decode(answer.content, type=Instance)
    except BROKEN as broken:
        raise TryLater(f"the queue says what cannot be read: {broken}") from broken
    yield waiting.guid, waiting.body.encode()


def done(name: str, config: Mapping[str, str]) -> None:
    """:raises TryLater: if Storecove is not there."""
    with _client(config) as client:
        _asked(client, "DELETE", f"webhook_instances/{name}", gone=True)


def evidence(reference: str, config: Mapping[str, str]) -> bytes | None:
    """What Storecove holds of the transmission: the receiver's access point and its receipt.

    :raises TryLater: if Storecove is not there, or gives no JSON object.
    """
    with _client(config) as client:
        path = f"document_submissions/{quote(reference, safe='')}/evidence/sending"
        answer = _asked(client, "GET", path, gone=True)
    if answer.status_code in (204, 404):
        return None
    try:
        msgspec.json.decode(answer.content, type=dict[str, msgspec.Raw])
    except BROKEN as broken:
        raise TryLater(f"the evidence cannot be read: {broken}") from broken
    return answer.content


def _submit(
    client: httpx.Client, parcel: Parcel, config: Mapping[str, str]
) -> tuple[Handover, bool]:
    """What it came to, and whether Storecove is there."""
    document, participant = ubl_of(parcel), parcel.address.get("einvoice", "")
    if document is None:
        return _refused(parcel.key, "The parcel holds no UBL document."), True
    if not is_participant(participant):
        return _refused(parcel.key, "The address is no identifier like 0007:5560001111."), True
    scheme = _scheme(participant[:4], config)
    if not scheme:
        says = f"Storecove's name of scheme {participant[:4]} is not known: setting `schemes`."
        return _refused(parcel.key, says), True
    legal_entity = int(config["legal_entity"])
    body = submission(parcel, document, legal_entity=legal_entity, scheme=scheme)
    try:
        answer = client.post("document_submissions", content=body)
    except (httpx.ConnectError, httpx.ConnectTimeout) as unreachable:
        return _later(parcel.key, _words(unreachable)), False
    except httpx.HTTPError as trouble:
        return _unknown(parcel.key, _words(trouble)), False
    return _judged(parcel.key, answer)


def _judged(key: str, answer: httpx.Response) -> tuple[Handover, bool]:
    code, says = answer.status_code, f"{answer.status_code} {answer.reason_phrase}"
    if code in (200, 201, 202):
        return _taken(key, answer), True
    if code == 422:
        return _unprocessable(key, answer), True
    if code == 429:
        return _later(key, says, _retry_after(answer)), False
    if code in OURS:
        return _later(key, says), False
    if 400 <= code < 500:
        return _refused(key, says), True
    return _unknown(key, says), False


def _taken(key: str, answer: httpx.Response) -> Handover:
    try:
        guid = msgspec.json.decode(answer.content, type=Taken).guid
    except BROKEN as broken:
        return _unknown(key, f"{answer.status_code} that cannot be read: {broken}")
    return Handover(key=key, came_to=Handed.ACCEPTED, reference=guid)


def _unprocessable(key: str, answer: httpx.Response) -> Handover:
    """A fault of the document or address, or a GUID that was submitted before: then it has it, and
    its webhooks carry our key."""
    try:
        faults = msgspec.json.decode(answer.content, type=list[Fault])
    except BROKEN as broken:
        return _unknown(key, f"422 that cannot be read: {broken}")
    says = "; ".join(f"{one.source}: {one.details}" for one in faults)
    if faults and all("idempoten" in f"{one.source} {one.details}".lower() for one in faults):
        return Handover(key=key, came_to=Handed.ACCEPTED, detail=f"Submitted before. {says}")
    return _refused(key, f"422 {says}")


def _asked(client: httpx.Client, method: str, path: str, *, gone: bool = False) -> httpx.Response:
    try:
        answer = client.request(method, path)
    except httpx.HTTPError as trouble:
        raise TryLater(_words(trouble)) from trouble
    if answer.is_success or (gone and answer.status_code == 404):
        return answer
    raise TryLater(f"{answer.status_code} {answer.reason_phrase}")


def _client(config: Mapping[str, str]) -> httpx.Client:
    return httpx.Client(
        base_url=config["url"].rstrip("/") + "/",
        headers={
            "authorization": f"Bearer {config['token']}",
            "content-type": "application/json",
            "accept": "application/json",
        },
        timeout=float(config.get("timeout_seconds", "") or 30),
        follow_redirects=False,
        verify=authorities(),
        trust_env=False,
    )


def _scheme(code: str, config: Mapping[str, str]) -> str:
    further = dict(pair.split("=", 1) for pair in config.get("schemes", "").split() if "=" in pair)
    return further.get(code) or SCHEMES.get(code, "")


def _retry_after(answer: httpx.Response) -> int | None:
    """Seconds, at most a day."""
    stated = answer.headers.get("retry-after", "").strip()
    return min(int(stated), 86_400) if stated.isascii() and stated.isdigit() else None


def _later(key: str, detail: str, wait: int | None = None) -> Handover:
    return Handover(key=key, came_to=Handed.TRY_LATER, detail=detail, retry_after_seconds=wait)


def _refused(key: str, detail: str) -> Handover:
    return Handover(key=key, came_to=Handed.REFUSED, detail=detail)


def _unknown(key: str, detail: str) -> Handover:
    return Handover(key=key, came_to=Handed.UNKNOWN, detail=detail)


def _words(trouble: Exception) -> str:
    return f"{type(trouble).__name__}: {trouble}"
