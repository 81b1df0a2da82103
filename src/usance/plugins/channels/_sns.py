"""What Amazon SES reports of mails that went through its SMTP server, by a topic of Amazon SNS.

With the setting `sns_topics` a post is believed if Amazon signed it for one of these topics (see
_sns_signature); without it, if the address it was posted to has a password of ours in it. The first
thing that a topic posts is a link that a person has to open: it is kept, and shown as such.

Source: Amazon SES developer guide, "Contents of event data that Amazon SES publishes to Amazon SNS"
and "Amazon SNS notification contents"; Amazon SNS developer guide, "HTTP/HTTPS headers and JSON".
"""

import hmac
import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from usance.domain.distribution import DeliveryEvent, Outcome
from usance.plugins import Unreadable

from . import Forged, _mail, _sns_signature

USER = "usance"
OUTCOMES = {
    "Send": Outcome.ACCEPTED,
    "Delivery": Outcome.DELIVERED,
    "Open": Outcome.DELIVERED,  # A picture was fetched, perhaps by a machine.
    "Click": Outcome.DELIVERED,
    "DeliveryDelay": Outcome.DEFERRED,
    "Bounce": Outcome.EXPIRED,  # It gave up: only a permanent one speaks against the address.
    "Bounce Permanent": Outcome.BOUNCED,
    "Reject": Outcome.EXPIRED,  # It found a virus, and sends nothing.
    "Complaint": Outcome.COMPLAINED,
}


def speaks(headers: Mapping[str, str]) -> bool:
    return "x-amz-sns-message-type" in headers


def read(body: bytes, headers: Mapping[str, str], config: Mapping[str, str]) -> list[DeliveryEvent]:
    """One event for each receiver that the notification speaks of.

    :raises Forged: if Amazon has not signed it for us; without topics, if no password fits.
    :raises Unreadable: if it is no notification.
    :raises TryLater: if Amazon's certificate could not be fetched.
    """
    is_signed = bool(config.get("sns_topics", "").split())
    if not is_signed:
        _let_in(headers.get("authorization", ""), config.get("webhook_secrets", ""))
    try:
        told = json.loads(body)
        if is_signed:
            received = datetime.fromisoformat(headers["x-received-at"])
            _sns_signature.verify(told, config, received=received)
        if "Message" not in told and "mail" in told:  # "Raw message delivery" is on.
            told = {"Message": body.decode(), "MessageId": headers["x-amz-sns-message-id"]}
        return list(_events(told, headers, config))
    except Forged:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as broken:
        raise Unreadable(f"{type(broken).__name__}: {broken}", where="body") from broken


def _let_in(shown: str, secrets: str) -> None:
    fits = [
        hmac.compare_digest(
            shown.encode(), b"Basic " + b64encode(f"{USER}:{secret}".encode())
        )
        for secret in secrets.split()
    ]  # fmt: skip
    if not any(fits):
        raise Forged("no password fits")


def _events(
    told: Mapping[str, Any], headers: Mapping[str, str], config: Mapping[str, str]
) -> Iterator[DeliveryEvent]:
    id = str(told["MessageId"])
    if told.get("Type") in ("SubscriptionConfirmation", "UnsubscribeConfirmation"):
        link = str(told["SubscribeURL"])
        yield _event(id, "", Outcome.UNREADABLE, _at(told, headers), told["Type"], link)
        return
    event = json.loads(told["Message"])
    kind = str(event.get("eventType") or event["notificationType"])
    about = event.get(kind[:1].lower() + kind[1:], {})
    sort = str(about.get("bounceType", ""))
    outcome = OUTCOMES.get(f"{kind} {sort}") or OUTCOMES.get(kind, Outcome.UNREADABLE)
    code = " ".join(filter(None, (kind, sort, str(about.get("bounceSubType", "")))))
    says = _says(about) or [str(about.get("smtpResponse") or about.get("reason") or "")]
    for place, detail in enumerate(says, start=1):
        key, at = _key(event["mail"], config), _at(about, headers)
        yield _event(f"{id}-{place}", key, outcome, at, code, detail)


def _event(
    id: str, key: str, outcome: Outcome, at: datetime, code: str, detail: str
) -> DeliveryEvent:
    return DeliveryEvent(
        id=id, key=key, reference="", outcome=outcome, at=at, code=code,
        detail=_mail.one_line(detail),
    )  # fmt: skip


def _says(about: Mapping[str, Any]) -> list[str]:
    """What is said of each receiver that is named."""
    named: list[Mapping[str, Any]] = next(
        (about[name] for name in about if name.endswith("Recipients")), []
    )
    return [
        str(one.get("diagnosticCode") or one.get("status") or one.get("emailAddress", ""))
        for one in named
    ]


def _key(mail: Mapping[str, Any], config: Mapping[str, str]) -> str:
    """From the return path that the mail left with; else from its id, where headers are told."""
    host = re.escape(_mail.domain(config))
    verp = re.compile(rf"{re.escape(_mail.prefix(config))}\+([\w.=-]{{1,50}})@{host}", re.I)
    if found := verp.fullmatch(str(mail.get("source", ""))):
        return found[1]
    ids = [one["value"] for one in mail.get("headers", []) if one["name"].lower() == "message-id"]
    ours = re.compile(rf"<?([\w.=-]{{1,50}})@{host}>?", re.I)
    return next((found[1] for id in ids if (found := ours.fullmatch(str(id)))), "")


def _at(told: Mapping[str, Any], headers: Mapping[str, str]) -> datetime:
    stated = told.get("timestamp") or told.get("Timestamp") or headers.get("x-received-at", "")
    at = datetime.fromisoformat(str(stated))
    return at if at.tzinfo else at.replace(tzinfo=UTC)
