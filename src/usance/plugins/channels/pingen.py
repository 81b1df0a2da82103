"""Letters by a print-and-mail house with Pingen's API (CH, DE, AT, FR and others).

A token for each batch (OAuth2 client credentials), then for each letter: ask where to upload, put
the PDF there, create the letter with `auto_send`. Only that last call can leave us not knowing: it
carries our key as Idempotency-Key, and the file is named after our key, so that the letter can be
found by it. (`PATCH …/send` of its own takes only letters that were validated, seconds later.)
Callbacks come one by one, signed with HMAC-SHA256 over the raw body in hexadecimal, without a time.
For how long the house remembers a key is published nowhere; a letter of an unknown end is looked
for by its name before it is created again.
New words come unannounced: the letter is related as `letter` or as `deliverable`.

Sources: api.pingen.com/documentation (Letters, File upload, Webhooks), as told by the house's own
SDKs (github.com/pingencom/pingen2-sdk-python) and github.com/AMANDA-Technology/PingenApiNet,
doc/analysis/2026-05-01-api-docs-gap-audit.md; sizes: help.pingen.com, Letter standards.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence

import httpx
import msgspec

from usance.domain.distribution import DeliveryEvent, Handed, Handover, Kind, Parcel
from usance.plugins import Unreadable
from usance.plugins._json import BROKEN
from usance.plugins._trust import authorities

from . import Forged, _shown
from ._letters import missing, paper, postal
from ._patience import hand_over
from ._pingen_words import (
    Created,
    Listed,
    Token,
    Trouble,
    Upload,
    callback,
    creation,
    events_of,
)

KINDS = frozenset({Kind.LETTER})
CONFIG: Mapping[str, str] = {
    "url": "of the API, such as https://api.pingen.com",
    "identity_url": "where tokens are given, such as https://identity.pingen.com",
    "client_id": "of our application at the house",
    "client_secret": "of our application at the house",
    "organisation": "id of our organisation at the house",
    "address_position": "left or right, as the window; without it left",
    "delivery_product": "how fast and how dear; without it cheap",
    "print_spectrum": "color or grayscale; without it grayscale",
    "duplex": "yes: both sides are printed",
    "timeout_seconds": "for each answer; without it 30",
    "webhook_secrets": "signing keys of its webhooks, several separated by spaces",
}
TAKES_KEY = True
ASKABLE = True
LARGEST = 8_000_000  # Bytes of a PDF.
OURS = frozenset({301, 302, 303, 307, 308, 401, 403, 404, 405, 407, 408})  # Not the letter's fault.
JSON_API = "application/vnd.api+json"


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    if not parcels:
        return
    with _client(config) as client:
        refused = _log_in(client, config)
        if refused:
            yield from (_later(parcel.key, refused) for parcel in parcels)
            return
        yield from hand_over(parcels, lambda parcel: _deliver(client, parcel, config))


def status(key: str, config: Mapping[str, str]) -> Handover:
    """REFUSED: the house has no letter whose file has our key for a name. UNKNOWN: nobody knows."""
    with _client(config) as client:
        if refused := _log_in(client, config):
            return _unknown(key, refused)
        try:
            answer = client.get(_letters(config), params={"q": key})
            if answer.status_code != 200:
                return _unknown(key, _says(answer))
            found = msgspec.json.decode(answer.content, type=Listed).data
        except (httpx.HTTPError, *BROKEN) as trouble:
            return _unknown(key, _words(trouble))
    for letter in found:
        if letter.attributes.file_original_name == _file_name(key):
            return Handover(key=key, came_to=Handed.ACCEPTED, reference=letter.id)
    return Handover(key=key, came_to=Handed.REFUSED, detail="The house has no letter of this key.")


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> list[DeliveryEvent]:
    """The callback's event. A category that we do not know is UNREADABLE, kept.

    :raises Forged: if no signing key fits the raw bytes.
    :raises Unreadable: if it is signed but is no JSON:API document of a webhook.
    """
    given = headers.get("signature", "").encode()
    fits = [
        hmac.compare_digest(given, sign(body, secret).encode())
        for secret in config.get("webhook_secrets", "").split()
    ]
    if not any(fits):
        raise Forged("no signing key fits")
    try:
        return list(events_of(callback(body)))
    except BROKEN as broken:
        raise Unreadable(str(broken), where="body") from broken


def shown(parcel: Parcel, config: Mapping[str, str]) -> str:
    """The request that creates the letter, for people to read (see _shown). Where the PDF was
    uploaded to is the house's secret of that moment, and is not kept."""
    if missing(parcel.address):
        return "The address is not complete."
    place = Upload(url="where the house said", url_signature="secret of that place")
    body = creation(_file_name(parcel.key), place, postal(parcel.address), config=config)
    headers = {
        "authorization": "Bearer of this session",
        "content-type": JSON_API,
        "idempotency-key": parcel.key,
    }
    return _shown.request(f"POST {config.get('url', '')}{_letters(config)}", headers, body)


