"""XRechnung 3: the German rules (BR-DE, BR-TMP) for every invoice to the public sector."""

from ...finding import Severity
from ..document import Document
from ..paths import (
    AGREEMENT,
    BUYER,
    CII,
    CII_BUYER,
    CII_LINE,
    CII_SELLER,
    DELIVERY,
    INVOICE,
    SELLER,
    SETTLEMENT,
    T,
)
from ..reading import Place, each, has, tidied, tidy, values
from ..rulebook import Chapter, at
from . import german
from .german import is_filled, is_not_there, is_there

CHAPTER = Chapter()
rule = CHAPTER.rule
WARNING, INFORMATION = Severity.WARNING, Severity.WARNING
CIUS = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
EXTENSION = f"{CIUS}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
CVD = f"{CIUS}#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9"
GUIDELINE = "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"


def both(path: str) -> str:
    """A path below the root, for invoices and for credit notes."""
    return f"/Invoice/{path} | /CreditNote/{path}"


def said(function: object) -> str:
    return function.__doc__ or ""


FILLED = (
    # Rule, in UBL: where, what; in CII: where, what (one of)
    ("BR-DE-15", INVOICE, "cbc:BuyerReference", CII, (f"{AGREEMENT}/ram:BuyerReference",),
     "The invoice gives the buyer's reference (BT-10), such as the Leitweg-ID."),
    ("BR-DE-3", both(f"{SELLER}/cac:PostalAddress"), "cbc:CityName",
     f"{CII}/{CII_SELLER}/ram:PostalTradeAddress", ("ram:CityName",),
     "The seller gives its city (BT-37)."),
    ("BR-DE-4", both(f"{SELLER}/cac:PostalAddress"), "cbc:PostalZone",
     f"{CII}/{CII_SELLER}/ram:PostalTradeAddress", ("ram:PostcodeCode",),
     "The seller gives its post code (BT-38)."),
    ("BR-DE-5", both(f"{SELLER}/cac:Contact"), "cbc:Name",
     f"{CII}/{CII_SELLER}/ram:DefinedTradeContact", ("ram:PersonName", "ram:DepartmentName"),
     "The seller names a contact (BT-41)."),
    ("BR-DE-6", both(f"{SELLER}/cac:Contact"), "cbc:Telephone",
     f"{CII}/{CII_SELLER}/ram:DefinedTradeContact",
     ("ram:TelephoneUniversalCommunication/ram:CompleteNumber",),
     "The seller's contact has a telephone number (BT-42)."),
    ("BR-DE-7", both(f"{SELLER}/cac:Contact"), "cbc:ElectronicMail",
     f"{CII}/{CII_SELLER}/ram:DefinedTradeContact",
     ("ram:EmailURIUniversalCommunication/ram:URIID",),
     "The seller's contact has an e-mail address (BT-43)."),
    ("BR-DE-8", both(f"{BUYER}/cac:PostalAddress"), "cbc:CityName",
     f"{CII}/{CII_BUYER}/ram:PostalTradeAddress", ("ram:CityName",),
     "The buyer's city is given (BT-52)."),
    ("BR-DE-9", both(f"{BUYER}/cac:PostalAddress"), "cbc:PostalZone",
     f"{CII}/{CII_BUYER}/ram:PostalTradeAddress", ("ram:PostcodeCode",),
     "The buyer's post code is given (BT-53)."),
    ("BR-DE-10", both("cac:Delivery/cac:DeliveryLocation/cac:Address"), "cbc:CityName",
     f"{CII}/{DELIVERY}/ram:ShipToTradeParty/ram:PostalTradeAddress", ("ram:CityName",),
     "An address of delivery has a city (BT-77)."),
    ("BR-DE-11", both("cac:Delivery/cac:DeliveryLocation/cac:Address"), "cbc:PostalZone",
     f"{CII}/{DELIVERY}/ram:ShipToTradeParty/ram:PostalTradeAddress", ("ram:PostcodeCode",),
     "An address of delivery has a post code (BT-78)."),
    ("BR-DE-14", both("cac:TaxTotal/cac:TaxSubtotal"), "cac:TaxCategory/cbc:Percent",
     f"{CII}/{SETTLEMENT}/ram:ApplicableTradeTax", ("ram:RateApplicablePercent",),
     "A row of the VAT breakdown has a rate (BT-119)."),
)  # fmt: skip
for _id, _where, _path, _cii, _cii_paths, _says in FILLED:
    rule(_id, ubl=at(_where, _path), cii=at(_cii, *_cii_paths), says=_says)(is_filled)

