"""Where one field stands on the invoices of one sender: what a correction teaches."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Where one field stands on the invoices of one sender."""

    label: str = ""  # Beside the value, without blanks, signs and accents; empty: none near.
    side: str = ""  # Where the value stands from its label: "right" or "below".
    page: int = 1  # From 1; negative from the end: -1 is the last.
    across: float = 0.0  # Left edge as a share of the page's width.
    down: float = 0.0  # Top edge as a share of the page's height.
    value: str = ""  # Of a field that is the same on each invoice.
