"""Whom to ask whether an invoice is right before it is bought: the policy, as data.

Dense at first and thinning with trust: every invoice from an amount on, the first ones of a client
with a debtor, and of the rest a share that halves with each run of confirmations. One objection
starts the run anew. What is drawn depends on a key that only the factor has: the same invoice is
always drawn alike, and its client cannot know it.
"""

import hmac
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from hashlib import sha256

from usance.domain.finding import Finding
from usance.domain.money import Money

MILLE = 1000


class Channel(StrEnum):
    """How the debtor is asked."""

    MAIL = "mail"  # usance mails it a signed address; where that fails a person calls.
    LINK = "link"  # A person of ours gives it the signed address.
    CALL = "call"


class Silence(StrEnum):
    """What becomes of an invoice about which nobody answered in time."""

    HOLD = "hold"
    PASS = "pass"  # noqa: S105 - no password


class State(StrEnum):
    TO_ASK = "to_ask"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    OBJECTED = "objected"
    SILENT = "silent"  # Nobody answered in time; a person decides.
    PASSED = "passed"  # Nobody answered in time; it went on.
    WAIVED = "waived"  # A person let it go on without an answer.


OPEN = frozenset({State.TO_ASK, State.ASKED})
ANSWERABLE = OPEN | {State.SILENT}  # A late answer is better than none while the invoice waits.


class Answer(StrEnum):
    CONFIRMED = "confirmed"
    OBJECTED = "objected"
    WRONG_PERSON = "wrong_person"


class Grade(IntEnum):
    """How well the answer is proved, the least first."""

    NONE = 0
    OPENED = 1  # A person had the page of the question on a screen.
    CALLED = 2  # Somebody said it on the telephone: name, number and moment are kept.
    SIGNED = 3  # A person answered by the signed address.
    BUYER = 4  # The buyer's own system answered over its network.


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Of one client or of all. As usance brings it nobody is asked."""

    from_units: int = 0  # Whole units of the invoice's currency; 0: no amount is always asked.
    first: int = 0  # Invoices of a client with a debtor.
    share: int = 0  # Of a thousand, before anything was confirmed.
    least: int = 0  # The share never thins below this.
    halve_after: int = 5  # Confirmations without an objection.
    days: int = 5  # Calendar days to answer, from the asking.
    channel: Channel = Channel.MAIL
    silence: Silence = Silence.HOLD

    @property
    def asks(self) -> bool:
        return bool(self.from_units or self.first or self.share or self.least)


BOUNDS: dict[str, tuple[int, int]] = {
    "from_units": (0, 1_000_000_000),
    "first": (0, 100),
    "share": (0, MILLE),
    "least": (0, MILLE),
    "halve_after": (1, 1000),
    "days": (1, 60),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`place`: which invoice of the pair this is, from 1. `run`: confirmed since the last objection
    or dispute. `draw`: see `draw`."""

    face: Money
    place: int
    run: int
    draw: int


def unmailable(email: str, *, of_client: str, is_suppressed: bool, is_carried: bool) -> str:
    """Why usance does not mail this debtor by itself, in a sentence; empty: it does.

    :param of_client: the address of who sells the invoice: nobody at its domain confirms for the
        debtor. Of two who share a provider's domain the debtor is called instead.
    """
    if not email.strip():
        return "The register has no e-mail address of the debtor."
    mine, theirs = email.strip().lower(), of_client.strip().lower()
    if mine == theirs:
        return "The debtor's registered e-mail address is the client's own."
    if (domain := mine.rpartition("@")[2]) == theirs.rpartition("@")[2]:
        return f"The debtor's registered e-mail address is at {domain}, like the client's own."
    if is_suppressed:
        return "Nothing is mailed to the debtor's address: earlier mails came back."
    return "" if is_carried else "Nobody is set up to carry e-mail."


def draw(key: bytes, name: str) -> int:
    """A number from 0 to 999 that only who has the key can tell, always the same for a name."""
    return int.from_bytes(hmac.digest(key, name.encode(), sha256)[:8]) % MILLE


def share_after(policy: Policy, run: int) -> int:
    """Of a thousand: halved with each run of confirmations, never below the least."""
    halvings = min(run // policy.halve_after, 10)  # 2**10 exceeds a thousand.
    return max(policy.least, policy.share >> halvings)


def reasons(policy: Policy, facts: Facts) -> tuple[str, ...]:
    """Why the debtor is asked, in sentences; empty: it is not."""
    said = []
    if policy.from_units:
        limit = Money.of(str(policy.from_units), facts.face.currency)
        if facts.face.minor >= limit.minor:
            said.append(f"The amount {facts.face} is not below {limit}.")
    if facts.place <= policy.first:
        said.append(
            f"It is invoice {facts.place} of this client to this debtor;"
            f" the first {policy.first} are asked about."
        )
    share = share_after(policy, facts.run)
    if facts.draw < share:
        said.append(
            f"It was drawn: {share} of 1000 are, after {facts.run} confirmed without objection."
        )
    return tuple(said)


UNASKABLE = "debtor_not_asked"


def unaskable(why: str) -> Finding:
    """What stops an invoice that the policy picks, and whose debtor must not be told of us.

    :param why: the reasons for asking.
    """
    return Finding(
        code=UNASKABLE,
        says=f"The debtor would be asked whether it is right, and must not be told of us. {why}",
        todo="Look at the client's proof of delivery or its books, then release it knowingly.",
    )


NEXT = "Ask the debtor under Questions, or release it knowingly."


def finding(state: State, *, why: str, said: str) -> Finding | None:
    """What stops an invoice whose question stands so; None: nothing does.

    :param why: the reasons for asking.
    :param said: what the debtor objects.
    """
    match state:
        case State.TO_ASK | State.ASKED:
            says = f"The debtor is asked whether it is right. {why}"
            return Finding(code="debtor_asked", says=says, todo=NEXT)
        case State.OBJECTED:
            return Finding(
                code="debtor_objects",
                says=f"The debtor objects: {said}",
                todo="Clear it with the client, then reject it or release it knowingly.",
            )
        case State.SILENT:
            return Finding(code="debtor_silent", says="The debtor did not answer.", todo=NEXT)
        case State.CONFIRMED | State.PASSED | State.WAIVED:
            return None
