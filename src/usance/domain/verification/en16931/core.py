"""EN 16931: what every invoice must say about itself, its parties and how it is paid."""

from ...finding import Severity
from ..document import Document
from ..paths import (
    BUYER,
    CII,
    CII_BUYER,
    CII_MEANS,
    CII_SELLER,
    DELIVERY,
    INVOICE,
    SELLER,
    SETTLEMENT,
)
from ..reading import Place, each, filled, first, has, text, tidied, tidy, values
from ..rulebook import Chapter, at

CHAPTER = Chapter()
rule = CHAPTER.rule
TRANSFER = ("30", "58")


@rule(
    "BR-01",
    ubl=at(INVOICE, "cbc:CustomizationID"),
    cii=at(
        CII, "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
    ),
)
def specification_is_named(invoice: Place, _: Document, path: str) -> bool:
    """The invoice names the specification it follows (BT-24)."""
    return filled(invoice, path)


@rule("BR-02", ubl=at(INVOICE, "cbc:ID"), cii=at(CII, "rsm:ExchangedDocument/ram:ID"))
def invoice_is_numbered(invoice: Place, _: Document, path: str) -> bool:
    """The invoice has a number (BT-1)."""
    return filled(invoice, path)


@rule("BR-03", ubl=at(INVOICE))
def invoice_is_dated(invoice: Place, _: Document) -> bool:
    """The invoice has a date of issue (BT-2)."""
    return filled(invoice, "cbc:IssueDate")


@rule("BR-03", cii=at(CII), says=invoice_is_dated.__doc__ or "")
def invoice_is_dated_in_cii(invoice: Place, _: Document) -> bool:
    dates = each(invoice, "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString")
    return any(tidy(text(date)) for date in dates if date.get("format") == "102")


@rule("BR-04", ubl=at(INVOICE, "cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode"),
      cii=at(CII, "rsm:ExchangedDocument/ram:TypeCode"))  # fmt: skip
def invoice_has_a_type(invoice: Place, _: Document, *paths: str) -> bool:
    """The invoice says what kind of document it is (BT-3)."""
    return any(filled(invoice, path) for path in paths)


@rule("BR-05", ubl=at(INVOICE, "cbc:DocumentCurrencyCode"),
      cii=at(CII, f"{SETTLEMENT}/ram:InvoiceCurrencyCode"))  # fmt: skip
def invoice_has_a_currency(invoice: Place, _: Document, path: str) -> bool:
    """The invoice names its currency (BT-5)."""
    return filled(invoice, path)


@rule("BR-06", ubl=at(INVOICE, f"{SELLER}/cac:PartyLegalEntity/cbc:RegistrationName"),
      cii=at(CII, f"{CII_SELLER}/ram:Name"))  # fmt: skip
def seller_is_named(invoice: Place, _: Document, path: str) -> bool:
    """The seller has a name (BT-27)."""
    return filled(invoice, path)


