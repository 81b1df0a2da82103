"""The contract with an exchange of banks in types and words (docs/netbank.md)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec

from usance.domain.distribution import (
    BANK,
    DeliveryEvent,
    Outcome,
    Parcel,
    Registration,
    Report,
    Wants,
)

from ._hybrid_words import PAYMENT, Document

GONE = "recipient_gone"
OUTCOMES = {
    "accepted": Outcome.ACCEPTED,
    "passed_on": Outcome.SENT,  # The bank of the receiver has been called.
    "in_bank": Outcome.DELIVERED,  # It lies in the internet bank.
    "shown": Outcome.OPENED,  # The receiver looked at it there.
    "rejected": Outcome.BOUNCED,  # By the bank, for what stands in it.
    GONE: Outcome.BOUNCED,
}
WANTS = {word.value: word for word in Wants}

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=110)]
Text = Annotated[str, msgspec.Meta(max_length=400)]


class Message(msgspec.Struct):
    """About an invoice (`key`, `reference`), or about a registration. New fields may come."""

    id: Name
    what: Name
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    key: str = ""
    reference: str = ""
    address: Text = ""
    before: Text = ""
    identity: Text = ""
    copied: Text = ""  # What the consumer copied from an invoice.
    name: Text = ""
    detail: str = ""


class Messages(msgspec.Struct):
    messages: Annotated[list[Message], msgspec.Meta(max_length=500)]


class Accepted(msgspec.Struct):
    key: str
    reference: str


class Found(msgspec.Struct):
    invoices: list[Accepted]


class Fault(msgspec.Struct):
    """RFC 9457, with a code that never changes."""

    code: str
    detail: str = ""


class Invoice(msgspec.Struct, omit_defaults=True):
    """What is asked for by POST /v1/invoices."""

    address: str
    sender: str
    documents: list[Document]
    language: str = ""
    subject: str = ""
    payment: dict[str, Any] | None = None


def reports_of(messages: Sequence[Message]) -> list[Report]:
    return [report for message in messages for report in _reports(message)]


def request_body(parcel: Parcel, address: str) -> bytes:
    """The same parcel gives the same bytes: the exchange may compare them under one key."""
    payment = next((one for one in parcel.attachments if one.media_type == PAYMENT), None)
    return msgspec.json.encode(
        Invoice(
            address=address,
            sender=parcel.sender,
            language=parcel.language,
            subject=parcel.subject,
            documents=[
                Document(name=one.name, media_type=one.media_type, content=one.content)
                for one in parcel.attachments
                if one is not payment
            ],
            payment=msgspec.json.decode(payment.content) if payment else None,
        )
    )


def _reports(message: Message) -> Iterator[Report]:
    """A receiver who is gone is two reports: of the delivery, and of the registration."""
    if message.what in WANTS:
        yield _registration(message, message.id, WANTS[message.what])
        return
    yield DeliveryEvent(
        id=message.id,
        key=message.key,
        reference=message.reference,
        outcome=OUTCOMES.get(message.what, Outcome.UNREADABLE),
        at=message.at,
        code=message.what,
        detail=message.detail,
    )
    if message.what == GONE and message.address:
        yield _registration(message, f"{message.id}#ended", Wants.ENDED)


def _registration(message: Message, id: str, wants: Wants) -> Registration:
    return Registration(
        id=id,
        wants=wants,
        at=message.at,
        address=_at_bank(message.address),
        before=_at_bank(message.before),
        identity=message.identity[:20],
        reference=message.copied[:60],
        name=message.name[:200],
    )


def _at_bank(address: str) -> str:
    return f"{BANK}{address}"[:80] if address else ""
