"""Peppol BIS Billing 3: arithmetic of allowances, prices and lines, and the currency of amounts.

XRechnung keeps the same rules with a wider slack for forints.
"""

from decimal import Decimal

from ..document import Document
from ..en16931.coded import AMOUNTS
from ..paths import ALLOWANCE, CII_LINE, CII_LINE_SETTLEMENT, LINE, LINE_ALLOWANCE
from ..reading import Place, amount, cents, decimal, each, has, tidied, total, value
from ..rulebook import Chapter, at

CHAPTER = Chapter()
rule = CHAPTER.rule
SLACK = Decimal("0.02")
ZERO = Decimal(0)
GROUPS = f"{ALLOWANCE} | {LINE_ALLOWANCE}"
CII_GROUP = "ram:SpecifiedTradeAllowanceCharge"
UBL_PARTS = ("cbc:MultiplierFactorNumeric", "cbc:BaseAmount", "cbc:Amount")
CII_PARTS = ("ram:CalculationPercent", "ram:BasisAmount", "ram:ActualAmount")


@rule("PEPPOL-EN16931-R041", ubl=at(GROUPS, *UBL_PARTS), cii=at(CII_GROUP, *CII_PARTS))
def percentage_has_a_base(group: Place, _: Document, percent: str, base: str, __: str) -> bool:
    """A percentage of an allowance or charge has an amount it is taken of (BT-93, BT-100)."""
    return not has(group, percent) or has(group, base)


@rule("PEPPOL-EN16931-R042", ubl=at(GROUPS, *UBL_PARTS), cii=at(CII_GROUP, *CII_PARTS))
def base_has_a_percentage(group: Place, _: Document, percent: str, base: str, __: str) -> bool:
    """The base of an allowance or charge has its percentage (BT-94, BT-101)."""
    return has(group, percent) or not has(group, base)


def complete(group: Place, document: Document) -> bool:
    """Whether percentage and base stand there both or neither: else R041 or R042 speaks alone."""
    percent, base, _ = UBL_PARTS if document.syntax == "ubl" else CII_PARTS
    return has(group, percent) == has(group, base)


def product_is_right(group: Place, slack: Decimal, percent: str, base: str, part: str) -> bool:
    """Whether an allowance is its base times its percentage, within the slack."""
    if not has(group, percent):
        return True
    computed = decimal(value(group, base)) * decimal(value(group, percent)) / 100
    return abs((amount(group, part) or ZERO) - computed) <= slack


@rule("PEPPOL-EN16931-R040", ubl=at(GROUPS, *UBL_PARTS, when=complete),
      cii=at(CII_GROUP, *CII_PARTS, when=complete))  # fmt: skip
def allowance_is_its_percentage(group: Place, _: Document, *parts: str) -> bool:
    """An allowance or charge is base times percentage (BT-93 × BT-94, BT-100 × BT-101)."""
    return product_is_right(group, SLACK, *parts)


@rule("PEPPOL-EN16931-R043", ubl=at(GROUPS, "cbc:ChargeIndicator", when=complete),
      cii=at(CII_GROUP, "ram:ChargeIndicator/udt:Indicator", when=complete))  # fmt: skip
def indicator_is_true_or_false(group: Place, _: Document, path: str) -> bool:
    """An allowance or charge is marked with “true” or “false”."""
    return tidied(group, path) in ("true", "false")


rule("PEPPOL-EN16931-R043",
     cii=at("ram:AppliedTradeAllowanceCharge", "ram:ChargeIndicator/udt:Indicator"),
     says=indicator_is_true_or_false.__doc__ or "")(indicator_is_true_or_false)  # fmt: skip


@rule("PEPPOL-EN16931-R044", ubl=at("cac:Price/cac:AllowanceCharge"))
def price_has_no_charge(group: Place, _: Document) -> bool:
    """A price has a discount (BT-147), never a charge."""
    return tidied(group, "cbc:ChargeIndicator") == "false"


@rule("PEPPOL-EN16931-R046", ubl=at("cac:Price/cac:AllowanceCharge"))
def net_price_is_gross_less_discount(group: Place, document: Document) -> bool:
    """The net price (BT-146) is the gross price (BT-148) less the discount (BT-147)."""
    gross, discount = amount(group, "cbc:BaseAmount"), amount(group, "cbc:Amount")
    if gross is None:
        return True
    return discount is not None and amount(document.above(), "cbc:PriceAmount") == gross - discount


