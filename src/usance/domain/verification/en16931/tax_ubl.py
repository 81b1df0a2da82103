"""EN 16931: the rules of the VAT categories in UBL, made from the table of categories."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from ..binary import binary
from ..document import Document
from ..paths import INVOICE
from ..reading import (
    Place,
    amount,
    cents,
    decimal,
    double,
    each,
    has,
    text,
    tidy,
    truth,
    value,
    values,
)
from ..rulebook import Chapter, at
from .allowances import is_allowance, is_charge
from .categories import CATEGORIES, Buyer, Category, Rate, Seller, rate_fits
from .core import is_vat
from .taxed_ubl import LINES, taxed_amount, used

CHAPTER = Chapter()
rule = CHAPTER.rule
LINE_TAX = (
    "cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory | "
    "cac:CreditNoteLine/cac:Item/cac:ClassifiedTaxCategory"
)
ROW = "/*/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"


@dataclass(slots=True)
class Taxes:
    """Which categories occur where in a document, and who is known to the tax office."""

    lines: set[str] = field(default_factory=set)
    lines_of_any_tax: set[str] = field(default_factory=set)
    allowances: set[str] = field(default_factory=set)
    charges: set[str] = field(default_factory=set)
    own_allowances: set[str] = field(default_factory=set)  # On the document only.
    own_charges: set[str] = field(default_factory=set)
    allowed_of_any_tax: set[str] = field(default_factory=set)
    anywhere: set[str] = field(default_factory=set)
    rows: Counter[str] = field(default_factory=Counter)
    rows_of_any_tax: Counter[str] = field(default_factory=Counter)
    sellers: set[Seller] = field(default_factory=set)
    buyers: set[Buyer] = field(default_factory=set)


def code_of(category: Place) -> str:
    return tidy(value(category, "cbc:ID"))


def vat_code(category: Place, _: Document) -> str:
    return code_of(category) if is_vat(category) else ""


def taxes(document: Document) -> Taxes:
    found = Taxes()
    # By category in an allowance or a row: its code, and whether it is of VAT.
    known = {tax: (code_of(tax), is_vat(tax)) for tax in document.all("cac:TaxCategory")}
    for category in document.all("cac:ClassifiedTaxCategory"):
        code = code_of(category)
        found.lines_of_any_tax.add(code)
        if is_vat(category):
            found.lines.add(code)
    found.anywhere = {code if vat else "" for code, vat in known.values()} | found.lines
    own = set(document.root.findall("cac:AllowanceCharge"))
    for group in document.all("cac:AllowanceCharge"):
        categories = group.findall("cac:TaxCategory")
        if categories:
            charge = truth(value(group, "cbc:ChargeIndicator"))
            _count_allowance([known[tax] for tax in categories], charge, found, own=group in own)
    for category in each(document.root, "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"):
        code, vat = known[category]
        found.rows_of_any_tax[code] += 1
        if vat:
            found.rows[code] += 1
    _count_parties(document, found)
    return found


def _count_allowance(
    categories: list[tuple[str, bool]], charge: bool | None, found: Taxes, *, own: bool
) -> None:
    for code, vat in categories:
        found.allowed_of_any_tax.add(code)
        if vat and charge is not None:
            (found.charges if charge else found.allowances).add(code)
            if own:
                (found.own_charges if charge else found.own_allowances).add(code)


def _count_parties(document: Document, found: Taxes) -> None:
    sellers = [
        scheme
        for party in document.all("cac:AccountingSupplierParty")
        for scheme in each(party, "cac:Party/cac:PartyTaxScheme")
    ]
    agents = [
        scheme
        for party in document.all("cac:TaxRepresentativeParty")
        for scheme in party.findall("cac:PartyTaxScheme")
    ]
    buyers = document.all("cac:AccountingCustomerParty")
    buyer_schemes = [s for b in buyers for s in each(b, "cac:Party/cac:PartyTaxScheme")]
    agent = _vat_number(agents)
    seller, buyer = _vat_number(sellers), _vat_number(buyer_schemes)
    if agent or any(has(scheme, "cbc:CompanyID") for scheme in sellers):
        found.sellers.add(Seller.TAXED)
    if agent or seller:
        found.sellers.add(Seller.VAT)
    if not (agent or seller or buyer):
        found.sellers.add(Seller.UNTAXED)
    found.buyers.add(Buyer.ANY)
    if buyer:
        found.buyers |= {Buyer.VAT, Buyer.VAT_OR_LEGAL}
    if any(has(b, "cac:Party/cac:PartyLegalEntity/cbc:CompanyID") for b in buyers):
        found.buyers.add(Buyer.VAT_OR_LEGAL)


def _vat_number(schemes: list[Place]) -> bool:
    return any(has(scheme, "cbc:CompanyID") and is_vat(scheme) for scheme in schemes)


def _codes(_: Place, document: Document) -> list[str]:
    """The categories that occur anywhere: only their rules are asked. Sorted, for a set has another
    order in each process."""
    found = document.fact(taxes)
    return sorted(
        found.anywhere.union(
            found.lines_of_any_tax, found.allowed_of_any_tax, found.rows_of_any_tax
        )
    )


def _known(category: Category, found: Taxes) -> bool:
    return category.seller in found.sellers and category.buyer in found.buyers


def _row_exists(_: Place, document: Document, category: Category) -> bool:
    found, code = document.fact(taxes), category.code
    if code == "S":
        used = code in found.lines_of_any_tax or code in found.allowed_of_any_tax
        return used == (found.rows_of_any_tax[code] > 0)
    if category.by_rate:
        if code in found.lines | found.allowances | found.charges:
            return (found.rows_of_any_tax if code == "L" else found.rows)[code] > 0
        return found.rows[code] == 0
    return code not in found.anywhere or found.rows[code] == 1


def _line_parties(_: Place, document: Document, category: Category) -> bool:
    found, code = document.fact(taxes), category.code
    if code == "S" and code in found.lines_of_any_tax and code not in found.lines:
        return False
    return code not in found.lines or _known(category, found)


def _allowance_parties(_: Place, document: Document, category: Category) -> bool:
    found = document.fact(taxes)
    used = found.own_allowances if category.code == "O" else found.allowances
    return category.code not in used or _known(category, found)


def _charge_parties(_: Place, document: Document, category: Category) -> bool:
    found = document.fact(taxes)
    used = found.own_charges if category.code == "O" else found.charges
    return category.code not in used or _known(category, found)


def _rate(place: Place, _: Document, category: Category) -> bool:
    rates = place.findall("cbc:Percent")
    if category.rate is Rate.NONE:
        return not rates
    return rate_fits(category.rate, [double(text(rate)) for rate in rates])


def _row_adds_up(row: Place, document: Document, category: Category) -> bool:
    taxable = amount(document.above(), "cbc:TaxableAmount")
    code = category.code
    if not category.by_rate:
        return any(
            document.all(tag) and taxable == taxed_amount(document, tag, code, None)
            for tag in LINES
        )
    rates = [decimal(text(rate)) for rate in row.findall("cbc:Percent")]
    return all(
        taxable is not None
        and any(
            (used(document, tag, code, rate) if code == "S" else document.all(tag))
            and _within_one(taxable, taxed_amount(document, tag, code, rate))
            for tag in LINES
        )
        for rate in rates
    )


def _within_one(taxable: Decimal, total: Decimal) -> bool:
    """Less than one apart. The artefacts add one to the text as a binary number, which may end a
    hair beside it: at exactly one apart their answer is that of the hair (BR-S-08, AF-08, AG-08).
    """
    apart = abs(taxable - total)
    if apart != 1:
        return apart < 1
    number = binary(Fraction(taxable))
    return binary(number - 1) < Fraction(total) < binary(number + 1)


def _row_tax(row: Place, document: Document, category: Category) -> bool:
    subtotal = document.above()
    tax = amount(subtotal, "cbc:TaxAmount")
    if not category.by_rate:
        return tax is not None and tax == 0
    taxable, rate = amount(subtotal, "cbc:TaxableAmount"), amount(row, "cbc:Percent")
    if tax is None or taxable is None or rate is None:
        return False
    return abs(abs(tax) - cents(abs(taxable) * (rate / 100))) < 1


def _row_reason(row: Place, _: Document, category: Category) -> bool:
    return category.exempt == (
        has(row, "cbc:TaxExemptionReason") or has(row, "cbc:TaxExemptionReasonCode")
    )


def _enter(category: Category) -> None:
    prefix, title = category.prefix, category.title
    keyed = (vat_code, category.code)
    used = (_codes, category.code)
    rule(f"{prefix}-01", ubl=at(INVOICE, category, kind=used),
         says=f"What is taxed as {title} (BT-151) has a row in the VAT breakdown (BG-23, BT-118), "
         "and no row is without it.")(_row_exists)  # fmt: skip
    for number, what, of, holds in (
        ("02", "A line", "BT-151", _line_parties),
        ("03", "An allowance", "BT-95", _allowance_parties),
        ("04", "A charge", "BT-102", _charge_parties),
    ):
        rule(f"{prefix}-{number}", ubl=at(INVOICE, category, kind=used),
             says=f"{what} taxed as {title} ({of}) asks for {category.parties}.",
             )(holds)  # fmt: skip
    rule(f"{prefix}-05", ubl=at(LINE_TAX, category, kind=keyed),
         says=f"A line taxed as {title} has {category.rate} (BT-152).")(_rate)  # fmt: skip
    for number, what, term, when in (
        ("06", "An allowance", "BT-96", _in_allowance), ("07", "A charge", "BT-103", _in_charge),
    ):  # fmt: skip
        rule(f"{prefix}-{number}",
             ubl=at("cac:AllowanceCharge/cac:TaxCategory", category, when=when, kind=keyed),
             says=f"{what} taxed as {title} has {category.rate} ({term}).")(_rate)  # fmt: skip
    per_rate = " and this rate (BT-119)" if category.by_rate else ""
    asks = "gives a reason" if category.exempt else "gives no reason"
    owes = "amount (BT-116) times rate (BT-119), give or take one unit" if category.by_rate else "0"
    for number, says, fits in (
        ("08", f"The taxable amount (BT-116) of {title} is what lines (BT-131), charges (BT-99) "
               f"and allowances (BT-92) of this category (BT-118){per_rate} add up to.",
         _row_adds_up),
        ("09", f"The tax (BT-117) of {title} (BT-118) is {owes}.", _row_tax),
        ("10", f"The row of {title} (BT-118) {asks} for an exemption (BT-120, BT-121).",
         _row_reason),
    ):  # fmt: skip
        rule(f"{prefix}-{number}", ubl=at(ROW, category, kind=keyed), says=says)(fits)


def _in_allowance(_: Place, document: Document) -> bool:
    return is_allowance(document.above(), document)


def _in_charge(_: Place, document: Document) -> bool:
    return is_charge(document.above(), document)


for one in CATEGORIES:
    _enter(one)


@rule("BR-IC-11", ubl=at(INVOICE))
def supply_within_the_union_is_dated(invoice: Place, document: Document) -> bool:
    """An intra-community supply (K) has a date of delivery (BT-72) or a period (BG-14)."""
    if not document.fact(taxes).rows["K"]:
        return True
    return len(value(invoice, "cac:Delivery/cbc:ActualDeliveryDate")) > 1 or any(
        len(period) for period in invoice.findall("cac:InvoicePeriod")
    )


@rule("BR-IC-12", ubl=at(INVOICE))
def supply_within_the_union_has_a_destination(invoice: Place, document: Document) -> bool:
    """An intra-community supply (K) names the country of delivery (BT-80)."""
    if not document.fact(taxes).rows["K"]:
        return True
    path = "cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode"
    return len(value(invoice, path)) > 1


def _nothing_else(found: set[str] | Counter[str]) -> bool:
    return not any(code != "O" for code in found)  # One without a code is another, too.


@rule("BR-O-11", ubl=at(INVOICE))
def nothing_else_in_the_breakdown(_: Place, document: Document) -> bool:
    """An invoice outside the scope of VAT (O) has no other category in its breakdown (BG-23)."""
    found = document.fact(taxes)
    return not found.rows["O"] or _nothing_else(found.rows)


@rule("BR-O-12", ubl=at(INVOICE))
def nothing_else_on_lines(_: Place, document: Document) -> bool:
    """An invoice outside the scope of VAT (O) has no line of another category (BT-151)."""
    found = document.fact(taxes)
    return not found.rows["O"] or _nothing_else(found.lines)


@rule("BR-O-13", ubl=at(INVOICE))
def nothing_else_on_allowances(_: Place, document: Document) -> bool:
    """An invoice outside the scope of VAT (O) has no allowance of another category (BT-95)."""
    found = document.fact(taxes)
    return not found.rows["O"] or _nothing_else(found.allowances)


@rule("BR-O-14", ubl=at(INVOICE))
def nothing_else_on_charges(_: Place, document: Document) -> bool:
    """An invoice outside the scope of VAT (O) has no charge of another category (BT-102)."""
    found = document.fact(taxes)
    return not found.rows["O"] or _nothing_else(found.charges)


def _has_split_payment(document: Document) -> bool:
    return any(
        "B" in values(category, "cbc:ID")
        for tag in ("cac:TaxCategory", "cac:ClassifiedTaxCategory")
        for category in document.all(tag)
    )


@rule("BR-B-01", ubl=at(INVOICE))
def split_payment_is_italian(_: Place, document: Document) -> bool:
    """Split payment (B) is for invoices within Italy only."""
    return not document.fact(_has_split_payment) or all(
        text(country) == "IT" for country in document.all("cbc:IdentificationCode")
    )


@rule("BR-B-02", ubl=at(INVOICE))
def split_payment_stands_alone(invoice: Place, document: Document) -> bool:
    """Split payment (B) and standard rate (S) do not stand in one invoice."""
    if not document.fact(_has_split_payment):
        return True
    categories = [
        *each(invoice, "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"),
        *each(invoice, "cac:AllowanceCharge/cac:TaxCategory"),
        *document.all("cac:ClassifiedTaxCategory"),
    ]
    found = {number for category in categories for number in values(category, "cbc:ID")}
    return not {"B", "S"} <= found
