"""Bulk carriers of e-mail, by django-anymail: it speaks their APIs, we say what it means for us.

Each carrier is a module beside this one. Their APIs take no key of ours, so sending again may send
twice; our key travels as metadata, comes back in each report, and can be searched for.

Pictures and links are not counted, where that can be said with a mail (`tracks`). If a carrier
reports an opening all the same, the receiver's system has the mail; whether a person or a machine
that looks ahead fetched the picture, nobody knows.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import httpx
import requests
import urllib3
from anymail.exceptions import (
    AnymailError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
    AnymailWebhookValidationFailure,
)
from anymail.signals import AnymailTrackingEvent
from anymail.signals import EventType as Type
from django.core.handlers.wsgi import WSGIRequest
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string

from usance.domain.distribution import DeliveryEvent, Handed, Handover, Outcome, Parcel
from usance.plugins import Unreadable
from usance.plugins._trust import authorities

from . import Forged, _mail, _shown
from ._patience import hand_over

# anymail's words in ours. What is not here is kept as unreadable.
OUTCOMES = {
    Type.QUEUED: Outcome.ACCEPTED,
    Type.SENT: Outcome.SENT,
    Type.DELIVERED: Outcome.DELIVERED,
    Type.OPENED: Outcome.DELIVERED,  # Or a machine fetched the picture: no person is proved.
    Type.CLICKED: Outcome.DELIVERED,  # Likewise: machines follow links to see where they lead.
    Type.DEFERRED: Outcome.DEFERRED,
    Type.BOUNCED: Outcome.BOUNCED,
    Type.REJECTED: Outcome.BOUNCED,  # The carrier took it, and then would not send it.
    Type.FAILED: Outcome.BOUNCED,
    Type.COMPLAINED: Outcome.COMPLAINED,
    Type.AUTORESPONDED: Outcome.UNREADABLE,  # It proves nothing; the word stands on the timeline.
}
# About a list of receivers and not about a mail of ours.
ELSEWHERE = frozenset({Type.SUBSCRIBED, Type.UNSUBSCRIBED, Type.INBOUND})
USER = "usance"  # Of the basic authorisation that some carriers show instead of a signature.
# About us, not about the mail: wrong token, wrong address of the API, a proxy in between.
OURS = frozenset({301, 302, 303, 307, 308, 401, 402, 403, 404, 405, 407, 408})

Asked = tuple[str, Mapping[str, str], Mapping[str, str], tuple[str, str] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """One bulk carrier; its methods are what a channel has to be able to do."""

    backend: str  # anymail's class that sends.
    webhook: str  # anymail's class that reads reports.
    options: Callable[[Mapping[str, str]], dict[str, Any]]  # Our config as anymail's.
    lock: Callable[[str], dict[str, Any]]  # A secret as the webhook's class wants it.
    signed_at: Callable[[bytes, Mapping[str, str]], datetime | None]  # None: it is not signed.
    word: Callable[[Mapping[str, Any]], str]  # The carrier's own word for an event.
    soft: frozenset[str]  # Its words for giving up though the address may be good.
    search: Callable[[str, Mapping[str, str]], Asked]  # Address, query, headers, login.
    found: Callable[[Any, str, Mapping[str, str]], str]  # Its answer: the reference, or nothing.
    ours: frozenset[int] = OURS
    tagged: bool = False  # Our key is the mail's tag too: it can be searched for by nothing else.
    tracks: bool = True  # Its API can be told not to count pictures and links.
    taken: frozenset[int] = frozenset({200, 201, 202})  # Its codes for what it took.
    largest_bytes: int
    unnameable: str = ""  # Signs that may not stand in a receiver's name.

    def send(self, parcels: Sequence[Parcel], config: Mapping[str, str]) -> Iterator[Handover]:
        timeout = float(config.get("timeout_seconds", "") or 30)
        sender = import_string(self.backend)(**self.options(config), timeout=timeout)
        sender.open()
        sender.session.trust_env = False  # Who carries our mail is a setting, not the environment.
        sender.session.max_redirects = 0
        try:
            yield from hand_over(parcels, lambda one: self._deliver(sender, one, config))
        finally:
            sender.close()

    def status(self, key: str, config: Mapping[str, str]) -> Handover:
        """REFUSED: it knows nothing of the key, which may still be on its way into its search."""
        url, query, headers, login = self.search(key, config)
        timeout = float(config.get("timeout_seconds", "") or 30)
        try:
            answer = httpx.get(
                url, params=query, headers=headers, auth=login, timeout=timeout,
                verify=authorities(), trust_env=False,
            )  # fmt: skip
            if answer.status_code != 200:
                return _unknown(key, f"{answer.status_code} {answer.reason_phrase}")
            reference = self.found(answer.json(), key, config)
        except httpx.HTTPError as trouble:
            return _unknown(key, f"{type(trouble).__name__}: {trouble}")
        except (ValueError, KeyError, TypeError, AttributeError) as odd:
            return _unknown(key, f"200 with an answer that cannot be read: {odd}")
        if reference:
            return Handover(key=key, came_to=Handed.ACCEPTED, reference=reference)
        return Handover(key=key, came_to=Handed.REFUSED, detail="It knows no mail with this key.")

    def read(
        self, body: bytes, headers: Mapping[str, str], config: Mapping[str, str]
    ) -> list[DeliveryEvent]:
        """The events of a report, in its order.

        :raises Forged: if no secret opens it, or it was signed more than 300 seconds away.
        :raises Unreadable: if it is not what this carrier reports.
        """
        request = _request(body, headers)
        reader = self._opened(request, config.get("webhook_secrets", ""))
        received = _moment(headers.get("x-received-at", ""))
        try:
            signed_at = self.signed_at(body, headers)
            if signed_at and abs((received - signed_at).total_seconds()) > 300:
                raise Forged("signed more than 300 seconds before or after it was received")
            events = reader.parse_events(request)
            if not events:
                raise ValueError("it reports nothing")
            return [
                self._event(event, place, body, received)
                for place, event in enumerate(events, start=1)
                if event.event_type not in ELSEWHERE
            ]
        except (
            AnymailError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            OverflowError,
            OSError,  # Of moments so far away that the system's clock has none.
        ) as broken:
            if isinstance(broken, Forged):
                raise
            raise Unreadable(f"{type(broken).__name__}: {broken}", where="body") from broken
        except RecursionError as deep:
            raise Unreadable("parts within parts without end", where="body") from deep

    def shown(self, parcel: Parcel, config: Mapping[str, str]) -> str:
        """What the carrier's API is asked to send, for people to read: headers, then the parts."""
        try:
            message = self._message(parcel, config)
        except _mail.MalformedAddress as malformed:
            return str(malformed)
        name = self.backend.rsplit(".", 2)[-2]
        head = {"From": message.from_email, "To": ", ".join(message.to), **message.extra_headers}
        head |= {"Reply-To": ", ".join(message.reply_to)} if message.reply_to else {}
        parts = [f"text/plain: {len(parcel.text)} letters"]
        parts += [f"text/html: {len(parcel.html)} letters"] if parcel.html else []
        parts += [
            f"{one.media_type}: {one.name}, {len(one.content)} bytes" for one in parcel.attachments
        ]
        body = "\n".join((f"metadata: key={parcel.key}", *parts)).encode()
        return _shown.request(f"{name}: {message.subject}", head, body)

    def _opened(self, request: WSGIRequest, secrets: str) -> Any:
        for secret in secrets.split():
            try:
                reader = import_string(self.webhook)(**self.lock(secret))
                reader.run_validators(request)
            except (AnymailWebhookValidationFailure, TypeError, ValueError, RecursionError):
                continue
            return reader
        raise Forged("no secret opens it")

    def _event(
        self, event: AnymailTrackingEvent, place: int, body: bytes, received: datetime
    ) -> DeliveryEvent:
        told = event.esp_event if isinstance(event.esp_event, Mapping) else {}
        word = _mail.one_line(self.word(told))
        outcome = OUTCOMES.get(event.event_type, Outcome.UNREADABLE)
        if outcome is Outcome.BOUNCED and word in self.soft:
            outcome = Outcome.EXPIRED  # Nothing is said against the address.
        says = (event.description, event.mta_response)
        at = event.timestamp or received
        return DeliveryEvent(
            # Not all carriers number all of their events, and a second report has the same bytes.
            id=str(event.event_id or "") or f"{sha256(body).hexdigest()[:32]}-{place}",
            key=str((event.metadata or {}).get("key", "")),
            reference=str(event.message_id or ""),
            outcome=outcome,
            at=at if at.tzinfo else at.replace(tzinfo=UTC),
            code=word,
            detail=_mail.one_line(" ".join(dict.fromkeys(filter(None, says)))),
        )

    def _deliver(
        self, sender: Any, parcel: Parcel, config: Mapping[str, str]
    ) -> tuple[Handover, bool]:
        """What it came to, and whether the carrier is there."""
        key = parcel.key
        try:
            message: Any = self._message(parcel, config)
        except _mail.MalformedAddress as malformed:
            return Handover(key=key, came_to=Handed.REFUSED, detail=str(malformed)), True
        size = sum(len(one.content) for one in parcel.attachments) * 4 // 3
        largest = int(config.get("largest_bytes", "") or self.largest_bytes)
        if size > largest:
            says = f"5.3.4 the papers have {size} bytes as they travel, more than {largest}"
            return Handover(key=key, came_to=Handed.REFUSED, detail=says), True
        try:
            sender.send_messages([message])
        except AnymailRecipientsRefused as refused:
            return Handover(key=key, came_to=Handed.REFUSED, detail=_words(refused)), True
        except AnymailRequestsAPIError as trouble:
            return self._judged(key, trouble)
        except AnymailError as unfit:  # It cannot be said in this carrier's words.
            return Handover(key=key, came_to=Handed.REFUSED, detail=_words(unfit)), True
        status = message.anymail_status
        code = status.esp_response.status_code
        if code < 300 and code not in self.taken:
            return _unknown(key, f"{code}, which is not its word for a mail that it took"), True
        if not status.message_id:
            answer = status.esp_response
            if answer.status_code // 100 == 4:  # Postmark's no about a receiver it does not name.
                says = _mail.one_line(f"{answer.status_code} {answer.text[:300]}")
                return Handover(key=key, came_to=Handed.REFUSED, detail=says), True
            return _unknown(key, "taken, without a reference"), True
        return Handover(key=key, came_to=Handed.ACCEPTED, reference=str(status.message_id)), True

    def _message(self, parcel: Parcel, config: Mapping[str, str]) -> Any:
        message = _message(parcel, config, self.unnameable)
        if self.tagged:
            message.tags = [parcel.key]
        if self.tracks:
            message.track_opens = message.track_clicks = False
        return message

    def _judged(self, key: str, trouble: AnymailRequestsAPIError) -> tuple[Handover, bool]:
        says, answer = _words(trouble), trouble.response
        if answer is None:
            if _never_left(trouble.__cause__):
                return Handover(key=key, came_to=Handed.TRY_LATER, detail=says), False
            return _unknown(key, says), False
        code, wait = answer.status_code, answer.headers.get("retry-after", "").strip()
        seconds = min(int(wait), 86_400) if wait.isascii() and wait.isdigit() else None
        if code == 429 or (code == 503 and seconds is not None) or code in self.ours:
            later = Handover(
                key=key, came_to=Handed.TRY_LATER, detail=says, retry_after_seconds=seconds
            )
            return later, False
        if 400 <= code < 500:
            return Handover(key=key, came_to=Handed.REFUSED, detail=says), True
        return _unknown(key, says), False


