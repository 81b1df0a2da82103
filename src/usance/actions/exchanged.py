"""What of a receipt pays an invoice in another currency goes over to it, and comes back from it.

Within the transaction of the payment, or of what takes it back, which holds lines and invoices.
"""

from collections.abc import Sequence
from datetime import datetime

from usance import models
from usance.domain import ledger
from usance.domain.journal import Entry
from usance.domain.money import Money
from usance.domain.payment import Across

from .ledger import book


def over(found: Sequence[tuple[Entry, Across]], *, at: datetime, actor: str) -> None:
    """Book the way over for each of these payments; the entry of the payment follows.

    The rate stands beside it, and holds for the way back.
    """
    _write([(entry, one.paid, one.pays, one) for entry, one in found], at=at, actor=actor)


def back(undone: Sequence[tuple[models.Allocation, Entry]], *, at: datetime, actor: str) -> None:
    """Book the way back for those of these payments that went over, at the rate of then. What
    takes the payment itself back is booked before."""
    across = known([row for row, _ in undone])
    _write(
        [
            (entry, -across[row].paid, -across[row].pays, across[row])
            for row, entry in undone if row in across
        ],
        at=at, actor=actor,
    )  # fmt: skip


def known(rows: Sequence[models.Allocation]) -> dict[models.Allocation, Across]:
    """Of these, the payments in another currency than their line, as they were agreed to."""
    keys = {_key(row): row for row in rows if row.line_minor is not None}
    found = models.Conversion.objects.filter(key__in=keys) if keys else ()
    return {
        keys[one.key]: Across(
            paid=Money(one.paid_minor, one.currency), rate=one.rate(), day=one.rate(),
            pays=Money(one.into_paid_minor, one.into_currency),
        )
        for one in found
    }  # fmt: skip


def _write(
    found: Sequence[tuple[Entry, Money, Money, Across]], *, at: datetime, actor: str
) -> None:
    """:param found: the entry of each, what left the line and what came; taken back below zero."""
    entries: list[Entry] = []
    rows = []
    for entry, gone, came, across in found:
        undone = gone.minor < 0
        entries += ledger.payment_across(entry, across.paid, across.pays, undone=undone)
        about = next(one.about for one in entry.moves)
        assert about.client, entry.key
        rows.append(models.Conversion(
            key=ledger.across_key(entry, undone=undone), client_id=about.client,
            invoice_id=about.invoice, due_minor=0,
            claims_minor=0, into_due_minor=0, into_claims_minor=0, paid_minor=gone.minor,
            into_paid_minor=came.minor, currency=gone.currency, into_currency=came.currency,
            numerator=across.rate.numerator, denominator=across.rate.denominator,
            published_on=across.rate.published_on, booked_on=entry.booked_on, at=at,
            actor=actor[:64],
        ))  # fmt: skip
    if entries:
        book(entries, at=at, actor=actor)
        models.Conversion.objects.bulk_create(rows)


def _key(row: models.Allocation) -> str:
    return ledger.allocation_key(row.line_id, row.invoice_id, row.turn)
