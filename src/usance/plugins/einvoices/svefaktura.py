"""Svefaktura 1.0: the SFTI Basic Invoice, a Swedish invoice made of UBL 1.0 parts. Read only.

Source: SFTI Basic Invoice 1.0 (schema SFTI-BasicInvoice-1.0, term list, and the business rules of
its Schematron: R-100 one currency for all amounts).
"""

from lxml.etree import _Element

from usance.domain.finding import Finding
from usance.domain.invoice import Invoice
from usance.domain.invoice.document import (
    Account,
    AllowanceCharge,
    Attachment,
    Delivery,
    Line,
    Note,
    PaymentMeans,
    Preceding,
    Tax,
    Totals,
)
from usance.domain.party import Address, Contact, Identifier, Party

from . import _xml
from ._fields import (
    Field,
    Reading,
    Table,
    Values,
    calendar,
    decimal,
    fill,
    flag,
    foreign_currencies,
    gather,
    inside,
    leaf,
    many,
    number,
    on,
    one,
    put,
    text,
)
from ._means import joined
from ._signs import positive

MEDIA_TYPE = "application/xml"
SFTI = "urn:sfti:documents:BasicInvoice:1:0"
CAC = "urn:sfti:CommonAggregateComponents:1:0"
CBC = "urn:oasis:names:tc:ubl:CommonBasicComponents:1:0"
ROOTS = (f"{{{SFTI}}}Invoice",)
VAT, INCOME_TAX = "VAT", "SWT"  # Tax schemes: SWT carries the organisation number.
GS1_AGENCY, GLN = "9", "0088"  # UN/CEFACT 3055 and ISO 6523: who gives out location numbers.
CONTRACT = "CT"  # Scheme of an AdditionalDocumentReference that names the contract.


def sniff(data: bytes) -> bool:
    head = _xml.prolog(data)
    return head is not None and head.tag in ROOTS


def read(data: bytes) -> list[tuple[Invoice, tuple[Finding, ...]]]:
    """The one invoice of the file.

    :raises Unreadable: if it is no Svefaktura, broken, or refused for what it would do to us.
    """
    root = _xml.parse(data, roots=ROOTS, what="Svefaktura 1.0")
    reading = Reading({CAC: "cac", CBC: "cbc"})
    values = gather(root, ROOT, reading)
    foreign_currencies(reading, own=values.get("currency", ""))
    totals = _totals_of(root, values, reading)
    _lines_of(root, values, reading)
    requisitioners = values.pop("requisitioners", ())
    means = joined(values.pop("payment_means", ()))
    invoice = Invoice(
        **values,
        totals=totals,
        payment_means=means,
        buyer_reference=", ".join(requisitioners),
    )
    return [(positive(invoice), tuple(reading.findings))]


def _totals_of(root: _Element, values: Values, reading: Reading) -> Totals:
    """TaxInclusiveTotalAmount is what is to be paid: the rounding is in it already."""
    said = values.pop("totals", {})
    payable, rounding = said.get("payable"), said.get("rounding")
    if payable is None:
        reading.fault(root, "total_missing", "The invoice states no TaxInclusiveTotalAmount.")
    else:
        said["gross"] = payable - (rounding or 0)
    return Totals(**said, tax=values.pop("tax", None))


def _lines_of(root: _Element, values: Values, reading: Reading) -> None:
    """The buyer's order stands on the lines; where all name the same one it is the invoice's."""
    orders = values.pop("orders", ())
    if len(set(orders)) == 1:
        values["order"] = orders[0]
    elif orders:
        reading.warn(root, "several_orders", "The lines name several orders; none is kept.")
    counted = values.pop("line_count", None)
    found = len(values.get("lines", ()))
    if counted is not None and counted != found:
        reading.fault(
            root, "lines_missing", f"The invoice says that it has {counted} lines; it has {found}."
        )


def cbc(**fields: Field) -> Table:
    return {f"{{{CBC}}}{name}": field for name, field in fields.items()}


def cac(**fields: Field) -> Table:
    return {f"{{{CAC}}}{name}": field for name, field in fields.items()}


def own(**fields: Field) -> Table:
    return {f"{{{SFTI}}}{name}": field for name, field in fields.items()}


