"""The model as a CII invoice, elements in the order of the Factur-X EN 16931 schema.

Source: CEN/TS 16931-3-3:2020; Factur-X 1.07 (CII D22B), profile EN 16931.
"""

from collections.abc import Iterator

from usance.domain.invoice import Invoice
from usance.domain.invoice.document import (
    Account,
    Attachment,
    Delivery,
    Note,
    PaymentMeans,
    Preceding,
    Tax,
)

from ._cii_parts import OBJECT_CODE, QDT, RAM, RSM, SUPPORTING_CODE, TENDER_CODE, UDT
from ._cii_read import TAX_POINT_CODES
from ._cii_write_parts import allowance, day, line, party, payee, period, representative
from ._write import DECLARATION, binary, each, group, leaf

EN16931 = "urn:cen.eu:en16931:2017"
NOT_AVAILABLE = "NA"  # Beside BT-111 without BT-6, so that it is not taken for BT-110.
_DUE_CODES = {model: cii for cii, model in TAX_POINT_CODES.items()}
_ROOT = (
    f'<rsm:CrossIndustryInvoice xmlns:rsm="{RSM}"\n xmlns:ram="{RAM}"\n xmlns:qdt="{QDT}"\n'
    f' xmlns:udt="{UDT}">\n'
)


def document(invoice: Invoice) -> str:
    """The whole file."""
    return (
        f"{DECLARATION}{_ROOT}{_context(invoice)}{_head(invoice)}"
        "<rsm:SupplyChainTradeTransaction>\n"
        f"{each(line(each_line) for each_line in invoice.lines)}"
        f"{_agreement(invoice)}{_delivery(invoice)}{_settlement(invoice)}"
        "</rsm:SupplyChainTradeTransaction>\n</rsm:CrossIndustryInvoice>\n"
    )


def _context(invoice: Invoice) -> str:
    """BT-24 states what this writer keeps to; of others only XRechnung is written in CII."""
    specification = invoice.specification if "xrechnung" in invoice.specification else EN16931
    return group(
        "rsm:ExchangedDocumentContext",
        group(
            "ram:BusinessProcessSpecifiedDocumentContextParameter",
            leaf("ram:ID", invoice.process),
        ),
        group("ram:GuidelineSpecifiedDocumentContextParameter", leaf("ram:ID", specification)),
    )


def _head(invoice: Invoice) -> str:
    return group(
        "rsm:ExchangedDocument",
        leaf("ram:ID", invoice.number),
        leaf("ram:TypeCode", invoice.type_code),
        day("ram:IssueDateTime", invoice.issued_on),
        *(_note(note) for note in invoice.notes),
    )


def _note(note: Note) -> str:
    return group(
        "ram:IncludedNote",
        leaf("ram:Content", note.text),
        leaf("ram:SubjectCode", note.subject),
    )


def _reference(name: str, number: str) -> str:
    return group(name, leaf("ram:IssuerAssignedID", number))


def _agreement(invoice: Invoice) -> str:
    name = "ram:ApplicableHeaderTradeAgreement"
    inner = (
        leaf("ram:BuyerReference", invoice.buyer_reference)
        + party("ram:SellerTradeParty", invoice.seller)
        + party("ram:BuyerTradeParty", invoice.buyer)
        + representative(invoice.tax_representative)
        + _reference("ram:SellerOrderReferencedDocument", invoice.sales_order)
        + _reference("ram:BuyerOrderReferencedDocument", invoice.order)
        + _reference("ram:ContractReferencedDocument", invoice.contract)
        + each(_documents(invoice))
        + group(
            "ram:SpecifiedProcuringProject",
            leaf("ram:ID", invoice.project),
            # The schema wants a name, EN 16931 has none.
            leaf("ram:Name", "Project reference" if invoice.project else ""),
        )
    )
    return f"<{name}>\n{inner}</{name}>\n"


def _documents(invoice: Invoice) -> Iterator[str]:
    name = "ram:AdditionalReferencedDocument"
    for paper in invoice.attachments:
        yield group(name, *_attachment(paper))
    if invoice.tender:
        yield group(
            name, leaf("ram:IssuerAssignedID", invoice.tender), leaf("ram:TypeCode", TENDER_CODE)
        )
    if invoice.object_id:
        yield group(
            name,
            leaf("ram:IssuerAssignedID", invoice.object_id.value),
            leaf("ram:TypeCode", OBJECT_CODE),
            leaf("ram:ReferenceTypeCode", invoice.object_id.scheme),
        )


def _attachment(paper: Attachment) -> tuple[str, ...]:
    return (
        leaf("ram:IssuerAssignedID", paper.reference),
        leaf("ram:URIID", paper.url),
        leaf("ram:TypeCode", SUPPORTING_CODE),
        leaf("ram:Name", paper.description),
        binary(
            "ram:AttachmentBinaryObject",
            paper.content,
            mimeCode=paper.media_type,
            filename=paper.file_name,
        ),
    )