def currency(document: Document) -> str:
    return value(document.root, "cbc:DocumentCurrencyCode")


def _of_the_invoice(place: Place, document: Document) -> bool:
    """Tax totals without rows are in the other currency."""
    if place.tag != "cbc:TaxAmount":
        return True
    above = document.above()
    return above.tag == "cac:TaxSubtotal" or (
        above.tag == "cac:TaxTotal" and has(above, "cac:TaxSubtotal")
    )


@rule("PEPPOL-EN16931-R051", ubl=at(AMOUNTS, when=_of_the_invoice))
def amount_is_in_the_currency_of_the_invoice(place: Place, document: Document) -> bool:
    """Amounts are in the currency of the invoice (BT-5), but for the VAT in another (BT-111)."""
    return place.get("currencyID") == document.fact(currency)


def _sum(groups: list[Place], mark: str, part: str, wanted: str) -> Decimal:
    found = [group for group in groups if tidied(group, mark) == wanted]
    return cents(total([piece for group in found for piece in group.findall(part)]))


def line_is_right(
    line: Place, document: Document, slack: Decimal, *, gross_base: bool = False
) -> bool:
    """Whether a line is quantity times price plus charges less allowances, within the slack.

    `gross_base`: in CII the base quantity of the gross price counts where the net price has none.
    """
    if document.syntax == "ubl":
        quantity_path = (
            "cbc:InvoicedQuantity" if document.root.tag == "Invoice" else "cbc:CreditedQuantity"
        )
        stated, quantity, price, base = (
            amount(line, path)
            for path in ("cbc:LineExtensionAmount", quantity_path, "cac:Price/cbc:PriceAmount",
                         "cac:Price/cbc:BaseQuantity")
        )  # fmt: skip
        groups, mark, part = (
            line.findall("cac:AllowanceCharge"),
            "cbc:ChargeIndicator",
            "cbc:Amount",
        )
    else:
        net = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice"
        stated, quantity, price, base = (
            amount(line, path)
            for path in (
                f"{CII_LINE_SETTLEMENT}/ram:SpecifiedTradeSettlementLineMonetarySummation"
                "/ram:LineTotalAmount",
                "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity",
                f"{net}/ram:ChargeAmount",
                f"{net}/ram:BasisQuantity",
            )
        )
        if gross_base and not base:
            base = amount(
                line,
                "ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:BasisQuantity",
            )
        groups = each(line, f"{CII_LINE_SETTLEMENT}/{CII_GROUP}")
        mark, part = "ram:ChargeIndicator/udt:Indicator", "ram:ActualAmount"
    computed = (Decimal(1) if quantity is None else quantity) * ((price or ZERO) / (base or 1))
    if groups:
        computed += _sum(groups, mark, part, "true") - _sum(groups, mark, part, "false")
    return abs((stated or ZERO) - computed) <= slack


@rule("PEPPOL-EN16931-R120", ubl=at(LINE), cii=at(CII_LINE))
def line_adds_up(line: Place, document: Document) -> bool:
    """The net amount of a line (BT-131) is quantity (BT-129) times price (BT-146, BT-149) plus
    charges (BT-141) less allowances (BT-136)."""
    return line_is_right(line, document, SLACK)


def with_unit(quantity: Place, _: Document) -> bool:
    return quantity.get("unitCode") is not None


@rule("PEPPOL-EN16931-R130", ubl=at("cac:Price/cbc:BaseQuantity", when=with_unit))
def price_unit_is_that_of_the_line(quantity: Place, document: Document) -> bool:
    """The unit of a price (BT-150) is that of the quantity (BT-130)."""
    line = document.above(2)
    billed = "cbc:InvoicedQuantity" if document.root.tag == "Invoice" else "cbc:CreditedQuantity"
    if not has(line, "cbc:InvoicedQuantity") and not has(line, "cbc:CreditedQuantity"):
        return True
    return any(one.get("unitCode") == quantity.get("unitCode") for one in line.findall(billed))


@rule("PEPPOL-EN16931-R130",
      cii=at("ram:NetPriceProductTradePrice/ram:BasisQuantity | "
             "ram:GrossPriceProductTradePrice/ram:BasisQuantity", when=with_unit),
      says=price_unit_is_that_of_the_line.__doc__ or "")  # fmt: skip
def price_unit_is_that_of_the_line_in_cii(quantity: Place, document: Document) -> bool:
    billed = each(document.above(3), "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity")
    return any(one.get("unitCode") == quantity.get("unitCode") for one in billed)
