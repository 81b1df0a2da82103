"""UN/CEFACT Cross Industry Invoice D16B and D22B into the model: where each term stands.

All profiles of Factur-X and ZUGFeRD 2 (MINIMUM to EXTENDED) and XRechnung CII use these elements.
Source: CEN/TS 16931-3-3:2020; Factur-X 1.07 technical appendix for EXTENDED.
"""

from dataclasses import replace

from lxml.etree import _Element

from usance.domain.finding import Finding
from usance.domain.invoice.document import (
    Account,
    AllowanceCharge,
    Attachment,
    Delivery,
    Invoice,
    Note,
    PaymentMeans,
    Period,
    Preceding,
    Tax,
    Totals,
)
from usance.domain.party import Identifier

from ._cii_parts import (
    IN_PARTY,
    OBJECT_CODE,
    PERIOD,
    RAM,
    RSM,
    TAX_CATEGORY,
    TENDER_CODE,
    UDT,
    allowance,
    dated,
    line,
    party,
    payee,
    ram,
    representative,
    trader,
)
from ._fields import (
    Field,
    Reading,
    Table,
    Values,
    amount,
    base64,
    decimal,
    foreign_currencies,
    gather,
    inside,
    leaf,
    many,
    number,
    one,
    put,
    text,
)
from ._means import joined, with_debit

# BT-8 is in UNTDID 2005 words in the model; CII has those of UNTDID 2475 (TS 16931-3-3, BT-8).
TAX_POINT_CODES = {"5": "3", "29": "35", "72": "432"}


def rsm(**fields: Field) -> Table:
    return {f"{{{RSM}}}{name}": field for name, field in fields.items()}


def invoice(root: _Element) -> tuple[Invoice, tuple[Finding, ...]]:
    """The invoice that the tree holds, and what could not be understood."""
    reading = Reading({RSM: "rsm", RAM: "ram", UDT: "udt"})
    values = gather(root, ROOT, reading)
    currency, tax_currency = values.get("currency", ""), values.get("tax_currency", "")
    foreign_currencies(reading, own=currency)
    totals = values.pop("totals", {})
    totals.update(_tax_totals(totals.pop("taxes", ()), currency, tax_currency, reading))
    values["payment_means"] = _means(values)
    return Invoice(**values, totals=Totals(**totals)), tuple(reading.findings)


def _means(values: Values) -> tuple[PaymentMeans, ...]:
    """BG-16 with what CII keeps beside it: reference, creditor id and mandate of the document."""
    means = joined(values.pop("payment_means", ()))
    reference = values.pop("reference", "")
    if reference:
        means = tuple(replace(each, reference=reference) for each in means) or (
            PaymentMeans(reference=reference),
        )
    return with_debit(
        means, creditor_id=values.pop("creditor_id", ""), mandate=values.pop("mandate", "")
    )


def _tax_totals(
    found: tuple[tuple[str, _Element], ...], currency: str, tax_currency: str, reading: Reading
) -> Values:
    """BT-110 is in the invoice's currency, BT-111 in the tax currency."""
    values: Values = {}
    for said, element in found:
        is_other = said and currency and said != currency
        if is_other and tax_currency and said != tax_currency:
            reading.fault(
                element,
                "currency_differs",
                f"Tax is in {said[:10]}, which is neither the invoice's nor the tax currency.",
            )
            continue
        name = "tax_in_tax_currency" if is_other else "tax"
        put(name, decimal(element, reading), element, values, reading)
    return values


def _tax_total(element: _Element, into: Values, reading: Reading) -> None:
    into.setdefault("taxes", []).append((element.get("currencyID", "").strip(), element))


def _note(element: _Element, into: Values, reading: Reading) -> None:
    """Several contents may stand under one subject (CII D16B); each is a note."""
    values = gather(element, NOTE, reading)
    for content in values.get("contents", ()) or ("",):
        if content or values.get("subject"):
            note = Note(text=content, subject=values.get("subject", ""))
            into.setdefault("notes", []).append(note)


