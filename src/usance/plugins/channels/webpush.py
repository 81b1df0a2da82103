"""Messages to browsers over the push services of their makers.

The message is encrypted for one browser; the push service sees its length and who sends. 201 means
that the service has it: a browser tells nobody that it showed it. There is no key that a service
would compare; the browser replaces a message of the same key instead of showing it again.

An endpoint comes from a browser that we do not know, so it is only called if it lies at a push
service: no page may make us call addresses inside our own network.

Source: RFC 8030 (push services, TTL, Urgency, Topic), RFC 8291, RFC 8292.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import msgspec

from usance.domain.distribution import DeliveryEvent, Handover, Kind, Parcel
from usance.plugins._machine_time import signing_time

from . import Forged, _answers, _push_secret, _shown
from ._patience import hand_over

KINDS = frozenset({Kind.PUSH})
CONFIG: Mapping[str, str] = {
    "private_key": "our VAPID key, 32 bytes in base64url",
    "subject": "mailto: or https:, where a push service reaches us",
    "services": "hosts of push services, * for any name before; without it the browser makers'",
    "ttl_seconds": "how long a service keeps a message for a browser that sleeps; without it a day",
    "urgency": "very-low, low, normal (without it) or high",
    "timeout_seconds": "for each answer; without it 30",
    "url": "of a relay through which all calls go; without it they go to the services",
    "signed_at": "ISO 8601 moment of the signature, for tests; without it the machine's time",
}
TAKES_KEY = False
ASKABLE = False

SERVICES = (
    "fcm.googleapis.com android.googleapis.com *.push.services.mozilla.com *.notify.windows.com"
    " web.push.apple.com *.push.apple.com"
)
VALID = timedelta(hours=12)  # Of our token; 24 are allowed (RFC 8292 §2).
DAY_SECONDS = 86_400
GONE = "The subscription ended: the browser or its owner withdrew it."
# 404 and 410 are about this browser, not about us (RFC 8030 §7.3).
OURS = _answers.OURS - {404}


class Message(msgspec.Struct):
    """What the browser's worker shows. A message with the tag of one that is shown replaces it."""

    title: str
    body: str
    tag: str
    language: str = ""
    url: str = ""


def send(parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
    key = _push_secret.private_key(config["private_key"])
    if not config["subject"].startswith(("mailto:", "https:")):
        raise ValueError("subject is mailto: or https:")
    expires = int((signing_time(config) + VALID).timestamp())
    ours = _push_secret.encode(_push_secret.point(key))

    def authorization(audience: str) -> str:
        subject = config["subject"]
        token = _push_secret.token(key, audience=audience, subject=subject, expires=expires)
        return f"vapid t={token}, k={ours}"

    with _answers.client(config, url=config.get("url", "")) as client:
        yield from hand_over(parcels, lambda one: _deliver(client, one, config, authorization))


def status(key: str, config: Mapping[str, str]) -> Handover:
    """No push service can be asked."""
    return _answers.unknown(key, "Push services have no question for this.")[0]


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> list[DeliveryEvent]:
    raise Forged("push services do not call back")


def shown(parcel: Parcel, config: Mapping[str, str]) -> str:
    """The message before it is encrypted, for people to read; the browser's keys are masked."""
    headers = {
        "authorization": "vapid of ours",
        "content-encoding": "aes128gcm",
        "ttl": config.get("ttl_seconds", "") or str(DAY_SECONDS),
        "urgency": config.get("urgency", "") or "normal",
    }
    endpoint = urlsplit(parcel.address.get("endpoint", ""))
    place = f"{endpoint.scheme}://{endpoint.netloc}/{_shown.MASK}"  # The rest is the secret.
    return _shown.request(f"POST {place}", headers, _message(parcel))


def _deliver(
    client: httpx.Client,
    parcel: Parcel,
    config: Mapping[str, str],
    authorization: Callable[[str], str],
) -> _answers.Outcome:
    endpoint = parcel.address.get("endpoint", "")
    try:
        audience = service_of(endpoint, config.get("services", ""))
        body = _push_secret.encrypted(
            _message(parcel),
            _push_secret.decode(parcel.address.get("p256dh", "")),
            _push_secret.decode(parcel.address.get("auth", "")),
        )
    except _push_secret.Malformed as malformed:
        return _answers.refused(parcel.key, str(malformed))
    headers = {
        "authorization": authorization(audience),
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "ttl": config.get("ttl_seconds", "") or str(DAY_SECONDS),
        "urgency": config.get("urgency", "") or "normal",
        # Of two messages of one topic that wait for a browser the later one is kept.
        "topic": _push_secret.encode(hashlib.sha256(parcel.key.encode()).digest()[:24]),
    }
    target = endpoint.removeprefix(audience) if config.get("url") else endpoint
    answer = _answers.ask(parcel.key, lambda: client.post(target, content=body, headers=headers))
    if isinstance(answer, tuple):
        return answer
    if answer.status_code in (404, 410):
        return _answers.refused(parcel.key, f"{answer.status_code} {GONE}")
    if answer.status_code not in (201, 202):
        return _answers.judged(parcel.key, answer, answer.text[:200], ours=OURS)
    place = answer.headers.get("location", "")
    if not place:
        return _answers.unknown(parcel.key, f"{answer.status_code} that names no message")
    return _answers.accepted(parcel.key, place[-100:])


def service_of(endpoint: str, services: str = "") -> str:
    """The origin of a push service's endpoint, "https://updates.push.services.mozilla.com".

    :raises Malformed: if it is no address at one of the services.
    """
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError as broken:
        raise _push_secret.Malformed("the endpoint is no address") from broken
    if parts.scheme != "https" or parts.username or port not in (None, 443):
        raise _push_secret.Malformed("the endpoint is no https address at a push service")
    for service in (services or SERVICES).split():
        if host == service or (service.startswith("*.") and host.endswith(service[1:])):
            return f"https://{parts.netloc}"
    raise _push_secret.Malformed(f"{host!r} is no push service that we know")


def _message(parcel: Parcel) -> bytes:
    return msgspec.json.encode(
        Message(
            title=parcel.subject,
            body=parcel.text.strip(),
            tag=parcel.key,
            language=parcel.language,
            url=parcel.address.get("page", ""),
        )
    )
