"""EN 16931: the rules of the VAT categories in CII, made from the table of categories."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from ..document import Document
from ..paths import CII, DELIVERY, SETTLEMENT
from ..reading import (
    Place,
    amount,
    cents,
    decimal,
    double,
    each,
    has,
    text,
    truth,
    value,
    values,
    whole,
)
from ..rulebook import Chapter, at
from .categories import CATEGORIES, Buyer, Category, Rate, Seller, rate_fits
from .taxed import ByTax

CHAPTER = Chapter()
rule = CHAPTER.rule
LINE_TAX = (
    "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem"
    "/ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax"
)
ALLOWANCE_TAX = "ram:SpecifiedTradeAllowanceCharge/ram:CategoryTradeTax"
ROW = "ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax"
LINES = (
    "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem"
    "/ram:SpecifiedLineTradeSettlement"
)
LINE_SUM = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
ZERO = Decimal(0)


@dataclass(slots=True)
class Taxes:
    """Which categories occur where in a document, and who is known to the tax office."""

    lines: Counter[str] = field(default_factory=Counter)
    allowed: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    sellers: set[Seller] = field(default_factory=set)
    buyers: set[Buyer] = field(default_factory=set)


def code_of(tax: Place) -> str:
    return value(tax, "ram:CategoryCode")


def is_vat(tax: Place) -> bool:
    return "VAT" in (words.upper() for words in values(tax, "ram:TypeCode"))


def vat_code(tax: Place, _: Document) -> str:
    return code_of(tax) if is_vat(tax) else ""


def row_code(tax: Place, _: Document) -> str:
    """The category of a row: S and Z count without any type of tax, as the artefacts have it."""
    code = code_of(tax)
    return code if code in ("S", "Z") or is_vat(tax) else ""


def taxes(document: Document) -> Taxes:
    found = Taxes()
    for line in document.all("ram:SpecifiedLineTradeSettlement"):
        found.lines.update(_codes_of(line, "ram:ApplicableTradeTax"))
    for header in document.all("ram:ApplicableHeaderTradeSettlement"):
        found.rows.update(_codes_of(header, "ram:ApplicableTradeTax"))
    for tax in document.all("ram:CategoryTradeTax"):
        found.allowed.update(set(values(tax, "ram:CategoryCode")))
    sellers = _numbers(document, "ram:SellerTradeParty")
    agents = _numbers(document, "ram:SellerTaxRepresentativeTradeParty")
    buyers = _numbers(document, "ram:BuyerTradeParty")
    if sellers & {"VA", "FC"} or "VA" in agents:
        found.sellers.add(Seller.TAXED)
    if "VA" in sellers | agents:
        found.sellers.add(Seller.VAT)
    if "VA" not in sellers | agents | buyers:
        found.sellers.add(Seller.UNTAXED)
    found.buyers.add(Buyer.ANY)
    if "VA" in buyers:
        found.buyers |= {Buyer.VAT, Buyer.VAT_OR_LEGAL}
    if any(has(b, "ram:SpecifiedLegalOrganization/ram:ID")
           for b in document.all("ram:BuyerTradeParty")):  # fmt: skip
        found.buyers.add(Buyer.VAT_OR_LEGAL)
    return found


def _codes_of(place: Place, tag: str) -> list[str]:
    return [code for tax in place.findall(tag) for code in set(values(tax, "ram:CategoryCode"))]


def _numbers(document: Document, tag: str) -> set[str]:
    return {
        number.get("schemeID") or ""
        for party in document.all(tag)
        for number in each(party, "ram:SpecifiedTaxRegistration/ram:ID")
    }


def _codes(_: Place, document: Document) -> list[str]:
    """The categories that occur anywhere: only their rules are asked."""
    found = document.fact(taxes)
    return sorted({*found.lines, *found.allowed, *found.rows})


def _row_exists(_: Place, document: Document, category: Category) -> bool:
    found, code = document.fact(taxes), category.code
    lines, allowed, rows = found.lines[code], found.allowed[code], found.rows[code]
    if category.by_rate:
        return (not lines or lines + rows >= 2) and (not allowed or allowed + rows >= 2)
    if code == "O" and not rows:
        return True
    return not (rows or lines or allowed) or (rows == 1 and bool(lines or allowed))


def _parties(_: Place, document: Document, category: Category) -> bool:
    found = document.fact(taxes)
    return category.seller in found.sellers and category.buyer in found.buyers


def _rate(tax: Place, _: Document, rate: Rate) -> bool:
    rates = tax.findall("ram:RateApplicablePercent")
    return not rates if rate is Rate.NONE else rate_fits(rate, [double(text(r)) for r in rates])


@dataclass(slots=True)  # A frozen one costs three times as much, and each line has one.
class Taxed:
    """An amount as written, the categories and rates it is taxed at, and what it is."""

    amounts: list[str]
    codes: list[str]
    rates: list[str]
    charge: bool | None  # None: a line.

    def at(self, code: str, rate: Decimal | None) -> bool:
        return code in self.codes and (rate is None or rate in map(decimal, self.rates))


def taxed(document: Document) -> list[Taxed]:
    """Every amount that a row of the breakdown may be made of."""
    found = []
    for line in each(document.root, LINES):
        taxes = line.findall("ram:ApplicableTradeTax")
        found.append(_taxed(values(line, LINE_SUM), taxes, None))
    for group in each(document.root, f"{SETTLEMENT}/ram:SpecifiedTradeAllowanceCharge"):
        charge = truth(value(group, "ram:ChargeIndicator/udt:Indicator"))
        if charge is not None:  # Without an indicator it is neither.
            amounts = values(group, "ram:ActualAmount")[:1]
            found.append(_taxed(amounts, group.findall("ram:CategoryTradeTax"), charge))
    return found


def _taxed(amounts: list[str], taxes: list[Place], charge: bool | None) -> Taxed:
    codes = [code for tax in taxes for code in values(tax, "ram:CategoryCode")]
    rates = [rate for tax in taxes for rate in values(tax, "ram:RateApplicablePercent")]
    return Taxed(amounts, codes, rates, charge)


def _taxed_amount(document: Document, code: str, rate: Decimal | None) -> Decimal:
    """Lines plus charges less allowances of a category (and rate), each sum rounded."""
    return document.fact(_by_tax).sum(code, rate, _added_up)


def _by_tax(document: Document) -> ByTax[Taxed]:
    return ByTax(document.fact(taxed))


def _added_up(amounts: Iterable[Taxed]) -> Decimal:
    sums: dict[bool | None, Decimal] = {None: ZERO, True: ZERO, False: ZERO}
    for one in amounts:
        for words in one.amounts:
            sums[one.charge] += decimal(words)
    return cents(sums[None]) + cents(sums[True]) - cents(sums[False])


def _row_adds_up(row: Place, document: Document, category: Category) -> bool:
    code = category.code
    if code in ("L", "M"):
        return True  # The artefacts look for the rate beside the row, where none can be.
    taxable = amount(row, "ram:BasisAmount")
    if code == "S":
        rates = [decimal(text(rate)) for rate in row.findall("ram:RateApplicablePercent")]
        return all(taxable == _taxed_amount(document, code, rate) for rate in rates)
    if taxable is None:
        return False
    found = _taxed_amount(document, code, None)
    return taxable == found if code == "O" else abs(taxable - found) < 1


def _row_tax(row: Place, _: Document, category: Category) -> bool:
    if category.code in ("L", "M"):
        return True
    tax = amount(row, "ram:CalculatedAmount")
    if tax is None:
        return False
    if not category.by_rate:
        return tax == 0
    taxable, rate = amount(row, "ram:BasisAmount"), amount(row, "ram:RateApplicablePercent")
    if taxable is None or rate is None:
        return False
    return abs(abs(tax) - whole(abs(taxable) * rate) / 100) < 1


def _row_reason(row: Place, _: Document, category: Category) -> bool:
    given = has(row, "ram:ExemptionReason") or has(row, "ram:ExemptionReasonCode")
    return category.exempt == given


def _of(place: Place, document: Document, charge: bool) -> bool:
    words = value(document.above(), "ram:ChargeIndicator/udt:Indicator").strip()
    return words in (("true", "1") if charge else ("false", "0"))


def _in_allowance(place: Place, document: Document) -> bool:
    return _of(place, document, False)


def _in_charge(place: Place, document: Document) -> bool:
    return _of(place, document, True)


def _enter(category: Category) -> None:
    prefix, title = category.prefix, category.title
    rate = category.cii_rate or category.rate
    keyed = (vat_code, category.code)
    rule(f"{prefix}-01", cii=at(CII, category, kind=(_codes, category.code)),
         says=f"What is taxed as {title} (BT-151) has a row in the VAT breakdown (BG-23, BT-118), "
         "and no row is without it.")(_row_exists)  # fmt: skip
    for numbers, what, of, term, where, when in (
        (("02", "05"), "A line", "BT-151", "BT-152", LINE_TAX, None),
        (("03", "06"), "An allowance", "BT-95", "BT-96", ALLOWANCE_TAX, _in_allowance),
        (("04", "07"), "A charge", "BT-102", "BT-103", ALLOWANCE_TAX, _in_charge),
    ):
        rule(f"{prefix}-{numbers[0]}", cii=at(where, category, when=when, kind=keyed),
             says=f"{what} taxed as {title} ({of}) asks for {category.parties}.",
             )(_parties)  # fmt: skip
        rule(f"{prefix}-{numbers[1]}", cii=at(where, rate, when=when, kind=keyed),
             says=f"{what} taxed as {title} has {rate} ({term}).")(_rate)  # fmt: skip
    per_rate = " and this rate (BT-119)" if category.by_rate else ""
    asks = "gives a reason" if category.exempt else "gives no reason"
    owes = "amount (BT-116) times rate (BT-119), give or take one unit" if category.by_rate else "0"
    for number, says, holds in (
        ("08", f"The taxable amount (BT-116) of {title} is what lines (BT-131), charges (BT-99) "
               f"and allowances (BT-92) of this category (BT-118){per_rate} add up to.",
         _row_adds_up),
        ("09", f"The tax (BT-117) of {title} (BT-118) is {owes}.", _row_tax),
        ("10", f"The row of {title} (BT-118) {asks} for an exemption (BT-120, BT-121).",
         _row_reason),
    ):  # fmt: skip
        rule(f"{prefix}-{number}", cii=at(ROW, category, kind=(row_code, category.code)),
             says=says)(holds)  # fmt: skip


for one in CATEGORIES:
    _enter(one)


@rule("BR-IC-11", cii=at(ROW, kind=(row_code, "K")))
def supply_within_the_union_is_dated(_: Place, document: Document) -> bool:
    """An intra-community supply (K) has a date of delivery (BT-72) or a period (BG-14)."""
    happened = "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString"
    period = "ram:BillingSpecifiedPeriod"
    return has(document.root, f"{DELIVERY}/{happened}") or any(
        has(document.above(), f"{period}/{moment}")
        for moment in ("ram:StartDateTime", "ram:EndDateTime")
    )


@rule("BR-IC-12", cii=at(ROW, kind=(row_code, "K")))
def supply_within_the_union_has_a_destination(_: Place, document: Document) -> bool:
    """An intra-community supply (K) names the country of delivery (BT-80)."""
    return has(
        document.root, f"{DELIVERY}/ram:ShipToTradeParty/ram:PostalTradeAddress/ram:CountryID"
    )


def _only_o(document: Document, tag: str) -> bool:
    return document.fact(_categories_by_tag)[tag] <= {"O"}


def _categories_by_tag(document: Document) -> dict[str, set[str]]:
    return {
        tag: {code for tax in document.all(tag) for code in values(tax, "ram:CategoryCode")}
        for tag in ("ram:ApplicableTradeTax", "ram:CategoryTradeTax")
    }


@rule("BR-O-11", cii=at(ROW, kind=(vat_code, "O")))
def nothing_else_in_the_breakdown(_: Place, document: Document) -> bool:
    """An invoice outside the scope of VAT (O) has no other category in its breakdown (BG-23)."""
    return _only_o(document, "ram:ApplicableTradeTax")


@rule("BR-O-12", cii=at(ROW, kind=(vat_code, "O")))
def nothing_else_on_lines(_: Place, document: Document) -> bool:
    """An invoice outside the scope of VAT (O) has no line of another category (BT-151)."""
    return _only_o(document, "ram:ApplicableTradeTax")


@rule("BR-O-13", cii=at(ROW, kind=(vat_code, "O")))
def nothing_else_on_allowances(_: Place, document: Document) -> bool:
    """An invoice outside the scope of VAT (O) has no allowance of another category (BT-95)."""
    return _only_o(document, "ram:CategoryTradeTax")


@rule("BR-O-14", cii=at(ROW, kind=(vat_code, "O")))
def nothing_else_on_charges(_: Place, document: Document) -> bool:
    """An invoice outside the scope of VAT (O) has no charge of another category (BT-102)."""
    return _only_o(document, "ram:CategoryTradeTax")


def _categories(document: Document) -> set[str]:
    return {text(code) for code in document.all("ram:CategoryCode")}


@rule("BR-B-01", cii=at(CII))
def split_payment_is_italian(_: Place, document: Document) -> bool:
    """Split payment (B) is for invoices within Italy only."""
    return "B" not in document.fact(_categories) or all(
        text(country) == "IT" for country in document.all("ram:CountryID")
    )


@rule("BR-B-02", cii=at(CII))
def split_payment_stands_alone(_: Place, document: Document) -> bool:
    """Split payment (B) and standard rate (S) do not stand in one invoice."""
    return not {"B", "S"} <= document.fact(_categories)
