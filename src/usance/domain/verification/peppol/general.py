"""Peppol BIS Billing 3: what every invoice on the network must say, and how."""

import re

from ..document import Document
from ..paths import (
    CII_LINE,
    CII_MEANS,
    CII_TOTALS,
    INVOICE,
    LINE,
    SETTLEMENT,
)
from ..reading import (
    Place,
    day,
    decimal,
    double,
    each,
    first,
    has,
    text,
    tidy,
    value,
    values,
    written,
)
from ..rulebook import Chapter, at
from .parties import both_in

CHAPTER = Chapter()
rule = CHAPTER.rule
CONTEXT = "rsm:ExchangedDocumentContext"
HEADER = "ram:ApplicableHeaderTradeSettlement"
PROFILE = re.compile(r"urn:fdc:peppol\.eu:2017:poacc:billing:([0-9]{2}):1\.0")
PROCESSES = {
    "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0": "01",
    "urn:peppol:bis:billing_with_response": "02",
}
BILLING = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"


def process(document: Document) -> str:
    """The number of the process, "01" for billing; "" if it is not told as it should be.

    The UBL artefacts (3.0.21) know two processes by name, those for CII any by its number.
    """
    if document.syntax == "ubl":
        return PROCESSES.get(tidy(value(document.root, "cbc:ProfileID")), "")
    path = f"{CONTEXT}/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
    found = PROFILE.search(tidy(value(document.root, path)))
    return found[1] if found else ""


@rule("PEPPOL-EN16931-R001", ubl=at(INVOICE, "cbc:ProfileID"),
      cii=at(CONTEXT, "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"))  # fmt: skip
def process_is_named(place: Place, _: Document, path: str) -> bool:
    """The invoice names the business process (BT-23)."""
    return has(place, path)


@rule("PEPPOL-EN16931-R007", ubl=at(INVOICE), cii=at(CONTEXT))
def process_is_of_peppol(_: Place, document: Document) -> bool:
    """The business process (BT-23) is one of Peppol, such as
    urn:fdc:peppol.eu:2017:poacc:billing:01:1.0."""
    return document.fact(process) != ""


@rule("PEPPOL-EN16931-R002", ubl=at(INVOICE))
def one_note(invoice: Place, document: Document) -> bool:
    """An invoice has one note (BT-22) at most; between Germans it may have more."""
    return len(invoice.findall("cbc:Note")) <= 1 or both_in(document, "DE")


@rule("PEPPOL-EN16931-R002", cii=at("rsm:ExchangedDocument"), says=one_note.__doc__ or "")
def one_note_in_cii(document: Place, _: Document) -> bool:
    notes = document.findall("ram:IncludedNote")
    return len(notes) <= 1 and not any(has(note, "ram:SubjectCode") for note in notes)


@rule("PEPPOL-EN16931-R003", ubl=at(INVOICE, "cbc:BuyerReference", "cac:OrderReference/cbc:ID"),
      cii=at("ram:ApplicableHeaderTradeAgreement", "ram:BuyerReference",
             "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"))  # fmt: skip
def buyer_or_order_is_referenced(place: Place, _: Document, *paths: str) -> bool:
    """The invoice gives the buyer's reference (BT-10) or order (BT-13)."""
    return any(has(place, path) for path in paths)


