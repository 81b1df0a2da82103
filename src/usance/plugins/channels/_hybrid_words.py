"""The open distributor contract in types and words (docs/distributor-api.md)."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from usance.domain.distribution import Outcome, Parcel

# An attachment of this media type is no paper: its JSON becomes the request's `payment`, so that
# a distributor can print slips, offer payment in a mailbox and answer the receiver's questions.
PAYMENT = "application/vnd.distributor.payment+json"

Aware = Annotated[datetime, msgspec.Meta(tz=True)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]

OUTCOMES = {
    "accepted": Outcome.ACCEPTED,
    "printed": Outcome.ACCEPTED,  # Still in the house.
    "posted": Outcome.SENT,
    "sent": Outcome.SENT,
    "delivered": Outcome.DELIVERED,
    "opened": Outcome.OPENED,
    "approved": Outcome.OPENED,  # A person of the receiver's approved the invoice.
    "disputed": Outcome.OPENED,  # A person of the receiver's questions it; code tells us so.
    "deferred": Outcome.DEFERRED,
    "bounced": Outcome.BOUNCED,
    "rejected": Outcome.BOUNCED,  # The receiver's system would not have the document.
    "returned": Outcome.RETURNED,
    "expired": Outcome.EXPIRED,
}


class Document(msgspec.Struct):
    name: str
    media_type: str
    content: bytes  # Base64 in JSON.


class Delivery(msgspec.Struct, omit_defaults=True):
    """What is asked for by POST /v1/deliveries."""

    channel: str
    sender: str
    recipient: dict[str, str]
    language: str = ""
    subject: str = ""
    text: str = ""
    documents: list[Document] = []
    payment: dict[str, Any] | None = None


class Accepted(msgspec.Struct):
    key: str
    reference: str
    state: str = ""


class Found(msgspec.Struct):
    deliveries: list[Accepted]


class Event(msgspec.Struct):
    """New fields may come unannounced: what is not named here is passed over."""

    id: Name
    code: Name
    at: Aware
    key: str = ""
    reference: str = ""
    detail: str = ""
    corrected_address: str = ""


class Events(msgspec.Struct):
    events: Annotated[list[Event], msgspec.Meta(max_length=500)]


class Problem(msgspec.Struct):
    """RFC 9457, with a code that never changes."""

    code: str = ""
    detail: str = ""


def outcome_of(code: str) -> Outcome:
    return OUTCOMES.get(code, Outcome.UNREADABLE)


def request_body(parcel: Parcel) -> bytes:
    """The same parcel gives the same bytes: a carrier may compare them under one key."""
    payment = next((a for a in parcel.attachments if a.media_type == PAYMENT), None)
    return msgspec.json.encode(
        Delivery(
            channel=parcel.kind.value,
            sender=parcel.sender,
            recipient=dict(sorted(parcel.address.items())),
            language=parcel.language,
            subject=parcel.subject,
            text=parcel.text,
            documents=[
                Document(name=a.name, media_type=a.media_type, content=a.content)
                for a in parcel.attachments
                if a is not payment
            ],
            payment=msgspec.json.decode(payment.content, type=dict[str, Any]) if payment else None,
        )
    )
