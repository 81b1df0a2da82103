"""What of invoices is disputed now: a sum over what was said, credited and paid."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from usance import models
from usance.domain.collection import disputes
from usance.domain.invoice import Stage
from usance.domain.money import Money
from usance.models.bulk import array

from . import cash

# A dispute over all of an invoice: nothing of it is asked for.
OVER_ALL = Exists(
    models.Dispute.objects.filter(invoice=OuterRef("pk"), closed_at=None, amount_minor=None)
)
# Credit notes that were booked since the dispute was opened answer it.
OPEN = """
SELECT d.invoice_id, d.amount_minor, d.opened_at, coalesce(sum(k.face_minor), 0)::bigint
  FROM dispute d
  LEFT JOIN (invoice k JOIN entry e ON e.key = 'credit_note:invoice:' || k.id)
    ON k.credited_id = d.invoice_id AND k.kind = 'credit_note' AND k.stage = 'applied'
   AND e.at >= d.opened_at
 WHERE d.closed_at IS NULL AND d.invoice_id = ANY(%s::uuid[])
 GROUP BY d.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An open dispute."""

    amount_minor: int | None  # As it was opened. None: all of the invoice.
    opened_at: datetime
    credited_minor: int  # Since then.
    left_minor: int  # Still disputed.


def open_of(invoices: Collection[UUID]) -> dict[UUID, Open]:
    """The open dispute of each that has one. Three queries at most."""
    if not invoices:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [array(list(invoices))])
        rows = cursor.fetchall()
    owed = cash.outstanding([pk for pk, *_ in rows]) if rows else {}
    return {
        pk: Open(
            amount_minor=amount, opened_at=opened_at, credited_minor=credited,
            left_minor=disputes.left(amount, credited=credited, outstanding=owed.get(pk, 0)),
        )
        for pk, amount, opened_at, credited in rows
    }  # fmt: skip


def parts(invoices: Collection[UUID]) -> dict[UUID, int]:
    """What is disputed of each, in minor units; those without a dispute are left out."""
    return {pk: one.left_minor for pk, one in open_of(invoices).items()}


def asks_for(row: models.Invoice) -> Money:
    """What an invoice asks for: what is outstanding once it is bought, else its face."""
    if row.stage != Stage.FUNDED:
        return row.face
    return Money(cash.outstanding([row.pk]).get(row.pk, 0), row.currency)


def is_paid_since(invoice: UUID, since: datetime) -> bool:
    return models.Allocation.objects.filter(
        invoice_id=invoice, undone_at=None, at__gte=since
    ).exists()