MEANS = "ram:SpecifiedTradeSettlementPaymentMeans"
rule("BR-DE-1", ubl=at(INVOICE, "cac:PaymentMeans"), cii=at(CII, f"{SETTLEMENT}/{MEANS}"),
     says="The invoice says how to pay (BG-16).")(is_there)  # fmt: skip
rule("BR-DE-2", ubl=at(both("cac:AccountingSupplierParty"), "cac:Party/cac:Contact"),
     cii=at(f"{CII}/{CII_SELLER}", "ram:DefinedTradeContact"),
     says="The seller has a contact (BG-6).")(is_there)  # fmt: skip
for _id, _holds, _severity in (
    ("BR-DE-16", german.seller_is_known_to_the_tax_office, Severity.FATAL),
    ("BR-DE-17", german.type_is_usual, WARNING),
    ("BR-DE-18", german.discount_is_well_formed, Severity.FATAL),
    ("BR-DE-22", german.files_have_their_own_names, Severity.FATAL),
    ("BR-DE-26", german.correction_names_its_invoice, WARNING),
    ("BR-DE-30", german.debit_names_the_creditor, Severity.FATAL),
    ("BR-DE-31", german.debit_names_the_account, Severity.FATAL),
):
    rule(_id, ubl=at(INVOICE), severity=_severity)(_holds)
CONTACT, CII_CONTACT = both(f"{SELLER}/cac:Contact"), f"{CII}/{CII_SELLER}/ram:DefinedTradeContact"
rule("BR-DE-27", ubl=at(CONTACT, "cbc:Telephone"), severity=WARNING,
     cii=at(CII_CONTACT, "ram:TelephoneUniversalCommunication/ram:CompleteNumber"),
     )(german.telephone_has_digits)  # fmt: skip
rule("BR-DE-28", ubl=at(CONTACT, "cbc:ElectronicMail"), severity=WARNING,
     cii=at(CII_CONTACT, "ram:EmailURIUniversalCommunication/ram:URIID"),
     )(german.mail_address_is_one)  # fmt: skip
rule("BR-TMP-2", severity=WARNING,
     ubl=at(both("cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference"),
            "cbc:URI"))(german.address_has_a_scheme)  # fmt: skip


@rule("BR-TMP-2", severity=WARNING, cii=at(f"{CII}/{AGREEMENT}/ram:AdditionalReferencedDocument"),
      says=said(german.address_has_a_scheme))  # fmt: skip
def address_has_a_scheme(paper: Place, document: Document) -> bool:
    if "916" not in values(paper, "ram:TypeCode") or not has(paper, "ram:URIID"):
        return True
    return german.address_has_a_scheme(paper, document, "ram:URIID")


@rule("BR-DE-21", ubl=at(INVOICE, "cbc:CustomizationID"), severity=WARNING,
      cii=at(f"{CII}/rsm:ExchangedDocumentContext", GUIDELINE))  # fmt: skip
def specification_is_xrechnung(place: Place, _: Document, path: str) -> bool:
    """The specification (BT-24) is that of XRechnung 3.0 or one of its extensions."""
    return bool({CIUS, EXTENSION, CVD} & set(values(place, path)))


@rule("BR-DE-TMP-32", ubl=at(INVOICE), severity=INFORMATION)
def day_of_supply_is_known(invoice: Place, _: Document) -> bool:
    """The invoice says when it was supplied: date (BT-72), period (BG-14) or a period on every line
    (BG-26)."""
    lines = [*invoice.findall("cac:InvoiceLine"), *invoice.findall("cac:CreditNoteLine")]
    return (
        has(invoice, "cac:Delivery/cbc:ActualDeliveryDate")
        or has(invoice, "cac:InvoicePeriod")
        or all(has(line, "cac:InvoicePeriod") for line in lines)
    )


@rule("BR-DE-TMP-32", cii=at(f"{CII}/{T}"), severity=INFORMATION, says=said(day_of_supply_is_known))
def day_of_supply_is_known_in_cii(trade: Place, _: Document) -> bool:
    happened = "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime"
    period = "ram:BillingSpecifiedPeriod"
    return (
        has(trade, f"ram:ApplicableHeaderTradeDelivery/{happened}")
        or has(trade, f"ram:ApplicableHeaderTradeSettlement/{period}")
        or all(has(line, f"ram:SpecifiedLineTradeSettlement/{period}")
               for line in trade.findall(CII_LINE))
    )  # fmt: skip


