"""The field set of Business Central's salesInvoices and salesCreditMemos (API v2.0).

Source: Microsoft's public reference of the API v2.0, resources salesInvoice, salesInvoiceLine,
salesCreditMemo and salesCreditMemoLine.
"""

from usance.domain.invoice import Invoice
from usance.domain.invoice.document import Line, Preceding, Totals
from usance.domain.party import Address, Contact, Identifier, Party

from . import _erp_parts as parts
from ._json import Fields

KEYS = ("customerName", "customerNumber", "totalAmountIncludingTax", "billToName", "invoiceDate",
        "creditMemoDate")  # fmt: skip
NO_INVOICE = ("Draft", "In Review", "Canceled", "Corrective")


def fits(said: Fields) -> bool:
    return sum(key in said.value for key in KEYS) > 2


def invoice(said: Fields) -> Invoice:
    is_credit = "creditMemoDate" in said.value
    rows = said.each("salesCreditMemoLines" if is_credit else "salesInvoiceLines")
    lines = tuple(_line(row) for row in rows if row.text("lineType") != "Comment")
    net, tax = said.amount("totalAmountExcludingTax"), said.amount("totalTaxAmount")
    gross = said.amount("totalAmountIncludingTax")
    parts.check_sum(said, "totalAmountIncludingTax", (net, tax), gross)
    status = said.text("status").replace("_x0020_", " ")
    if status in NO_INVOICE:
        said.fault("status", "invoice_not_issued", f"The client's system says it is {status}.")
    credited = said.text("invoiceNumber")
    return Invoice(
        number=said.text("number"),
        issued_on=said.day("creditMemoDate" if is_credit else "invoiceDate", "postingDate"),
        due_on=said.day("dueDate"),
        type_code=parts.CREDIT_NOTE if is_credit else parts.INVOICE,
        currency=said.text("currencyCode").upper(),
        order=said.text("customerPurchaseOrderReference"),
        sales_order=said.text("orderNumber"),
        preceding=(Preceding(number=credited),) if is_credit and credited else (),
        buyer=_buyer(said),
        payment_means=parts.means(said.text("paymentReference")),
        totals=Totals(lines=net, net=net, tax=tax, gross=gross, payable=gross),
        taxes=parts.taxes(lines, tax),
        lines=lines,
    )


def _buyer(said: Fields) -> Party:
    number, mail = said.text("billToCustomerNumber", "customerNumber"), said.text("email")
    who = "billTo" if said.text("billToAddressLine1", "billToCity") else "sellTo"
    vat_id = said.text("vatRegistrationNumber") or said.inner("customer").text(
        "taxRegistrationNumber"
    )
    return Party(
        name=said.text("billToName", "customerName"),
        identifiers=(Identifier(value=number),) if number else (),
        vat_id=vat_id.replace(" ", ""),
        address=Address(
            street=said.text(f"{who}AddressLine1"),
            extra=said.text(f"{who}AddressLine2"),
            postcode=said.text(f"{who}PostCode"),
            city=said.text(f"{who}City"),
            region=said.text(f"{who}State"),
            country=said.text(f"{who}Country").upper()[:2],
        ),
        contact=Contact(email=mail) if mail else None,
    )


def _line(row: Fields) -> Line:
    rate, quantity, price = (
        row.amount("taxPercent"),
        row.amount("quantity"),
        row.amount("unitPrice"),
    )
    base = quantity * price if quantity is not None and price is not None else None
    return Line(
        number=row.text("sequence") or parts.counted(row),
        name=row.text("description"),
        description=row.text("description2"),
        seller_id=row.text("lineObjectNumber"),
        quantity=quantity,
        unit=row.text("unitOfMeasureCode"),
        net=row.amount("netAmount", "amountExcludingTax"),
        price=price,
        allowances=parts.discount(row.amount("discountAmount"), base),
        tax_category=parts.category(rate),
        tax_rate=rate,
    )
