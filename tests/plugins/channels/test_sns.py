"""Amazon SES by its SMTP server: its notifications come through a topic of Amazon SNS."""

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from usance.domain.distribution import Outcome
from usance.plugins import TryLater, Unreadable
from usance.plugins.channels import Forged, smtp
from usance.plugins.channels._sns_signature import AMAZON
from usance.sandbox.topic import Topic

US = {"sender": "invoices@factor.example", "webhook_secrets": "old-password password"}
KEY = "0197b1c2"


def login(password: str = "password") -> str:
    return "Basic " + b64encode(f"usance:{password}".encode()).decode()


def came(told: Any, *, raw: bool = False, **headers: str) -> list[Any]:
    """As the topic posts it; `raw`: without its envelope."""
    message = json.dumps(told)
    envelope = {"Type": "Notification", "MessageId": "sns-1", "Message": message}
    about = {
        "x-amz-sns-message-type": "Notification", "x-amz-sns-message-id": "sns-1",
        "authorization": login(), "x-received-at": "2026-03-09T10:00:00+00:00",
    }  # fmt: skip
    body = message if raw else json.dumps(envelope)
    return smtp.read(body.encode(), about | headers, US)


def event(kind: str, **about: Any) -> dict[str, Any]:
    name = kind[:1].lower() + kind[1:]
    return {
        "eventType": kind,
        "mail": {"source": f"bounce+{KEY}@factor.example", "destination": ["ap@kund.example"]},
        name: {"timestamp": "2026-03-09T08:00:00.000Z"} | about,
    }


BOUNCED = [{"emailAddress": "ap@kund.example", "status": "5.1.1",
            "diagnosticCode": "smtp; 550 5.1.1 user unknown"}]  # fmt: skip


@pytest.mark.parametrize("raw", [True, False])
@pytest.mark.parametrize(
    ("told", "outcome", "code", "detail"),
    [
        (event("Send"), Outcome.ACCEPTED, "Send", ""),
        (event("Delivery", smtpResponse="250 OK", recipients=["ap@kund.example"]),
         Outcome.DELIVERED, "Delivery", "250 OK"),
        (event("Bounce", bounceType="Permanent", bounceSubType="General",
               bouncedRecipients=BOUNCED),
         Outcome.BOUNCED, "Bounce Permanent General", "smtp; 550 5.1.1 user unknown"),
        (event("Bounce", bounceType="Transient", bounceSubType="MailboxFull",
               bouncedRecipients=[{"emailAddress": "ap@kund.example"}]),
         Outcome.EXPIRED, "Bounce Transient MailboxFull", "ap@kund.example"),
        (event("DeliveryDelay", delayType="TransientCommunicationFailure", delayedRecipients=[
            {"emailAddress": "ap@kund.example", "diagnosticCode": "4.4.1"}]),
         Outcome.DEFERRED, "DeliveryDelay", "4.4.1"),
        (event("Complaint", complainedRecipients=[{"emailAddress": "ap@kund.example"}]),
         Outcome.COMPLAINED, "Complaint", "ap@kund.example"),
        (event("Open", ipAddress="192.0.2.1"), Outcome.DELIVERED, "Open", ""),
        (event("Reject", reason="Bad content"), Outcome.EXPIRED, "Reject", "Bad content"),
        (event("Thaw"), Outcome.UNREADABLE, "Thaw", ""),
    ],
)  # fmt: skip
def test_a_notification_in_our_words(
    told: Any, outcome: Outcome, code: str, detail: str, raw: bool
) -> None:
    (one,) = came(told, raw=raw)

    assert (one.id, one.key, one.outcome) == ("sns-1-1", KEY, outcome)
    assert (one.code, one.detail, one.at.isoformat()) == (code, detail, "2026-03-09T08:00:00+00:00")


def test_the_older_kind_of_notification_names_its_mail_by_the_message_id() -> None:
    headers = [{"name": "Message-ID", "value": f"<{KEY}@factor.example>"}]
    told = {"notificationType": "Complaint", "complaint": {"complainedRecipients": [{}]},
            "mail": {"source": "other@factor.example", "headers": headers}}  # fmt: skip

    (one,) = came(told)

    assert (one.key, one.outcome) == (KEY, Outcome.COMPLAINED)


def test_who_has_not_the_password_is_not_believed() -> None:
    for shown in ("", login("guess"), "Basic", "Bearer password", "Basic ä"):
        with pytest.raises(Forged):
            came(event("Send"), authorization=shown)
    assert came(event("Send"), authorization=login("old-password"))