def _content(element: _Element, into: Values, reading: Reading) -> None:
    into.setdefault("contents", []).append(leaf(element, reading))


def _document(element: _Element, into: Values, reading: Reading) -> None:
    """BG-24, or by its type code BT-17 or BT-18."""
    values = gather(element, DOCUMENT, reading)
    code, scheme = values.pop("code", ""), values.pop("scheme", "")
    reference = values.get("reference", "")
    if code == TENDER_CODE:
        put("tender", reference, element, into, reading)
    elif code == OBJECT_CODE and reference:
        put("object_id", Identifier(value=reference, scheme=scheme), element, into, reading)
    else:
        into.setdefault("attachments", []).append(Attachment(**values))


def _embedded(element: _Element, into: Values, reading: Reading) -> None:
    put("content", base64(element, reading), element, into, reading)
    put("media_type", element.get("mimeCode", "").strip(), element, into, reading)
    put("file_name", element.get("filename", "").strip(), element, into, reading)


def _delivery(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, DELIVERY, reading)
    for name in ("despatch", "receipt"):
        put(name, values.pop(name, ""), element, into, reading)
    to = values.pop("to", {})
    ids = to.get("identifiers", ())
    values.update(
        {name: to[name] for name in ("name", "address") if name in to},
        **({"location": ids[0]} if ids else {}),
    )
    if values:
        put("delivery", Delivery(**values), element, into, reading)


def _ship_to(element: _Element, into: Values, reading: Reading) -> None:
    put("to", gather(element, IN_PARTY, reading) or None, element, into, reading)


def _paid(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, MEANS, reading)
    account = values.pop("account", {})
    bic, proprietary = values.pop("bic", ""), account.pop("proprietary", "")
    if proprietary:
        account.setdefault("number", proprietary)
    if bic:
        account["bic"] = bic
    if account:
        values["accounts"] = (Account(**{"number": "", **account}),)
    if values:
        into.setdefault("payment_means", []).append(PaymentMeans(**values))


def _tax(element: _Element, into: Values, reading: Reading) -> None:
    """BG-23; the tax point, BT-7 or BT-8, stands in each row and belongs to the document."""
    values = gather(element, TAX, reading)
    code = values.pop("tax_point_code", "")
    for name, value in (
        ("tax_point_on", values.pop("tax_point_on", None)),
        ("tax_point_code", TAX_POINT_CODES.get(code, code)),
    ):
        if into.get(name) != value:
            put(name, value, element, into, reading)
    into.setdefault("taxes", []).append(Tax(**values))


def _service(element: _Element, into: Values, reading: Reading) -> None:
    """Freight and the like (Factur-X EXTENDED, BG-X-42): a charge of the document."""
    values = gather(element, SERVICE, reading)
    into.setdefault("allowances", []).append(AllowanceCharge(is_charge=True, **values))


def _totals(element: _Element, into: Values, reading: Reading) -> None:
    put("totals", gather(element, TOTALS, reading) or None, element, into, reading)


