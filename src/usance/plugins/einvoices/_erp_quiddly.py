"""The field set of Quiddly's invoices: articleRows, currency, dates, debtor.

Source: Quiddly's public developer guide, Invoice Integration.
"""

from decimal import Decimal

from usance.domain.invoice import Invoice
from usance.domain.invoice.document import Line, Totals
from usance.domain.party import Address, Contact, Identifier, Party

from . import _erp_parts as parts
from ._json import Fields

KEYS = ("articleRows", "dates", "debtor")


def fits(said: Fields) -> bool:
    return all(key in said.value for key in KEYS)


def invoice(said: Fields) -> Invoice:
    dates, money = said.inner("dates"), said.inner("currency")
    rows = said.each("articleRows")
    net, tax = _sum(rows, "totalExclVat"), _sum(rows, "totalVat")
    gross = net + tax if net is not None and tax is not None else None
    is_credit = said.flag("isCredit") or said.text("type", "invoiceType").upper().startswith(
        "CREDIT"
    ) or (gross is not None and gross < 0)  # fmt: skip
    lines = tuple(_line(row, is_credit) for row in rows)
    net, tax, gross = parts.positive(is_credit, net, tax, gross)
    return Invoice(
        number=said.text("invoiceNumber", "invoiceNo", "number"),
        issued_on=dates.day("invoiceDate"),
        due_on=dates.day("expireDate", "dueDate"),
        type_code=parts.CREDIT_NOTE if is_credit else parts.INVOICE,
        currency=money.text("invoiceCurrency").upper(),
        order=said.text("orderNumber", "yourOrderNumber"),
        buyer_reference=said.text("yourReference"),
        buyer=_debtor(said.inner("debtor")),
        payment_means=parts.means(said.text("ocr", "ocrNumber")),
        totals=Totals(lines=net, net=net, tax=tax, gross=gross, payable=gross),
        taxes=parts.taxes(lines, tax),
        lines=lines,
    )


def _sum(rows: list[Fields], name: str) -> Decimal | None:
    amounts = [row.amount(name) for row in rows]
    if not amounts or any(amount is None for amount in amounts):
        return None
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _debtor(said: Fields) -> Party:
    number, registration = said.text("customerNumber"), said.text("identificationNumber")
    place = said.inner("address") if isinstance(said.value.get("address"), dict) else said
    mail = said.text("email")
    return Party(
        name=said.text("name", "legalName", "companyName"),
        identifiers=(Identifier(value=number),) if number else (),
        legal_id=Identifier(value=registration) if registration else None,
        vat_id=said.text("vatNumber").replace(" ", ""),
        address=Address(
            street=place.text("address", "address1", "street"),
            postcode=place.text("zipCode", "postalCode"),
            city=place.text("city"),
            country=place.text("countryCode", "country").upper()[:2],
        ),
        contact=Contact(email=mail) if mail else None,
    )


def _line(row: Fields, is_credit: bool) -> Line:
    rate, price = row.amount("vatPercentage"), row.amount("price")
    net, quantity = parts.positive(is_credit, row.amount("totalExclVat"), row.amount("quantity"))
    off = row.amount("totalDiscount")
    base = quantity * price if quantity is not None and price is not None else None
    if off and base is not None and row.text("discountType") == "PERCENTAGE":
        off = (base * off / 100).quantize(parts.CENT)
    return Line(
        number=parts.counted(row),
        name=row.text("description"),
        seller_id=row.text("articleNumber"),
        quantity=quantity,
        unit=row.text("unit"),
        net=net,
        price=price,
        allowances=parts.discount(off, base),
        tax_category=parts.category(rate),
        tax_rate=rate,
    )
