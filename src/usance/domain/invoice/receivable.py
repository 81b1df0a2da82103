"""What we buy: the claim that an invoice proves, in money and dates."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from usance.domain.money import Money


class Kind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivable:
    kind: Kind
    number: str
    face: Money  # Gross amount payable, taxes included; positive for credit notes too.
    issued_on: date
    due_on: date
    credits: str = ""  # Number of the invoice that a credit note reduces.
