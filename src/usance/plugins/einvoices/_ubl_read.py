"""UBL 2.1 Invoice and CreditNote into the model: where each business term stands.

Source: CEN/TS 16931-3-2:2020, syntax binding for UBL 2.1.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lxml.etree import _Element

from usance.domain.finding import Finding
from usance.domain.invoice.document import (
    CREDIT_NOTE_CODES,
    Account,
    Attachment,
    Delivery,
    Invoice,
    Line,
    Note,
    PaymentMeans,
    Period,
    Preceding,
    Tax,
    Totals,
)
from usance.domain.party import Party

from ._fields import (
    Reading,
    Values,
    amount,
    decimal,
    foreign_currencies,
    gather,
    identifier,
    inside,
    leaf,
    many,
    number,
    on,
    one,
    put,
    text,
)
from ._means import joined, with_debit
from ._ubl_parts import (
    ADDRESS,
    CAC,
    CBC,
    CREDIT_NOTE,
    DOCUMENT,
    LINE,
    OBJECT_CODE,
    address,
    allowance,
    cac,
    cbc,
    party,
    payee,
    representative,
)

NOT_AVAILABLE = "NA"  # Peppol BIS 3: the order's number where there is only a sales order's.
CREDIT_NOTE_CODE = "381"
PROJECT_CODE = "50"  # In a credit note, which has no ProjectReference (BT-11).


@dataclass(frozen=True, slots=True)
class _TaxTotal:
    element: _Element
    currency: str
    tax: Decimal | None
    taxes: tuple[Tax, ...]


def invoice(root: _Element) -> tuple[Invoice, tuple[Finding, ...]]:
    """The invoice that the tree holds, and what could not be understood."""
    reading = Reading({CBC: "cbc", CAC: "cac"})
    values = gather(root, ROOT, reading)
    _agree_on_kind(root, values, reading)
    if values.get("sales_order") and values.get("order") == NOT_AVAILABLE:
        del values["order"]
    currency = values.get("currency", "")
    foreign_currencies(reading, own=currency)
    if due_with_means := values.pop("means_due_on", None):
        values.setdefault("due_on", due_with_means)
    means = joined(values.pop("payment_means", ()))
    values["payment_means"] = with_debit(means, creditor_id=values.pop("creditor_id", ""))
    totals = values.pop("totals", {})
    taxes, of_tax = _taxes(values.pop("tax_totals", ()), currency, reading)
    made = Invoice(**values, totals=Totals(**totals, **of_tax), taxes=taxes)
    return made, tuple(reading.findings)


def _agree_on_kind(root: _Element, values: Values, reading: Reading) -> None:
    """The root and BT-3 both say whether this is owed or given back; they must say the same."""
    is_credit_root, code = root.tag == f"{{{CREDIT_NOTE}}}CreditNote", values.get("type_code", "")
    if is_credit_root and not code:
        values["type_code"] = CREDIT_NOTE_CODE
        reading.warn(root, "type_missing", "The credit note has no type code; it counts as 381.")
    elif code and is_credit_root != (code in CREDIT_NOTE_CODES):
        reading.fault(
            root,
            "type_contradicts",
            f"The file is {'a credit note' if is_credit_root else 'an invoice'} "
            f"by its first element, but not by its type code {code[:10]!r}.",
            todo="Ask the client which of the two it is.",
        )


def _taxes(
    totals: Iterable[_TaxTotal], currency: str, reading: Reading
) -> tuple[tuple[Tax, ...], dict[str, Decimal | None]]:
    """BG-23 and BT-110 from the total in the invoice's currency, BT-111 from the other one."""
    own: _TaxTotal | None = None
    other: _TaxTotal | None = None
    for total in totals:
        if not total.currency or not currency or total.currency == currency:
            if own is not None:
                reading.repeated(total.element)
            own = own or total
        else:
            if other is not None:
                reading.repeated(total.element)
            other = other or total
            if total.taxes:
                reading.warn(
                    total.element,
                    "tax_breakdown_not_read",
                    f"The tax breakdown in {total.currency[:10]} is not read, only its total.",
                )
    return own.taxes if own else (), {
        "tax": own.tax if own else None,
        "tax_in_tax_currency": other.tax if other else None,
    }


def _note(element: _Element, into: Values, reading: Reading) -> None:
    """BT-21 stands in front of the text as "#AAI#" (TS 16931-3-2, BG-1)."""
    said, subject = leaf(element, reading), ""
    if said.startswith("#") and said[4:5] == "#" and said[1:4].isalnum():
        subject, said = said[1:4], said[5:].strip()
    if said or subject:
        into.setdefault("notes", []).append(Note(text=said, subject=subject))


def _means(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, MEANS, reading)
    if (due_on := values.pop("due_on", None)) is not None:
        into.setdefault("means_due_on", due_on)
    account, creditor = values.pop("account", None), values.pop("creditor", "")
    instruction = values.pop("instruction", "")
    if account:
        values["accounts"] = (Account(**{"number": "", **account}),)
    elif creditor:
        # A Danish payment card (FIK, giro): PaymentID is its kind, what is to be quoted this.
        values.update(accounts=(Account(number=creditor),), reference=instruction)
    if values:
        into.setdefault("payment_means", []).append(PaymentMeans(**values))


def _means_code(element: _Element, into: Values, reading: Reading) -> None:
    put("code", leaf(element, reading), element, into, reading)
    put("text", element.get("name", "").strip(), element, into, reading)


def _tax_total(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, TAX_TOTAL, reading)
    into.setdefault("tax_totals", []).append(
        _TaxTotal(element, values.get("currency", ""), values.get("tax"), values.get("taxes", ()))
    )