@rule("BR-07", ubl=at(INVOICE, f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName"),
      cii=at(CII, f"{CII_BUYER}/ram:Name"))  # fmt: skip
def buyer_is_named(invoice: Place, _: Document, path: str) -> bool:
    """The buyer has a name (BT-44)."""
    return filled(invoice, path)


@rule("BR-08", ubl=at(INVOICE, f"{SELLER}/cac:PostalAddress"),
      cii=at(CII, f"{CII_SELLER}/ram:PostalTradeAddress"))  # fmt: skip
def seller_has_an_address(invoice: Place, _: Document, path: str) -> bool:
    """The seller has a postal address (BG-5)."""
    return has(invoice, path)


@rule("BR-09", ubl=at(f"{SELLER}/cac:PostalAddress", "cac:Country/cbc:IdentificationCode"),
      cii=at(CII, f"{CII_SELLER}/ram:PostalTradeAddress/ram:CountryID"))  # fmt: skip
def seller_has_a_country(place: Place, _: Document, path: str) -> bool:
    """The seller's address names its country (BT-40)."""
    return filled(place, path)


@rule("BR-10", ubl=at(INVOICE, f"{BUYER}/cac:PostalAddress"),
      cii=at(CII, f"{CII_BUYER}/ram:PostalTradeAddress"))  # fmt: skip
def buyer_has_an_address(invoice: Place, _: Document, path: str) -> bool:
    """The buyer has a postal address (BG-8)."""
    return has(invoice, path)


@rule("BR-11", ubl=at(f"{BUYER}/cac:PostalAddress", "cac:Country/cbc:IdentificationCode"),
      cii=at(CII, f"{CII_BUYER}/ram:PostalTradeAddress/ram:CountryID"))  # fmt: skip
def buyer_has_a_country(place: Place, _: Document, path: str) -> bool:
    """The buyer's address names its country (BT-55)."""
    return filled(place, path)


@rule("BR-16", ubl=at(INVOICE, "cac:InvoiceLine", "cac:CreditNoteLine"),
      cii=at(CII, "ram:IncludedSupplyChainTradeLineItem"))  # fmt: skip
def there_is_a_line(invoice: Place, document: Document, *tags: str) -> bool:
    """An invoice has at least one line (BG-25)."""
    if document.syntax == "ubl":
        return any(has(invoice, tag) for tag in tags)
    return bool(document.all(tags[0]))


@rule("BR-17", ubl=at("cac:PayeeParty"))
def payee_is_not_the_seller(payee: Place, document: Document) -> bool:
    """A payee (BG-10) has a name (BT-59), and differs from the seller."""
    seller = "cac:AccountingSupplierParty/cac:Party"
    name, number = "cac:PartyName/cbc:Name", "cac:PartyIdentification/cbc:ID"
    return _another(payee, document.above(), has(payee, name), (
        (name, f"{seller}/{name}"), (number, f"{seller}/{number}"),
    ))  # fmt: skip


@rule("BR-17", cii=at("ram:PayeeTradeParty"), says=payee_is_not_the_seller.__doc__ or "")
def payee_is_not_the_seller_in_cii(payee: Place, document: Document) -> bool:
    seller = "ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty"
    same = ("ram:Name", "ram:ID", "ram:SpecifiedLegalOrganization/ram:ID")
    pairs = tuple((path, f"{seller}/{path}") for path in same)
    return _another(payee, document.above(2), has(payee, "ram:Name"), pairs)


def _another(payee: Place, around: Place, named: bool, pairs: tuple[tuple[str, str], ...]) -> bool:
    return named and not any(
        set(values(payee, own)) & set(values(around, other)) for own, other in pairs
    )


AGENT, CII_AGENT = "cac:TaxRepresentativeParty", "ram:SellerTaxRepresentativeTradeParty"


@rule("BR-18", ubl=at(AGENT, "cac:PartyName/cbc:Name"), cii=at(CII_AGENT, "ram:Name"))
def representative_is_named(agent: Place, _: Document, path: str) -> bool:
    """A tax representative (BG-11) has a name (BT-62)."""
    return filled(agent, path)


@rule("BR-19", ubl=at(AGENT, "cac:PostalAddress"), cii=at(CII_AGENT, "ram:PostalTradeAddress"))
def representative_has_an_address(agent: Place, _: Document, path: str) -> bool:
    """A tax representative (BG-11) has a postal address (BG-12)."""
    return has(agent, path)


@rule("BR-20", ubl=at(f"{AGENT}/cac:PostalAddress", "cac:Country/cbc:IdentificationCode"),
      cii=at(CII_AGENT, "ram:PostalTradeAddress/ram:CountryID"))  # fmt: skip
def representative_has_a_country(place: Place, _: Document, path: str) -> bool:
    """The address of a tax representative names its country (BT-69)."""
    return filled(place, path)


@rule("BR-49", ubl=at("cac:PaymentMeans", "cbc:PaymentMeansCode"),
      cii=at(CII_MEANS, "ram:TypeCode"))  # fmt: skip
def payment_means_have_a_code(means: Place, _: Document, path: str) -> bool:
    """Payment instructions (BG-16) say by code how to pay (BT-81)."""
    return has(means, path)


def _by_transfer(account: Place, document: Document) -> bool:
    path = "cbc:PaymentMeansCode" if document.syntax == "ubl" else "ram:TypeCode"
    return any(code in TRANSFER for code in values(document.above(), path))


@rule("BR-50",
      ubl=at("cac:PaymentMeans/cac:PayeeFinancialAccount", "cbc:ID", when=_by_transfer),
      cii=at(f"{CII_MEANS}/ram:PayeePartyCreditorFinancialAccount", "ram:IBANID",
             "ram:ProprietaryID", when=_by_transfer))  # fmt: skip
def account_is_numbered(account: Place, _: Document, *paths: str) -> bool:
    """Whoever asks for a transfer names the account (BT-84)."""
    return any(filled(account, path) for path in paths)


@rule("BR-51", ubl=at("cac:PaymentMeans/cac:CardAccount/cbc:PrimaryAccountNumberID"),
      severity=Severity.WARNING)  # fmt: skip
def card_number_is_cut(card: Place, _: Document) -> bool:
    """Of a payment card at most ten digits are shown (BT-87)."""
    return len(tidy(text(card))) <= 10


@rule("BR-51", cii=at("ram:ApplicableTradeSettlementFinancialCard"),
      says=card_number_is_cut.__doc__ or "")  # fmt: skip
def card_number_is_cut_in_cii(card: Place, _: Document) -> bool:
    return len(tidied(card, "ram:ID")) <= 10


@rule("BR-52", ubl=at("cac:AdditionalDocumentReference", "cbc:ID"),
      cii=at("ram:AdditionalReferencedDocument", "ram:IssuerAssignedID"))  # fmt: skip
def supporting_document_is_referenced(paper: Place, _: Document, path: str) -> bool:
    """A supporting document (BG-24) has a reference (BT-122)."""
    return filled(paper, path)


@rule("BR-53", ubl=at(INVOICE))
def tax_is_given_in_the_tax_currency(invoice: Place, document: Document) -> bool:
    """With a currency for accounting VAT (BT-6), the total VAT is given in it too (BT-111)."""
    wanted = values(invoice, "cbc:TaxCurrencyCode")
    return not wanted or set(wanted) <= {
        amount.get("currencyID")
        for taxes in document.all("cac:TaxTotal")
        for amount in taxes.findall("cbc:TaxAmount")
    }


@rule("BR-53", cii=at("ram:SpecifiedTradeSettlementHeaderMonetarySummation"),
      says=tax_is_given_in_the_tax_currency.__doc__ or "")  # fmt: skip
def tax_is_given_in_the_tax_currency_in_cii(totals: Place, document: Document) -> bool:
    wanted = set(values(document.root, f"{SETTLEMENT}/ram:TaxCurrencyCode"))
    if not wanted:
        return True
    given = {amount.get("currencyID") for amount in totals.findall("ram:TaxTotalAmount")}
    own = set(values(document.root, f"{SETTLEMENT}/ram:InvoiceCurrencyCode"))
    return bool(wanted & given) and not wanted & own


@rule("BR-55", ubl=at("cac:BillingReference"))
def preceding_invoice_is_numbered(reference: Place, _: Document) -> bool:
    """A reference to a preceding invoice (BG-3) gives its number (BT-25)."""
    return has(reference, "cac:InvoiceDocumentReference/cbc:ID")


@rule("BR-55", cii=at(f"{CII}/{SETTLEMENT}/ram:InvoiceReferencedDocument"),
      says=preceding_invoice_is_numbered.__doc__ or "")  # fmt: skip
def preceding_invoice_is_numbered_in_cii(reference: Place, _: Document) -> bool:
    return filled(reference, "ram:IssuerAssignedID")


@rule("BR-56", ubl=at(AGENT))
def representative_has_a_vat_number(agent: Place, _: Document) -> bool:
    """A tax representative (BG-11) has a VAT identifier (BT-63)."""
    return any(
        has(scheme, "cbc:CompanyID")
        for scheme in agent.findall("cac:PartyTaxScheme")
        if is_vat(scheme)
    )


@rule("BR-56", cii=at(CII_AGENT), says=representative_has_a_vat_number.__doc__ or "")
def representative_has_a_vat_number_in_cii(agent: Place, _: Document) -> bool:
    numbers = each(agent, "ram:SpecifiedTaxRegistration/ram:ID")
    return any(tidy(text(number)) for number in numbers if number.get("schemeID") == "VA")


def is_vat(place: Place) -> bool:
    """Whether a UBL tax scheme or category is about VAT."""
    for scheme in place.findall("cac:TaxScheme"):
        for number in scheme.findall("cbc:ID"):
            words = text(number)
            if words == "VAT" or tidy(words.upper()) == "VAT":
                return True
    return False


@rule("BR-57", ubl=at("cac:Delivery/cac:DeliveryLocation/cac:Address"))
def place_of_delivery_has_a_country(address: Place, _: Document) -> bool:
    """An address of delivery (BG-15) names its country (BT-80)."""
    return has(address, "cac:Country/cbc:IdentificationCode")


@rule("BR-57", cii=at(f"{CII}/{DELIVERY}"), says=place_of_delivery_has_a_country.__doc__ or "")
def place_of_delivery_has_a_country_in_cii(delivery: Place, _: Document) -> bool:
    address = first(delivery, "ram:ShipToTradeParty/ram:PostalTradeAddress")
    return address is None or filled(address, "ram:CountryID")


@rule("BR-61", ubl=at("cac:PaymentMeans"))
def transfer_names_an_account(means: Place, _: Document) -> bool:
    """A credit transfer (BT-81 is 30 or 58) names an account (BT-84)."""
    return tidied(means, "cbc:PaymentMeansCode") not in TRANSFER or has(
        means, "cac:PayeeFinancialAccount/cbc:ID"
    )


@rule("BR-61", cii=at(f"{CII_MEANS}/ram:PayeePartyCreditorFinancialAccount", when=_by_transfer),
      says=transfer_names_an_account.__doc__ or "")  # fmt: skip
def transfer_names_an_account_in_cii(account: Place, _: Document) -> bool:
    return has(account, "ram:IBANID") or has(account, "ram:ProprietaryID")


@rule("BR-62", ubl=at(f"{SELLER}/cbc:EndpointID"))
def seller_address_has_a_scheme(address: Place, _: Document) -> bool:
    """The seller's electronic address (BT-34) says of which scheme it is."""
    return address.get("schemeID") is not None


@rule("BR-63", ubl=at(f"{BUYER}/cbc:EndpointID"))
def buyer_address_has_a_scheme(address: Place, _: Document) -> bool:
    """The buyer's electronic address (BT-49) says of which scheme it is."""
    return address.get("schemeID") is not None


def _scheme_of_address(invoice: Place, party: str) -> bool:
    ways = each(invoice, f"{party}/ram:URIUniversalCommunication")
    if not ways:
        return True
    return any(tidy(number.get("schemeID") or "") for number in ways[0].findall("ram:URIID"))


@rule("BR-62", cii=at(CII), says=seller_address_has_a_scheme.__doc__ or "")
def seller_address_has_a_scheme_in_cii(invoice: Place, _: Document) -> bool:
    return _scheme_of_address(invoice, CII_SELLER)


@rule("BR-63", cii=at(CII), says=buyer_address_has_a_scheme.__doc__ or "")
def buyer_address_has_a_scheme_in_cii(invoice: Place, _: Document) -> bool:
    return _scheme_of_address(invoice, CII_BUYER)


@rule("BR-CO-26", ubl=at("cac:AccountingSupplierParty"))
def seller_can_be_identified(seller: Place, _: Document) -> bool:
    """The seller gives an identifier (BT-29), a registration (BT-30) or a VAT number (BT-31)."""
    party = "cac:Party"
    return (
        any(has(s, "cbc:CompanyID") for s in each(seller, f"{party}/cac:PartyTaxScheme")
            if is_vat(s))
        or any(number.get("schemeID") != "SEPA"
               for number in each(seller, f"{party}/cac:PartyIdentification/cbc:ID"))
        or has(seller, f"{party}/cac:PartyLegalEntity/cbc:CompanyID")
    )  # fmt: skip


@rule("BR-CO-26", cii=at("ram:SellerTradeParty"), says=seller_can_be_identified.__doc__ or "")
def seller_can_be_identified_in_cii(seller: Place, _: Document) -> bool:
    return (
        any(has(seller, p)
            for p in ("ram:ID", "ram:GlobalID", "ram:SpecifiedLegalOrganization/ram:ID"))
        or any(number.get("schemeID") == "VA"
               for number in each(seller, "ram:SpecifiedTaxRegistration/ram:ID"))
    )  # fmt: skip


@rule("BR-CO-03", ubl=at(INVOICE))
def one_way_to_say_the_tax_point(invoice: Place, _: Document) -> bool:
    """The date on which VAT falls due is given by date (BT-7) or by code (BT-8), not by both."""
    return not (has(invoice, "cbc:TaxPointDate")
                and has(invoice, "cac:InvoicePeriod/cbc:DescriptionCode"))  # fmt: skip
