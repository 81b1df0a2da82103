"""The field set of Fortnox's invoices: CustomerName, DocumentNumber, InvoiceRows, TotalToPay.

Source: Fortnox's public API reference, resource Invoices.
"""

from decimal import Decimal

from usance.domain.invoice import Invoice
from usance.domain.invoice.document import Line, Note, Preceding, Totals
from usance.domain.party import Address, Contact, Identifier, Party

from . import _erp_parts as parts
from ._json import Fields

KEYS = ("DocumentNumber", "CustomerName", "InvoiceDate")


def fits(said: Fields) -> bool:
    return sum(key in said.value for key in KEYS) > 1


def invoice(said: Fields) -> Invoice:
    total, tax = said.amount("TotalToPay", "Total"), said.amount("TotalVAT")
    credited = said.text("CreditInvoiceReference")
    is_credit = said.flag("Credit") or (total is not None and total < 0)
    round_off = said.amount("RoundOff")
    total, tax, round_off = parts.positive(is_credit, total, tax, round_off)
    lines = tuple(
        _line(row, is_credit, said.flag("VATIncluded")) for row in said.each("InvoiceRows")
    )
    net = None
    if total is not None and tax is not None:
        net = total - tax - (round_off or 0)
    if said.flag("Cancelled"):
        said.fault("Cancelled", "invoice_cancelled", "The client's system says it is cancelled.")
    return Invoice(
        number=said.text("DocumentNumber"),
        issued_on=said.day("InvoiceDate"),
        due_on=said.day("DueDate"),
        type_code=parts.CREDIT_NOTE if is_credit else parts.INVOICE,
        currency=said.text("Currency").upper(),
        order=said.text("YourOrderNumber"),
        buyer_reference=said.text("YourReference"),
        notes=(Note(text=said.text("Remarks")),) if said.text("Remarks") else (),
        preceding=(Preceding(number=credited),) if is_credit and credited not in ("", "0") else (),
        buyer=_buyer(said),
        payment_means=parts.means(said.text("OCR")),
        totals=Totals(
            lines=net, net=net, tax=tax, rounding=round_off or None, payable=total,
            gross=net + tax if net is not None and tax is not None else None,
        ),
        taxes=parts.taxes(lines, tax),
        lines=lines,
    )  # fmt: skip


def _buyer(said: Fields) -> Party:
    mail = said.inner("EmailInformation").text("EmailAddressTo")
    registration = said.text("OrganisationNumber")
    number = said.text("CustomerNumber")
    return Party(
        name=said.text("CustomerName"),
        identifiers=(Identifier(value=number),) if number else (),
        legal_id=Identifier(value=registration) if registration else None,
        vat_id=said.text("VATNumber").replace(" ", ""),
        address=Address(
            street=said.text("Address1"),
            extra=said.text("Address2"),
            postcode=said.text("ZipCode"),
            city=said.text("City"),
            country=_country(said.text("CountryCode", "Country")),
        ),
        contact=Contact(email=mail) if mail else None,
    )


def _country(text: str) -> str:
    """Fortnox writes the name of the country in Swedish; only what is surely a code is one here."""
    names = {"sverige": "SE", "norge": "NO", "danmark": "DK", "finland": "FI", "tyskland": "DE",
             "nederländerna": "NL", "frankrike": "FR", "storbritannien": "GB"}  # fmt: skip
    return text.upper() if len(text) == 2 else names.get(text.casefold(), "")


def _line(row: Fields, is_credit: bool, with_tax: bool) -> Line:
    quantity, price = row.amount("DeliveredQuantity"), row.amount("Price")
    rate, net = row.amount("VAT"), row.amount("TotalExcludingVAT", "Total")
    if with_tax and "TotalExcludingVAT" not in row.value and net is not None and rate is not None:
        net = (net * 100 / (100 + rate)).quantize(parts.CENT)
    net, quantity = parts.positive(is_credit, net, quantity)
    off = row.amount("Discount")
    base = quantity * price if quantity is not None and price is not None else None
    if off and base is not None and row.text("DiscountType") == "PERCENT":
        off = (base * off / 100).quantize(parts.CENT)
    return Line(
        number=parts.counted(row),
        name=row.text("Description"),
        seller_id=row.text("ArticleNumber"),
        quantity=quantity,
        unit=row.text("Unit"),
        net=net,
        price=None if with_tax else price,
        allowances=parts.discount(off or Decimal(0), base),
        tax_category=parts.category(rate),
        tax_rate=rate,
    )
