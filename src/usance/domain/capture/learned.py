"""What a person corrected once is read right next time: where a sender prints a field."""

from dataclasses import dataclass

from .reading import Box, Page, Reading, Word

# The same on each of a sender's invoices, so that the value itself may be remembered.
CONSTANT = frozenset({
    "currency", "seller_name", "seller_vat_id", "seller_number", "seller_tax_number", "iban", "bic",
    "bankgiro", "plusgiro",
})  # fmt: skip
_IDENTIFYING = ("seller_vat_id", "seller_number", "seller_tax_number", "bankgiro", "plusgiro",
                "iban")  # fmt: skip
_MOST_LABEL = 5  # Words.
_NEAR = 3.0  # Heights of a line: how far above a value its heading may stand.


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Where one field stands on the invoices of one sender."""

    label: str = ""  # Beside the value, without blanks, signs and accents; empty: none near.
    side: str = ""  # Where the value stands from its label: "right" or "below".
    page: int = 1  # From 1; negative from the end: -1 is the last.
    across: float = 0.0  # Left edge as a share of the page's width.
    down: float = 0.0  # Top edge as a share of the page's height.
    value: str = ""  # Of a field that is the same on each invoice.


def sender_of(reading: Reading) -> str:
    """What identifies the sender of a reading, as one key; empty where nothing does."""
    for name in _IDENTIFYING:
        if (field := reading.fields.get(name)) and field.value:
            return f"{name}:{field.value}"
    return ""
