"""Where invoices stand: what a program is told of each in a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from usance import models
from usance.domain.days import days_overdue
from usance.domain.invoice import Stage
from usance.domain.money import Money

from . import cash
from .invoices import open_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    row: models.Invoice
    outstanding: Money | None  # None: not bought, or ended.
    days_overdue: int
    held: bool
    disputed: bool


def standing(rows: Sequence[models.Invoice], *, today: date) -> list[Standing]:
    """Of each row, in the order given. Three queries, however many rows."""
    pks = [row.pk for row in rows]
    left = cash.outstanding(pks)
    held, disputed = open_of(models.Hold, pks), open_of(models.Dispute, pks)
    return [
        Standing(
            row=row,
            outstanding=Money(left.get(row.pk, 0), row.currency) if bought else None,
            days_overdue=days_overdue(row.due_on, today=today) if bought else 0,
            held=row.pk in held,
            disputed=row.pk in disputed,
        )
        for row in rows
        for bought in [row.stage == Stage.FUNDED]
    ]
