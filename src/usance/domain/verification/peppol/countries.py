"""Peppol: the rules of Norway, Italy, Iceland and the Netherlands, for sellers there."""

import re
from collections.abc import Callable

from ...finding import Severity
from .. import checkdigits
from ..document import Document
from ..paths import AGREEMENT, BUYER, CII, CII_SELLER, INVOICE, SELLER, SETTLEMENT, T
from ..reading import Place, amount, each, has, is_day, text, tidied, tidy, value, values
from ..rulebook import Chapter, at
from .parties import agent_address, both_in, buyer_address, seller_address, seller_in, supplier

CHAPTER = Chapter()
rule = CHAPTER.rule
CII_PARTY = "ram:SellerTradeParty"


def _from(country: str) -> Callable[[Place, Document], bool]:
    def lies_there(_: Place, document: Document) -> bool:
        return document.fact(supplier) == country

    return lies_there


NORWAY, ITALY = _from("NO"), _from("IT")


@rule("NO-R-001", ubl=at(SELLER, when=NORWAY), cii=at(CII_PARTY, when=NORWAY))
def norwegian_vat_number_checks(party: Place, document: Document) -> bool:
    """A Norwegian VAT number (BT-31) is NO, nine digits that check, and MVA."""
    if document.syntax == "ubl":
        numbers = [
            value(scheme, "cbc:CompanyID")
            for scheme in party.findall("cac:PartyTaxScheme")
            if tidied(scheme, "cac:TaxScheme/cbc:ID") == "VAT"
        ]
    else:
        numbers = [
            value(registration, "ram:ID")
            for registration in party.findall("ram:SpecifiedTaxRegistration")
            if any(n.get("schemeID") == "VAT" for n in registration.findall("ram:ID"))
        ]
    return all(
        re.match(r"[0-9]{9}MVA\Z", number[2:]) is not None and checkdigits.modulo_11(number[2:11])
        for number in numbers
        if number[:2] == "NO"
    )


@rule("NO-R-002", ubl=at(SELLER, when=NORWAY), cii=at(CII_PARTY, when=NORWAY),
      severity=Severity.WARNING)  # fmt: skip
def norwegian_register_is_named(party: Place, document: Document) -> bool:
    """A Norwegian company says “Foretaksregisteret” as its tax registration (BT-32)."""
    if document.syntax == "cii":
        numbers = each(party, "ram:SpecifiedTaxRegistration/ram:ID")
        return any(
            n.get("schemeID") == "FC" and tidy(n.text or "") == "Foretaksregisteret"
            for n in numbers
        )
    return any(
        tidied(scheme, "cbc:CompanyID") == "Foretaksregisteret"
        for scheme in party.findall("cac:PartyTaxScheme")
        if tidied(scheme, "cac:TaxScheme/cbc:ID") == "TAX"
    )


@rule("IT-R-001", ubl=at(f"{SELLER}/cac:PartyTaxScheme", when=ITALY))
def italian_tax_number_has_its_form(scheme: Place, _: Document) -> bool:
    """An Italian tax registration (BT-32) has 11 to 16 capitals or digits."""
    if tidied(scheme, "cac:TaxScheme/cbc:ID") == "VAT":
        return True
    return re.match(r"[A-Z0-9]{11,16}\Z", tidied(scheme, "cbc:CompanyID")) is not None


@rule("IT-R-001", cii=at(f"{CII_PARTY}/ram:SpecifiedTaxRegistration", when=ITALY),
      says=italian_tax_number_has_its_form.__doc__ or "")  # fmt: skip
def italian_tax_number_has_its_form_in_cii(registration: Place, _: Document) -> bool:
    numbers = registration.findall("ram:ID")
    others = [
        n for n in numbers if n.get("schemeID") is None or tidy(n.get("schemeID") or "") != "FC"
    ]
    if any(n.get("schemeID") is not None for n in others):
        return True
    own = [tidy(text(n)) for n in numbers if tidy(n.get("schemeID") or "") == "FC"]
    return any(re.match(r"[A-Z0-9]{11,16}\Z", number) for number in own)


for _id, _path, _cii_path, _what in (
    ("IT-R-002", "cac:PostalAddress/cbc:StreetName", "ram:PostalTradeAddress/ram:LineOne",
     "street (BT-35)"),
    ("IT-R-003", "cac:PostalAddress/cbc:CityName", "ram:PostalTradeAddress/ram:CityName",
     "city (BT-37)"),
    ("IT-R-004", "cac:PostalAddress/cbc:PostalZone", "ram:PostalTradeAddress/ram:PostcodeCode",
     "post code (BT-38)"),
):  # fmt: skip

    @rule(_id, ubl=at(SELLER, _path, when=ITALY), cii=at(CII_PARTY, _cii_path, when=ITALY),
          says=f"An Italian seller gives its {_what}.")  # fmt: skip
    def italian_address_is_complete(party: Place, _: Document, path: str) -> bool:
        return has(party, path)


def from_iceland(_: Place, document: Document) -> bool:
    return document.fact(seller_address) == "IS"


def within_iceland(_: Place, document: Document) -> bool:
    return document.fact(seller_address) == "IS" and document.fact(buyer_address) == "IS"


