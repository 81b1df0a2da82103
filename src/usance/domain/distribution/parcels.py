"""What is sent by which kind of channel, and what handing it over came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .reports import DeliveryEvent, Outcome
from .written import Written


class Kind(StrEnum):
    """Kinds of channel. Who carries it (which provider) is a setting, not a rule."""

    EINVOICE = "einvoice"
    MAILBOX = "mailbox"
    EMAIL = "email"
    LETTER = "letter"
    SMS = "sms"
    PUSH = "push"  # A message to a browser or telephone (RFC 8030).
    PORTAL = "portal"


class Paper(StrEnum):
    """What is sent."""

    INVOICE = "invoice"  # The invoice with the assignment clause and our account.
    NOTICE = "notice"  # The assignment alone.
    REMINDER = "reminder"
    RELEASE = "release"  # We have given the claims back: pay the client.


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One thing to hand to a carrier. `address` holds the kind's own keys, e.g. {"email": …}."""

    key: str  # Ours, one for each logical delivery; the carrier's idempotency key.
    kind: Kind
    sender: str
    address: Mapping[str, str]
    language: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...]
    html: str = ""  # The text again, with its looks, for who can show it.
    is_optional: bool = False  # The receiver may ask for no more of these: no invoice is.


class Handed(StrEnum):
    """What handing over came to."""

    ACCEPTED = "accepted"  # The carrier has it and gave a reference.
    REFUSED = "refused"  # The carrier will never take it.
    TRY_LATER = "try_later"  # The carrier surely does not have it: the same may be sent again.
    UNKNOWN = "unknown"  # Nobody knows: it must be asked about before anything is sent.


class Presence(StrEnum):
    """Whether the carrier was there at a hand-over."""

    THERE = "there"  # It answered, if only about this parcel.
    AWAY = "away"
    UNTRIED = "untried"  # Not called for this parcel: it did not answer for those before it.


BEYOND = frozenset({Outcome.SENT, Outcome.DELIVERED, Outcome.OPENED})  # Better than accepted.


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover(Written):
    key: str
    came_to: Handed
    reference: str = ""
    detail: str = ""
    retry_after_seconds: int | None = None
    presence: Presence | None = None  # None: as the outcome says, see domain.carriers.
    # What the same answer says beyond "we have it", and that answer as it came. Good news only:
    # what a carrier will not carry is REFUSED.
    said: tuple[DeliveryEvent, ...] = ()
    answer: bytes = b""

    def __post_init__(self) -> None:
        Written.__post_init__(self)
        assert all(one.outcome in BEYOND for one in self.said), "a failure is no acceptance"
        assert not self.said or self.came_to is Handed.ACCEPTED, "what was not taken did not arrive"