def _message(parcel: Parcel, config: Mapping[str, str], unnameable: str) -> Any:
    """Django's message, with the attributes that anymail reads besides."""
    name = parcel.address.get("name", "").translate(dict.fromkeys(map(ord, unnameable), " "))
    to = _mail.mailbox(" ".join(name.split()), parcel.address.get("email", ""))
    reply_to = config.get("reply_to", "")
    message: Any = EmailMultiAlternatives(
        subject=_mail.one_line(parcel.subject),
        body=parcel.text,
        from_email=str(_mail.mailbox(parcel.sender, config["sender"])),
        to=[str(to)],
        reply_to=[str(_mail.mailbox("", reply_to))] if reply_to else None,
        headers={
            "Message-ID": _mail.message_id(parcel.key, config),
            "Auto-Submitted": "auto-generated",
            **({"Content-Language": _mail.one_line(parcel.language)} if parcel.language else {}),
        },
    )
    if parcel.html:
        message.attach_alternative(parcel.html, "text/html")
    for one in parcel.attachments:
        message.attach(_mail.one_line(one.name), one.content, one.media_type)
    message.metadata = {"key": parcel.key}
    return message


def basic(secret: str) -> dict[str, Any]:
    """The lock of carriers that show a password and sign nothing: user `usance`, the secret."""
    return {"webhook_secret": [f"{USER}:{secret}"]}


