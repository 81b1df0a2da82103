"""Out of the paper, the claim: what an invoice says that we need, and whether we saw it before."""

import re
import unicodedata
from hashlib import sha256
from uuid import UUID

from ..finding import Finding, Severity
from ..invoice.document import Invoice
from ..invoice.receivable import Kind, Receivable
from ..money import Money, NotMoney

LONGEST_NUMBER = 80
_CURRENCY = re.compile("[A-Z]{3}")  # ISO 4217


def receivable(invoice: Invoice) -> tuple[Receivable | None, tuple[Finding, ...]]:
    """The claim that the paper proves, and what stands in the way of it.

    None comes with at least one blocking finding: a number, date, currency or amount is missing.
    Without a due date the invoice is due at once (BT-9 may be left out, BR-CO-25 then asks for
    terms), which is said as a warning.
    """
    findings = list(_missing(invoice))
    face = None
    if invoice.currency and not _CURRENCY.fullmatch(invoice.currency):
        findings.append(
            Finding(
                code="currency_unreadable",
                says=f"{invoice.currency[:20]!r} is no currency.",
                where="BT-5",
                todo="Ask the client for a corrected invoice.",
            )
        )
    if invoice.totals.payable is not None and invoice.currency:
        try:
            face = Money.of(invoice.totals.payable, invoice.currency)
        except NotMoney as wrong:
            findings.append(
                Finding(code="amount_unreadable", says=f"Amount due: {wrong}.", where="BT-115")
            )
    if any(finding.blocks for finding in findings):
        return None, tuple(findings)
    assert face is not None
    assert invoice.issued_on is not None
    kind = Kind.INVOICE
    if invoice.is_credit_note or face.minor < 0:
        kind = Kind.CREDIT_NOTE
    return (
        Receivable(
            kind=kind,
            number=invoice.number,
            face=-face if face.minor < 0 else face,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on or invoice.issued_on,
            credits=invoice.preceding[0].number if invoice.preceding else "",
        ),
        tuple(findings),
    )


def normalised(number: str) -> str:
    """An invoice number without what people add or drop: case, spaces, dashes, leading zeros.

    Two numbers that are equal so are the same invoice of one seller (reliability.md M16).
    """
    plain = number if number.isascii() else unicodedata.normalize("NFKC", number)
    kept = "".join(ch for ch in plain.casefold() if ch.isalnum())
    return kept.lstrip("0") or kept


def fingerprint(claim: Receivable, *, client: UUID) -> str:
    """Equal for two copies of one invoice, whatever its format or spelling."""
    return numbered(claim.number, client=client, kind=claim.kind)


def numbered(number: str, *, client: UUID, kind: Kind) -> str:
    """The fingerprint of the paper of this kind and number; long numbers by their hash."""
    key = normalised(number)
    if len(key) > LONGEST_NUMBER:
        key = sha256(key.encode()).hexdigest()
    return f"{client}|{kind}|{key}"


def _missing(invoice: Invoice) -> list[Finding]:
    findings = []
    for code, value, says, where in (
        ("number_missing", invoice.number, "The invoice has no number.", "BT-1"),
        ("issue_date_missing", invoice.issued_on, "The invoice has no issue date.", "BT-2"),
        ("currency_missing", invoice.currency, "The invoice has no currency.", "BT-5"),
        ("amount_missing", invoice.totals.payable is not None, "No amount due.", "BT-115"),
    ):
        if not value:
            findings.append(
                Finding(code=code, says=says, where=where, todo="Ask the client for the invoice.")
            )
    if invoice.due_on is None and not invoice.is_credit_note:
        findings.append(
            Finding(
                code="due_date_missing",
                says="The invoice has no due date; it counts as due on the day of issue.",
                where="BT-9",
                severity=Severity.WARNING,
                todo="Agree on a due date with the client if another one holds.",
            )
        )
    return findings