def sign(body: bytes, secret: str) -> str:
    """The header Signature for these bytes."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _deliver(
    client: httpx.Client, parcel: Parcel, config: Mapping[str, str]
) -> tuple[Handover, bool]:
    """What it came to, and whether the house is there."""
    pdf, gaps = paper(parcel), missing(parcel.address)
    if pdf is None or gaps:
        says = f"The address lacks {', '.join(gaps)}." if gaps else "There is no PDF to print."
        return Handover(key=parcel.key, came_to=Handed.REFUSED, detail=says), True
    if len(pdf.content) > LARGEST:
        says = f"The PDF has {len(pdf.content) / 1e6:.1f} MB; the house takes {LARGEST / 1e6:.0f}."
        return Handover(key=parcel.key, came_to=Handed.REFUSED, detail=says), True
    try:
        place = _uploaded(client, pdf.content, config)
    except (httpx.HTTPError, *BROKEN) as trouble:
        return _later(parcel.key, f"not uploaded: {_words(trouble)}"), False
    named = _file_name(parcel.key)
    body = creation(named, place, postal(parcel.address), config=config)
    try:
        answer = client.post(
            _letters(config), content=body,
            headers={"content-type": JSON_API, "idempotency-key": parcel.key},
        )  # fmt: skip
    except (httpx.ConnectError, httpx.ConnectTimeout) as unreachable:
        return _later(parcel.key, _words(unreachable)), False
    except httpx.HTTPError as trouble:
        return _unknown(parcel.key, _words(trouble)), False
    return _judged(parcel.key, answer)


def _uploaded(client: httpx.Client, pdf: bytes, config: Mapping[str, str]) -> Upload:
    """Where the file lies now. Nothing is printed by that: whatever fails here may be tried again.

    :raises HTTPError, one of BROKEN: if it does not lie there.
    """
    answer = client.get("/file-upload").raise_for_status()
    place = msgspec.json.decode(answer.content, type=Created[Upload]).data.attributes
    # Somebody else's store: it gets the file and no token of ours.
    with httpx.Client(timeout=_seconds(config), verify=authorities(), trust_env=False) as store:
        store.put(place.url, content=pdf).raise_for_status()
    return place


def _judged(key: str, answer: httpx.Response) -> tuple[Handover, bool]:
    code, says = answer.status_code, _says(answer)
    if code in (200, 201, 202):
        try:
            letter = msgspec.json.decode(answer.content, type=Created[msgspec.Raw]).data
        except BROKEN as broken:
            return _unknown(key, f"{code} that cannot be read: {broken}"), True
        if not letter.id:
            return _unknown(key, f"{code} without the letter's id"), True
        return Handover(key=key, came_to=Handed.ACCEPTED, reference=letter.id), True
    if code == 429 or (code == 503 and "retry-after" in answer.headers):
        wait = answer.headers.get("retry-after", "")
        return _later(key, says, int(wait) if wait.isdigit() else None), False
    if code in OURS:
        return _later(key, says), False
    if 400 <= code < 500 and code != 409:  # 409: the same key is being worked on.
        return Handover(key=key, came_to=Handed.REFUSED, detail=says), True
    return _unknown(key, says), False


def _client(config: Mapping[str, str]) -> httpx.Client:
    return httpx.Client(
        base_url=config["url"],
        timeout=_seconds(config),
        follow_redirects=False,
        verify=authorities(),
        trust_env=False,
    )


def _log_in(client: httpx.Client, config: Mapping[str, str]) -> str:
    """Nothing if the client has its token now; else why not."""
    try:
        answer = client.post(
            f"{config['identity_url'].rstrip('/')}/auth/access-tokens",
            data={
                "grant_type": "client_credentials", "client_id": config["client_id"],
                "client_secret": config["client_secret"], "scope": "letter",
            },
        )  # fmt: skip
        if answer.status_code != 200:
            return f"no token: {_says(answer)}"
        token = msgspec.json.decode(answer.content, type=Token)
    except (httpx.HTTPError, *BROKEN) as trouble:
        return f"no token: {_words(trouble)}"
    client.headers["authorization"] = f"Bearer {token.access_token}"
    return ""


def _letters(config: Mapping[str, str]) -> str:
    return f"/organisations/{config['organisation']}/letters"


def _file_name(key: str) -> str:
    return f"{key}.pdf"


def _seconds(config: Mapping[str, str]) -> float:
    return float(config.get("timeout_seconds", "") or 30)


def _says(answer: httpx.Response) -> str:
    try:
        faults = msgspec.json.decode(answer.content, type=Trouble).errors
    except BROKEN:
        return f"{answer.status_code} {answer.reason_phrase}".strip()
    told = "; ".join(": ".join(filter(None, (one.title, one.detail))) for one in faults)
    return f"{answer.status_code} {told}".strip()


def _words(trouble: Exception) -> str:
    return f"{type(trouble).__name__}: {trouble}"


def _later(key: str, detail: str, wait: int | None = None) -> Handover:
    return Handover(
        key=key, came_to=Handed.TRY_LATER, detail=detail, retry_after_seconds=wait
    )  # fmt: skip


def _unknown(key: str, detail: str) -> Handover:
    return Handover(key=key, came_to=Handed.UNKNOWN, detail=detail)
