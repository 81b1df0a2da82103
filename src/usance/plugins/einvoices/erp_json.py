"""Invoices as bookkeeping systems export them in JSON: field sets shaped like those of Quiddly,
Fortnox and Business Central; one document, a list, an API's answer, or one in each line.

Amounts are Decimals as they were written, never floats. What is odd is said with its JSON pointer.
"""

from collections.abc import Iterator

from usance.domain.finding import Finding
from usance.domain.invoice import Invoice
from usance.plugins import Unreadable

from . import _erp_business_central, _erp_fortnox, _erp_quiddly
from ._json import Fields, documents

MEDIA_TYPE = "application/json"
SHAPES = (_erp_quiddly, _erp_fortnox, _erp_business_central)
WRAPPERS = ("Invoice", "Invoices", "invoices", "value", "data", "salesInvoices",
            "salesCreditMemos")  # fmt: skip
_HEAD = 65_536
Placed = tuple[str, Invoice, tuple[Finding, ...]]


def sniff(data: bytes) -> bool:
    """Begins like JSON, and has the names of one of the field sets near its beginning."""
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith((b"{", b"[")):
        return False
    return any(sum(f'"{key}"'.encode() in head for key in shape.KEYS) > 1 for shape in SHAPES)


def read(data: bytes) -> list[tuple[Invoice, tuple[Finding, ...]]]:
    """:raises Unreadable: if it is no JSON, or an object in it has none of the field sets."""
    return [(invoice, findings) for _, invoice, findings in placed(data)]


def placed(data: bytes) -> Iterator[Placed]:
    """As `read`, each with its JSON pointer; empty where the file is one invoice."""
    for place, value in documents(data, WRAPPERS):
        said = Fields(value, place)
        shape = next((shape for shape in SHAPES if shape.fits(said)), None)
        if shape is None:
            raise Unreadable(
                "none of the field sets that are read (Quiddly, Fortnox, Business Central)",
                where=place or "/",
            )
        made = shape.invoice(said)
        yield place, made, tuple(said.findings)
