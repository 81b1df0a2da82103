"""The payment data that travel with an invoice, for carriers in whose rooms it can be paid."""

from datetime import date
from typing import Annotated

import msgspec

from usance.domain.distribution import Parcel
from usance.domain.money import Money

from ._hybrid_words import PAYMENT


class _Amount(msgspec.Struct):
    minor: int
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]


class Payment(msgspec.Struct):
    invoice_number: str
    amount: _Amount
    due_on: date
    account: str = ""  # IBAN.
    reference: str = ""
    payee: str = ""

    @property
    def money(self) -> Money:
        return Money(self.amount.minor, self.amount.currency)


def payment_of(parcel: Parcel) -> Payment | None:
    """None: nothing is to be paid by this paper, or nobody says how."""
    for attachment in parcel.attachments:
        if attachment.media_type == PAYMENT:
            return msgspec.json.decode(attachment.content, type=Payment)
    return None