def _code(place: Place, _: Document) -> str:
    return tidied(place, "ram:TypeCode") or tidied(place, "cbc:PaymentMeansCode")


ACCOUNT, CARD, MANDATE = "cac:PayeeFinancialAccount", "cac:CardAccount", "cac:PaymentMandate"
PAID_BY = (
    (
        "BR-DE-23",
        ("30", "58"),
        ACCOUNT,
        (CARD, MANDATE),
        "A transfer (30, 58) names an account (BG-17).",
        "A transfer (30, 58) names neither card (BG-18) nor mandate (BG-19).",
    ),
    (
        "BR-DE-24",
        ("48", "54", "55"),
        CARD,
        (ACCOUNT, MANDATE),
        "Payment by card (48, 54, 55) names the card (BG-18).",
        "Payment by card (48, 54, 55) names neither account (BG-17) nor mandate (BG-19).",
    ),
    (
        "BR-DE-25",
        ("59",),
        MANDATE,
        (ACCOUNT, CARD),
        "A direct debit (59) names its mandate (BG-19).",
        "A direct debit (59) names neither account (BG-17) nor card (BG-18).",
    ),
)
SAYS = {id: (needs, refuses) for id, _, _, _, needs, refuses in PAID_BY}
UBL_MEANS, CII_MEANS = both("cac:PaymentMeans"), f"{CII}/{SETTLEMENT}/{MEANS}"
for _id, _codes, _need, _refused, _needs, _refuses in PAID_BY:
    for _one in _codes:
        _keyed = (_code, _one)
        rule(f"{_id}-a", ubl=at(UBL_MEANS, _need, kind=_keyed), says=_needs)(is_there)
        rule(f"{_id}-b", ubl=at(UBL_MEANS, *_refused, kind=_keyed), says=_refuses)(is_not_there)


def has_mandate(means: Place, document: Document) -> bool:
    """Whether a CII invoice has anything of a direct debit (BG-19)."""
    header = document.above()
    return (
        has(header, "ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID")
        or has(header, "ram:CreditorReferenceID")
        or has(means, "ram:PayerPartyDebtorFinancialAccount/ram:IBANID")
    )


CII_ACCOUNT = "ram:PayeePartyCreditorFinancialAccount"
CII_CARD = "ram:ApplicableTradeSettlementFinancialCard"


def _cii_needs(means: Place, document: Document, path: str) -> bool:
    return has(means, path) if path else has_mandate(means, document)


def _cii_refuses(means: Place, document: Document, mandate: bool, *paths: str) -> bool:
    return not any(has(means, path) for path in paths) and not (
        mandate and has_mandate(means, document)
    )


for _id, _codes, _path, _mandate, _paths in (
    ("BR-DE-23", ("30", "58"), CII_ACCOUNT, True, (CII_CARD,)),
    ("BR-DE-24", ("48", "54", "55"), CII_CARD, True, (CII_ACCOUNT,)),
    ("BR-DE-25", ("59",), "", False, (
        CII_ACCOUNT, "ram:PayeeSpecifiedCreditorFinancialInstitution",
        "ram:PayerSpecifiedDebtorFinancialInstitution", CII_CARD,
    )),
):  # fmt: skip
    for _one in _codes:
        _keyed = (_code, _one)
        rule(f"{_id}-a", cii=at(CII_MEANS, _path, kind=_keyed), says=SAYS[_id][0])(_cii_needs)
        rule(f"{_id}-b", cii=at(CII_MEANS, _mandate, *_paths, kind=_keyed), says=SAYS[_id][1])(
            _cii_refuses
        )

rule("BR-DE-19", severity=WARNING, says="A SEPA transfer (58) names a good IBAN (BT-84).",
     ubl=at(UBL_MEANS, "cbc:PaymentMeansCode", f"{ACCOUNT}/cbc:ID", "58"),
     cii=at(CII_MEANS, "ram:TypeCode", f"{CII_ACCOUNT}/ram:IBANID", "58"),
     )(german.account_is_an_iban)  # fmt: skip
rule("BR-DE-20", severity=WARNING, says="A SEPA direct debit (59) names a good IBAN (BT-91).",
     ubl=at(UBL_MEANS, "cbc:PaymentMeansCode", f"{MANDATE}/cac:PayerFinancialAccount/cbc:ID", "59"),
     cii=at(CII_MEANS, "ram:TypeCode", "ram:PayerPartyDebtorFinancialAccount/ram:IBANID", "59"),
     )(german.account_is_an_iban)  # fmt: skip