def shown(secret: str) -> str:
    """The header that opens such a lock."""
    return "Basic " + b64encode(f"{USER}:{secret}".encode()).decode()


def unsigned(body: bytes, headers: Mapping[str, str]) -> None:
    """Carriers that sign nothing say no moment either."""


def _request(body: bytes, headers: Mapping[str, str]) -> WSGIRequest:
    """The report as Django hands it to anymail."""
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return WSGIRequest({
        **named,
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "CONTENT_TYPE": headers.get("content-type", "application/json"),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    })  # fmt: skip


def _never_left(cause: BaseException | None) -> bool:
    """The connection never stood, or led somewhere else: the carrier surely has nothing."""
    if isinstance(
        cause,
        requests.ConnectTimeout | requests.TooManyRedirects | requests.exceptions.SSLError,
    ):
        return True
    deep = cause.args[0] if isinstance(cause, requests.ConnectionError) and cause.args else None
    return isinstance(getattr(deep, "reason", None), urllib3.exceptions.NewConnectionError)


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as broken:
        raise Forged("x-received-at is missing: nobody says when it came") from broken
    return at.astimezone(UTC)


def _words(trouble: AnymailError) -> str:
    """Code and what the carrier says, without what we sent to it."""
    answer = trouble.response
    if answer is None:
        return _mail.one_line(f"{trouble.args[0] if trouble.args else trouble} {trouble.__cause__}")
    return _mail.one_line(f"{answer.status_code} {answer.text[:300]}")


def _unknown(key: str, detail: str) -> Handover:
    return Handover(key=key, came_to=Handed.UNKNOWN, detail=detail)
