"""What carriers and buyers report of a delivery, and what follows from all of it together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import TypeVar

from .registrations import Registration
from .written import Written


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
class DeliveryEvent(Written):
    """One line of a carrier's report. `id` is the carrier's own, to see doubles."""

    id: str
    key: str  # Ours, empty if the carrier only gives its reference.
    reference: str
    outcome: Outcome
    at: datetime
    code: str = ""  # The carrier's own word.
    detail: str = ""
    corrected_address: str = ""
    estimated: bool = False  # By the carrier's experience, not by what it saw: it proves nothing.


class Heard(StrEnum):
    """What a mail that came to us is."""

    REPORT = "report"  # A machine says what became of a mail of ours.
    AUTO_REPLY = "auto_reply"  # A machine answers for somebody: it proves nothing.
    ANSWER = "answer"  # A person answers to something that we sent.
    OTHER = "other"  # Nothing of these, or about nothing that we sent.
    INVOICES = "invoices"  # A client hands in files: they became a batch.
    UNPLACED = "unplaced"  # It brings files, and nobody knows whose, or whether to believe it.


FOR_PEOPLE = frozenset({Heard.ANSWER, Heard.OTHER, Heard.UNPLACED})  # Somebody has to read these.


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
class Response(Written):
    """The buyer's answer to an invoice (Peppol Invoice Response). `id` is the message's own.

    The buyer's system knows the invoice by its number and the two participants, "0007:5566778899";
    `key` and `reference` are of a delivery of ours, if one brought it.
    """

    id: str
    key: str  # Ours, empty if only the carrier's reference is known.
    reference: str
    stance: Stance
    at: datetime
    reasons: tuple[str, ...] = ()  # Codes of OPStatusReason, e.g. "QUA", "PRI".
    text: str = ""
    pays_on: date | None = None  # With PAID: when, if it says so.
    pays: Decimal | None = None  # With PAID in part: how much is paid of it by then (BT-113).
    owes: Decimal | None = None  # What should be asked for (BT-115, BT-112), if it objects to that.
    number: str = ""  # Of the invoice.
    seller: str = ""
    buyer: str = ""


OnDelivery = DeliveryEvent | Response
Said = TypeVar("Said", bound=Outcome | Stance)
Report = OnDelivery | Registration


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

# What a buyer's own answer proves of the delivery: its system has the invoice, or a person of the
# buyer's decided something. Peppol BIS Invoice Response 3, use of UNCL 4343.
ARRIVES: dict[Stance, State] = {
    Stance.RECEIVED: State.DELIVERED,
    Stance.IN_PROCESS: State.DELIVERED,
    Stance.UNDER_QUERY: State.OPENED,
    Stance.CONDITIONALLY_ACCEPTED: State.OPENED,
    Stance.REJECTED: State.OPENED,
    Stance.ACCEPTED: State.OPENED,
    Stance.PAID: State.OPENED,
}
assert set(ARRIVES) == set(Stance), "every stance proves something"

# The first of this list that was said decides, whatever came before or after. What the receiver's
# side says of itself stands above all that carriers conclude, a person above a system; of what
# carriers say a failure stands above an arrival, which is often no more than their server's word.
DECIDES: tuple[tuple[Outcome | Stance, State], ...] = (
    (Outcome.OPENED, State.OPENED),
    *((stance, state) for stance, state in ARRIVES.items() if state is State.OPENED),
    *((stance, state) for stance, state in ARRIVES.items() if state is State.DELIVERED),
    (Outcome.RETURNED, State.FAILED),
    (Outcome.BOUNCED, State.FAILED),
    (Outcome.EXPIRED, State.FAILED),
    (Outcome.COMPLAINED, State.DELIVERED),
    (Outcome.DELIVERED, State.DELIVERED),
    (Outcome.SENT, State.SENT),
    (Outcome.ACCEPTED, State.ACCEPTED),
    (Outcome.DEFERRED, State.ACCEPTED),
)
_RANK = {said: place for place, (said, _) in enumerate(DECIDES)}
assert set(_RANK) == {*Outcome, *Stance} - {Outcome.UNREADABLE}, "every word has its rank"

OBJECTS = frozenset({Stance.UNDER_QUERY, Stance.REJECTED})
DECISIVE = OBJECTS | {Stance.ACCEPTED}  # Yes or no; the others leave it open.
# What buyers say why: OPStatusReason of Peppol BIS Invoice Response 3.
REASONS: dict[str, str] = {
    "NON": "no issue",
    "REF": "references are wrong",
    "LEG": "legal information is wrong",
    "REC": "the receiver is unknown",
    "QUA": "the quality is not as agreed",
    "DEL": "the delivery is not as agreed",
    "PRI": "the price is not as agreed",
    "QTY": "the quantity is not as agreed",
    "ITM": "the article is not as agreed",
    "PAY": "the payment terms are not as agreed",
    "UNR": "it is not recognised as a purchase",
    "FIN": "the finance terms are not as agreed",
    "PPD": "it is paid in part already",
    "OTH": "another reason",
}
_SAYS: dict[Stance, str] = {
    Stance.RECEIVED: "The buyer's system has the invoice.",
    Stance.IN_PROCESS: "The buyer is working on the invoice.",
    Stance.UNDER_QUERY: "The buyer has a question about the invoice.",
    Stance.CONDITIONALLY_ACCEPTED: "The buyer accepts the invoice under a condition.",
    Stance.REJECTED: "The buyer rejects the invoice.",
    Stance.ACCEPTED: "The buyer accepts the invoice and is going to pay it.",
    Stance.PAID: "The buyer has ordered the payment.",
}
assert set(_SAYS) == set(Stance), "every stance has its sentence"


PARTLY = "PPD"  # OPStatusReason; only with PAID, by rule PEPPOL-T111-R005.
_PARTLY = "The buyer has ordered the payment of a part"


def is_partly(stance: Stance, reasons: Collection[str]) -> bool:
    """Does the buyer say that it pays a part only?"""
    return stance is Stance.PAID and PARTLY in reasons


def says(response: Response) -> str:
    """What a buyer answered, in a sentence: the stance, its reasons, its own words."""
    reasons = ", ".join(REASONS.get(code, code) for code in response.reasons)
    parts = [_SAYS[response.stance]]
    if is_partly(response.stance, response.reasons):
        of_it = f": {response.pays.normalize():f}" if response.pays is not None else ""
        return " ".join(filter(None, (f"{_PARTLY}{of_it}.", response.text)))
    if reasons:
        parts.append(f"Because: {reasons}.")
    if response.text:
        parts.append(response.text)
    return " ".join(parts)


def proves(outcome: Outcome, *, estimated: bool) -> Outcome:
    """What a report counts as. An estimated arrival is no more than that it was passed on."""
    if estimated and outcome in {Outcome.DELIVERED, Outcome.OPENED}:
        return Outcome.SENT
    return outcome


def state_after(said: Collection[Outcome | Stance]) -> State | None:
    """The state that a set of carriers' reports and buyers' answers gives: being a set, their order
    and number cannot matter. None: nothing in it says anything, so the dispatch stays what it is.
    """
    decides = decisive(said)
    return dict(DECIDES)[decides] if decides else None


def decisive(said: Collection[Said]) -> Said | None:
    """What of these decides the state; its words are the ones that explain it."""
    return min((one for one in said if one in _RANK), key=_RANK.__getitem__, default=None)
