"""EN 16931: rules about the writing in CII that need more than a table."""

import re

from ...finding import Severity
from ..document import Document
from ..paths import CII, T
from ..reading import Place, each, has, text, tidy, truth, values
from ..rulebook import Chapter, at

CHAPTER = Chapter()
rule = CHAPTER.rule
LINE = f"{CII}/{T}/ram:IncludedSupplyChainTradeLineItem"
AGREEMENT = f"{CII}/{T}/ram:ApplicableHeaderTradeAgreement"
DELIVERY = f"{CII}/{T}/ram:ApplicableHeaderTradeDelivery"
SETTLEMENT = f"{CII}/{T}/ram:ApplicableHeaderTradeSettlement"
PAPER = "ram:AdditionalReferencedDocument"
PAPERS = "ram:*ReferencedDocument"
TAXES = "ram:*TradeTax"
_DAY = re.compile(r"[ \t\n\r]*\d{4}(1[0-2]|0[1-9])(3[01]|[12][0-9]|0[1-9])[ \t\n\r]*$")
WARNING = Severity.WARNING


@rule("CII-SR-046", cii=at(f"{LINE}/ram:SpecifiedTradeProduct"))
def standard_number_has_a_scheme(item: Place, _: Document) -> bool:
    """A standard number of an item (BT-157) says of which scheme it is."""
    numbers = item.findall("ram:GlobalID")
    return not numbers or any(number.get("schemeID") is not None for number in numbers)


@rule("CII-SR-090", cii=at(f"{LINE}/ram:SpecifiedTradeProduct"))
def origin_is_one_country(item: Place, _: Document) -> bool:
    """The origin of an item is one country (BT-159)."""
    return not has(item, "ram:OriginTradeCountry") or (
        len(each(item, "ram:OriginTradeCountry/ram:ID")) == 1
    )


@rule("CII-SR-119", cii=at(f"{LINE}/ram:SpecifiedLineTradeAgreement"), severity=WARNING)
def discount_on_a_price_is_an_allowance(agreed: Place, _: Document) -> bool:
    """What is taken off a gross price (BT-147) is marked as an allowance and has an amount."""
    discount = "ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge"
    marks = each(agreed, f"{discount}/ram:ChargeIndicator")
    amounts = has(agreed, f"{discount}/ram:ActualAmount")
    if any(truth(words) is False for mark in marks for words in values(mark, "udt:Indicator")):
        return amounts
    return not marks and not amounts


@rule("CII-SR-463", cii=at("ram:SpecifiedTradeAllowanceCharge"))
def allowance_says_which_it_is(group: Place, _: Document) -> bool:
    """An allowance or charge says which of the two it is."""
    return has(group, "ram:ChargeIndicator")


def _typed(place: Place, *codes: str) -> list[Place]:
    return [
        paper
        for paper in place.findall(PAPER)
        if any(tidy(kind) in codes for kind in values(paper, "ram:TypeCode"))
    ]


def _exactly_typed(place: Place, code: str) -> list[Place]:
    return [paper for paper in place.findall(PAPER) if code in values(paper, "ram:TypeCode")]


@rule("CII-SR-474", cii=at(f"{LINE}/ram:SpecifiedLineTradeSettlement"), severity=WARNING)
def line_has_one_object(settlement: Place, _: Document) -> bool:
    """A line refers to one invoiced object (BT-128) at most."""
    return len(_typed(settlement, "130")) <= 1


for id, where, party, what in (
    ("CII-SR-449", DELIVERY, "ram:ShipToTradeParty", "A place of delivery (BT-71)"),
    ("CII-SR-450", AGREEMENT, "ram:BuyerTradeParty", "The buyer (BT-46)"),
    ("CII-SR-451", SETTLEMENT, "ram:PayeeTradeParty", "The payee (BT-60)"),
):

    @rule(id, cii=at(where, party), severity=WARNING,
          says=f"{what} has an identifier with a scheme or one without, not both.")  # fmt: skip
    def one_kind_of_identifier(place: Place, _: Document, party: str) -> bool:
        return not (has(place, f"{party}/ram:ID") and has(place, f"{party}/ram:GlobalID"))


@rule("CII-SR-457", cii=at(AGREEMENT), severity=WARNING)
def one_tender(agreement: Place, _: Document) -> bool:
    """An invoice refers to one tender or lot (BT-17) at most."""
    return len(_exactly_typed(agreement, "50")) <= 1


@rule("CII-SR-458", cii=at(AGREEMENT), severity=WARNING)
def one_object(agreement: Place, _: Document) -> bool:
    """An invoice refers to one invoiced object (BT-18) at most."""
    return len(_exactly_typed(agreement, "130")) <= 1


for id, party, what in (
    ("CII-SR-465", "ram:SellerTradeParty", "the seller (BT-41)"),
    ("CII-SR-466", "ram:BuyerTradeParty", "the buyer (BT-56)"),
):

    @rule(id, cii=at(AGREEMENT, f"{party}/ram:DefinedTradeContact"), severity=WARNING,
          says=f"The contact of {what} is a person or a department, not both.")  # fmt: skip
    def contact_is_one(agreement: Place, _: Document, contact: str) -> bool:
        return not (
            has(agreement, f"{contact}/ram:PersonName")
            and has(agreement, f"{contact}/ram:DepartmentName")
        )


for id, part, what in (
    ("CII-SR-475", "ram:Name", "description (BT-123)"),
    ("CII-SR-476", "ram:AttachmentBinaryObject", "attachment (BT-125)"),
):

    @rule(id, cii=at(AGREEMENT, part), severity=WARNING,
          says=f"Supporting documents have one {what} in all.")  # fmt: skip
    def one_part(agreement: Place, _: Document, part: str) -> bool:
        return sum(len(paper.findall(part)) for paper in _typed(agreement, "916")) <= 1


