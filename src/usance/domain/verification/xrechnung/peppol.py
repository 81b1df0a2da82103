"""XRechnung 3: the rules that it takes over from Peppol, some of them milder."""

from decimal import Decimal

from ...finding import Severity
from ..document import Document
from ..paths import CII, CII_LINE, LINE, SETTLEMENT
from ..peppol import amounts, general
from ..peppol.amounts import CII_GROUP, CII_PARTS, GROUPS, UBL_PARTS, complete
from ..reading import Place, amount, has, value, values
from ..rulebook import Chapter, at

CHAPTER = Chapter()
rule = CHAPTER.rule
HEADER = "ram:ApplicableHeaderTradeSettlement"
PREFIX = "PEPPOL-EN16931-"
SAME = {
    "ubl": "R001 R005 R008 R010 R020 R041 R042 R043 R044 R046 R053 R054 R055 R061 R101 R110 R111 "
    "R121 R130",
    "cii": "R001 R005 R010 R020 R041 R042 R054 R061 R101 R110 R111 R121 R130",
}
CHAPTER.rules.extend(
    one
    for chapter in (general.CHAPTER, amounts.CHAPTER)
    for one in chapter.rules
    if one.id.removeprefix(PREFIX) in SAME[one.syntax].split()
)


def slack(document: Document) -> Decimal:
    """Half a forint, else two cents."""
    path = (
        "cbc:DocumentCurrencyCode"
        if document.syntax == "ubl"
        else f"{SETTLEMENT}/ram:InvoiceCurrencyCode"
    )
    return Decimal("0.5") if value(document.root, path) == "HUF" else Decimal("0.02")


@rule(f"{PREFIX}R040", ubl=at(GROUPS, *UBL_PARTS, when=complete),
      cii=at(CII_GROUP, *CII_PARTS, when=complete),
      says=amounts.allowance_is_its_percentage.__doc__ or "")  # fmt: skip
def allowance_is_its_percentage(group: Place, document: Document, *parts: str) -> bool:
    return amounts.product_is_right(group, document.fact(slack), *parts)


@rule(f"{PREFIX}R120", ubl=at(LINE), cii=at(CII_LINE), severity=Severity.WARNING,
      says=amounts.line_adds_up.__doc__ or "")  # fmt: skip
def line_adds_up(line: Place, document: Document) -> bool:
    return amounts.line_is_right(line, document, document.fact(slack), gross_base=True)


rule(f"{PREFIX}R043-1", cii=at(CII_GROUP, "ram:ChargeIndicator/udt:Indicator", when=complete),
     says=amounts.indicator_is_true_or_false.__doc__ or "",
     )(amounts.indicator_is_true_or_false)  # fmt: skip
rule(f"{PREFIX}R043-2",
     cii=at("ram:AppliedTradeAllowanceCharge", "ram:ChargeIndicator/udt:Indicator"),
     says=amounts.indicator_is_true_or_false.__doc__ or "",
     )(amounts.indicator_is_true_or_false)  # fmt: skip


@rule(f"{PREFIX}R008", cii=at(CII), says=general.nothing_is_empty.__doc__ or "")
def nothing_is_empty(_: Place, document: Document) -> bool | tuple[Place, ...]:
    # The delivery must stand there by the schema, even with nothing in it.
    found = general.empty_places(document)
    return tuple(p for p in found if p.tag != "ram:ApplicableHeaderTradeDelivery") or True


@rule(f"{PREFIX}R053", cii=at(HEADER), says=general.one_tax_total_with_rows.__doc__ or "")
def one_tax_total(header: Place, _: Document) -> bool:
    return len(general.in_currency(header, "ram:InvoiceCurrencyCode")) <= 1


@rule(f"{PREFIX}R055", cii=at(HEADER), says=general.tax_totals_have_one_sign.__doc__ or "")
def tax_totals_have_one_sign(header: Place, _: Document) -> bool:
    own, other = (
        general.in_currency(header, tag)
        for tag in ("ram:InvoiceCurrencyCode", "ram:TaxCurrencyCode")
    )
    if not has(header, "ram:TaxCurrencyCode") or not own:
        return True
    return general.same_sign(own, other, zero_is_negative=False)


GROSS = (
    "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem"
    "/ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice"
)


@rule(f"{PREFIX}R044", cii=at(GROSS), says=amounts.price_has_no_charge.__doc__ or "")
def price_has_no_charge(price: Place, _: Document) -> bool:
    group = "ram:AppliedTradeAllowanceCharge"
    return not has(price, f"{group}/ram:ActualAmount") or "false" in values(
        price, f"{group}/ram:ChargeIndicator/udt:Indicator"
    )


@rule(f"{PREFIX}R046", cii=at(GROSS), says=amounts.net_price_is_gross_less_discount.__doc__ or "")
def net_price_is_gross_less_discount(price: Place, document: Document) -> bool:
    gross = amount(price, "ram:ChargeAmount")
    discount = amount(price, "ram:AppliedTradeAllowanceCharge/ram:ActualAmount") or Decimal(0)
    net = amount(document.above(), "ram:NetPriceProductTradePrice/ram:ChargeAmount")
    return gross is None or net == gross - discount