@rule("PEPPOL-EN16931-R004", ubl=at(INVOICE, "cbc:CustomizationID"),
      cii=at(CONTEXT, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"))  # fmt: skip
def specification_is_of_peppol(place: Place, _: Document, path: str) -> bool:
    """The specification (BT-24) is that of Peppol BIS Billing 3."""
    return tidy(value(place, path)).startswith(BILLING)


@rule("PEPPOL-EN16931-R005", ubl=at("cbc:TaxCurrencyCode"))
def tax_currency_is_another(currency: Place, document: Document) -> bool:
    """The currency for accounting VAT (BT-6) is another than that of the invoice (BT-5)."""
    return tidy(text(currency)) != tidy(value(document.above(), "cbc:DocumentCurrencyCode"))


@rule("PEPPOL-EN16931-R005", cii=at(HEADER), says=tax_currency_is_another.__doc__ or "")
def tax_currency_is_another_in_cii(header: Place, _: Document) -> bool:
    return not has(header, "ram:TaxCurrencyCode") or tidy(
        value(header, "ram:TaxCurrencyCode")
    ) != tidy(value(header, "ram:InvoiceCurrencyCode"))


def _typed(place: Place, tag: str, kind: str, code: str) -> int:
    return sum(code in values(paper, kind) for paper in each(place, tag))


@rule("PEPPOL-EN16931-R006", cii=at("ram:ApplicableHeaderTradeAgreement"))
def one_invoiced_object(agreement: Place, _: Document) -> bool:
    """An invoice refers to one invoiced object (BT-18) at most."""
    return _typed(agreement, "ram:AdditionalReferencedDocument", "ram:TypeCode", "130") <= 1


@rule("PEPPOL-EN16931-R080",
      ubl=at("/CreditNote", "cac:AdditionalDocumentReference", "cbc:DocumentTypeCode"),
      cii=at("ram:ApplicableHeaderTradeAgreement", "ram:AdditionalReferencedDocument",
             "ram:TypeCode"))  # fmt: skip
def one_project(place: Place, _: Document, tag: str, kind: str) -> bool:
    """There is one project reference (type 50) at most."""
    return _typed(place, tag, kind, "50") <= 1


@rule("PEPPOL-EN16931-R008", ubl=at(INVOICE))
def nothing_is_empty(_: Place, document: Document) -> bool | tuple[Place, ...]:
    """What has nothing to say is left out: there are no empty elements."""
    return empty_places(document) or True


def empty_places(document: Document) -> tuple[Place, ...]:
    if not document.shape.has_blanks:
        return ()
    return tuple(place for place in document.root.iter() if not len(place) and not written(place))


@rule("PEPPOL-EN16931-R010", ubl=at("cac:AccountingCustomerParty/cac:Party", "cbc:EndpointID"),
      cii=at("ram:BuyerTradeParty", "ram:URIUniversalCommunication/ram:URIID"))  # fmt: skip
def buyer_has_an_address(party: Place, _: Document, path: str) -> bool:
    """The buyer has an electronic address (BT-49)."""
    return has(party, path)


@rule("PEPPOL-EN16931-R020", ubl=at("cac:AccountingSupplierParty/cac:Party", "cbc:EndpointID"),
      cii=at("ram:SellerTradeParty", "ram:URIUniversalCommunication/ram:URIID"))  # fmt: skip
def seller_has_an_address(party: Place, _: Document, path: str) -> bool:
    """The seller has an electronic address (BT-34)."""
    return has(party, path)


@rule("PEPPOL-EN16931-R053", ubl=at(INVOICE))
def one_tax_total_with_rows(invoice: Place, _: Document) -> bool:
    """There is one total VAT with a breakdown (BT-110, BG-23)."""
    return sum(has(taxes, "cac:TaxSubtotal") for taxes in invoice.findall("cac:TaxTotal")) == 1


@rule("PEPPOL-EN16931-R053", cii=at(HEADER), says=one_tax_total_with_rows.__doc__ or "")
def one_tax_total_in_cii(header: Place, _: Document) -> bool:
    return len(in_currency(header, "ram:InvoiceCurrencyCode")) == 1


@rule("PEPPOL-EN16931-R054", ubl=at(INVOICE))
def one_tax_total_without_rows(invoice: Place, _: Document) -> bool:
    """With a currency for accounting VAT (BT-6) there is one total in it (BT-111), else none."""
    plain = sum(not has(taxes, "cac:TaxSubtotal") for taxes in invoice.findall("cac:TaxTotal"))
    return plain == (1 if has(invoice, "cbc:TaxCurrencyCode") else 0)


@rule("PEPPOL-EN16931-R054", cii=at(HEADER), says=one_tax_total_without_rows.__doc__ or "")
def one_other_tax_total_in_cii(header: Place, document: Document) -> bool:
    own = values(document.root, f"{SETTLEMENT}/ram:InvoiceCurrencyCode")
    others = [
        tax
        for tax in each(header, f"{CII_TOTALS}/ram:TaxTotalAmount")
        if (currency := tax.get("currencyID")) is not None and any(currency != one for one in own)
    ]
    return len(others) == (1 if has(header, "ram:TaxCurrencyCode") else 0)


def in_currency(header: Place, tag: str) -> list[Place]:
    """The CII tax totals in the currency of the invoice or for accounting VAT."""
    currencies = values(header, tag)
    taxes = each(header, f"{CII_TOTALS}/ram:TaxTotalAmount")
    return [tax for tax in taxes if tax.get("currencyID") in currencies]


def same_sign(ones: list[Place], others: list[Place], *, zero_is_negative: bool) -> bool:
    """Whether some amount of each list has the sign of the other."""
    first_signs = {_sign(place) for place in ones}
    other_signs = {_sign(place) for place in others}
    below = {-1, 0} if zero_is_negative else {-1}
    return any(bool(first_signs & side) and bool(other_signs & side) for side in (below, {0, 1}))


def _sign(place: Place) -> int | None:
    number = double(text(place))
    return None if number is None else (number > 0) - (number < 0)


@rule("PEPPOL-EN16931-R055", ubl=at(INVOICE))
def tax_totals_have_one_sign(invoice: Place, _: Document) -> bool:
    """The total VAT in both currencies (BT-110, BT-111) has the same sign."""
    if not has(invoice, "cbc:TaxCurrencyCode"):
        return True
    taxes = each(invoice, "cac:TaxTotal/cbc:TaxAmount")
    own, other = (
        [tax for tax in taxes if tax.get("currencyID") == tidy(value(invoice, tag))]
        for tag in ("cbc:DocumentCurrencyCode", "cbc:TaxCurrencyCode")
    )
    return same_sign(own, other, zero_is_negative=True)


@rule("PEPPOL-EN16931-R055", cii=at(HEADER), says=tax_totals_have_one_sign.__doc__ or "")
def tax_totals_have_one_sign_in_cii(header: Place, _: Document) -> bool:
    if not has(header, "ram:TaxCurrencyCode"):
        return True
    own, other = (
        in_currency(header, tag) for tag in ("ram:InvoiceCurrencyCode", "ram:TaxCurrencyCode")
    )
    return same_sign(own, other, zero_is_negative=False)


@rule("PEPPOL-EN16931-R061", ubl=at("cac:PaymentMeans"))
def debit_has_a_mandate(means: Place, _: Document) -> bool:
    """A direct debit (BT-81 is 49 or 59) names its mandate (BT-89)."""
    codes = [tidy(code) for code in values(means, "cbc:PaymentMeansCode")]
    return not {"49", "59"} & set(codes) or has(means, "cac:PaymentMandate/cbc:ID")


@rule("PEPPOL-EN16931-R061", cii=at(CII_MEANS), says=debit_has_a_mandate.__doc__ or "")
def debit_has_a_mandate_in_cii(means: Place, document: Document) -> bool:
    codes = [tidy(code) for code in values(means, "ram:TypeCode")]
    mandate = "ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID"
    return not {"49", "59"} & set(codes) or has(document.above(), mandate)


UBL_PERIOD = (
    "/Invoice/cac:InvoiceLine/cac:InvoicePeriod | /CreditNote/cac:CreditNoteLine/cac:InvoicePeriod"
)
LINE_PERIOD = f"{CII_LINE}/ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod"


def _within(period: Place, document: Document, tag: str, *, start: bool) -> bool:
    own, whole = period.find(tag), first(document.root, f"cac:InvoicePeriod/{tag}")
    if own is None or whole is None:
        return True
    mine, limit = day(text(own)), day(text(whole))
    return mine >= limit if start else mine <= limit


def _within_in_cii(period: Place, document: Document, tag: str, *, start: bool) -> bool:
    path = f"{SETTLEMENT}/ram:BillingSpecifiedPeriod/{tag}"
    if not has(document.root, path) or not has(period, tag):
        return True
    limits = values(document.root, f"{path}/udt:DateTimeString")
    own = values(period, f"{tag}/udt:DateTimeString")
    return any(a >= b if start else a <= b for a in own for b in limits)


@rule("PEPPOL-EN16931-R110", ubl=at(UBL_PERIOD), cii=at(LINE_PERIOD))
def line_starts_within_the_invoice(period: Place, document: Document) -> bool:
    """The period of a line (BT-134) does not start before that of the invoice (BT-73)."""
    if document.syntax == "ubl":
        return _within(period, document, "cbc:StartDate", start=True)
    return _within_in_cii(period, document, "ram:StartDateTime", start=True)


@rule("PEPPOL-EN16931-R111", ubl=at(UBL_PERIOD), cii=at(LINE_PERIOD))
def line_ends_within_the_invoice(period: Place, document: Document) -> bool:
    """The period of a line (BT-135) does not end after that of the invoice (BT-74)."""
    if document.syntax == "ubl":
        return _within(period, document, "cbc:EndDate", start=False)
    return _within_in_cii(period, document, "ram:EndDateTime", start=False)


@rule("PEPPOL-EN16931-R100", ubl=at(LINE))
def one_object_on_a_line(line: Place, _: Document) -> bool:
    """A line refers to one invoiced object (BT-128) at most."""
    return len(line.findall("cac:DocumentReference")) <= 1


@rule("PEPPOL-EN16931-R100", cii=at(CII_LINE), says=one_object_on_a_line.__doc__ or "")
def one_object_on_a_line_in_cii(line: Place, _: Document) -> bool:
    papers = "ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument"
    return _typed(line, papers, "ram:TypeCode", "130") <= 1


@rule("PEPPOL-EN16931-R101",
      ubl=at(LINE, "cac:DocumentReference", "cbc:DocumentTypeCode"),
      cii=at(CII_LINE, "ram:SpecifiedLineTradeSettlement/ram:AdditionalReferencedDocument",
             "ram:TypeCode"))  # fmt: skip
def line_refers_to_objects_only(line: Place, _: Document, papers: str, kind: str) -> bool:
    """What a line refers to is the invoiced object (BT-128, type 130)."""
    return not has(line, papers) or "130" in values(line, f"{papers}/{kind}")


def not_above_zero(words: str) -> bool:
    return decimal(words) <= 0


@rule("PEPPOL-EN16931-R121", ubl=at(LINE, "cac:Price/cbc:BaseQuantity"),
      cii=at("ram:NetPriceProductTradePrice | ram:GrossPriceProductTradePrice",
             "ram:BasisQuantity"))  # fmt: skip
def base_quantity_is_positive(place: Place, _: Document, path: str) -> bool:
    """The quantity to which a price refers (BT-149) is above zero."""
    return not has(place, path) or not not_above_zero(value(place, path))
