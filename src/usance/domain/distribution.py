"""What is sent to whom by which kind of channel, and what came of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Literal


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    key: str
    came_to: Handed
    reference: str = ""
    detail: str = ""
    retry_after_seconds: int | None = None
    presence: Presence | None = None  # None: as the outcome says, see domain.carriers.


class Outcome(StrEnum):
    """What a carrier says later, in our words."""

    ACCEPTED = "accepted"
    SENT = "sent"  # Printed and posted, or passed to the receiver's provider.
    DELIVERED = "delivered"  # The receiver's system has it.
    OPENED = "opened"  # A person saw it.
    DEFERRED = "deferred"  # The carrier will try again by itself.
    BOUNCED = "bounced"
    RETURNED = "returned"
    EXPIRED = "expired"
    COMPLAINED = "complained"  # The receiver calls it unwanted: it arrived, and ends this channel.
    UNREADABLE = "unreadable"  # A word that we do not know: kept, shown, no effect.


class Evidence(IntEnum):
    """How well it is proved, the least first."""

    NONE = 0
    CARRIER_ACCEPTED = 1
    RECEIVER_CONFIRMED = 2
    PERSON_CONFIRMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryEvent:
    """One line of a carrier's report. `id` is the carrier's own, to see doubles."""

    id: str
    key: str  # Ours, empty if the carrier only gives its reference.
    reference: str
    outcome: Outcome
    at: datetime
    code: str = ""  # The carrier's own word.
    detail: str = ""
    corrected_address: str = ""


class Stance(StrEnum):
    """What a buyer answers to an invoice; the value is the code of UNCL 4343 as Peppol uses it."""

    RECEIVED = "AB"
    IN_PROCESS = "IP"
    UNDER_QUERY = "UQ"
    CONDITIONALLY_ACCEPTED = "CA"
    REJECTED = "RE"
    ACCEPTED = "AP"
    PAID = "PD"  # Payment was initiated.


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The buyer's answer to an invoice (Peppol Invoice Response). `id` is the message's own."""

    id: str
    key: str  # Ours, empty if only the carrier's reference is known.
    reference: str
    stance: Stance
    at: datetime
    reasons: tuple[str, ...] = ()  # Codes of OPStatusReason, e.g. "QUA", "PRI".
    text: str = ""
    pays_on: date | None = None  # With PAID: when, if it says so.


Report = DeliveryEvent | Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a directory says of one address, e.g. what a Peppol participant can receive."""

    identifier: str
    receives: bool | None  # None: the directory could not be asked; nothing is known.
    documents: frozenset[str] = frozenset()  # Kinds of document in the directory's own words.
    detail: str = ""


class State(StrEnum):
    """Where a dispatch stands."""

    QUEUED = "queued"
    CALLING = "calling"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    OPENED = "opened"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


OPEN = frozenset({State.QUEUED, State.CALLING, State.UNKNOWN})
ARRIVED = frozenset({State.DELIVERED, State.OPENED})

EVIDENCE: dict[State, Evidence] = {
    State.QUEUED: Evidence.NONE,
    State.CALLING: Evidence.NONE,
    State.ACCEPTED: Evidence.CARRIER_ACCEPTED,
    State.SENT: Evidence.CARRIER_ACCEPTED,
    State.DELIVERED: Evidence.RECEIVER_CONFIRMED,
    State.OPENED: Evidence.PERSON_CONFIRMED,
    State.FAILED: Evidence.NONE,
    State.UNKNOWN: Evidence.NONE,
    State.CANCELLED: Evidence.NONE,
}
assert set(EVIDENCE) == set(State), "every state has its evidence"

# The first outcome of this list that was reported decides, whatever came before or after it.
DECIDES: tuple[tuple[Outcome, State], ...] = (
    (Outcome.OPENED, State.OPENED),
    (Outcome.RETURNED, State.FAILED),
    (Outcome.BOUNCED, State.FAILED),
    (Outcome.EXPIRED, State.FAILED),
    (Outcome.COMPLAINED, State.DELIVERED),
    (Outcome.DELIVERED, State.DELIVERED),
    (Outcome.SENT, State.SENT),
    (Outcome.ACCEPTED, State.ACCEPTED),
    (Outcome.DEFERRED, State.ACCEPTED),
)


def state_after(reported: Collection[Outcome]) -> State | None:
    """The state that a set of reports gives: being a set, their order and number cannot matter.
    None: nothing in it says anything, so that the dispatch stays what it is.
    """
    for outcome, state in DECIDES:
        if outcome in reported:
            return state
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How a debtor can be reached. Empty: not this way."""

    einvoice: str = ""  # Participant identifier, "0007:5560001111"
    mailbox: str = ""
    email: str = ""
    postal: bool = False  # A complete address.
    wish: Literal["", "einvoice", "mailbox", "email", "letter"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    kind: Kind
    because: str


def ladder(reach: Reach) -> tuple[Rung, ...]:
    """The channels to try, the best first; the letter is the last. Empty: nobody can be reached."""
    rungs = []
    if reach.wish and _reachable(reach, Kind(reach.wish)):
        rungs.append(Rung(kind=Kind(reach.wish), because="The debtor asked for it."))
    for kind, because in (
        (Kind.EINVOICE, "The debtor is registered to receive e-invoices."),
        (Kind.MAILBOX, "The debtor has a digital mailbox."),
        (Kind.EMAIL, "The debtor's e-mail address is known."),
        (Kind.LETTER, "A letter reaches every postal address."),
    ):
        if _reachable(reach, kind) and kind not in {rung.kind for rung in rungs}:
            rungs.append(Rung(kind=kind, because=because))
    return tuple(rungs)


def _reachable(reach: Reach, kind: Kind) -> bool:
    return bool({
        Kind.EINVOICE: reach.einvoice,
        Kind.MAILBOX: reach.mailbox,
        Kind.EMAIL: reach.email,
        Kind.LETTER: reach.postal,
    }[kind])  # fmt: skip
