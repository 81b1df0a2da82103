"""What is odd about a document as a whole: not an invoice, two invoices, sums that fail."""

from collections.abc import Iterator, Mapping, Sequence

from usance.domain.finding import Finding, Severity
from usance.domain.invoice.document import Line

from .marks import Marked
from .proposals import Candidate
from .reading import Field

KIND_WORDS = {
    "reminder": "a reminder", "delivery_note": "a delivery note", "order": "an order",
    "statement": "a statement of account", "pro_forma": "a pro forma invoice, which nobody owes",
    "other": "no invoice",
}  # fmt: skip
CALLED = 1.4  # Weight from which a number counts as the number of an invoice.


def oddities(m: Marked, kind: str, fields: Mapping[str, Field], numbers: Sequence[Candidate],
             lines: Sequence[Line], *, adding_up: bool) -> Iterator[Finding]:  # fmt: skip
    """Findings about the document; those about fields are in their confidence."""
    if kind in KIND_WORDS:
        yield Finding(
            code="not_an_invoice", where="page 1",
            says=f"This seems to be {KIND_WORDS[kind]}.",
            todo="File it with its invoice, or take it in by hand if it is one.",
        )  # fmt: skip
    yield from _two_invoices(m, numbers)
    for name, what in (("number", "invoice number"), ("gross", "total")):
        if name not in fields:
            yield Finding(
                code=f"no_{name}", where="page 1", says=f"No {what} was found.",
                todo="Fill it in from the page.",
            )  # fmt: skip
    if iban := fields.get("iban"):
        wrong = any(r.code == "check_digit" and r.weight < 0 for r in iban.reasons)
        if wrong:
            yield Finding(
                code="iban_digits", where=f"page {iban.box.page}" if iban.box else "",
                says=f"The check digits of the IBAN {iban.value} are wrong.",
                todo="Ask the seller for the right account; do not pay to this one.",
            )  # fmt: skip
    if lines and not adding_up:
        yield Finding(
            code="lines_not_read", severity=Severity.WARNING, where="page 1",
            says=f"{len(lines)} lines were found, but they do not add up to the net amount.",
            todo="Nothing, unless the lines are needed.",
        )  # fmt: skip


def _two_invoices(m: Marked, numbers: Sequence[Candidate]) -> Iterator[Finding]:
    """Different numbers on pages that do not say each other's: two papers in one file."""
    by_page: dict[int, str] = {}
    for one in sorted(numbers, key=lambda one: -one.score):
        if one.score >= CALLED and one.box:
            by_page.setdefault(one.box.page, one.text)
    said: dict[int, set[str]] = {}
    for value in m.values:
        said.setdefault(value.box.page, set()).add(value.text)
    starts = sorted(by_page)
    last = max((page.number for page in m.pages), default=0)
    for page in starts[1:]:
        first, number = by_page[starts[0]], by_page[page]
        if number == first or first in said[page] or number in said[starts[0]]:
            continue
        if _has_totals(m, range(1, page)) and _has_totals(m, range(page, last + 1)):
            yield Finding(
                code="two_invoices", where=f"page {page}",
                says=f"Page {page} bears the number {number}, page {starts[0]} {first}.",
                todo="Split the file, one invoice in each, and send both.",
            )  # fmt: skip
            return


def _has_totals(m: Marked, pages: range) -> bool:
    """A total and an amount: the pages are an invoice, no list of hours with a number."""
    fields = {label.field for label in m.labels if label.box.page in pages}
    return bool(fields & {"gross", "payable"}) and any(
        value.is_money and value.box.page in pages for value in m.values
    )
