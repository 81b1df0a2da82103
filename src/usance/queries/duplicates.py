"""Claims that an invoice may be once more. Each row asks three indexes; none asks every row."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import connection

from usance.domain.verification.duplicates import WINDOW_DAYS, Claimed
from usance.models.bulk import array

MOST = 40  # Claims compared with each, for each way of finding them.

# MATERIALIZED: the planner guesses the size of an array wrongly and would read the whole table.
_NEAR = """
WITH mine AS MATERIALIZED (SELECT * FROM trait WHERE invoice_id = ANY(%(mine)s::uuid[])),
pairs AS (
  SELECT mine.invoice_id AS of, near.invoice_id AS other FROM mine CROSS JOIN LATERAL (
    SELECT invoice_id FROM trait
     WHERE debtor_id = mine.debtor_id AND face_minor = mine.face_minor
       AND issued_on BETWEEN mine.issued_on - %(days)s AND mine.issued_on + %(days)s
       AND invoice_id <> mine.invoice_id AND kind = mine.kind
     ORDER BY issued_on DESC LIMIT %(most)s) AS near
  UNION
  SELECT mine.invoice_id, near.invoice_id FROM mine CROSS JOIN LATERAL (
    SELECT invoice_id FROM trait
     WHERE lines = mine.lines AND mine.lines <> '' AND debtor_id = mine.debtor_id
       AND invoice_id <> mine.invoice_id AND kind = mine.kind
     LIMIT %(most)s) AS near
  UNION
  SELECT mine.invoice_id, near.invoice_id FROM mine CROSS JOIN LATERAL (
    SELECT invoice_id FROM trait
     WHERE seller = mine.seller AND number = mine.number AND client_id <> mine.client_id
       AND kind = mine.kind LIMIT %(most)s) AS near
  UNION
  SELECT mine.invoice_id, near.invoice_id FROM mine CROSS JOIN LATERAL (
    SELECT invoice_id FROM trait
     WHERE file = mine.file AND number = mine.number AND client_id <> mine.client_id
       AND kind = mine.kind LIMIT %(most)s) AS near
)
SELECT pairs.of, t.invoice_id, t.client_id, t.debtor_id, t.seller, i.number, t.number, t.stem,
       t.issued_on, t.face_minor, t.currency, t.lines, t.file, t.figures, t.orders,
       i.stage IN ('funded', 'settled', 'repurchased'),
       (SELECT coalesce(sum(note.face_minor), 0) FROM invoice note
         WHERE note.credited_id = i.id AND note.stage <> 'rejected') * 10 >= t.face_minor * 9
         AND t.face_minor > 0
  FROM pairs JOIN trait t ON t.invoice_id = pairs.other JOIN invoice i ON i.id = pairs.other
 WHERE i.stage <> 'rejected'
"""

_OWN = """
SELECT t.invoice_id, t.client_id, t.debtor_id, t.seller, i.number, t.number, t.stem, t.issued_on,
       t.face_minor, t.currency, t.lines, t.file, t.figures, t.orders
  FROM trait t JOIN invoice i ON i.id = t.invoice_id WHERE t.invoice_id = ANY(%s::uuid[])
"""


def near(invoices: Collection[UUID]) -> dict[UUID, list[Claimed]]:
    """For each of these, the claims to compare it with. One query."""
    found: dict[UUID, list[Claimed]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, {"mine": array(invoices), "days": WINDOW_DAYS, "most": MOST})
        for of, *row in cursor.fetchall():
            found[of].append(_claimed(row))
    return found


def claims(invoices: Collection[UUID]) -> dict[UUID, Claimed]:
    """These as they are compared; without those that were never verified."""
    with connection.cursor() as cursor:
        cursor.execute(_OWN, [array(invoices)])
        return {row[0]: _claimed(row) for row in cursor.fetchall()}


def _claimed(row: Sequence[object]) -> Claimed:
    names = ("invoice", "client", "debtor", "seller", "written", "number", "stem", "issued_on",
             "face_minor", "currency", "lines", "file", "figures", "orders", "bought",
             "credited")  # fmt: skip
    return Claimed(**dict(zip(names, row, strict=False)))  # type: ignore[arg-type]  # as selected


def forgotten_before(today: date, *, months: int) -> str:
    """The month before which others' fingerprints are forgotten."""
    first = today.replace(day=1)
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return f"{first:%Y-%m}"
