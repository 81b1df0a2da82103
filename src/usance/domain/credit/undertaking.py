"""A debtor's irrevocable undertaking to pay an invoice when it falls due: what it must say for the
invoice to be bought under confirming."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from usance.domain.money import Money


class Means(StrEnum):
    """How it came to us."""

    DESK = "desk"  # A person of ours read it on a paper that is kept.
    API = "api"  # In a list of what the debtor approved.
    NETWORK = "network"  # The debtor's system accepted the invoice over its network.


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaking:
    amount: Money
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The terms ask for one, for an invoice with this face and due date."""

    face: Money
    due_on: date
    given: Undertaking | None  # None: the debtor has not approved it.


def lacking(asked: Asked) -> str:
    """Why it may not be bought, in a sentence; empty: the debtor pays exactly what it asks for."""
    given = asked.given
    if given is None:
        return "The debtor has not approved it irrevocably."
    if given.amount != asked.face:
        return f"The debtor approved {given.amount}; it asks for {asked.face}."
    if given.due_on != asked.due_on:
        return f"The debtor approved it for {given.due_on}; it falls due on {asked.due_on}."
    return ""
