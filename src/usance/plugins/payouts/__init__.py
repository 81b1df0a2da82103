"""Orders to our bank, and its answers. A format is a module with these names. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from usance.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Us: whose account pays."""

    name: str
    account: str  # IBAN
    bic: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One payment. `key` is ours, at most 35 characters, and comes back in every answer."""

    key: str
    amount: Money
    name: str
    account: str  # IBAN
    bic: str = ""
    country: str = ""
    text: str = ""


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
