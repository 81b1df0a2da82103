"""Is this a true, complete and assignable invoice? Checks yield findings; nothing raises."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..finding import Finding, Severity
from ..invoice.excerpt import Readable
from ..invoice.receivable import Kind, Receivable
from ..money import exponent
from .duplicates import HARD

PRO_FORMA = "325"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    invoice: Readable
    claim: Receivable
    seller_is_client: bool | None  # None: the paper names no identifier to compare.
    debtor_known: bool
    facility_currencies: frozenset[str]  # Currencies in which the client has a facility today.
    credited_found: bool  # The invoice that a credit note names is in our books, same currency.
    twins: tuple[str, ...]  # Numbers of other invoices with the same debtor, date and amount.
    today: date


Check = Callable[[Facts], Iterator[Finding]]


def face_is_positive(facts: Facts) -> Iterator[Finding]:
    if facts.claim.face.minor <= 0:
        yield Finding(
            code="face_not_positive",
            says="The amount due is zero.",
            where="BT-115",
            todo="Reject it: there is nothing to buy.",
        )


def is_owed(facts: Facts) -> Iterator[Finding]:
    """UNTDID 1001, 325: a pro forma invoice announces one, and nobody owes it."""
    if facts.invoice.type_code == PRO_FORMA:
        yield Finding(
            code="pro_forma",
            says="It is a pro forma invoice, which nobody owes.",
            where="BT-3",
            todo="Reject it, and ask the client for the invoice.",
        )


def due_after_issue(facts: Facts) -> Iterator[Finding]:
    if facts.claim.due_on < facts.claim.issued_on:
        yield Finding(
            code="due_before_issue",
            says=f"It falls due on {facts.claim.due_on}, before it was issued "
            f"on {facts.claim.issued_on}.",
            where="BT-9",
            todo="Ask the client which date is right.",
        )


def issued_by_today(facts: Facts) -> Iterator[Finding]:
    if facts.claim.issued_on > facts.today:
        yield Finding(
            code="issued_in_the_future",
            says=f"It is dated {facts.claim.issued_on}, after today ({facts.today}).",
            where="BT-2",
            todo="Ask the client whether the goods were delivered.",
        )


def not_overdue(facts: Facts) -> Iterator[Finding]:
    if facts.claim.kind is Kind.INVOICE and facts.claim.due_on < facts.today:
        yield Finding(
            code="already_overdue",
            says=f"It was due on {facts.claim.due_on}.",
            where="BT-9",
            severity=Severity.WARNING,
            todo="Ask the client whether the debtor has paid or objected.",
        )


def debtor_is_known(facts: Facts) -> Iterator[Finding]:
    if not facts.debtor_known:
        name = facts.invoice.buyer.name or "(no name)"
        yield Finding(
            code="debtor_unknown",
            says=f"No debtor in the register fits “{name}”.",
            where="BG-7",
            todo="Open the invoice and choose the debtor, or add it to the register.",
        )


def seller_is_the_client(facts: Facts) -> Iterator[Finding]:
    if facts.seller_is_client is False:
        yield Finding(
            code="seller_not_client",
            says=f"The seller “{facts.invoice.seller.name}” is not the client who handed it in.",
            where="BG-4",
            todo="Ask the client; reject it if it is not theirs.",
        )


def client_has_a_facility(facts: Facts) -> Iterator[Finding]:
    if facts.claim.face.currency not in facts.facility_currencies:
        yield Finding(
            code="no_facility",
            says=f"The client has no facility in {facts.claim.face.currency} today.",
            where="BT-5",
            todo="Agree on a facility in this currency, or reject the invoice.",
        )


def credited_invoice_is_known(facts: Facts) -> Iterator[Finding]:
    if facts.claim.kind is Kind.CREDIT_NOTE and not facts.credited_found:
        named = facts.claim.credits or "(none)"
        yield Finding(
            code="credited_invoice_unknown",
            says=f"The credited invoice {named} is not in our books.",
            where="BG-3",
            todo="Ask the client which invoice it reduces.",
        )


def totals_add_up(facts: Facts) -> Iterator[Finding]:
    """EN 16931 BR-CO-10, 13, 14, 15 and 16, where the paper states both sides."""
    yield from wrong_totals(facts.invoice, facts.claim.face.currency)


def wrong_totals(invoice: Readable, currency: str) -> Iterator[Finding]:
    """What does not add up on the paper, whether or not a claim can be made of it."""
    totals, digits = invoice.totals, exponent(currency)
    for code, says, where, stated, parts in (
        ("lines_total_wrong", "The lines do not add up to their total", "BT-106", totals.lines,
         [line.net for line in invoice.lines]),
        ("net_total_wrong", "Lines, allowances and charges do not give the net total", "BT-109",
         totals.net, _net_parts(invoice)),
        ("tax_total_wrong", "The tax breakdown does not add up to the tax total", "BT-110",
         totals.tax, [tax.tax for tax in invoice.taxes]),
        ("gross_total_wrong", "Net and tax do not give the gross total", "BT-112", totals.gross,
         [totals.net, totals.tax or Decimal(0)]),
        ("payable_wrong", "Gross total, prepaid and rounding do not give the amount due",
         "BT-115", totals.payable, _payable_parts(invoice)),
    ):  # fmt: skip
        if stated is None or not parts or any(part is None for part in parts):
            continue
        computed = sum((part for part in parts if part is not None), Decimal(0))
        if computed != stated and round(computed, digits) != round(stated, digits):
            yield Finding(
                code=code,
                says=f"{says}: {computed} computed, {stated} stated.",
                where=where,
                todo="Ask the client for a corrected invoice.",
            )


def no_twin(facts: Facts) -> Iterator[Finding]:
    if facts.twins:
        yield Finding(
            code="looks_like_another",
            says="Same debtor, date and amount as " + ", ".join(facts.twins) + ".",
            where="BT-1",
            severity=Severity.WARNING,
            todo="Compare the two before you trust this one.",
        )


CHECKS: tuple[Check, ...] = (
    face_is_positive,
    is_owed,
    due_after_issue,
    issued_by_today,
    not_overdue,
    seller_is_the_client,
    debtor_is_known,
    client_has_a_facility,
    credited_invoice_is_known,
    totals_add_up,
    no_twin,
)


def verify(facts: Facts) -> tuple[Finding, ...]:
    """Every finding of every check, in the order of CHECKS."""
    return tuple(finding for check in CHECKS for finding in check(facts))


# What no person can wave through: without it there is nothing to buy, or nobody to ask; or it was
# bought before.
NEVER_WAIVED = HARD | {
    "face_not_positive", "pro_forma", "debtor_unknown", "no_facility", "credited_invoice_unknown",
}  # fmt: skip


def stopping(findings: tuple[Finding, ...], *, waived: frozenset[str]) -> tuple[Finding, ...]:
    """The findings that still stop it, after a person has waived some codes."""
    return tuple(
        finding
        for finding in findings
        if finding.blocks and (finding.code not in waived or finding.code in NEVER_WAIVED)
    )


def _net_parts(invoice: Readable) -> list[Decimal | None]:
    totals = invoice.totals
    return [totals.lines, -(totals.allowances or Decimal(0)), totals.charges or Decimal(0)]


def _payable_parts(invoice: Readable) -> list[Decimal | None]:
    totals = invoice.totals
    return [totals.gross, -(totals.prepaid or Decimal(0)), totals.rounding or Decimal(0)]
