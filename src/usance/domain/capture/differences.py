"""What a page says against the data that came with it: a sign of a mistake, or of fraud."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from usance.domain.finding import Finding, Severity
from usance.domain.invoice import Invoice

from .marks import marked
from .reading import Field, Reading

CODE = "page_differs"
SURE = 0.9  # Confidence from which the page is believed against the data.
_WORDS = {
    "number": "the number", "issued_on": "the date of issue", "due_on": "the due date",
    "net": "the net amount", "tax": "the tax", "gross": "the total", "payable": "the amount due",
    "iban": "the account",
}  # fmt: skip


def differences(reading: Reading, invoice: Invoice) -> Iterator[Finding]:
    """A finding for each field where the page surely says one thing and the data another.

    What the data say and the page repeats anywhere is no difference: then we read it wrongly.
    """
    if not any(page.words for page in reading.pages):
        return
    m = marked(reading.pages)
    printed = {_plain(value.text) for value in m.values}
    printed |= {_amount(Decimal(value.text)) for value in m.values if value.kind == "amount"}
    for name, values in _said(invoice).items():
        field = reading.fields.get(name)
        if field is None or field.confidence < SURE or not values or field.box is None:
            continue
        shown = _amount(Decimal(field.value)) if name in _AMOUNTS else _plain(field.value)
        if shown in values or values.keys() & printed:
            continue
        yield _finding(field, sorted(values.values()))


_AMOUNTS = frozenset({"net", "tax", "gross", "payable"})
_STOPS = frozenset({"gross", "payable", "iban"})  # A person looks before it is paid.


def _said(invoice: Invoice) -> dict[str, dict[str, str]]:
    """Of each field what is compared, with what people are shown."""
    totals = invoice.totals

    def amount(value: Decimal | None) -> dict[str, str]:
        return {} if value is None else {_amount(value): _amount(value)}

    def text(*values: str) -> dict[str, str]:
        return {_plain(value): value for value in values if _plain(value)}

    def day(value: date | None) -> dict[str, str]:
        return {} if value is None else text(value.isoformat())

    accounts = [account.number for means in invoice.payment_means for account in means.accounts]
    return {
        "number": text(invoice.number), "issued_on": day(invoice.issued_on),
        "due_on": day(invoice.due_on), "net": amount(totals.net), "tax": amount(totals.tax),
        "gross": amount(totals.gross), "payable": amount(totals.payable), "iban": text(*accounts),
    }  # fmt: skip


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()


def _amount(value: Decimal) -> str:
    """Without sign: a credit note may print what its data leave out, and the other way round."""
    return format(abs(value).quantize(Decimal("0.01")), "f")


def _finding(field: Field, values: list[str]) -> Finding:
    assert field.box is not None
    severity = Severity.FATAL if field.name in _STOPS else Severity.WARNING
    return Finding(
        code=CODE, where=f"page {field.box.page}", severity=severity,
        says=f"The page says {field.value} for {_WORDS[field.name]} ({field.term}), the data in the"
        f" file {', '.join(values)}. The data count.",
        todo="Ask the seller which is right before anything is paid.",
    )  # fmt: skip