LINE_TAX = (
    f"{T}/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement"
    "/ram:ApplicableTradeTax"
)


@rule("BR-DE-16", cii=at(CII), says=said(german.seller_is_known_to_the_tax_office))
def seller_is_known_to_the_tax_office(invoice: Place, _: Document) -> bool:
    taxed = "VAT" in values(invoice, f"{LINE_TAX}/ram:TypeCode") and bool(
        german.TAXED & set(values(invoice, f"{LINE_TAX}/ram:CategoryCode"))
    )
    numbers = each(invoice, f"{CII_SELLER}/ram:SpecifiedTaxRegistration/ram:ID")
    return (
        not taxed
        or has(invoice, f"{AGREEMENT}/ram:SellerTaxRepresentativeTradeParty")
        or any(
            tidy(number.get("schemeID") or "") in ("VA", "FC") and tidy(number.text or "") != ""
            for number in numbers
        )
    )


@rule("BR-DE-17", cii=at(CII), severity=WARNING, says=said(german.type_is_usual))
def type_is_usual(invoice: Place, _: Document) -> bool:
    return tidied(invoice, "rsm:ExchangedDocument/ram:TypeCode") in german.TYPES


@rule("BR-DE-18", cii=at(CII), says=said(german.discount_is_well_formed))
def discount_is_well_formed(invoice: Place, _: Document) -> bool:
    terms = each(invoice, f"{SETTLEMENT}/ram:SpecifiedTradePaymentTerms")
    return german.discounts_are_well_formed(
        [found[0] for one in terms if (found := values(one, "ram:Description"))]
    )


@rule("BR-DE-22", cii=at(CII), says=said(german.files_have_their_own_names))
def files_have_their_own_names(_: Place, document: Document) -> bool:
    tag = "ram:AdditionalReferencedDocument"
    if not document.all("ram:AttachmentBinaryObject"):
        return True
    for parent in document.root.iter():
        seen: set[str] = set()
        for paper in parent.findall(tag):
            names = {n for c in paper.findall("ram:AttachmentBinaryObject")
                     if (n := c.get("filename")) is not None}  # fmt: skip
            if names & seen:
                return False
            seen |= names
    return True


@rule("BR-DE-26", cii=at(CII), severity=WARNING, says=said(german.correction_names_its_invoice))
def correction_names_its_invoice(invoice: Place, _: Document) -> bool:
    return tidied(invoice, "rsm:ExchangedDocument/ram:TypeCode") != "384" or has(
        invoice, f"{SETTLEMENT}/ram:InvoiceReferencedDocument"
    )


def _debit(invoice: Place) -> tuple[bool, bool, bool]:
    """Whether mandate (BT-89), creditor (BT-90) and debited account (BT-91) are named."""
    return (
        has(invoice, f"{SETTLEMENT}/ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID"),
        has(invoice, f"{SETTLEMENT}/ram:CreditorReferenceID"),
        has(invoice, f"{SETTLEMENT}/{MEANS}/ram:PayerPartyDebtorFinancialAccount/ram:IBANID"),
    )


@rule("BR-DE-30", cii=at(CII), says=said(german.debit_names_the_creditor))
def debit_names_the_creditor(invoice: Place, _: Document) -> bool:
    mandate, creditor, account = _debit(invoice)
    return ((mandate or account) and creditor) or not (mandate or creditor or account)


@rule("BR-DE-31", cii=at(CII), says=said(german.debit_names_the_account))
def debit_names_the_account(invoice: Place, _: Document) -> bool:
    mandate, creditor, account = _debit(invoice)
    return ((mandate or creditor) and account) or not (mandate or creditor or account)


@rule("BR-TMP-3", cii=at(f"{CII}/{T}/ram:IncludedSupplyChainTradeLineItem"))
def prices_are_for_the_same_quantity(line: Place, _: Document) -> bool:
    """Net and gross price of a line (BT-146, BT-148) are for the same quantity and unit (BT-149,
    BT-150)."""
    agreed = "ram:SpecifiedLineTradeAgreement"
    gross = each(line, f"{agreed}/ram:GrossPriceProductTradePrice/ram:BasisQuantity")
    net = each(line, f"{agreed}/ram:NetPriceProductTradePrice/ram:BasisQuantity")
    if not gross or not net:
        return True
    if not any((a.text or "") == (b.text or "") for a in gross for b in net):
        return False
    units, others = ([u for q in quantities if (u := q.get("unitCode")) is not None]
                     for quantities in (gross, net))  # fmt: skip
    return not units or not others or bool(set(units) & set(others))