def money(name: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        currency = element.get("amountCurrencyID")
        if currency and currency not in reading.currencies:
            reading.currencies[currency] = element
        put(name, decimal(element, reading), element, into, reading)

    return take


def quantity(name: str, unit: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        put(name, decimal(element, reading), element, into, reading)
        put(unit, element.get("quantityUnitCode", "").strip(), element, into, reading)

    return take


def identifier(name: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        if value := leaf(element, reading):
            into.setdefault(name, []).append(Identifier(value=value, scheme=_scheme(element)))

    return take


def _scheme(element: _Element) -> str:
    if element.get("identificationSchemeAgencyID", "").strip() == GS1_AGENCY:
        return GLN
    return element.get("identificationSchemeID", "").strip()


def _moment(element: _Element, into: Values, reading: Reading) -> None:
    """2026-03-31T00:00:00: the day is what counts."""
    said = leaf(element, reading)
    put("on", calendar(said.partition("T")[0], element, reading), element, into, reading)


def _names(element: _Element, into: Values, reading: Reading) -> None:
    """The second name of a party is the one that it trades under."""
    said = leaf(element, reading)
    put("trading_name" if "name" in into else "name", said, element, into, reading)


def _tax_scheme(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, TAX_SCHEME, reading)
    scheme, company = values.get("scheme", "").upper(), values.get("company", "")
    if scheme == VAT:
        put("vat_id", company, element, into, reading)
    elif scheme == INCOME_TAX:
        put("legal_id", Identifier(value=company) if company else None, element, into, reading)
        put("tax_id", values.get("approval"), element, into, reading)  # "F-skattebevis finns"
    elif company:
        reading.warn(element, "tax_scheme_unknown", f"The tax scheme {scheme[:20]!r} is not known.")


def party(name: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        values = gather(element, PARTY, reading)
        accounts = values.pop("accounts_contact", None)
        values.setdefault("contact", accounts)
        if any(values.values()):
            put(name, Party(**values), element, into, reading)

    return take


def _document(element: _Element, into: Values, reading: Reading) -> None:
    for each in gather(element, cac(ID=identifier("ids")), reading).get("ids", ()):
        if each.scheme == CONTRACT:
            put("contract", each.value, element, into, reading)
        else:
            into.setdefault("attachments", []).append(Attachment(reference=each.value))


def _means(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, MEANS, reading)
    due_on = values.pop("due_on", None)
    if due_on is not None and into.setdefault("due_on", due_on) != due_on:
        reading.fault(element, "due_dates_differ", "The ways to pay name different due dates.")
    if account := values.pop("account", None):
        values["accounts"] = (Account(**{"number": "", **account}),)
    if values:
        into.setdefault("payment_means", []).append(PaymentMeans(**values))


def _account(element: _Element, into: Values, reading: Reading) -> None:
    """The account, and inside it what the payer is to quote."""
    one("account", ACCOUNT, dict)(element, into, reading)
    fill(element, cac(PaymentInstructionID=text("reference")), into, reading)


def _indicator(element: _Element, into: Values, reading: Reading) -> None:
    put("is_charge", flag(element, reading), element, into, reading)


def _reason(element: _Element, into: Values, reading: Reading) -> None:
    put("reason", element.get("name", "").strip(), element, into, reading)
    put("reason_code", leaf(element, reading), element, into, reading)


def _allowance(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, ALLOWANCE, reading)
    if "is_charge" not in values:
        reading.fault(
            element, "charge_or_allowance", "It is not said whether this is added or taken off."
        )
    into.setdefault("allowances", []).append(AllowanceCharge(**{"is_charge": False, **values}))


def _line(element: _Element, into: Values, reading: Reading) -> None:
    values = gather(element, LINE, reading)
    if order := values.pop("order", ""):
        into.setdefault("orders", []).append(order)
    for ours in ("seller_id", "buyer_id"):
        if found := values.pop(f"{ours}s", ()):
            values[ours] = found[0].value
    if found := values.pop("standard_ids", ()):
        values["standard_id"] = found[0]
    into.setdefault("lines", []).append(Line(**values))


def _note(element: _Element, into: Values, reading: Reading) -> None:
    if said := leaf(element, reading):
        into.setdefault("notes", []).append(Note(text=said))


def _requisitioner(element: _Element, into: Values, reading: Reading) -> None:
    if said := leaf(element, reading):
        into.setdefault("requisitioners", []).append(said)


def _count(element: _Element, into: Values, reading: Reading) -> None:
    put("line_count", decimal(element, reading), element, into, reading)


ADDRESS = {
    **cbc(
        StreetName=text("street"),
        Postbox=text("extra"),
        Department=text("third"),
        CityName=text("city"),
        PostalZone=text("postcode"),
        CountrySubentity=text("region"),
    ),
    **cac(Country=inside(cac(IdentificationCode=text("country")))),
}
CONTACT = cbc(Name=text("name"), Telephone=text("phone"), ElectronicMail=text("email"))
TAX_SCHEME = {
    **cbc(ExemptionReason=text("approval")),
    **cac(CompanyID=text("company"), TaxScheme=inside(cac(ID=text("scheme")))),
}
PARTY = cac(
    Party=inside(
        cac(
            PartyIdentification=inside(cac(ID=identifier("identifiers"))),
            PartyName=inside(cbc(Name=_names)),
            Address=one("address", ADDRESS, Address),
            PartyTaxScheme=_tax_scheme,
            Contact=one("contact", CONTACT, Contact),
        )
    ),
    AccountsContact=one("accounts_contact", CONTACT, Contact),
)
TAX_CATEGORY = {**cac(ID=text("tax_category")), **cbc(Percent=number("tax_rate"))}
ALLOWANCE = {
    **cbc(
        ChargeIndicator=_indicator,
        MultiplierFactorNumeric=number("percent"),
        Amount=money("amount"),
    ),
    **cac(ReasonCode=_reason, TaxCategory=inside(TAX_CATEGORY)),
}
BRANCH = cac(FinancialInstitution=inside(cac(ID=text("bic"))))
ACCOUNT = cac(ID=text("number"), FinancialInstitutionBranch=inside(BRANCH))
MEANS = {
    **cbc(DuePaymentDate=on("due_on")),
    **cac(PaymentMeansTypeCode=text("code"), PayeeFinancialAccount=_account),
}
SUBTOTAL = {
    **cbc(TaxableAmount=money("taxable"), TaxAmount=money("tax")),
    **cac(
        TaxCategory=inside(
            {
                **cac(ID=text("category")),
                **cbc(Percent=number("rate"), ExemptionReason=text("exemption")),
            }
        )
    ),
}
TOTALS = {
    **cbc(
        LineExtensionTotalAmount=money("lines"),
        TaxExclusiveTotalAmount=money("net"),
        TaxInclusiveTotalAmount=money("payable"),
    ),
    **cac(RoundOffAmount=money("rounding")),
}
LINE = {
    **cbc(
        InvoicedQuantity=quantity("quantity", "unit"),
        LineExtensionAmount=money("net"),
        Note=text("note"),
    ),
    **cac(
        ID=text("number"),
        OrderLineReference=inside(
            cac(
                BuyersLineID=text("order_line"),
                OrderReference=inside(cac(BuyersID=text("order"))),
            )
        ),
        AllowanceCharge=_allowance,
        Item=inside(
            {
                **cbc(Description=text("name")),
                **cac(
                    SellersItemIdentification=inside(cac(ID=identifier("seller_ids"))),
                    BuyersItemIdentification=inside(cac(ID=identifier("buyer_ids"))),
                    StandardItemIdentification=inside(cac(ID=identifier("standard_ids"))),
                    TaxCategory=inside(TAX_CATEGORY),
                    BasePrice=inside(
                        cbc(
                            PriceAmount=money("price"),
                            BaseQuantity=quantity("price_quantity", "price_unit"),
                        )
                    ),
                ),
            }
        ),
    ),
}
ROOT = {
    **own(
        ID=text("number"),
        InvoiceTypeCode=text("type_code"),
        InvoiceCurrencyCode=text("currency"),
        TaxCurrencyCode=text("tax_currency"),
        LineItemCountNumeric=_count,
        AdditionalDocumentReference=_document,
        AllowanceCharge=_allowance,
        RequisitionistDocumentReference=inside(cac(ID=_requisitioner)),
        InitialInvoiceDocumentReference=many(
            "preceding",
            {**cac(ID=text("number")), **cbc(IssueDate=on("issued_on"))},
            Preceding,
            number="",
        ),
    ),
    **cbc(IssueDate=on("issued_on"), TaxPointDate=on("tax_point_on"), Note=_note),
    **cac(
        BuyerParty=party("buyer"),
        SellerParty=party("seller"),
        Delivery=one(
            "delivery",
            {
                **cbc(ActualDeliveryDateTime=_moment),
                **cac(DeliveryAddress=one("address", ADDRESS, Address)),
            },
            Delivery,
        ),
        PaymentMeans=_means,
        PaymentTerms=inside(cbc(Note=text("payment_terms"))),
        TaxTotal=inside(
            {**cbc(TotalTaxAmount=money("tax")), **cac(TaxSubTotal=many("taxes", SUBTOTAL, Tax))}
        ),
        LegalTotal=one("totals", TOTALS, dict),
        InvoiceLine=_line,
    ),
}
