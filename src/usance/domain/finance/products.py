"""The kinds of contract that are sold, and what each of them means. A template to start from, and
what a contract of that kind may not contradict."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .keeping import Keeping


class LegalBasis(StrEnum):
    SALE = "sale"
    PLEDGE = "pledge"


class Product(StrEnum):
    RECOURSE = "recourse"
    LIMITED_RECOURSE = "limited_recourse"
    NON_RECOURSE = "non_recourse"
    SELECTIVE = "selective"
    WHOLE_TURNOVER = "whole_turnover"
    MATURITY = "maturity"
    CONFIRMING = "confirming"
    ADMINISTRATION = "administration"
    CONFIDENTIAL = "confidential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    says: str
    basis: LegalBasis = LegalBasis.SALE
    advance_rate: Decimal = Decimal("0.80")
    fee_rate: Decimal = Decimal("0.015")
    recourse_days: int | None = 90
    recourse_share: Decimal | None = None  # None: the terms say nothing of a share.
    takes_back: bool | None = None  # Whether the client must (True), may not (False) take back.
    advances: bool = True
    tells: bool = True  # Debtors are told, and asked to pay us.
    flat: bool = False  # The price is the discount to the due date, and nothing later.
    keeping: Keeping | None = None  # Of the client's own ledger. None: we keep it.
    approved: bool = False  # Only what the debtor has irrevocably undertaken to pay is bought.


PRODUCTS: dict[Product, Template] = {
    Product.RECOURSE: Template(
        says="We buy, and the client takes back what its debtor does not pay.", takes_back=True
    ),
    Product.LIMITED_RECOURSE: Template(
        says="We buy, the client takes back a part of what is not paid, and we bear the rest.",
        fee_rate=Decimal("0.02"), recourse_share=Decimal("0.80"), takes_back=True,
    ),
    Product.NON_RECOURSE: Template(
        says="We buy and bear that the debtor cannot pay; disputes stay the client's.",
        fee_rate=Decimal("0.025"), recourse_days=None, takes_back=False,
    ),
    Product.SELECTIVE: Template(
        says="The client chooses the invoices that it sells.", fee_rate=Decimal("0.025")
    ),
    Product.WHOLE_TURNOVER: Template(says="The client sells all of its invoices."),
    Product.MATURITY: Template(
        says="Nothing is paid in advance: the client is paid when the debtor has paid.",
        advance_rate=Decimal(0), recourse_days=None, advances=False,
    ),
    Product.CONFIRMING: Template(
        says="We buy what the debtor has irrevocably approved, at a discount to the due date.",
        advance_rate=Decimal(1), fee_rate=Decimal(0), recourse_days=None, takes_back=False,
        flat=True, approved=True,
    ),
    Product.ADMINISTRATION: Template(
        says="We keep the ledger and collect; nothing is financed.",
        advance_rate=Decimal(0), fee_rate=Decimal("0.005"), advances=False, takes_back=True,
    ),
    Product.CONFIDENTIAL: Template(
        says="The client keeps its ledger and collects in its own name: its debtors are not told,"
        " and pay into a trust account that is ours.",
        fee_rate=Decimal("0.005"), takes_back=True, tells=False,
        keeping=Keeping(list_days=10, ask_days=7, tell_days=10),
    ),
}  # fmt: skip
assert set(PRODUCTS) == set(Product), "every product has its template"