def _kennitala(party: Place) -> bool:
    return any(
        number.get("schemeID") == "0196"
        for number in each(party, "cac:Party/cac:PartyLegalEntity/cbc:CompanyID")
    )


def _street_and_code(party: Place) -> bool:
    address = "cac:Party/cac:PostalAddress"
    return has(party, f"{address}/cbc:StreetName") and has(party, f"{address}/cbc:PostalZone")


@rule("IS-R-001", ubl=at(INVOICE, when=from_iceland), severity=Severity.WARNING)
def icelandic_type_is_known(invoice: Place, _: Document) -> bool:
    """An Icelandic invoice is of type 380 or 381 (BT-3)."""
    codes = (tidied(invoice, f"cbc:{tag}") for tag in ("InvoiceTypeCode", "CreditNoteTypeCode"))
    return any(code in ("380", "381") for code in codes)


@rule("IS-R-002", ubl=at(INVOICE, when=from_iceland))
def icelandic_seller_has_a_kennitala(invoice: Place, _: Document) -> bool:
    """An Icelandic seller gives its kennitala (BT-30, 0196)."""
    return any(_kennitala(party) for party in invoice.findall("cac:AccountingSupplierParty"))


@rule("IS-R-003", ubl=at(INVOICE, when=from_iceland))
def icelandic_seller_has_an_address(invoice: Place, _: Document) -> bool:
    """An Icelandic seller gives street (BT-35) and post code (BT-38)."""
    return any(_street_and_code(party) for party in invoice.findall("cac:AccountingSupplierParty"))


@rule(
    "IS-R-004",
    ubl=at(
        "/Invoice/cac:AccountingCustomerParty | /CreditNote/cac:AccountingCustomerParty",
        when=within_iceland,
    ),
)
def icelandic_buyer_has_a_kennitala(party: Place, _: Document) -> bool:
    """An Icelandic buyer has a kennitala (BT-47, 0196)."""
    return _kennitala(party)


@rule(
    "IS-R-005",
    ubl=at(
        "/Invoice/cac:AccountingCustomerParty | /CreditNote/cac:AccountingCustomerParty",
        when=within_iceland,
    ),
)
def icelandic_buyer_has_an_address(party: Place, _: Document) -> bool:
    """An Icelandic buyer has street (BT-50) and post code (BT-53)."""
    return _street_and_code(party)


for _id, _code in (("IS-R-006", "9"), ("IS-R-007", "42")):

    @rule(
        _id,
        ubl=at(INVOICE, _code, when=from_iceland),
        says=f"Icelandic payment by {_code} names an account of twelve digits (BT-84).",
    )
    def icelandic_account_has_its_length(invoice: Place, _: Document, code: str) -> bool:
        means = [m for m in invoice.findall("cac:PaymentMeans")
                 if code in values(m, "cbc:PaymentMeansCode")]  # fmt: skip
        accounts = [a for m in means for a in each(m, "cac:PayeeFinancialAccount/cbc:ID")]
        return not means or (bool(accounts) and len(tidy(text(accounts[0]))) == 12)


def _final_dates(invoice: Place) -> list[str] | None:
    """The final due dates of an Icelandic invoice; None if there is none of them."""
    papers = [
        paper
        for paper in invoice.findall("cac:AdditionalDocumentReference")
        if "EINDAGI" in values(paper, "cbc:DocumentDescription")
    ]
    return [n for paper in papers for n in values(paper, "cbc:ID")] if papers else None


@rule("IS-R-008", ubl=at(INVOICE, when=from_iceland))
def icelandic_final_date_is_a_date(invoice: Place, _: Document) -> bool:
    """The final due date (eindagi) of an Icelandic invoice is a date."""
    dates = _final_dates(invoice)
    return dates is None or (bool(dates) and len(dates[0]) == 10 and is_day(dates[0]))


@rule("IS-R-009", ubl=at(INVOICE, when=from_iceland))
def icelandic_final_date_needs_a_due_date(invoice: Place, _: Document) -> bool:
    """An Icelandic invoice with a final due date (eindagi) has a due date (BT-9)."""
    return _final_dates(invoice) is None or has(invoice, "cbc:DueDate")


@rule("IS-R-010", ubl=at(INVOICE, when=from_iceland))
def icelandic_final_date_is_not_earlier(invoice: Place, _: Document) -> bool:
    """The final due date (eindagi) of an Icelandic invoice is not before its due date (BT-9)."""
    dates = _final_dates(invoice)
    due = values(invoice, "cbc:DueDate")
    return dates is None or any(one <= other for one in due for other in dates)


def from_netherlands(_: Place, document: Document) -> bool:
    return seller_in(document, "NL")


def within_netherlands(_: Place, document: Document) -> bool:
    return both_in(document, "NL")


def _agent_in_netherlands(_: Place, document: Document) -> bool:
    return seller_in(document, "NL") and document.fact(agent_address).upper() == "NL"


