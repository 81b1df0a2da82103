"""A contract with a client in one currency, as a value: what it says, and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from usance.domain.finding import Finding
from usance.domain.money import Money

from . import buying as rules_of_buying
from . import discount as rules_of_discounts
from . import extent as rules_of_extent
from . import foreign as rules_of_foreign
from . import keeping as rules_of_keeping
from . import refactoring as rules_of_refactoring
from . import schedule as rules_of_schedules
from . import trust_account as rules_of_trust
from .buying import AS_THEY_COME, Buying
from .charges import NOTHING, Base, Brackets, Charges, Interest
from .extent import FULL, Extent
from .foreign import OWN_ONLY, Foreign
from .keeping import Keeping
from .offer import Terms
from .products import PRODUCTS, LegalBasis, Product
from .refactoring import Refactoring
from .trust_account import TrustAccount

MOST_RATE = Decimal(1)  # A year, for interest: beyond it somebody typed per cent for a share.
MOST_DAYS = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    product: Product
    basis: LegalBasis
    limit: Money
    advance_rate: Decimal
    fee_rate: Decimal
    recourse_days: int | None  # After the due date. None: without recourse.
    charges: Charges = NOTHING
    valid_from: date
    valid_to: date | None = None  # The last day. None: until further notice.
    buying: Buying = AS_THEY_COME
    extent: Extent = FULL  # How far recourse goes, where there is any.
    refactoring: Refactoring | None = None  # How it is put off. None: it is not.
    foreign: Foreign = OWN_ONLY  # What is bought in other currencies.
    schedule_signers: int = 0  # Who sign each schedule of assignment before it is paid out.
    trust_account: TrustAccount = TrustAccount.NONE  # Held by the client, for us.
    keeping: Keeping | None = None  # Of the client's own ledger. None: its debtors are told.

    def terms(self) -> Terms:
        return Terms(advance_rate=self.advance_rate, fee_rate=self.fee_rate, charges=self.charges)


def completed(agreement: Agreement) -> Agreement:
    """With the days of its product where a client keeps its own ledger and none are said."""
    if agreement.keeping is not None:
        return agreement
    return replace(agreement, keeping=PRODUCTS[agreement.product].keeping)


def faults(agreement: Agreement) -> list[Finding]:
    """Everything that keeps it from being put in force, all at once."""
    return [
        *_shares(agreement), *_product(agreement), *_time(agreement), *_charges(agreement),
        *rules_of_buying.faults(
            agreement.buying, product=agreement.product, recourse_days=agreement.recourse_days,
            advances=PRODUCTS[agreement.product].advances,
        ),
        *rules_of_extent.faults(
            agreement.extent, product=agreement.product, basis=agreement.basis,
            recourse_days=agreement.recourse_days,
        ),
        *rules_of_refactoring.faults(
            agreement.refactoring, recourse_days=agreement.recourse_days
        ),
        *rules_of_foreign.faults(
            agreement.foreign, currency=agreement.limit.currency, basis=agreement.basis,
            advance_rate=agreement.advance_rate, buying=agreement.buying, extent=agreement.extent,
        ),
        *rules_of_schedules.faults(agreement.schedule_signers),
        *rules_of_trust.faults(agreement.trust_account, product=agreement.product),
        *rules_of_keeping.faults(agreement.keeping, tells=PRODUCTS[agreement.product].tells),
        *rules_of_discounts.faults(
            agreement.charges, product=agreement.product, foreign=agreement.foreign
        ),
    ]  # fmt: skip


def _shares(a: Agreement) -> Iterator[Finding]:
    if not 0 <= a.advance_rate <= 1 or a.fee_rate < 0:
        yield _fault("rate_out_of_range", "Advance and fee are shares of the face.", "advance_rate")
    elif a.advance_rate + a.fee_rate > 1:
        yield _fault(
            "fee_not_covered", "Advance and fee together are more than the face.", "fee_rate"
        )
    if a.limit.minor < 0:
        yield _fault("limit_negative", "The limit is below zero.", "limit")


def _product(a: Agreement) -> Iterator[Finding]:
    kind = PRODUCTS[a.product]
    if kind.advances and not a.advance_rate:
        yield _fault("advance_missing", "This product pays an advance.", "advance_rate")
    if not kind.advances and a.advance_rate:
        yield _fault("advance_unexpected", "This product pays nothing in advance.", "advance_rate")
    has_recourse = a.recourse_days is not None
    if kind.takes_back is not None and kind.takes_back != has_recourse:
        says = "This product has recourse." if kind.takes_back else "This product has no recourse."
        yield _fault("recourse_contradicts", says, "recourse_days")
    if a.basis is LegalBasis.PLEDGE and not has_recourse:
        yield _fault(
            "pledge_without_recourse", "A pledge secures a loan: it has recourse.", "recourse_days"
        )


def _time(a: Agreement) -> Iterator[Finding]:
    if a.valid_to is not None and a.valid_to < a.valid_from:
        yield _fault("span_backwards", "The terms end before they begin.", "valid_to")
    if a.recourse_days is not None and not 0 <= a.recourse_days <= MOST_DAYS:
        yield _fault("days_out_of_range", "That many days are no recourse period.", "recourse_days")


def _charges(a: Agreement) -> Iterator[Finding]:
    c = a.charges
    if c.brackets:
        yield from _brackets(c.brackets)
    if c.interest:
        yield from _interest(c.interest)
    for where, days in _days(c):
        if not 0 <= days <= MOST_DAYS:
            yield _fault("days_out_of_range", f"{days} days.", where)
    if c.minimum < 0 or (c.maximum is not None and c.maximum < c.minimum):
        yield _fault("minimum_out_of_range", "The least is above the most, or negative.", "minimum")
    if c.minimum_month < 0 or c.minimum_year < 0:
        yield _fault("minimum_out_of_range", "The least of a period is negative.", "minimum_month")
    if not 0 <= c.vat_rate <= 1:
        yield _fault("rate_out_of_range", "The tax is a share: 0.25 is 25 %.", "vat_rate")


def _brackets(b: Brackets) -> Iterator[Finding]:
    if not b.steps:
        yield _fault("bracket_missing", "A fee in brackets has one at least.", "brackets")
    if b.base is Base.IN_USE:
        yield _fault("base_unknown", "Brackets are of the face or the advance.", "brackets.base")
    for step in b.steps:
        if not (1 <= step.days <= MOST_DAYS and 0 <= step.rate <= 1):
            yield _fault("bracket_out_of_range", f"{step.days} days at {step.rate}.", "brackets")


def _interest(i: Interest) -> Iterator[Finding]:
    if any(abs(rate) > MOST_RATE for rate in (i.margin, i.floor) if rate is not None):
        yield _fault("interest_out_of_range", "Rates are shares: 0.08 is 8 %.", "interest")
    if not i.reference and i.floor is not None:
        yield _fault("floor_without_reference", "A floor takes a reference rate.", "interest.floor")


def _days(c: Charges) -> Iterator[tuple[str, int]]:
    if c.brackets:
        yield "brackets.minimum_days", c.brackets.minimum_days
        yield "brackets.float_days", c.brackets.float_days
    if c.interest:
        yield "interest.minimum_days", c.interest.minimum_days
        yield "interest.float_days", c.interest.float_days


def _fault(code: str, says: str, where: str) -> Finding:
    return Finding(code=code, says=says, where=where, todo="Correct it and propose it again.")