def test_the_link_that_confirms_a_topic_is_kept_for_a_person() -> None:
    told = {"Type": "SubscriptionConfirmation", "MessageId": "sns-2", "Token": "x",
            "SubscribeURL": "https://sns.example/?Action=ConfirmSubscription",
            "Timestamp": "2026-03-09T08:00:00.000Z"}  # fmt: skip
    headers = {"x-amz-sns-message-type": told["Type"], "authorization": login()}

    (one,) = smtp.read(json.dumps(told).encode(), headers, US)

    assert (one.key, one.outcome, one.detail) == ("", Outcome.UNREADABLE, told["SubscribeURL"])


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"MessageId": "1", "Message": "no JSON"}'])
def test_nonsense_is_unreadable(body: str) -> None:
    headers = {"x-amz-sns-message-type": "Notification", "authorization": login()}
    with pytest.raises(Unreadable):
        smtp.read(body.encode(), headers, US)


RECEIVED = datetime(2026, 3, 9, 10, tzinfo=UTC)


@pytest.fixture
def topic(tmp_path: Path) -> Iterator[Topic]:
    with Topic(tmp_path) as found:
        yield found


def post(topic: Topic, body: bytes, *, at: datetime = RECEIVED, **more: str) -> list[Any]:
    headers = {"x-amz-sns-message-type": "Notification", "x-received-at": at.isoformat()}
    return smtp.read(body, headers, US | {"webhook_secrets": ""} | topic.config | more)


@pytest.mark.parametrize("version", ["1", "2"])
def test_what_amazon_signed_is_believed_without_a_password(topic: Topic, version: str) -> None:
    body = topic.signed(json.dumps(event("Send")), at=RECEIVED, version=version, Subject="Hej")

    for _ in range(3):
        (one,) = post(topic, body)
        assert (one.key, one.outcome) == (KEY, Outcome.ACCEPTED)
    assert topic.fetched == 1, "the certificate is fetched once"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Send", b"Open"),  # Another word in the message.
        (b"sns-1", b"sns-2"),
        (b'"SignatureVersion": "1"', b'"SignatureVersion": "2"'),
        (b'"SignatureVersion": "1"', b'"SignatureVersion": "3"'),
        (b"123456789012", b"999999999999"),  # A topic of somebody else's.
        (b'"Signature": "', b'"Signature": "AAAA'),
        (b'"Signature": "', b'"Signature": "?'),
        (b"https://", b"http://"),
        (b".pem", b".txt"),
        (b"https://localhost", b"https://sns.eu-north-1.amazonaws.com.evil.example"),
        (b"https://localhost", b"https://sns.eu-north-1.amazonaws.com@localhost"),
        (b"https://localhost:", b"https://127.0.0.1:"),
    ],
)
def test_what_was_altered_or_is_signed_elsewhere_is_not_believed(
    topic: Topic, before: bytes, after: bytes
) -> None:
    body = topic.signed(json.dumps(event("Send")), at=RECEIVED)
    assert body.count(before) >= 1

    with pytest.raises(Forged):
        post(topic, body.replace(before, after))


@pytest.mark.parametrize("seconds", [-4000, 400])
def test_what_was_signed_too_long_ago_or_later_is_not_believed(topic: Topic, seconds: int) -> None:
    body = topic.signed(json.dumps(event("Send")), at=RECEIVED + timedelta(seconds=seconds))

    with pytest.raises(Forged):
        post(topic, body)


def test_without_its_envelope_nothing_is_signed_and_nothing_believed(topic: Topic) -> None:
    with pytest.raises(Forged):
        post(topic, json.dumps(event("Send")).encode())


def test_the_link_that_confirms_is_signed_too(topic: Topic) -> None:
    link = "https://sns.eu-north-1.amazonaws.com/?Action=ConfirmSubscription"
    told = {"Type": "SubscriptionConfirmation", "SubscribeURL": link, "Token": "x"}
    body = topic.signed("You have chosen to subscribe.", at=RECEIVED, **told)

    (one,) = post(topic, body)

    assert one.detail == link
    with pytest.raises(Forged):
        post(topic, body.replace(b"ConfirmSubscription", b"AnotherSubscription"))


def test_a_certificate_that_nobody_serves_is_asked_for_again(topic: Topic) -> None:
    body = topic.signed(json.dumps(event("Send")), at=RECEIVED)
    topic.close()

    with pytest.raises(TryLater):
        post(topic, body)


def test_amazons_own_hosts_are_known() -> None:
    for host in ("sns.eu-north-1.amazonaws.com", "sns.cn-north-1.amazonaws.com.cn"):
        assert AMAZON.fullmatch(host)
    for host in ("sns.amazonaws.com.evil.example", "evil-sns.eu-north-1.amazonaws.com", ""):
        assert not AMAZON.fullmatch(host)