@rule("NL-R-001", ubl=at("cbc:CreditNoteTypeCode", when=from_netherlands))
def dutch_credit_note_names_its_invoice(_: Place, document: Document) -> bool:
    """A Dutch credit note names the invoice that it credits (BT-25)."""
    return has(document.root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID")


@rule("NL-R-001", cii=at(f"{CII}/rsm:ExchangedDocument", when=from_netherlands),
      says=dutch_credit_note_names_its_invoice.__doc__ or "")  # fmt: skip
def dutch_credit_note_names_its_invoice_in_cii(paper: Place, document: Document) -> bool:
    if tidied(paper, "ram:TypeCode") not in ("81", "83", "381", "396", "532"):
        return True
    return has(document.root, f"{SETTLEMENT}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID")


UBL_LINES = ("cbc:StreetName", "cbc:CityName", "cbc:PostalZone")
CII_LINES = ("ram:LineOne", "ram:CityName", "ram:PostcodeCode")
for _id, _ubl, _cii, _whose, _when in (
    ("NL-R-002", SELLER, CII_SELLER, "A Dutch seller", from_netherlands),
    ("NL-R-004", BUYER, f"{AGREEMENT}/ram:BuyerTradeParty", "A Dutch buyer", within_netherlands),
    ("NL-R-006", "cac:TaxRepresentativeParty",
     f"{AGREEMENT}/ram:SellerTaxRepresentativeTradeParty", "A Dutch tax representative",
     _agent_in_netherlands),
):  # fmt: skip

    @rule(_id, ubl=at(f"{_ubl}/cac:PostalAddress", *UBL_LINES, when=_when),
          cii=at(f"{CII}/{_cii}/ram:PostalTradeAddress", *CII_LINES, when=_when),
          says=f"{_whose} gives street, city and post code.")  # fmt: skip
    def dutch_address_is_complete(address: Place, _: Document, *paths: str) -> bool:
        return all(has(address, path) for path in paths)


for _id, _ubl, _cii, _whose, _when in (
    ("NL-R-003", SELLER, CII_SELLER, "seller (BT-30)", from_netherlands),
    ("NL-R-005", BUYER, f"{AGREEMENT}/ram:BuyerTradeParty", "buyer (BT-47)", within_netherlands),
):

    @rule(
        _id,
        ubl=at(f"{_ubl}/cac:PartyLegalEntity/cbc:CompanyID", when=_when),
        cii=at(f"{CII}/{_cii}/ram:SpecifiedLegalOrganization/ram:ID", when=_when),
        says=f"The registration of a Dutch {_whose} is a KVK (0106) or OIN (0190) number.",
    )
    def dutch_registration_is_known(number: Place, _: Document) -> bool:
        schemes = (number.get("schemeID") or "").split(" ")
        return ("0106" in schemes or "0190" in schemes) and tidy(text(number)) != ""


@rule("NL-R-007", ubl=at("cac:LegalMonetaryTotal", when=from_netherlands))
def dutch_invoice_says_how_to_pay(totals: Place, document: Document) -> bool:
    """A Dutch invoice with something to pay (BT-115) says how (BG-16)."""
    payable = amount(totals, "cbc:PayableAmount")
    if document.all("cac:PaymentMeans"):
        return True
    if payable is None:
        return False
    return payable <= 0 if document.root.tag == "Invoice" else payable >= 0


@rule("NL-R-007",
      cii=at(f"{CII}/{SETTLEMENT}/ram:SpecifiedTradeSettlementHeaderMonetarySummation",
             when=from_netherlands),
      says=dutch_invoice_says_how_to_pay.__doc__ or "")  # fmt: skip
def dutch_invoice_says_how_to_pay_in_cii(totals: Place, document: Document) -> bool:
    payable = amount(totals, "ram:DuePayableAmount")
    if has(document.root, f"{SETTLEMENT}/ram:SpecifiedTradeSettlementPaymentMeans"):
        return True
    if payable is None:
        return False
    credit = tidied(document.root, "rsm:ExchangedDocument/ram:TypeCode") == "381"
    return payable >= 0 if credit else payable <= 0


@rule("NL-R-008", ubl=at("cac:PaymentMeans", "cbc:PaymentMeansCode", when=within_netherlands),
      cii=at(f"{CII}/{SETTLEMENT}/ram:SpecifiedTradeSettlementPaymentMeans", "ram:TypeCode",
             when=within_netherlands))  # fmt: skip
def dutch_means_are_known(means: Place, _: Document, path: str) -> bool:
    """Among Dutch the way to pay (BT-81) is 30, 48, 49, 57, 58 or 59."""
    return tidied(means, path) in ("30", "48", "49", "57", "58", "59")


@rule("NL-R-009", ubl=at("cac:OrderLineReference/cbc:LineID", "cac:OrderReference/cbc:ID",
                         when=from_netherlands),
      cii=at(f"{CII}/{T}/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeAgreement"
             "/ram:BuyerOrderReferencedDocument/ram:LineID",
             f"{AGREEMENT}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID",
             when=from_netherlands))  # fmt: skip
def dutch_order_line_needs_an_order(_: Place, document: Document, path: str) -> bool:
    """Who refers to a line of an order (BT-132) names the order (BT-13)."""
    return has(document.root, path)