def _tax_amount(element: _Element, into: Values, reading: Reading) -> None:
    put("tax", decimal(element, reading), element, into, reading)
    put("currency", element.get("currencyID", "").strip(), element, into, reading)


def _document(element: _Element, into: Values, reading: Reading) -> None:
    """BG-24, or by its type code BT-18 or (in a credit note) BT-11."""
    values = gather(element, DOCUMENT, reading)
    code, found = values.pop("code", ""), values.pop("id", None)
    if code == OBJECT_CODE:
        put("object_id", found, element, into, reading)
    elif code == PROJECT_CODE and found is not None:
        put("project", found.value, element, into, reading)
    else:
        if found is not None:
            values["reference"] = found.value
        into.setdefault("attachments", []).append(Attachment(**values))


def _totals(element: _Element, into: Values, reading: Reading) -> None:
    put("totals", gather(element, TOTALS, reading) or None, element, into, reading)


def _period(element: _Element, into: Values, reading: Reading) -> None:
    """BG-14; the code beside its dates is BT-8, a term of the document."""
    values = gather(element, PERIOD, reading)
    put("tax_point_code", values.pop("code", ""), element, into, reading)
    if values:
        put("period", Period(**values), element, into, reading)


DELIVERY = {
    **cbc(ActualDeliveryDate=on("on")),
    **cac(
        DeliveryLocation=inside(
            {**cbc(ID=identifier("location")), **cac(Address=one("address", ADDRESS, address))}
        ),
        DeliveryParty=inside(cac(PartyName=inside(cbc(Name=text("name"))))),
    ),
}
PERIOD = cbc(StartDate=on("start"), EndDate=on("end"), DescriptionCode=text("code"))
ACCOUNT = {
    **cbc(ID=text("number"), Name=text("name")),
    **cac(FinancialInstitutionBranch=inside(cbc(ID=text("bic")))),
}
MEANS = {
    **cbc(
        PaymentMeansCode=_means_code,
        PaymentID=text("reference"),
        InstructionID=text("instruction"),
        PaymentDueDate=on("due_on"),
    ),
    **cac(
        CreditAccount=inside(cbc(AccountID=text("creditor"))),
        CardAccount=inside(
            cbc(PrimaryAccountNumberID=text("card_number"), HolderName=text("card_holder"))
        ),
        PayeeFinancialAccount=one("account", ACCOUNT, dict),
        PaymentMandate=inside(
            {
                **cbc(ID=text("mandate")),
                **cac(PayerFinancialAccount=inside(cbc(ID=text("debited_account")))),
            }
        ),
    ),
}
SUBTOTAL = {
    **cbc(TaxableAmount=number("taxable"), TaxAmount=number("tax")),
    **cac(
        TaxCategory=inside(
            cbc(
                ID=text("category"),
                Percent=number("rate"),
                TaxExemptionReasonCode=text("exemption_code"),
                TaxExemptionReason=text("exemption"),
            )
        )
    ),
}
TAX_TOTAL = {**cbc(TaxAmount=_tax_amount), **cac(TaxSubtotal=many("taxes", SUBTOTAL, Tax))}
TOTALS = cbc(
    LineExtensionAmount=amount("lines"),
    TaxExclusiveAmount=amount("net"),
    TaxInclusiveAmount=amount("gross"),
    AllowanceTotalAmount=amount("allowances"),
    ChargeTotalAmount=amount("charges"),
    PrepaidAmount=amount("prepaid"),
    PayableRoundingAmount=amount("rounding"),
    PayableAmount=amount("payable"),
)
PRECEDING = cbc(ID=text("number"), IssueDate=on("issued_on"))
ROOT = {
    **cbc(
        CustomizationID=text("specification"),
        ProfileID=text("process"),
        ID=text("number"),
        IssueDate=on("issued_on"),
        DueDate=on("due_on"),
        InvoiceTypeCode=text("type_code"),
        CreditNoteTypeCode=text("type_code"),
        Note=_note,
        TaxPointDate=on("tax_point_on"),
        DocumentCurrencyCode=text("currency"),
        TaxCurrencyCode=text("tax_currency"),
        AccountingCost=text("accounting"),
        BuyerReference=text("buyer_reference"),
    ),
    **cac(
        InvoicePeriod=_period,
        OrderReference=inside(cbc(ID=text("order"), SalesOrderID=text("sales_order"))),
        BillingReference=inside(
            cac(
                InvoiceDocumentReference=many("preceding", PRECEDING, Preceding, number=""),
                CreditNoteDocumentReference=many("preceding", PRECEDING, Preceding, number=""),
            )
        ),
        DespatchDocumentReference=inside(cbc(ID=text("despatch"))),
        ReceiptDocumentReference=inside(cbc(ID=text("receipt"))),
        OriginatorDocumentReference=inside(cbc(ID=text("tender"))),
        ContractDocumentReference=inside(cbc(ID=text("contract"))),
        AdditionalDocumentReference=_document,
        ProjectReference=inside(cbc(ID=text("project"))),
        AccountingSupplierParty=inside(cac(Party=party("seller", lambda v: Party(**v)))),
        AccountingCustomerParty=inside(cac(Party=party("buyer", lambda v: Party(**v)))),
        PayeeParty=party("payee", payee),
        TaxRepresentativeParty=party("tax_representative", representative),
        Delivery=one("delivery", DELIVERY, Delivery),
        PaymentMeans=_means,
        PaymentTerms=inside(cbc(Note=text("payment_terms"))),
        AllowanceCharge=allowance,
        TaxTotal=_tax_total,
        LegalMonetaryTotal=_totals,
        InvoiceLine=many("lines", LINE, Line),
        CreditNoteLine=many("lines", LINE, Line),
    ),
}
