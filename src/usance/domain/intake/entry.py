"""An invoice that a person types: lines in, the whole paper with its sums out.

Rounding as EN 16931-1 has it: a line's net is rounded once (quantity times price, less its
allowance), taxes are rounded once for each rate over the sum of its lines (BR-CO-17), sums of
rounded amounts are never rounded again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from ..invoice.document import (
    Account,
    AllowanceCharge,
    Invoice,
    Line,
    Note,
    PaymentMeans,
    Preceding,
    Tax,
    Totals,
)
from ..money import exponent
from ..party import Party

SPECIFICATION = "urn:cen.eu:en16931:2017"
# UNTDID 5305, and why no tax is due (CEF VATEX code, or words where there is none).
EXEMPTIONS: Mapping[str, tuple[str, str]] = {
    "S": ("", ""),
    "Z": ("", ""),
    "E": ("", "Exempt from VAT"),
    "AE": ("VATEX-EU-AE", "Reverse charge"),
    "K": ("VATEX-EU-IC", "Intra-community supply"),
    "G": ("VATEX-EU-G", "Export outside the EU"),
    "O": ("VATEX-EU-O", "Not subject to VAT"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    text: str
    quantity: Decimal
    price: Decimal  # Net, of one unit.
    unit: str = "C62"  # UN/ECE Rec. 20: piece
    allowance: Decimal = Decimal(0)  # Of the line, in the invoice's currency.
    category: str = "S"
    rate: Decimal = Decimal(0)  # Per cent.


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    is_credit_note: bool
    number: str
    issued_on: date | None
    due_on: date | None
    currency: str
    seller: Party
    buyer: Party
    lines: Sequence[EntryLine]
    order: str = ""
    reference: str = ""
    account: str = ""
    credited: str = ""
    note: str = ""


def paper(entry: Entry) -> Invoice:
    """The invoice with every sum; what was left out stays left out."""
    cent = Decimal(1).scaleb(-exponent(entry.currency))
    lines = tuple(_line(at, one, cent) for at, one in enumerate(entry.lines, start=1))
    taxes = _taxes(lines, cent)
    zero = Decimal(0).quantize(cent)
    net = sum((line.net for line in lines if line.net is not None), zero)
    tax = sum((row.tax for row in taxes if row.tax is not None), zero)
    gross = net + tax
    return Invoice(
        number=entry.number,
        issued_on=entry.issued_on,
        due_on=None if entry.is_credit_note else entry.due_on,
        type_code="381" if entry.is_credit_note else "380",
        currency=entry.currency,
        specification=SPECIFICATION,
        order=entry.order,
        buyer_reference="",
        notes=(Note(text=entry.note),) if entry.note else (),
        preceding=(Preceding(number=entry.credited),) if entry.credited else (),
        seller=entry.seller,
        buyer=entry.buyer,
        payment_means=_means(entry),
        totals=Totals(lines=net, net=net, tax=tax, gross=gross, payable=gross),
        taxes=taxes,
        lines=lines,
    )


def _line(at: int, said: EntryLine, cent: Decimal) -> Line:
    whole = (said.quantity * said.price).quantize(cent, ROUND_HALF_UP)
    allowance = said.allowance.quantize(cent, ROUND_HALF_UP)
    off = AllowanceCharge(is_charge=False, amount=allowance, reason="Discount")
    return Line(
        number=str(at),
        name=said.text,
        quantity=said.quantity,
        unit=said.unit,
        price=said.price,
        net=whole - allowance,
        allowances=(off,) if allowance else (),
        tax_category=said.category,
        tax_rate=None if said.category == "O" else said.rate,
    )


def _taxes(lines: Sequence[Line], cent: Decimal) -> tuple[Tax, ...]:
    sums: dict[tuple[str, Decimal | None], Decimal] = {}
    for line in lines:
        key = (line.tax_category, line.tax_rate)
        sums[key] = sums.get(key, Decimal(0)) + (line.net or 0)
    rows = []
    for (category, rate), taxable in sums.items():
        code, reason = EXEMPTIONS[category]
        rows.append(
            Tax(
                taxable=taxable,
                tax=(taxable * (rate or 0) / 100).quantize(cent, ROUND_HALF_UP),
                category=category,
                rate=rate,
                exemption=reason,
                exemption_code=code,
            )
        )
    return tuple(rows)


def _means(entry: Entry) -> tuple[PaymentMeans, ...]:
    """UNTDID 4461: 30 is a credit transfer, which needs an account; 1 says nothing of the way."""
    if not entry.reference and not entry.account:
        return ()
    accounts = (Account(number=entry.account),) if entry.account else ()
    return (
        PaymentMeans(code="30" if accounts else "1", reference=entry.reference, accounts=accounts),
    )