def _delivery(invoice: Invoice) -> str:
    name, delivery = "ram:ApplicableHeaderTradeDelivery", invoice.delivery or Delivery()
    inner = (
        payee("ram:ShipToTradeParty", delivery.name, delivery.location, address=delivery.address)
        + group("ram:ActualDeliverySupplyChainEvent", day("ram:OccurrenceDateTime", delivery.on))
        + _reference("ram:DespatchAdviceReferencedDocument", invoice.despatch)
        + _reference("ram:ReceivingAdviceReferencedDocument", invoice.receipt)
    )
    return f"<{name}>\n{inner}</{name}>\n"


def _settlement(invoice: Invoice) -> str:
    first = PaymentMeans()
    for means in reversed(invoice.payment_means):
        first = PaymentMeans(
            reference=means.reference or first.reference,
            creditor_id=means.creditor_id or first.creditor_id,
            mandate=means.mandate or first.mandate,
        )
    to = invoice.payee
    return group(
        "ram:ApplicableHeaderTradeSettlement",
        leaf("ram:CreditorReferenceID", first.creditor_id),
        leaf("ram:PaymentReference", first.reference),
        leaf("ram:TaxCurrencyCode", invoice.tax_currency),
        leaf("ram:InvoiceCurrencyCode", invoice.currency),
        payee("ram:PayeeTradeParty", to.name, to.identifier, legal_id=to.legal_id) if to else "",
        *(_means(means) for means in invoice.payment_means),
        *(_tax(tax, invoice) for tax in invoice.taxes),
        period(invoice.period),
        *(allowance(taken, with_tax=True) for taken in invoice.allowances),
        group(
            "ram:SpecifiedTradePaymentTerms",
            leaf("ram:Description", invoice.payment_terms),
            day("ram:DueDateDateTime", invoice.due_on),
            leaf("ram:DirectDebitMandateID", first.mandate),
        ),
        _totals(invoice),
        *(_preceding(paper) for paper in invoice.preceding),
        group("ram:ReceivableSpecifiedTradeAccountingAccount", leaf("ram:ID", invoice.accounting)),
    )


def _means(means: PaymentMeans) -> str:
    """One element for each account; the reference and the mandate stand beside, once for all."""
    before = (
        leaf("ram:TypeCode", means.code)
        + leaf("ram:Information", means.text)
        + group(
            "ram:ApplicableTradeSettlementFinancialCard",
            leaf("ram:ID", means.card_number),
            leaf("ram:CardholderName", means.card_holder),
        )
        + group("ram:PayerPartyDebtorFinancialAccount", leaf("ram:IBANID", means.debited_account))
    )
    accounts = [_account(account) for account in means.accounts] or [""]
    return each(
        group("ram:SpecifiedTradeSettlementPaymentMeans", before, account) for account in accounts
    )


def _account(account: Account) -> str:
    is_iban = account.number[:2].isalpha() and account.number[2:4].isdigit()
    return group(
        "ram:PayeePartyCreditorFinancialAccount",
        leaf("ram:IBANID", account.number if is_iban else ""),
        leaf("ram:AccountName", account.name),
        leaf("ram:ProprietaryID", "" if is_iban else account.number),
    ) + group("ram:PayeeSpecifiedCreditorFinancialInstitution", leaf("ram:BICID", account.bic))


def _tax(tax: Tax, invoice: Invoice) -> str:
    code = invoice.tax_point_code
    point = ""
    if invoice.tax_point_on:
        text = leaf(
            "udt:DateString", invoice.tax_point_on.isoformat().replace("-", ""), format="102"
        )
        point = group("ram:TaxPointDate", text)
    return group(
        "ram:ApplicableTradeTax",
        leaf("ram:CalculatedAmount", tax.tax),
        leaf("ram:TypeCode", "VAT"),
        leaf("ram:ExemptionReason", tax.exemption),
        leaf("ram:BasisAmount", tax.taxable),
        leaf("ram:CategoryCode", tax.category),
        leaf("ram:ExemptionReasonCode", tax.exemption_code),
        point,
        leaf("ram:DueDateTypeCode", _DUE_CODES.get(code, code)),
        leaf("ram:RateApplicablePercent", tax.rate),
    )


def _totals(invoice: Invoice) -> str:
    totals, tax_currency = invoice.totals, invoice.tax_currency or NOT_AVAILABLE
    return group(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        leaf("ram:LineTotalAmount", totals.lines),
        leaf("ram:ChargeTotalAmount", totals.charges),
        leaf("ram:AllowanceTotalAmount", totals.allowances),
        leaf("ram:TaxBasisTotalAmount", totals.net),
        leaf("ram:TaxTotalAmount", totals.tax, currencyID=invoice.currency),
        leaf("ram:TaxTotalAmount", totals.tax_in_tax_currency, currencyID=tax_currency),
        leaf("ram:RoundingAmount", totals.rounding),
        leaf("ram:GrandTotalAmount", totals.gross),
        leaf("ram:TotalPrepaidAmount", totals.prepaid),
        leaf("ram:DuePayableAmount", totals.payable),
    )


def _preceding(paper: Preceding) -> str:
    return group(
        "ram:InvoiceReferencedDocument",
        leaf("ram:IssuerAssignedID", paper.number),
        day("ram:FormattedIssueDateTime", paper.issued_on, kind="qdt"),
    )
