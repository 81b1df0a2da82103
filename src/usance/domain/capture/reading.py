"""What was read on pages: every field with its place, its confidence and the reasons for it.

The page reader (`plugins.scans`) gives pages of words, the rules of this folder make a reading of
them, a person may correct it, and what is left is an invoice like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from usance.domain.finding import Finding
from usance.domain.invoice import Invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A place on a page, in points (1/72 inch) from the left top of the page as it is read."""

    page: int  # From 1.
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    text: str
    box: Box
    score: float = 1.0  # 0 to 1: how sure the reader of pictures is; 1 for printed text.


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page upright. `words` stand in reading order."""

    number: int  # From 1.
    width: float
    height: float
    words: tuple[Word, ...]
    source: str  # "text" (the file says its words) or "picture" (they were recognised).
    turned: int = 0  # Degrees with the clock from the page as it is shown to the upright one.


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a value is believed, or doubted."""

    code: str  # label, position, arithmetic, check_digit, known_party, learned, custom, doubt, …
    says: str  # For people: 'Stands right of "Invoice date".'
    weight: float  # Positive for, negative against.


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A value of the invoice with how sure we are.

    `name` is one of FIELDS; `value` is plain text: dates ISO 8601, amounts with a point and no
    separators, identifiers without blanks.
    """

    name: str
    value: str
    confidence: float  # Calibrated: of those at 0.9, nine in ten are right.
    reasons: tuple[Reason, ...] = ()
    box: Box | None = None  # None: it was concluded, not read.
    term: str = ""  # Of EN 16931, e.g. BT-1.


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that was read in one document of one or many pages."""

    pages: tuple[Page, ...]
    language: str  # ISO 639-1; empty: unknown.
    kind: str  # A name of titles.KINDS, or other.
    fields: Mapping[str, Field]
    invoice: Invoice  # Made of the fields; what was not found is missing.
    candidates: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)  # Best first.
    findings: tuple[Finding, ...] = ()

    def doubtful(self, below: float) -> tuple[str, ...]:
        """Names of the fields that a person should look at, in the order of the form."""
        return tuple(name for name, one in self.fields.items() if one.confidence < below)


# Of a form, in its order; "vat_1_rate", "vat_1_net", "vat_1_tax" and so on follow for tax rows.
FIELDS: Mapping[str, str] = {
    "number": "BT-1", "issued_on": "BT-2", "due_on": "BT-9", "currency": "BT-5",
    "seller_name": "BT-27", "seller_vat_id": "BT-31", "seller_number": "BT-30",
    "seller_tax_number": "BT-32", "buyer_name": "BT-44", "buyer_vat_id": "BT-48",
    "buyer_number": "BT-47", "net": "BT-109", "tax": "BT-110", "gross": "BT-112",
    "payable": "BT-115", "iban": "BT-84", "bic": "BT-86", "bankgiro": "BT-84",
    "plusgiro": "BT-84", "payment_reference": "BT-83", "order_number": "BT-13", "terms": "BT-20",
    "assignment": "BT-22",
}  # fmt: skip
