"""What a payment pays first where it is not enough for all: costs, interest or the claim.

The payer's own word comes before any order (German Civil Code §366(1), §367(2); the same in every
law that is kept): who pays exactly the claim, or says so in an advice, pays the claim.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..money import Money, least, zero


class Debt(StrEnum):
    """What one invoice may owe."""

    COSTS = "costs"  # Of reminders and collecting. None are claimed as yet.
    INTEREST = "interest"  # Late interest that the last reminder asked for.
    CLAIM = "claim"


class Rule(StrEnum):
    """Which order a book follows."""

    CLAIM_FIRST = "claim"  # As most contracts have it; the kindest to debtors.
    LAW = "law"  # The order of the debtor's country; where it is not known, the claim.


CLAIM_FIRST = (Debt.CLAIM, Debt.INTEREST, Debt.COSTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The order of one country's law, and where it is written."""

    country: str
    debts: tuple[Debt, ...]
    several: str  # How several invoices follow on each other, in a sentence.
    source: str


def divided(
    paid: Money, owed: Mapping[Debt, Money], order: Sequence[Debt] = CLAIM_FIRST
) -> dict[Debt, Money]:
    """What of a payment each debt gets; the rest is nobody's. Debts outside of the order get
    nothing.

    A payment of exactly the claim pays the claim, whatever the order is.
    """
    none = zero(paid.currency)
    if paid == owed.get(Debt.CLAIM):
        return {Debt.CLAIM: paid}
    found, left = {}, paid
    for debt in order:
        part = least(left, owed.get(debt, none))
        if part:
            found[debt], left = part, left - part
    return found
