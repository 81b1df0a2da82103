"""How a debtor can be reached, what directories say of that, and what the law demands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How a debtor can be reached. Empty: not this way."""

    einvoice: str = ""  # Participant identifier, "0007:5560001111"
    mailbox: str = ""
    email: str = ""
    postal: bool = False  # A complete address.
    phone: str = ""
    push: str = ""  # A subscription of a browser or telephone.
    wish: Literal["", "einvoice", "mailbox", "email", "letter"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a directory says of one address, e.g. what a Peppol participant can receive."""

    identifier: str
    receives: bool | None  # None: the directory could not be asked; nothing is known.
    documents: frozenset[str] = frozenset()  # Kinds of document in the directory's own words.
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A capability with the moment at which the directory answered."""

    capability: Capability
    asked_at: datetime


class Sort(StrEnum):
    """What a debtor is before the law on e-invoices."""

    BUSINESS = "business"
    PUBLIC = "public"
    CONSUMER = "consumer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Where the law wants invoices to go through a network. Data of law/e_invoicing.toml."""

    country: str
    name: str  # Of the country, in English.
    network: str
    since: date
    to: frozenset[Sort]
    source: str


def owed(
    duties: Sequence[Duty], *, seller: str, buyer: str, sort: Sort, issued_on: date
) -> Duty | None:
    """The duty that holds for an invoice: both sides in the country, and issued since its day."""
    for duty in duties:
        if duty.country == seller == buyer and sort in duty.to and duty.since <= issued_on:
            return duty
    return None
