"""The rules of EN 16931 about values: a row of a table, a page, an invoice of another format.

The values are written down in UBL and judged like any document. A rule speaks only if every term
that it is about is known; the others are named as not judged, for silence is no consent.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache

from usance.domain.finding import Finding
from usance.domain.invoice import Invoice
from usance.domain.invoice.terms import stated
from usance.domain.verification.profiles import Profile, judge, terms_of

from . import _ubl_write
from ._view import view

# What the columns of a schedule can say. The line and the row of VAT behind it are made up.
IN_TABLES = frozenset({
    "BT-1", "BT-2", "BT-3", "BT-5", "BT-9", "BT-13", "BG-1", "BT-22", "BG-3", "BT-25", "BG-4",
    "BT-27", "BT-30", "BT-31", "BT-40", "BG-7", "BT-44", "BT-47", "BT-48", "BT-55", "BT-83",
    "BT-109", "BT-110", "BT-112", "BT-153",
})  # fmt: skip


def judge_values(
    invoice: Invoice, *, known: frozenset[str] | None = None, on: date
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Every finding about the values of an invoice, and the ids of the rules that were not judged.

    `known`: the terms (BT-1, BG-23) that were looked for, so that their absence says something;
    None: those that the invoice states. A finding's place is the terms it is about.
    """
    known = stated(invoice) if known is None else known
    terms = _terms(on)
    open_ = tuple(id for id, about in terms.items() if not about or not about <= known)
    document = view(_ubl_write.document(invoice).encode("utf-8"))
    found = {
        one.code: Finding(code=one.code, says=one.says, severity=one.severity,
                          where=", ".join(sorted(terms[one.code])))
        for one in judge(document, Profile.EN16931, on=on)
        if one.code in terms and one.code not in open_
    }  # fmt: skip
    return tuple(found.values()), open_


def known_in_table(invoices: Iterable[Invoice]) -> frozenset[str]:
    """The terms that a table holds: those of its columns in which any row says something."""
    found: frozenset[str] = frozenset()
    return found.union(*(stated(invoice) for invoice in invoices)) & IN_TABLES


@cache
def _terms(on: date) -> dict[str, frozenset[str]]:
    return terms_of(Profile.EN16931, on=on)
