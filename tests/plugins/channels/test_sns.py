"""Amazon SES by its SMTP server: its notifications come through a topic of Amazon SNS."""

import json
from base64 import b64encode
from typing import Any

import pytest

from usance.domain.distribution import Outcome
from usance.plugins import Unreadable
from usance.plugins.channels import Forged, smtp

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