@rule("CII-SR-462", cii=at(SETTLEMENT))
def one_tax_point(_: Place, document: Document) -> bool:
    """All rows of the VAT breakdown have the same tax point code (BT-8)."""
    taxes = document.all("ram:ApplicableTradeTax")
    return len({code for tax in taxes for code in values(tax, "ram:DueDateTypeCode")}) <= 1


MEANS = "ram:SpecifiedTradeSettlementPaymentMeans"
ACCOUNT = "ram:PayeePartyCreditorFinancialAccount"


@rule("CII-SR-470", cii=at(SETTLEMENT))
def transfer_names_an_account(settlement: Place, _: Document) -> bool:
    """A credit transfer (BT-81 is 30 or 58) names an account (BT-84)."""
    return all(
        has(means, f"{ACCOUNT}/ram:IBANID") or has(means, f"{ACCOUNT}/ram:ProprietaryID")
        for means in settlement.findall(MEANS)
        if any(tidy(code) in ("30", "58") for code in values(means, "ram:TypeCode"))
    )


def _all_alike(document: Document, tag: str) -> bool:
    found = {tidy(words) for means in document.all(MEANS) for words in values(means, tag)}
    return len(found) <= 1


@rule("CII-SR-467", cii=at(CII))
def one_payment_code(_: Place, document: Document) -> bool:
    """All means of payment have the same code (BT-81)."""
    return _all_alike(document, "ram:TypeCode")


@rule("CII-SR-468", cii=at(CII))
def one_payment_text(_: Place, document: Document) -> bool:
    """All means of payment have the same text (BT-82)."""
    return _all_alike(document, "ram:Information")


@rule("CII-SR-469", cii=at(CII))
def one_payment_reference(_: Place, document: Document) -> bool:
    """There is one payment reference (BT-83) at most."""
    headers = document.all("ram:ApplicableHeaderTradeSettlement")
    return sum(len(header.findall("ram:PaymentReference")) for header in headers) <= 1


for id, part, kinds, what in (
    ("CII-DT-015", "ram:URIID", ("916",), "an address (BT-124)"),
    ("CII-DT-018", "ram:TypeCode", ("50", "130", "916"), "a type code"),
    ("CII-DT-021", "ram:Name", ("916",), "a description (BT-123)"),
    ("CII-DT-022", "ram:AttachmentBinaryObject", ("916",), "an attachment (BT-125)"),
    ("CII-DT-024", "ram:ReferenceTypeCode", ("130",), "a scheme (BT-18)"),
):

    @rule(id, cii=at(PAPERS, part, kinds),
          says=f"Only an additional document of type {', '.join(kinds)} has {what}.")  # fmt: skip
    def only_on_additional(paper: Place, _: Document, part: str, kinds: tuple[str, ...]) -> bool:
        return not has(paper, part) or (
            paper.tag == PAPER and any(kind in kinds for kind in values(paper, "ram:TypeCode"))
        )


@rule("CII-DT-027", cii=at(PAPERS))
def only_preceding_invoices_are_dated(paper: Place, _: Document) -> bool:
    """Only the reference to a preceding invoice has a date (BT-26)."""
    return paper.tag == "ram:InvoiceReferencedDocument" or not has(
        paper, "ram:FormattedIssueDateTime"
    )


@rule("CII-DT-033", cii=at("ram:*Quantity"))
def only_billed_quantities_have_units(quantity: Place, document: Document) -> bool:
    """Units are given where the billed quantity (BT-129) has one too."""
    return quantity.get("unitCode") is None or document.fact(_bills_units)


def _bills_units(document: Document) -> bool:
    return any(
        billed.get("unitCode") is not None
        for billed in each(
            document.root,
            f"{T}/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeDelivery"
            "/ram:BilledQuantity",
        )
    )


@rule("CII-DT-037", cii=at(TAXES))
def tax_is_vat(tax: Place, _: Document) -> bool:
    """A tax is VAT; other taxes are not part of the core invoice."""
    kinds = values(tax, "ram:TypeCode")
    return not kinds or "VAT" in kinds


for id, part, what in (
    ("CII-DT-041", "ram:BasisAmount", "taxable amount (BT-116)"),
    ("CII-DT-054", "ram:TaxPointDate", "tax point date (BT-7)"),
    ("CII-DT-058", "ram:DueDateTypeCode", "tax point code (BT-8)"),
):

    @rule(id, cii=at(TAXES, part), severity=WARNING,
          says=f"The {what} stands in the VAT breakdown only.")  # fmt: skip
    def only_in_the_breakdown(tax: Place, document: Document, part: str) -> bool:
        return not has(tax, part) or document.inside("ram:ApplicableHeaderTradeSettlement")


for id, part, what in (
    ("CII-DT-052", "ram:ExemptionReasonCode", "reason code of an exemption (BT-121)"),
    ("CII-DT-098", "ram:ExemptionReason", "reason of an exemption (BT-120)"),
):

    @rule(id, cii=at(TAXES, part), severity=WARNING,
          says=f"The {what} stands in the VAT breakdown only.")  # fmt: skip
    def only_on_applicable_tax(tax: Place, _: Document, part: str) -> bool:
        return tax.tag == "ram:ApplicableTradeTax" or not has(tax, part)


def _by_day(moment: Place, _: Document) -> bool:
    return moment.get("format") == "102"


@rule("CII-DT-097", cii=at("udt:DateTimeString", when=_by_day))
def date_is_a_date(moment: Place, _: Document) -> bool:
    """A date is written as YYYYMMDD and exists."""
    return _DAY.match(text(moment)) is not None
