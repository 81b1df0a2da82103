"""What the field sets of bookkeeping systems have in common: lines, the taxes they make, totals."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from usance.domain.finding import Severity
from usance.domain.invoice.document import AllowanceCharge, Line, PaymentMeans, Tax

from ._json import Fields

CENT = Decimal("0.01")
INVOICE, CREDIT_NOTE = "380", "381"
STANDARD_RATED, ZERO_RATED = "S", "Z"  # UNTDID 5305
SLACK = Decimal("1.00")  # Systems round the whole to full units: öre are rounded off.


def category(rate: Decimal | None) -> str:
    if rate is None:
        return ""
    return STANDARD_RATED if rate else ZERO_RATED


def taxes(lines: Sequence[Line], tax: Decimal | None) -> tuple[Tax, ...]:
    """The breakdown by rate that the lines give, if it comes to the document's own tax; else one
    row without a rate: which rate it is, nobody says then."""
    sums: dict[Decimal, Decimal] = {}
    known = True
    for line in lines:
        if line.tax_rate is None or line.net is None:
            known = False
            break
        sums[line.tax_rate] = sums.get(line.tax_rate, Decimal(0)) + line.net
    rows = tuple(
        Tax(
            taxable=net,
            tax=(net * rate / 100).quantize(CENT, ROUND_HALF_UP),
            category=category(rate),
            rate=rate,
        )
        for rate, net in sorted(sums.items())
    )
    if known and rows and tax is not None:
        made = sum((row.tax for row in rows if row.tax is not None), Decimal(0))
        if abs(made - tax) <= CENT * len(lines):
            return rows
    return (Tax(tax=tax),) if tax is not None else ()


def check_sum(
    said: Fields, name: str, parts: Sequence[Decimal | None], whole: Decimal | None
) -> None:
    """A warning where the parts do not come to the whole; which of them is wrong, nobody knows."""
    if whole is None or any(part is None for part in parts):
        return
    made = sum((part for part in parts if part is not None), Decimal(0))
    if abs(made - whole) > SLACK:
        said.fault(name, "sum_differs", f"The parts come to {made}, not {whole}.", Severity.WARNING)


def means(reference: str) -> tuple[PaymentMeans, ...]:
    return (PaymentMeans(code="30", reference=reference),) if reference else ()


def discount(amount: Decimal | None, base: Decimal | None) -> tuple[AllowanceCharge, ...]:
    if not amount:
        return ()
    return (AllowanceCharge(is_charge=False, amount=amount.quantize(CENT), base=base),)


def counted(row: Fields) -> str:
    """The number of a line that has none of its own, from 1."""
    return str(int(row.place.rpartition("/")[2]) + 1)


def positive(is_credit: bool, *amounts: Decimal | None) -> tuple[Decimal | None, ...]:
    """A credit note's amounts are positive in the model; its kind says what it is."""
    return tuple(abs(one) if is_credit and one is not None else one for one in amounts)