NOTE = ram(Content=_content, SubjectCode=text("subject"))
DOCUMENT = ram(
    IssuerAssignedID=text("reference"),
    URIID=text("url"),
    TypeCode=text("code"),
    Name=text("description"),
    ReferenceTypeCode=text("scheme"),
    AttachmentBinaryObject=_embedded,
)
PRECEDING = ram(IssuerAssignedID=text("number"), FormattedIssueDateTime=dated("issued_on"))
DELIVERY = ram(
    ShipToTradeParty=_ship_to,
    ActualDeliverySupplyChainEvent=inside(ram(OccurrenceDateTime=dated("on"))),
    DespatchAdviceReferencedDocument=inside(ram(IssuerAssignedID=text("despatch"))),
    ReceivingAdviceReferencedDocument=inside(ram(IssuerAssignedID=text("receipt"))),
)
ACCOUNT = ram(IBANID=text("number"), AccountName=text("name"), ProprietaryID=text("proprietary"))
MEANS = ram(
    TypeCode=text("code"),
    Information=text("text"),
    ApplicableTradeSettlementFinancialCard=inside(
        ram(ID=text("card_number"), CardholderName=text("card_holder"))
    ),
    PayerPartyDebtorFinancialAccount=inside(ram(IBANID=text("debited_account"))),
    PayeePartyCreditorFinancialAccount=one("account", ACCOUNT, dict),
    PayeeSpecifiedCreditorFinancialInstitution=inside(ram(BICID=text("bic"))),
)
TAX = ram(
    CalculatedAmount=amount("tax"),
    ExemptionReason=text("exemption"),
    BasisAmount=amount("taxable"),
    CategoryCode=text("category"),
    ExemptionReasonCode=text("exemption_code"),
    TaxPointDate=dated("tax_point_on"),
    DueDateTypeCode=text("tax_point_code"),
    RateApplicablePercent=number("rate"),
)
SERVICE = ram(
    Description=text("reason"),
    AppliedAmount=amount("amount"),
    AppliedTradeTax=inside(TAX_CATEGORY),
)
TOTALS = ram(
    LineTotalAmount=amount("lines"),
    ChargeTotalAmount=amount("charges"),
    AllowanceTotalAmount=amount("allowances"),
    TaxBasisTotalAmount=amount("net"),
    TaxTotalAmount=_tax_total,
    RoundingAmount=amount("rounding"),
    GrandTotalAmount=amount("gross"),
    TotalPrepaidAmount=amount("prepaid"),
    DuePayableAmount=amount("payable"),
)
AGREEMENT = ram(
    BuyerReference=text("buyer_reference"),
    SellerTradeParty=party("seller", trader),
    BuyerTradeParty=party("buyer", trader),
    SellerTaxRepresentativeTradeParty=party("tax_representative", representative),
    SellerOrderReferencedDocument=inside(ram(IssuerAssignedID=text("sales_order"))),
    BuyerOrderReferencedDocument=inside(ram(IssuerAssignedID=text("order"))),
    ContractReferencedDocument=inside(ram(IssuerAssignedID=text("contract"))),
    AdditionalReferencedDocument=_document,
    SpecifiedProcuringProject=inside(ram(ID=text("project"))),
)
SETTLEMENT = ram(
    CreditorReferenceID=text("creditor_id"),
    PaymentReference=text("reference"),
    TaxCurrencyCode=text("tax_currency"),
    InvoiceCurrencyCode=text("currency"),
    PayeeTradeParty=party("payee", payee),
    SpecifiedTradeSettlementPaymentMeans=_paid,
    ApplicableTradeTax=_tax,
    BillingSpecifiedPeriod=one("period", PERIOD, Period),
    SpecifiedTradeAllowanceCharge=allowance,
    SpecifiedLogisticsServiceCharge=_service,
    SpecifiedTradePaymentTerms=inside(
        ram(
            Description=text("payment_terms"),
            DueDateDateTime=dated("due_on"),
            DirectDebitMandateID=text("mandate"),
        )
    ),
    SpecifiedTradeSettlementHeaderMonetarySummation=_totals,
    InvoiceReferencedDocument=many("preceding", PRECEDING, Preceding, number=""),
    ReceivableSpecifiedTradeAccountingAccount=inside(ram(ID=text("accounting"))),
)
ROOT = rsm(
    ExchangedDocumentContext=inside(
        ram(
            BusinessProcessSpecifiedDocumentContextParameter=inside(ram(ID=text("process"))),
            GuidelineSpecifiedDocumentContextParameter=inside(ram(ID=text("specification"))),
        )
    ),
    ExchangedDocument=inside(
        ram(
            ID=text("number"),
            TypeCode=text("type_code"),
            IssueDateTime=dated("issued_on"),
            IncludedNote=_note,
        )
    ),
    SupplyChainTradeTransaction=inside(
        ram(
            IncludedSupplyChainTradeLineItem=line,
            ApplicableHeaderTradeAgreement=inside(AGREEMENT),
            ApplicableHeaderTradeDelivery=_delivery,
            ApplicableHeaderTradeSettlement=inside(SETTLEMENT),
        )
    ),
)
