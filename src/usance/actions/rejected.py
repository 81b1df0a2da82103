"""Payouts that the bank refused, or never executed: their money is due, or unapplied, again."""

from collections.abc import Sequence
from datetime import datetime

from usance import models
from usance.domain import ledger
from usance.domain.events import Kind
from usance.domain.journal import About
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change

from . import refunds
from .diary import Line, note
from .ledger import book


def reject(
    rows: Sequence[models.Payout], *, missing: bool = False, document: str = "", at: datetime,
    actor: str,
) -> None:  # fmt: skip
    """Each for the reason that it carries. Their receipts and they are locked.

    :param missing: people say that the bank never executed them.
    :param document: what the bank said, as it came.
    """
    for row in rows:
        row.state, row.closed_on = "rejected", at.date()
    book(
        [
            ledger.refund_rejected(
                row.key, row.amount, on=at.date(), why=row.reason, missing=missing
            )
            if row.receipt_id
            else ledger.payout_rejected(
                row.key, row.amount, about=About(client=row.client_id), on=at.date(),
                why=row.reason, missing=missing,
            )
            for row in rows
        ],
        at=at,
        actor=actor,
    )  # fmt: skip
    refunds.give_back([row for row in rows if row.receipt_id])
    change(rows, ["state", "closed_on", "reason"])
    crashpoint("rejected.booked")
    told = [
        Line(row.pk, None, {"amount": str(row.amount), "reason": row.reason, "document": document})
        for row in rows
    ]
    note(Kind.PAYOUT_REJECTED, told, at=at, actor=actor)
