"""Charges for time of invoices on which nothing came back: all that were bought and issued on the
same days at the same terms owe the same part, so that the database writes them in one statement.

The part is the domain's (`finance.Meter`). Here it is only multiplied and rounded, in whole numbers
as `Money.over` does: no invoice of these passes through this process.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from usance import models
from usance.domain.finance import Charges, Meter, RateMissing
from usance.domain.finance.meter import Part
from usance.models.accrual import FEES
from usance.models.bulk import array
from usance.models.ids import new_id

DAY = timedelta(days=1)

# Made once a connection: made for each batch it would fill the catalogue with dead rows.
STAGING = """
CREATE TEMP TABLE IF NOT EXISTS pg_temp.metered (
  invoice_id uuid, client_id uuid, facility_id uuid, currency text, face bigint, advance bigint,
  purchased_on date, issued_on date, since date, brackets bigint, interest bigint,
  is_alone boolean) ON COMMIT DELETE ROWS
"""
# What grows by itself or ends by the due date, and what was credited, is computed one by one.
FILLED = """
INSERT INTO pg_temp.metered
SELECT i.id, i.client_id, f.facility_id, f.currency, f.face_minor, f.advance_minor, f.funded_on,
       i.issued_on, coalesce(least(b.day, n.day) + 1, f.funded_on), b.total_minor, n.total_minor,
       coalesce((t.charges #>> '{{interest,monthly}}')::boolean, false)
    OR coalesce((t.charges #>> '{{interest,to_due}}')::boolean, false)
    OR EXISTS (SELECT FROM balance WHERE invoice_id = i.id AND account = '1200'
                  AND credit_minor <> 0)
  FROM unnest(%(invoices)s::uuid[]) AS wanted (id)
  JOIN invoice i ON i.id = wanted.id AND i.stage = 'funded'
  JOIN funding f ON f.invoice_id = i.id AND f.funded_on <= %(through)s
  JOIN facility t ON t.id = f.facility_id
  {last}
 WHERE coalesce(least(b.day, n.day) + 1, f.funded_on) <= %(through)s
"""
LAST = """
LEFT JOIN LATERAL (SELECT day, total_minor FROM accrual
  WHERE t.charges ? '{fee}' AND invoice_id = i.id AND fee = '{fee}'
  ORDER BY day DESC LIMIT 1) AS {name} ON true
"""
LASTS = "".join(LAST.format(fee=fee, name=name) for fee, name in zip(FEES, "bn", strict=True))
ALIKE = """
SELECT facility_id, purchased_on, issued_on, since, count(*) FROM pg_temp.metered
 WHERE NOT is_alone GROUP BY 1, 2, 3, 4
"""
OF_ALIKE = """
SELECT invoice_id FROM pg_temp.metered WHERE NOT is_alone AND facility_id = %s
   AND purchased_on = %s AND issued_on = %s AND since = %s
"""
# An amount is what is owed by the day's end less what was accrued before, as in `accruals`.
EARNED = """
WITH part AS MATERIALIZED (
  SELECT * FROM unnest(%(facility)s::uuid[], %(purchased_on)s::date[], %(issued_on)s::date[],
                       %(since)s::date[], %(day)s::date[], %(fee)s::text[], %(of_face)s::boolean[],
                       %(above)s::numeric[], %(below)s::numeric[])
    AS p (facility_id, purchased_on, issued_on, since, day, fee, of_face, above, below)),
owed AS (
  SELECT m.invoice_id, m.client_id, m.currency, p.fee, p.day,
         CASE p.fee WHEN 'brackets' THEN m.brackets ELSE m.interest END AS before,
         div(2 * (CASE WHEN p.of_face THEN m.face ELSE m.advance END) * p.above + p.below,
             2 * p.below)::bigint AS total
    FROM pg_temp.metered m
    JOIN part p USING (facility_id, purchased_on, issued_on, since)
   WHERE NOT m.is_alone),
earned AS MATERIALIZED (
  SELECT *, total - lag(total, 1, coalesce(before, 0)) OVER so_far AS amount
    FROM owed WINDOW so_far AS (PARTITION BY invoice_id, fee ORDER BY day)),
written AS (
  INSERT INTO accrual (id, invoice_id, fee, day, amount_minor, total_minor, currency, at)
  SELECT (%(ids)s::uuid[])[row_number() OVER ()], invoice_id, fee, day, amount, total, currency,
         %(at)s
    FROM earned)
SELECT client_id, currency, day, fee, sum(amount)::bigint FROM earned GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class Alike:
    """So many invoices that owe the same part, of which the days from `since` are missing."""

    facility: UUID
    purchased_on: date
    issued_on: date
    since: date
    count: int


Owed = dict[tuple[UUID, str, date, str], int]  # By client, currency, day and charge.


def read(invoices: Sequence[UUID], *, through: date) -> None:
    """Put down those of these that lack days up to that one, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(STAGING)
        cursor.execute("DELETE FROM pg_temp.metered")
        cursor.execute(FILLED.format(last=LASTS), {"invoices": array(invoices), "through": through})


def alone() -> dict[UUID, UUID]:
    """Of those put down, the invoices that are computed one by one, with their clients."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT invoice_id, client_id FROM pg_temp.metered WHERE is_alone")
        return dict(cursor.fetchall())


def accrue(meter: Meter, *, through: date, at: datetime) -> tuple[Owed, dict[UUID, RateMissing]]:
    """Write the missing days of the others; what they come to, and which wait for which rate."""
    with connection.cursor() as cursor:
        cursor.execute(ALIKE)
        alike = [Alike(*row) for row in cursor.fetchall()]
        terms = _terms({one.facility for one in alike})
        rows: list[tuple[Any, ...]] = []
        waits: dict[UUID, RateMissing] = {}
        many = 0
        for one in alike:
            try:
                for day, fee, part in _days(one, terms[one.facility], meter, through=through):
                    rows.append((one, day, fee, part))
                    many += one.count
            except RateMissing as missing:
                waits |= dict.fromkeys(_of(one), missing)
        if not rows:
            return {}, waits
        cursor.execute(
            EARNED, _told(rows) | {"ids": array(new_id() for _ in range(many)), "at": at}
        )
        return {tuple(key): minor for *key, minor in cursor.fetchall()}, waits


def _terms(facilities: Iterable[UUID]) -> dict[UUID, Charges]:
    return {row.pk: row.priced() for row in models.Facility.objects.filter(pk__in=facilities)}


def _days(
    one: Alike, charges: Charges, meter: Meter, *, through: date
) -> Iterator[tuple[date, str, Part]]:
    """The part of each charge that is owed by the end of each day that is missing.

    :raises RateMissing: for the first day whose rate nobody entered; those before it are told.
    """
    day = one.since
    while day <= through:
        parts = meter.parts(
            charges, purchased_on=one.purchased_on, issued_on=one.issued_on, through=day
        )
        for fee, part in parts.items():
            yield day, fee, part
        day += DAY


def _of(one: Alike) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(OF_ALIKE, [one.facility, one.purchased_on, one.issued_on, one.since])
        return [pk for (pk,) in cursor.fetchall()]


def _told(rows: Sequence[tuple[Alike, date, str, Part]]) -> dict[str, str]:
    """The parts as arrays, one for each column of `part`."""
    return {
        "facility": array(one.facility for one, *_ in rows),
        "purchased_on": _array(one.purchased_on for one, *_ in rows),
        "issued_on": _array(one.issued_on for one, *_ in rows),
        "since": _array(one.since for one, *_ in rows),
        "day": _array(day for _, day, _, _ in rows),
        "fee": _array(fee for *_, fee, _ in rows),
        "of_face": _array(part.of_face for *_, part in rows),
        "above": _array(part.above for *_, part in rows),
        "below": _array(part.below for *_, part in rows),
    }


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join(map(str, values)) + "}"
