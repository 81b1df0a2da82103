"""A payment that is not what was owed: which differences are small enough, whose they are, and what
follows on each reason for paying less.

A tolerance is agreed for a time: at most an amount and, where it says so, at most a share of what
was owed. Short within it, the invoice is paid and the difference is borne; over within it, nobody
is asked. Amounts are whole minor units.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from uuid import UUID

from ..finding import Finding
from ..money import Money
from ..refusal import Refusal
from .shortfall import Reason

LARGEST_SHARE = Decimal("0.1")


class Bears(StrEnum):
    """Whose the difference is, whichever way it goes."""

    FACTOR = "factor"  # Ours: the account of small differences.
    CLIENT = "client"  # By contract: its reserve first, then a claim; what is over is due to it.


class Follows(StrEnum):
    """What becomes of what was not paid."""

    COLLECT = "collect"  # It is owed still, and asked for.
    DISPUTE = "dispute"  # Nobody asks for it until it is closed.
    CREDIT_NOTE = "credit_note"  # A dispute that the client's credit note ends.
    WRITE_OFF = "write_off"  # We bear it.
    CHARGE_BACK = "charge_back"  # The client bears it.


# The first is what follows unless a person says otherwise. A deduction that the debtor may make
# is no risk that we took: the client bears it. Source: domain vocabulary of short pay codes.
AFTER: dict[Reason, tuple[Follows, ...]] = {
    Reason.CHARGES: (Follows.WRITE_OFF, Follows.CHARGE_BACK, Follows.COLLECT),
    Reason.ROUNDING: (Follows.WRITE_OFF, Follows.CHARGE_BACK, Follows.COLLECT),
    Reason.DISCOUNT: (Follows.CHARGE_BACK, Follows.CREDIT_NOTE),
    Reason.DISCOUNT_NOT_AGREED: (Follows.COLLECT, Follows.DISPUTE, Follows.CREDIT_NOTE),
    Reason.FREIGHT: (Follows.CREDIT_NOTE, Follows.DISPUTE, Follows.CHARGE_BACK),
    Reason.PRICE: (Follows.DISPUTE, Follows.CREDIT_NOTE, Follows.CHARGE_BACK),
    Reason.QUANTITY: (Follows.DISPUTE, Follows.CREDIT_NOTE, Follows.CHARGE_BACK),
    Reason.QUALITY: (Follows.DISPUTE, Follows.CREDIT_NOTE, Follows.CHARGE_BACK),
    Reason.TAX: (Follows.CHARGE_BACK, Follows.DISPUTE),
    Reason.CONTRA: (Follows.DISPUTE, Follows.CHARGE_BACK),
    Reason.PART: (Follows.COLLECT,),
    Reason.UNKNOWN: (Follows.DISPUTE, Follows.COLLECT),
}
assert set(AFTER) == set(Reason), "something follows on every reason"
BOOKED = frozenset({Follows.WRITE_OFF, Follows.CHARGE_BACK})
BEARS = {Follows.WRITE_OFF: Bears.FACTOR, Follows.CHARGE_BACK: Bears.CLIENT}


class NotThatConsequence(Refusal):
    code = "short_payment_consequence"
    todo = "Choose what may follow on this reason, or another reason."


def follows(reason: Reason, said: Follows | None = None) -> Follows:
    """What becomes of what was not paid for this reason.

    :param said: a person's choice. None: what follows unless somebody says otherwise.
    :raises NotThatConsequence: if that cannot follow on this reason.
    """
    if said is None:
        return AFTER[reason][0]
    if said not in AFTER[reason]:
        raise NotThatConsequence(f"“{said}” does not follow on “{reason}”")
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """What was agreed about small differences."""

    id: UUID
    most: Money
    share: Decimal | None  # Of what was owed, 0.005 is half a percent. None: any share.
    bears: Bears
    client: UUID | None = None  # None: whichever client's invoice it is.
    debtor: UUID | None = None  # None: whoever owes it.

    def allows(self, difference: Money, *, owed: Money) -> bool:
        """Is so much of what was owed small enough? Rounded down to a cent: 0.5 % of 1.99 is
        nothing."""
        if difference.currency != self.most.currency or not 0 < difference.minor <= self.most.minor:
            return False
        return self.share is None or difference <= owed.at(self.share, rounding=ROUND_DOWN)


def chosen(
    tolerances: Iterable[Tolerance], *, client: UUID, debtor: UUID | None, currency: str
) -> Tolerance | None:
    """The one that says most exactly whom it is about; a debtor's before a client's. None: no
    difference is small enough.

    :param tolerances: those in force, at most one for each client, debtor and currency.
    """
    fitting = [
        one
        for one in tolerances
        if one.most.currency == currency
        and one.client in (None, client)
        and (one.debtor is None or one.debtor == debtor)
    ]
    rank = {one.id: (one.debtor is not None, one.client is not None) for one in fitting}
    return max(fitting, key=lambda one: rank[one.id], default=None)


def faults(
    *, most: Money, share: Decimal | None, bears: Bears, client: UUID | None, valid_from: date,
    valid_to: date | None, reason: str,
) -> list[Finding]:  # fmt: skip
    """Everything that keeps a tolerance from being set, all at once."""
    found = []
    if most.minor <= 0:
        found.append(_fault("The most that is borne is above zero.", "most"))
    if share is not None and not 0 < share <= LARGEST_SHARE:
        found.append(_fault("The share is above zero and at most 10 %.", "share"))
    if bears is Bears.CLIENT and client is None:
        found.append(_fault("A client bears it by its contract: name the client.", "client"))
    if valid_to is not None and valid_to < valid_from:
        found.append(_fault("It ends before it begins.", "valid_to"))
    if not reason.strip():
        found.append(_fault("Say where it was agreed, or why.", "reason"))
    return found


def _fault(says: str, where: str) -> Finding:
    return Finding(
        code="tolerance_faulty", says=says, where=where, todo="Correct it, then set it again."
    )
