"""Payment providers: they let debtors pay by card or wallet, and pay on what they took in.

A provider is a module with these names. What can become of a call is a value: whoever asks wants to
know whether the other side may have heard it. Nothing of a card ever comes to us: the debtor types
it on the provider's own page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from usance.domain.distribution.written import Written
from usance.domain.money import Money
from usance.domain.payment.checkouts import Happened, Movement


class Forged(ValueError):
    """Not what the provider signed, or signed too long ago."""


class CameTo(StrEnum):
    DONE = "done"
    REFUSED = "refused"  # It will not, and would not the next time.
    TRY_LATER = "try_later"  # It surely has not done it.
    UNKNOWN = "unknown"  # It may have. The same key asks again and does it once.


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is to be paid, and where the debtor goes afterwards."""

    key: str  # Ours; the same key is the same checkout.
    amount: Money
    number: str  # Of the invoice.
    reference: str
    language: str
    back: str  # Address of the debtor's page.
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What goes back of a payment to who paid it."""

    key: str  # Ours; the same key is the same refund.
    payment: str  # The provider's name of it.
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Written):
    """Something happened to a checkout. It comes twice, late, and in any order."""

    id: str  # The same however often and by whichever way it is told.
    happened: Happened
    at: datetime
    key: str = ""  # Ours, if it stands there.
    payment: str = ""  # The provider's name of the payment.
    amount: Money | None = None  # None: no money moved.
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    came_to: CameTo
    reference: str = ""  # What the provider calls it.
    url: str = ""  # Of the page where it is paid.
    detail: str = ""
    told: tuple[Told, ...] = ()  # Of a refund: what became of it by now.


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """What the provider knows of a refund."""

    reference: str
    key: str  # Ours; empty: it is none of ours.
    told: tuple[Told, ...]  # Empty: it is begun, and moved nothing yet.


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """What the provider pays on to our bank account."""

    id: str
    amount: Money
    arrives_on: date
    failed: bool
    marks: tuple[str, ...]  # The bank's line carries one of these.


class Provider(Protocol):
    CONFIG: Mapping[str, str]
    CURRENCIES: frozenset[str]  # What it takes, with minor units like ours.

    def page(self, config: Mapping[str, str]) -> str:
        """The origin of the pages where debtors pay."""

    def begin(self, ask: Ask, config: Mapping[str, str]) -> Outcome:
        """Begin a checkout; the same key once more is the same one."""

    def close(self, reference: str, config: Mapping[str, str]) -> Outcome:
        """Nobody can pay it any more. REFUSED: it is paid or over already."""

    def look(self, reference: str, config: Mapping[str, str]) -> Sequence[Told]:
        """What happened to a checkout; empty while nothing has.

        :raises TryLater: if the provider cannot be asked.
        """

    def refund(self, back: Back, config: Mapping[str, str]) -> Outcome:
        """Pay back so much of a payment; the same key once more is the same refund."""

    def refunds(self, payment: str, config: Mapping[str, str]) -> Sequence[Refund]:
        """All that goes or went back of a payment.

        :raises TryLater: if the provider cannot be asked.
        """

    def read(
        self, body: bytes, headers: Mapping[str, str], config: Mapping[str, str]
    ) -> Sequence[Told]:
        """What a call of the provider tells; empty: nothing that moves money.

        :raises Forged: if it is not signed by the provider, or too long ago.
        :raises Unreadable: if it is not what the provider describes.
        """

    def payouts(self, since: date, config: Mapping[str, str]) -> Sequence[Payout]:
        """What was paid on since that day.

        :raises TryLater: if the provider cannot be asked.
        """

    def movements(self, payout: str, config: Mapping[str, str]) -> Sequence[Movement]:
        """All that a payout is the sum of.

        :raises TryLater: if the provider cannot be asked.
        """
