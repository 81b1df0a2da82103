"""Pingen's words and ours: JSON:API documents of letters, uploads and webhooks. New fields may come
unannounced, so what is not named here is passed over.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from usance.domain.distribution import DeliveryEvent, Outcome

T = TypeVar("T")
Aware = Annotated[datetime, msgspec.Meta(tz=True)]

# Webhook categories. "issues": the letter breaks a rule of the house and is not printed.
OUTCOMES: Mapping[str, Outcome] = {
    "issues": Outcome.BOUNCED,
    "sent": Outcome.SENT,
    "delivered": Outcome.DELIVERED,
    "undeliverable": Outcome.RETURNED,
}


class Token(msgspec.Struct):
    access_token: str


class Upload(msgspec.Struct):
    url: str
    url_signature: str


class Resource(msgspec.Struct, Generic[T]):
    attributes: T
    id: str = ""
    type: str = ""


class Created(msgspec.Struct, Generic[T]):
    data: Resource[T]


class LetterNames(msgspec.Struct):
    file_original_name: str = ""


class Listed(msgspec.Struct):
    data: list[Resource[LetterNames]]


class Fault(msgspec.Struct):
    title: str = ""
    detail: str | None = None


class Trouble(msgspec.Struct):
    errors: list[Fault]


class Told(msgspec.Struct):
    created_at: Aware
    reason: str | None = None
    corrected_address: str | None = None


class Pointer(msgspec.Struct):
    id: str = ""


class Related(msgspec.Struct):
    data: Pointer | None = None


class Relations(msgspec.Struct):
    letter: Related | None = None
    deliverable: Related | None = None


class Webhook(msgspec.Struct):
    type: str
    id: Annotated[str, msgspec.Meta(min_length=1)]  # Doubles are told by it.
    attributes: Told
    relationships: Relations = msgspec.field(default_factory=Relations)


class Included(msgspec.Struct):
    id: str = ""
    type: str = ""
    attributes: dict[str, Any] = {}


class Callback(msgspec.Struct):
    data: Webhook | list[Webhook]
    included: list[Included] = []


callback = msgspec.json.Decoder(Callback).decode


def events_of(told: Callback) -> Iterator[DeliveryEvent]:
    """Our words for a webhook: the category decides, the letter's own event is its code."""
    for each in told.data if isinstance(told.data, list) else [told.data]:
        category = each.type.removeprefix("webhook_")
        related = each.relationships.deliverable or each.relationships.letter
        letter = related.data.id if related and related.data else ""
        own = [one.attributes for one in told.included if one.id == letter]
        said = [one.attributes for one in told.included if one.type.endswith("s_events")]
        name = next((str(one.get("file_original_name", "")) for one in own), "")
        yield DeliveryEvent(
            id=each.id,
            key=name.removesuffix(".pdf") if name.endswith(".pdf") else "",
            reference=letter,
            outcome=OUTCOMES.get(category, Outcome.UNREADABLE),
            at=each.attributes.created_at,
            code=next((str(one["code"]) for one in said if one.get("code")), category),
            detail=each.attributes.reason or "",
            corrected_address=each.attributes.corrected_address or "",
        )


def creation(
    file_name: str,
    place: Upload,
    recipient: Mapping[str, str],
    *,
    config: Mapping[str, str],
) -> bytes:
    """The body that creates a letter which goes out by itself once the house has validated it."""
    attributes = {
        "file_original_name": file_name,
        "file_url": place.url,
        "file_url_signature": place.url_signature,
        "address_position": config.get("address_position", "") or "left",
        "auto_send": True,
        "delivery_product": config.get("delivery_product", "") or "cheap",
        "print_mode": "duplex" if config.get("duplex", "") == "yes" else "simplex",
        "print_spectrum": config.get("print_spectrum", "") or "grayscale",
        "meta_data": {
            "recipient": {
                "name": recipient["name"], "street": recipient["street"], "number": "",
                "zip": recipient["postcode"], "city": recipient["city"],
                "country": recipient["country"],
            },
        },
    }  # fmt: skip
    return msgspec.json.encode({"data": {"type": "letters", "attributes": attributes}})
