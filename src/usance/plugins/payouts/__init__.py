"""Orders to our bank, and its answers. A format is a module with these names. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from usance.domain.money import Money
from usance.domain.payee import Scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where somebody is at home, part by part: SEPA takes no unstructured address from November
    2026 on (EPC153-22)."""

    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""


NOWHERE = Address()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Us: whose account pays."""

    name: str
    account: str  # IBAN
    bic: str = ""
    address: Address = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One payment. `key` is ours, at most 35 characters, and comes back in every answer."""

    key: str
    amount: Money
    name: str
    account: str  # As domain.payee.numbered writes it.
    scheme: Scheme = Scheme.IBAN
    bic: str = ""
    address: Address = NOWHERE
    text: str = ""
    reference: str = ""  # The payee's own: OCR, KID, RF. The text is not sent beside one.


class Verdict(StrEnum):
    ACCEPTED = "accepted"  # Checked by the bank, will be executed.
    EXECUTED = "executed"
    REJECTED = "rejected"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the bank says of one order; an empty key speaks of the whole file."""

    file: str
    key: str
    verdict: Verdict
    code: str = ""
    reason: str = ""


class Format(Protocol):
    def write(
        self, file: str, orders: Sequence[Order], *, payer: Payer, made_at: datetime, pay_on: date
    ) -> bytes:
        """The file of these orders, all of one currency; `file` is its name for the bank."""

    def read_status(self, data: bytes) -> list[Answer]:
        """The bank's answers in the order of the file.

        :raises Unreadable: if it cannot be understood.
        """
