"""An invoice that a person types: lines in, the whole paper with its sums out.

Rounding as EN 16931-1 has it: a line's net is rounded once (quantity times price, less its
allowance), and so is each allowance or charge on the whole; taxes are rounded once for each rate
over the sum of what lies under it (BR-CO-17), sums of rounded amounts are never rounded again.
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
class EntryAllowance:
    """Off the whole invoice, or on top of it (BG-20, BG-21): under one rate of VAT."""

    is_charge: bool
    text: str
    amount: Decimal = Decimal(0)
    percent: Decimal = Decimal(0)  # Of the lines under this rate. Zero: `amount` says how much.
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
    allowances: Sequence[EntryAllowance] = ()


def paper(entry: Entry) -> Invoice:
    """The invoice with every sum; what was left out stays left out."""
    cent = Decimal(1).scaleb(-exponent(entry.currency))
    lines = tuple(_line(at, one, cent) for at, one in enumerate(entry.lines, start=1))
    allowances = tuple(_allowance(one, lines, cent) for one in entry.allowances)
    taxes = _taxes(lines, allowances, cent)
    zero = Decimal(0).quantize(cent)
    gathered = sum((line.net for line in lines if line.net is not None), zero)
    off = sum((one.amount for one in allowances if one.amount and not one.is_charge), zero)
    more = sum((one.amount for one in allowances if one.amount and one.is_charge), zero)
    net = gathered - off + more
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
        allowances=allowances,
        totals=Totals(
            lines=gathered,
            allowances=off or None,
            charges=more or None,
            net=net,
            tax=tax,
            gross=gross,
            payable=gross,
        ),
        taxes=taxes,
        lines=lines,
    )


def net_under(lines: Sequence[EntryLine], category: str, rate: Decimal, currency: str) -> Decimal:
    """The sum of the lines under one rate of VAT, without tax."""
    cent = Decimal(1).scaleb(-exponent(currency))
    return _net_under([_line(0, one, cent) for one in lines], (category, _rate(category, rate)))


def _net_under(lines: Sequence[Line], key: tuple[str, Decimal | None]) -> Decimal:
    return sum(
        (line.net or Decimal(0) for line in lines if (line.tax_category, line.tax_rate) == key),
        Decimal(0),
    )


def _rate(category: str, rate: Decimal) -> Decimal | None:
    return None if category == "O" else rate


def _allowance(said: EntryAllowance, lines: Sequence[Line], cent: Decimal) -> AllowanceCharge:
    rate = _rate(said.category, said.rate)
    base = _net_under(lines, (said.category, rate)) if said.percent else None
    amount = said.amount if base is None else base * said.percent / 100
    return AllowanceCharge(
        is_charge=said.is_charge,
        amount=amount.quantize(cent, ROUND_HALF_UP),
        base=base,
        percent=said.percent or None,
        tax_category=said.category,
        tax_rate=rate,
        reason=said.text,
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
        tax_rate=_rate(said.category, said.rate),
    )


def _taxes(
    lines: Sequence[Line], allowances: Sequence[AllowanceCharge], cent: Decimal
) -> tuple[Tax, ...]:
    sums: dict[tuple[str, Decimal | None], Decimal] = {}
    for line in lines:
        key = (line.tax_category, line.tax_rate)
        sums[key] = sums.get(key, Decimal(0)) + (line.net or 0)
    for one in allowances:
        key, amount = (one.tax_category, one.tax_rate), one.amount or Decimal(0)
        sums[key] = sums.get(key, Decimal(0)) + (amount if one.is_charge else -amount)
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
