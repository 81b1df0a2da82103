"""What the checks look at of a paper: read for each invoice of a batch, so the rest is left out.

A paper has some seventy terms, and nearly thirty more for each line; to make a value of each takes
twice as long as all checks together. The names are those of `document.Invoice`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..party import Party
from .document import CREDIT_NOTE_CODES, NO_PARTY, NO_TOTALS, Invoice, PaymentMeans, Tax, Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Of a line what was sold, how much of it, and what it costs."""

    name: str = ""
    description: str = ""
    quantity: Decimal | None = None
    net: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    number: str = ""
    issued_on: date | None = None
    due_on: date | None = None
    type_code: str = ""
    currency: str = ""
    order: str = ""
    receipt: str = ""
    despatch: str = ""
    seller: Party = NO_PARTY
    buyer: Party = NO_PARTY
    payment_means: tuple[PaymentMeans, ...] = ()
    lines: tuple[Goods, ...] = ()
    taxes: tuple[Tax, ...] = ()
    totals: Totals = NO_TOTALS

    @property
    def is_credit_note(self) -> bool:
        return self.type_code in CREDIT_NOTE_CODES


Readable = Invoice | Excerpt
