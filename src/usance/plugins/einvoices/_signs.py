"""Credit notes whose amounts are negative: one sign for all of them, and the kind says the rest.

UBL and CII write a credit note with positive amounts, Finvoice and older formats with negative
ones. In the model they are positive, so that nothing after it has to know where a paper came from.
"""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, TypeVar

from usance.domain.invoice import Invoice
from usance.domain.invoice.document import AllowanceCharge, Line, Tax, Totals

_T = TypeVar("_T", Totals, Tax, AllowanceCharge, Line)
_KEPT = frozenset({"rate", "percent", "tax_rate", "price", "price_discount", "price_gross",
                   "price_quantity"})  # fmt: skip


def positive(invoice: Invoice) -> Invoice:
    """A credit note that gives back less than nothing, turned round; every other as it is."""
    totals = invoice.totals
    owed = totals.gross if totals.gross is not None else totals.payable
    if not invoice.is_credit_note or owed is None or owed >= 0:
        return invoice
    return replace(
        invoice,
        totals=_turned(totals),
        taxes=tuple(_turned(each) for each in invoice.taxes),
        allowances=tuple(_turned(each) for each in invoice.allowances),
        lines=tuple(
            replace(_turned(each), allowances=tuple(_turned(one) for one in each.allowances))
            for each in invoice.lines
        ),
    )


def _turned(part: _T) -> _T:
    amounts: dict[str, Any] = {
        field.name: -value + 0  # No negative nought.
        for field in fields(part)
        if field.name not in _KEPT and isinstance(value := getattr(part, field.name), Decimal)
    }
    return replace(part, **amounts)
