"""E-invoices in the internet bank: who asked his bank for them, and which address holds.

A consumer registers a seller in the bank; the exchange of the banks tells the seller, with an
e-invoice address of that consumer. What was told of one debtor is a set: the last word by the
bank's clock holds, whatever came first and however often.

Source: E-faktura privat, connection handbook for issuers 2.1 (registration, deregistration, both
with or without the issuer's acknowledgement; an e-invoice address identifies the receiver); the
banks' own guides (who moves to another bank ends there and registers here).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from usance.domain.party import name_key

from .reach import Sort
from .written import Written

T = TypeVar("T")
BANK = "bank:"  # Before an address in an internet bank, where others have a scheme's number.


class Wants(StrEnum):
    """What a consumer did in the bank."""

    REGISTERED = "registered"
    CHANGED = "changed"  # Another account or bank: the address is a new one.
    ENDED = "ended"  # Or the bank did: he is its customer no longer.


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(Written):
    """One message of the banks' exchange. What it does not say is empty."""

    id: str  # The message's own: who tells it twice says it once.
    wants: Wants
    at: datetime  # By the bank's clock.
    address: str  # The e-invoice address, with BANK before it.
    before: str = ""  # With CHANGED: the address that it replaces.
    identity: str = ""  # Personal number.
    reference: str = ""  # What he copied from an invoice: its number or payment reference.
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Generic[T]):
    """A debtor that a message may be about, and what speaks for it."""

    debtor: T
    name: str
    sort: Sort
    einvoice: str  # Its address now.
    by_address: bool = False  # It registered with this address before.
    by_identity: bool = False  # The personal number is its own.
    by_reference: bool = False  # An invoice of its carries the reference.


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose(Generic[T]):
    """The debtor, or none: a person decides. `because` is for people either way."""

    debtor: T | None
    because: str


def is_bank(identifier: str) -> bool:
    """Whether this e-invoice address lies in an internet bank, and not in a network."""
    return identifier.startswith(BANK)


def whose(said: Registration, candidates: Collection[Candidate[T]]) -> Whose[T]:
    """The one consumer that a message is surely about.

    An address that he has, or his personal number, is enough. A reference is enough together with
    the name, as anybody may have picked up an invoice. A company is left to a person: companies
    take e-invoices through the network.
    """
    for sure, because in (
        ([one for one in candidates if one.by_address], "It registered with this address."),
        ([one for one in candidates if one.by_identity], "The personal number is the debtor's."),
        ([one for one in candidates if one.by_reference and _same(said, one)],
         "Reference and name are those of an invoice."),
    ):  # fmt: skip
        if len(sure) > 1:
            return Whose(debtor=None, because="Several debtors fit: say which it is.")
        if sure:
            return _consumer(said, sure[0], because)
    if any(one.by_reference for one in candidates):
        return Whose(debtor=None, because="The reference fits a debtor, the name does not.")
    return Whose(debtor=None, because="No debtor has this personal number or reference.")


def holding(told: Iterable[Registration]) -> str:
    """The address that holds after all that was told of one debtor; empty: none.

    The end of an address that holds no longer ends nothing: who moves ends at the old bank after
    he registered at the new one. Of one moment, the end comes last.
    """
    now = ""
    for one in sorted(told, key=lambda said: (said.at, said.wants is Wants.ENDED, said.id)):
        if one.wants is not Wants.ENDED:
            now = one.address
        elif one.address in ("", now):
            now = ""
    return now


def _same(said: Registration, one: Candidate[T]) -> bool:
    """The names, whatever their order: banks write the family name first, or last."""
    return bool(said.name) and _parts(said.name) == _parts(one.name)


def _parts(name: str) -> list[str]:
    return sorted(filter(None, (name_key(part) for part in name.replace(",", " ").split())))


def _consumer(said: Registration, one: Candidate[T], because: str) -> Whose[T]:
    if said.wants is Wants.ENDED or one.by_address:
        return Whose(debtor=one.debtor, because=because)
    if one.sort is not Sort.CONSUMER:
        return Whose(
            debtor=None,
            because=f"{one.name} is a company: companies take e-invoices through the network.",
        )
    if one.einvoice and not is_bank(one.einvoice):
        return Whose(
            debtor=None, because=f"{one.name} has the e-invoice address {one.einvoice} already."
        )
    return Whose(debtor=one.debtor, because=because)
