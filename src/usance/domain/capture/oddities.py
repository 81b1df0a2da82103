"""What is odd about a document as a whole: not an invoice, two invoices, sums that fail."""

import re
from collections.abc import Iterator, Mapping, Sequence

from usance.domain.finding import Finding, Severity
from usance.domain.invoice.document import Line

from .marks import Marked
from .proposals import Candidate
from .reading import Field
from .titles import title_kind

KIND_WORDS = {
    "reminder": "a reminder", "delivery_note": "a delivery note", "order": "an order",
    "statement": "a statement of account", "pro_forma": "a pro forma invoice, which nobody owes",
    "other": "no invoice",
}  # fmt: skip
CALLED = 1.4  # Weight from which a number counts as the number of an invoice.
UPPER = 0.5  # Of a page: its heading stands above.
_COUNTED = re.compile(
    r"\b(?:page|seite|sida|sidan|sid|side|sivu|pagina|blad|bladzijde)\W{0,3}(\d{1,3})\b", re.I
)


def oddities(m: Marked, kind: str, fields: Mapping[str, Field], numbers: Sequence[Candidate],
             proposals: Mapping[str, Sequence[Candidate]], lines: Sequence[Line], *,
             adding_up: bool) -> Iterator[Finding]:  # fmt: skip
    """Findings about the document; those about fields are in their confidence."""
    if kind in KIND_WORDS:
        yield Finding(
            code="not_an_invoice", where="page 1",
            says=f"This seems to be {KIND_WORDS[kind]}.",
            todo="File it with its invoice, or take it in by hand if it is one.",
        )  # fmt: skip
    yield from _two_invoices(m, numbers, proposals)
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


def _two_invoices(
    m: Marked, numbers: Sequence[Candidate], proposals: Mapping[str, Sequence[Candidate]]
) -> Iterator[Finding]:
    """Two papers in one file: different numbers on pages that do not say each other's, or one
    number on a page that begins anew."""
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
        if number == first:
            if because := _begins_anew(m, page, proposals):
                yield Finding(
                    code="two_invoices", where=f"page {page}",
                    says=f"Page {page} begins another paper with the number {number}: {because}.",
                    todo="Split the file, one invoice in each, and send both.",
                )  # fmt: skip
                return
            continue
        if first in said[page] or number in said[starts[0]]:
            continue
        if _has_totals(m, range(1, page)) and _has_totals(m, range(page, last + 1)):
            yield Finding(
                code="two_invoices", where=f"page {page}",
                says=f"Page {page} bears the number {number}, page {starts[0]} {first}.",
                todo="Split the file, one invoice in each, and send both.",
            )  # fmt: skip
            return


def _begins_anew(m: Marked, page: int, proposals: Mapping[str, Sequence[Candidate]]) -> str:
    """Why the page is no further page of the paper before it, though it repeats its number; empty:
    it is one, or a copy. A further page repeats the heading with the same date and parties."""
    last = m.pages[-1].number
    before, after = range(m.pages[0].number, page), range(page, last + 1)
    if _counted(m, page) > 1 or not _has_title(m, page):
        return ""
    if not (_has_totals(m, before) and _has_totals(m, after)):
        return ""
    dates = _called(proposals, "issued_on", before), _called(proposals, "issued_on", after)
    if _are_others(*dates):
        return f"it is of {min(dates[1])}, the one before of {min(dates[0])}"
    accounts = _said(m, before), _said(m, after)
    if _are_others(*accounts):
        return "it names none of the identifiers and accounts of the one before"
    sums = _called(proposals, "gross", before), _called(proposals, "gross", after)
    if _counted(m, page) == 1 and _are_others(*sums):
        return "it is counted as page 1 and has another total"
    return ""


def _are_others(one: set[str], other: set[str]) -> bool:
    return bool(one and other) and one.isdisjoint(other)


def _called(proposals: Mapping[str, Sequence[Candidate]], field: str, pages: range) -> set[str]:
    """What labels surely call so on these pages."""
    return {
        one.text
        for one in proposals.get(field, ())
        if one.score >= CALLED and one.box and one.box.page in pages
    }


def _said(m: Marked, pages: range) -> set[str]:
    """VAT ids and accounts."""
    return {
        value.text
        for value in m.values
        if value.kind in ("vat_id", "iban", "bankgiro", "plusgiro") and value.box.page in pages
    }


def _counted(m: Marked, page: int) -> int:
    """The number that the page prints as its own; 0: none."""
    found = (_COUNTED.search(row.text) for row in m.rows if row.page == page)
    return next((int(one[1]) for one in found if one), 0)


def _has_title(m: Marked, page: int) -> bool:
    upper = UPPER * next(one.height for one in m.pages if one.number == page)
    return any(
        row.page == page and row.top < upper
        and any(title_kind(cell.text) in ("invoice", "credit_note") for cell in row.cells)
        for row in m.rows
    )  # fmt: skip


def _has_totals(m: Marked, pages: range) -> bool:
    """A total and an amount: the pages are an invoice, no list of hours with a number."""
    fields = {label.field for label in m.labels if label.box.page in pages}
    return bool(fields & {"gross", "payable"}) and any(
        value.is_money and value.box.page in pages for value in m.values
    )
