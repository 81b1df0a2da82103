"""The model as a UBL 2.1 Invoice or CreditNote, elements in the order of the OASIS schema.

Source: CEN/TS 16931-3-2:2020; OASIS UBL 2.1 maindoc schemas; Peppol BIS Billing 3.0.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from usance.domain.invoice import Invoice
from usance.domain.invoice.document import Account, Attachment, Delivery, PaymentMeans, Period, Tax
from usance.domain.party import Party, Payee, TaxRepresentative

from ._ubl_parts import CAC, CBC, CREDIT_NOTE, CREDITOR_SCHEME, INVOICE, OBJECT_CODE
from ._ubl_read import NOT_AVAILABLE, PROJECT_CODE
from ._ubl_write_parts import address, allowance, line, money, period, tax_category, vat_scheme
from ._write import DECLARATION, binary, each, escaped, group, identifier, leaf

PEPPOL_SPECIFICATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PEPPOL_PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
CII_ONLY = ("factur-x", "zugferd", "ferd:")  # An invoice that came as one is a Peppol one in UBL.
NOT_DEFINED = "1"  # UNTDID 4461, for means of payment without a code.


def document(invoice: Invoice) -> str:
    """The whole file."""
    name = "CreditNote" if invoice.is_credit_note else "Invoice"
    namespace = CREDIT_NOTE if invoice.is_credit_note else INVOICE
    return (
        f'{DECLARATION}<{name} xmlns="{namespace}"\n xmlns:cac="{CAC}"\n xmlns:cbc="{CBC}">\n'
        f"{_head(invoice)}{_references(invoice)}{_parties(invoice)}{_amounts(invoice)}"
        f"{each(line(each_line, invoice) for each_line in invoice.lines)}</{name}>\n"
    )


def _head(invoice: Invoice) -> str:
    specification = invoice.specification
    if not specification or any(word in specification for word in CII_ONLY):
        specification = PEPPOL_SPECIFICATION
    process = invoice.process or (PEPPOL_PROCESS if "peppol" in specification else "")
    notes = each(leaf("cbc:Note", note) for note in _notes(invoice, specification))
    tax_point = leaf("cbc:TaxPointDate", invoice.tax_point_on)
    if invoice.is_credit_note:
        kind = tax_point + leaf("cbc:CreditNoteTypeCode", invoice.type_code) + notes
    else:
        kind = (
            leaf("cbc:DueDate", invoice.due_on)
            + leaf("cbc:InvoiceTypeCode", invoice.type_code)
            + notes
            + tax_point
        )
    return (
        leaf("cbc:CustomizationID", specification)
        + leaf("cbc:ProfileID", process)
        + leaf("cbc:ID", invoice.number)
        + leaf("cbc:IssueDate", invoice.issued_on)
        + kind
        + leaf("cbc:DocumentCurrencyCode", invoice.currency)
        + leaf("cbc:TaxCurrencyCode", invoice.tax_currency)
        + leaf("cbc:AccountingCost", invoice.accounting)
        + leaf("cbc:BuyerReference", invoice.buyer_reference)
        + period(invoice.period or Period(), tax_point_code=invoice.tax_point_code)
    )


def _notes(invoice: Invoice, specification: str) -> list[str]:
    """BG-1. For Peppol one note, unless both parties are German (PEPPOL-EN16931-R002)."""
    codes = [f"#{note.subject}#" if note.subject else "" for note in invoice.notes]
    texts = [note.text for note in invoice.notes]
    countries = {
        party.address.country if party.address else "" for party in (invoice.seller, invoice.buyer)
    }
    if len(texts) > 1 and "peppol" in specification and countries != {"DE"}:
        return [codes[0] + "\n".join(text for text in texts if text)]
    return [code + text for code, text in zip(codes, texts, strict=True)]


def _references(invoice: Invoice) -> str:
    order = group(
        "cac:OrderReference",
        leaf("cbc:ID", invoice.order or (NOT_AVAILABLE if invoice.sales_order else "")),
        leaf("cbc:SalesOrderID", invoice.sales_order),
    )
    preceding = each(
        group(
            "cac:BillingReference",
            group(
                "cac:InvoiceDocumentReference",
                leaf("cbc:ID", paper.number),
                leaf("cbc:IssueDate", paper.issued_on),
            ),
        )
        for paper in invoice.preceding
    )
    tender = group("cac:OriginatorDocumentReference", leaf("cbc:ID", invoice.tender))
    contract = group("cac:ContractDocumentReference", leaf("cbc:ID", invoice.contract))
    documents = each(_documents(invoice))
    return (
        order
        + preceding
        + group("cac:DespatchDocumentReference", leaf("cbc:ID", invoice.despatch))
        + group("cac:ReceiptDocumentReference", leaf("cbc:ID", invoice.receipt))
        + (
            contract + documents + tender
            if invoice.is_credit_note
            else tender
            + contract
            + documents
            + group("cac:ProjectReference", leaf("cbc:ID", invoice.project))
        )
    )


def _documents(invoice: Invoice) -> Iterator[str]:
    name = "cac:AdditionalDocumentReference"
    if invoice.object_id:
        code = leaf("cbc:DocumentTypeCode", OBJECT_CODE)
        yield group(name, identifier("cbc:ID", invoice.object_id), code)
    if invoice.is_credit_note and invoice.project:
        code = leaf("cbc:DocumentTypeCode", PROJECT_CODE)
        yield group(name, leaf("cbc:ID", invoice.project), code)
    for paper in invoice.attachments:
        yield group(
            name,
            leaf("cbc:ID", paper.reference),
            leaf("cbc:DocumentDescription", paper.description),
            _file(paper),
        )


def _file(paper: Attachment) -> str:
    return group(
        "cac:Attachment",
        binary(
            "cbc:EmbeddedDocumentBinaryObject",
            paper.content,
            mimeCode=paper.media_type,
            filename=paper.file_name,
        ),
        group("cac:ExternalReference", leaf("cbc:URI", paper.url)),
    )


def _parties(invoice: Invoice) -> str:
    creditor_id = next((each.creditor_id for each in invoice.payment_means if each.creditor_id), "")
    return (
        f"<cac:AccountingSupplierParty>\n{_party(invoice.seller, creditor_id)}"
        "</cac:AccountingSupplierParty>\n"
        f"<cac:AccountingCustomerParty>\n{_party(invoice.buyer)}</cac:AccountingCustomerParty>\n"
        + (_payee(invoice.payee) if invoice.payee else "")
        + (_representative(invoice.tax_representative) if invoice.tax_representative else "")
        + (_delivery(invoice.delivery) if invoice.delivery else "")
    )


def _party(party: Party, creditor_id: str = "") -> str:
    ids = [group("cac:PartyIdentification", identifier("cbc:ID", i)) for i in party.identifiers]
    contact = party.contact
    return group(
        "cac:Party",
        identifier("cbc:EndpointID", party.endpoint),
        *ids,
        group("cac:PartyIdentification", leaf("cbc:ID", creditor_id, schemeID=CREDITOR_SCHEME)),
        group("cac:PartyName", leaf("cbc:Name", party.trading_name)),
        address("cac:PostalAddress", party.address),
        vat_scheme(party.vat_id),
        vat_scheme(party.tax_id, scheme="TAX"),
        group(
            "cac:PartyLegalEntity",
            leaf("cbc:RegistrationName", party.name),
            identifier("cbc:CompanyID", party.legal_id),
            leaf("cbc:CompanyLegalForm", party.legal_form),
        ),
        group(
            "cac:Contact",
            leaf("cbc:Name", contact.name),
            leaf("cbc:Telephone", contact.phone),
            leaf("cbc:ElectronicMail", contact.email),
        )
        if contact
        else "",
    )


def _payee(payee: Payee) -> str:
    return group(
        "cac:PayeeParty",
        group("cac:PartyIdentification", identifier("cbc:ID", payee.identifier)),
        group("cac:PartyName", leaf("cbc:Name", payee.name)),
        group("cac:PartyLegalEntity", identifier("cbc:CompanyID", payee.legal_id)),
    )


def _representative(party: TaxRepresentative) -> str:
    return group(
        "cac:TaxRepresentativeParty",
        group("cac:PartyName", leaf("cbc:Name", party.name)),
        address("cac:PostalAddress", party.address),
        vat_scheme(party.vat_id),
    )


def _delivery(delivery: Delivery) -> str:
    return group(
        "cac:Delivery",
        leaf("cbc:ActualDeliveryDate", delivery.on),
        group(
            "cac:DeliveryLocation",
            identifier("cbc:ID", delivery.location),
            address("cac:Address", delivery.address),
        ),
        group("cac:DeliveryParty", group("cac:PartyName", leaf("cbc:Name", delivery.name))),
    )


def _amounts(invoice: Invoice) -> str:
    due_on = invoice.due_on if invoice.is_credit_note else None
    means: tuple[PaymentMeans, ...] = invoice.payment_means
    if due_on and not any(_is_written(each) for each in means):
        means = (PaymentMeans(code=NOT_DEFINED),)  # A credit note's due date stands nowhere else.
    return (
        each(_means(paid, due_on) for paid in means if _is_written(paid))
        + group("cac:PaymentTerms", leaf("cbc:Note", invoice.payment_terms))
        + each(allowance(taken, invoice.currency) for taken in invoice.allowances)
        + _taxes(invoice)
        + _totals(invoice)
    )


def _is_written(means: PaymentMeans) -> bool:
    """The creditor id stands with the seller; means that hold nothing else are not written."""
    return means != PaymentMeans(creditor_id=means.creditor_id)


def _means(means: PaymentMeans, due_on: date | None) -> str:
    """One element for each account: UBL has one account in a PaymentMeans."""
    before = (
        _means_code(means)
        + leaf("cbc:PaymentDueDate", due_on)
        + leaf("cbc:PaymentID", means.reference)
        + group(
            "cac:CardAccount",
            leaf("cbc:PrimaryAccountNumberID", means.card_number),
            leaf("cbc:NetworkID", NOT_AVAILABLE if means.card_number else ""),
            leaf("cbc:HolderName", means.card_holder),
        )
    )
    mandate = group(
        "cac:PaymentMandate",
        leaf("cbc:ID", means.mandate),
        group("cac:PayerFinancialAccount", leaf("cbc:ID", means.debited_account)),
    )
    accounts = [_account(account) for account in means.accounts] or [""]
    return each(group("cac:PaymentMeans", before, account, mandate) for account in accounts)


def _means_code(means: PaymentMeans) -> str:
    said = f' name="{escaped(means.text)}"' if means.text else ""
    code = escaped(means.code or NOT_DEFINED)
    return f"<cbc:PaymentMeansCode{said}>{code}</cbc:PaymentMeansCode>\n"


def _account(account: Account) -> str:
    return group(
        "cac:PayeeFinancialAccount",
        leaf("cbc:ID", account.number),
        leaf("cbc:Name", account.name),
        group("cac:FinancialInstitutionBranch", leaf("cbc:ID", account.bic)),
    )


def _taxes(invoice: Invoice) -> str:
    totals, currency = invoice.totals, invoice.currency
    return group(
        "cac:TaxTotal",
        money("cbc:TaxAmount", totals.tax, currency),
        *(_tax(tax, currency) for tax in invoice.taxes),
    ) + group(
        "cac:TaxTotal",
        money("cbc:TaxAmount", totals.tax_in_tax_currency, invoice.tax_currency or NOT_AVAILABLE),
    )


def _tax(tax: Tax, currency: str) -> str:
    return group(
        "cac:TaxSubtotal",
        money("cbc:TaxableAmount", tax.taxable, currency),
        money("cbc:TaxAmount", tax.tax, currency),
        tax_category(
            "cac:TaxCategory", tax.category, tax.rate, code=tax.exemption_code, why=tax.exemption
        ),
    )


def _totals(invoice: Invoice) -> str:
    totals = invoice.totals
    written: tuple[tuple[str, Decimal | None], ...] = (
        ("LineExtensionAmount", totals.lines),
        ("TaxExclusiveAmount", totals.net),
        ("TaxInclusiveAmount", totals.gross),
        ("AllowanceTotalAmount", totals.allowances),
        ("ChargeTotalAmount", totals.charges),
        ("PrepaidAmount", totals.prepaid),
        ("PayableRoundingAmount", totals.rounding),
        ("PayableAmount", totals.payable),
    )
    return group(
        "cac:LegalMonetaryTotal",
        *(money(f"cbc:{name}", value, invoice.currency) for name, value in written),
    )
