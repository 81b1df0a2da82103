"""The receivable is cleared, reduced or given back: who gets what of the reserve."""

from dataclasses import dataclass

from ..money import Money, least
from ..refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What becomes of the reserve when nothing is outstanding any more."""

    fee: Money  # All of our fee; the claim is the part that the reserve did not cover.
    rebate: Money
    claim: Money


def settle(*, reserve: Money, fee: Money) -> Release:
    """The reserve pays our fee; the rest is the client's, and what lacks the client owes."""
    assert reserve.minor >= 0
    assert fee.minor >= 0
    covered = least(reserve, fee)
    return Release(fee=fee, rebate=reserve - covered, claim=fee - covered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """How an amount that the debtor will not pay is borne."""

    from_reserve: Money
    claim: Money  # Owed to us by the client.


class CreditTooLarge(Refusal):
    code = "credit_exceeds_outstanding"
    todo = "The debtor paid already: refund the debtor, or ask the client for a corrected note."


def reduce(amount: Money, *, outstanding: Money, reserve: Money) -> Reduction:
    """A credit note: the reserve bears it first, then the client.

    :raises CreditTooLarge: if it is more than what is outstanding.
    """
    if outstanding < amount:
        raise CreditTooLarge(f"{amount} credited, only {outstanding} outstanding")
    covered = least(amount, reserve)
    return Reduction(from_reserve=covered, claim=amount - covered)


def repurchase(*, outstanding: Money, reserve: Money) -> Reduction:
    """Recourse: the client takes the receivable back; its reserve counts against the price."""
    covered = least(outstanding, reserve)
    return Reduction(from_reserve=covered, claim=outstanding - covered)
