"""What a bank line was if it pays no invoice: the kinds, and which of them fit a line."""

from enum import StrEnum

from ..refusal import Refusal


class Was(StrEnum):
    OVERPAID = "overpaid"  # More than was owed: the debtor's, until it is paid back.
    DUPLICATE = "duplicate"  # The same payment once more: the debtor's.
    MISDIRECTED = "misdirected"  # Paid to us by mistake: the client's.
    CLAIM_PAID = "claim_paid"  # The client pays what it owes us.
    RETURNED = "returned"  # A receipt that went back, and the movement that took it back.
    CHARGE = "charge"  # The bank's.
    REFUND = "refund"  # Of what the debtor paid too much.
    RECOVERED = "recovered"  # Paid after all on what was written off.
    DIFFERENCE = "difference"  # A little more than was owed: ours, within a tolerance.
    PROVIDER = "provider"  # A payment provider pays on what debtors paid it.


# Of money that came in, and of money that went out. A return has its own way, and so have what is
# recovered, which names a write-off, what a provider pays on, and a small difference.
IN = frozenset({Was.OVERPAID, Was.DUPLICATE, Was.MISDIRECTED, Was.CLAIM_PAID})
OUT = frozenset({Was.CHARGE, Was.REFUND})
OWN_WAY = frozenset({Was.RETURNED, Was.RECOVERED, Was.PROVIDER, Was.DIFFERENCE})
assert set(Was) == IN | OUT | OWN_WAY, "every kind says which way the money went"
FOR_DEBTOR = frozenset({Was.OVERPAID, Was.DUPLICATE, Was.REFUND})
FOR_CLIENT = frozenset({Was.MISDIRECTED, Was.CLAIM_PAID})


class NotThat(Refusal):
    code = "line_is_not_that"
    todo = "Choose what fits: which way the money went, and whose it is."


def fits(was: Was, *, came_in: bool, debtor: bool, client: bool) -> None:
    """May a line of this direction be that, with a debtor or a client named?

    :raises NotThat: if it may not; says why.
    """
    if was not in (IN if came_in else OUT):
        way = "came in" if came_in else "went out"
        raise NotThat(f"money that {way} cannot be “{was}”")
    if debtor != (was in FOR_DEBTOR) or client != (was in FOR_CLIENT):
        whose = "a debtor" if was in FOR_DEBTOR else "a client" if was in FOR_CLIENT else "nobody"
        raise NotThat(f"“{was}” is about {whose}")
