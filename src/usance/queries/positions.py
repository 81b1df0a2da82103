"""Open positions of a client's ledger on a day: what the rules of eligibility look at, as a stream.

Balances answer for the present; for a day before the last booking the moves up to it are summed.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from uuid import UUID

from django.db import connection

from usance.domain.credit.availability import Item
from usance.domain.credit.eligibility import Mark
from usance.domain.journal import Account

from . import amounts
from .standings import end_of, is_now

NO_MARKS: frozenset[Mark] = frozenset()
AT_ONCE = 2_000  # Rows that the server hands over at a time.

OWED_NOW = """
SELECT debtor_id, invoice_id, debit_minor - credit_minor AS minor FROM balance
 WHERE client_id = %(client)s AND account = '1200' AND currency = %(currency)s
   AND debit_minor <> credit_minor AND invoice_id IS NOT NULL
"""
OWED_THEN = """
SELECT debtor_id, invoice_id,
       sum(CASE debit WHEN '1200' THEN amount_minor ELSE -amount_minor END)::bigint AS minor
  FROM move
 WHERE client_id = %(client)s AND currency = %(currency)s AND booked_on <= %(on)s
   AND '1200' IN (debit, credit) AND invoice_id IS NOT NULL
 GROUP BY 1, 2
HAVING sum(CASE debit WHEN '1200' THEN amount_minor ELSE -amount_minor END) <> 0
"""
# A credit note waits from the day it came until the day it was booked.
ITEMS = """
WITH owed AS MATERIALIZED ({owed})
SELECT coalesce(own.same_as_id, own.id), o.invoice_id, i.number, o.minor, i.issued_on, i.due_on,
       d.id IS NOT NULL AND d.amount_minor IS NULL,
       greatest(coalesce(d.amount_minor - a.minor, 0), 0)::bigint, q.id IS NOT NULL,
       n.invoice_id IS NOT NULL, coalesce(c.minor, 0)::bigint, m.kinds, f.funded_on
  FROM owed o JOIN invoice i ON i.id = o.invoice_id JOIN debtor own ON own.id = o.debtor_id
  LEFT JOIN funding f ON f.invoice_id = o.invoice_id
  LEFT JOIN dispute d ON d.invoice_id = o.invoice_id AND d.opened_at < %(until)s
   AND (d.closed_at IS NULL OR d.closed_at >= %(until)s)
  LEFT JOIN LATERAL (SELECT coalesce(sum(k.face_minor), 0) AS minor FROM invoice k
               JOIN entry e ON e.key = 'credit_note:invoice:' || k.id AND e.booked_on <= %(on)s
                AND e.at >= d.opened_at
              WHERE k.credited_id = d.invoice_id AND k.kind = 'credit_note') a
    ON d.amount_minor IS NOT NULL
  LEFT JOIN question q ON q.invoice_id = o.invoice_id AND q.state = 'confirmed'
   AND q.answered_at < %(until)s
  LEFT JOIN (SELECT DISTINCT s.invoice_id FROM dispatch s JOIN delivery_event e
               ON e.dispatch_id = s.id AND e.outcome IN ('delivered', 'opened')
              AND NOT e.estimated AND e.received_at < %(until)s
              WHERE s.invoice_id IN (SELECT invoice_id FROM owed)) n
    ON n.invoice_id = o.invoice_id
  LEFT JOIN (SELECT k.credited_id, sum(k.face_minor) AS minor FROM invoice k
               LEFT JOIN entry e ON e.key = 'credit_note:invoice:' || k.id
                AND e.booked_on <= %(on)s
              WHERE k.client_id = %(client)s AND k.kind = 'credit_note'
                AND k.credited_id IS NOT NULL AND k.received_at < %(until)s AND e.id IS NULL
                AND k.stage IN ('received', 'verified', 'applied') GROUP BY 1) c
    ON c.credited_id = o.invoice_id
  LEFT JOIN (SELECT invoice_id, array_agg(kind) AS kinds FROM eligibility_mark
              WHERE client_id = %(client)s AND invoice_id IS NOT NULL AND valid_from <= %(on)s
                AND (valid_to IS NULL OR valid_to >= %(on)s) GROUP BY 1) m
    ON m.invoice_id = o.invoice_id
 WHERE (%(debtor)s::uuid IS NULL OR coalesce(own.same_as_id, own.id) = %(debtor)s)
   AND (%(since)s::uuid IS NULL OR coalesce(own.same_as_id, own.id) >= %(since)s)
 ORDER BY 1, 2
"""
COMING = """
SELECT debtor_id, id AS invoice_id, face_minor AS minor FROM invoice WHERE id = ANY(%(invoices)s)
"""
DEBTORS = """
SELECT coalesce(own.same_as_id, own.id), sum(minor)::bigint
  FROM ({owed}) AS owed JOIN debtor own ON own.id = owed.debtor_id GROUP BY 1
"""
USED_THEN = """
SELECT coalesce(sum(CASE WHEN debit = ANY(%(accounts)s) THEN amount_minor ELSE 0 END
                  - CASE WHEN credit = ANY(%(accounts)s) THEN amount_minor ELSE 0 END), 0)::bigint
  FROM move
 WHERE client_id = %(client)s AND currency = %(currency)s AND booked_on <= %(on)s
"""
RESERVES_THEN = """
SELECT invoice_id,
       sum(CASE credit WHEN '2100' THEN amount_minor ELSE -amount_minor END)::bigint
  FROM move
 WHERE client_id = %(client)s AND currency = %(currency)s AND booked_on <= %(on)s
   AND '2100' IN (debit, credit) AND invoice_id = ANY(%(invoices)s)
 GROUP BY 1
"""
# Receivables bought, less the reserves kept back, plus our claims: what the client has had of us.
USED = [Account.FACTORED_RECEIVABLES, Account.CLIENT_RESERVES, Account.CLIENT_CLAIMS]


def items(
    client: UUID,
    currency: str,
    *,
    on: date,
    debtor: UUID | None = None,
    since: UUID | None = None,
) -> Iterator[tuple[UUID, Item]]:
    """Each open invoice with its debtor, by debtor and then as they came in. One query; a few
    rows are in memory at a time. Rows of one company are one debtor: the row that stays.

    :param since: debtors from this one on.
    """
    asked = {
        "client": client, "currency": currency, "on": on, "until": end_of(on), "debtor": debtor,
        "since": since,
    }  # fmt: skip
    yield from _read(ITEMS.format(owed=_owed(on)), asked)


def coming(client: UUID, invoices: Collection[UUID], *, on: date) -> dict[UUID, Item]:
    """Invoices of a client that are not bought yet, as they would stand on the day of purchase."""
    asked = {
        "client": client, "on": on, "until": end_of(on), "debtor": None, "since": None,
        "invoices": list(invoices),
    }  # fmt: skip
    return {item.invoice: item for _, item in _read(ITEMS.format(owed=COMING), asked)}


def _read(sql: str, asked: Mapping[str, object]) -> Iterator[tuple[UUID, Item]]:
    with connection.chunked_cursor() as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(sql, asked)
        for (
            owner, pk, number, minor, issued, due, no, part, yes, told, credited, kinds, bought,
        ) in cursor:  # fmt: skip
            yield (
                owner,
                Item(
                    invoice=pk, number=number, minor=minor, issued_on=issued, due_on=due,
                    disputed=no, disputed_minor=part, confirmed=yes, notified=told,
                    credited_minor=credited, bought_on=bought,
                    marks=frozenset(map(Mark, kinds)) if kinds else NO_MARKS,
                ),
            )  # fmt: skip


def outstanding(client: UUID, currency: str, *, on: date) -> dict[UUID, int]:
    """What each debtor owes on this client's invoices, in minor units; rows of one company are one
    debtor."""
    with connection.cursor() as cursor:
        cursor.execute(
            DEBTORS.format(owed=_owed(on)), {"client": client, "currency": currency, "on": on}
        )
        return dict(cursor.fetchall())


def used(client: UUID, currency: str, *, on: date) -> int:
    """Funds in use, in minor units: what is bought, without what is only approved."""
    if is_now(on):
        held = [amounts.of_clients(one, [client], currency).get(client, 0) for one in USED]
        receivables, kept_back, claims = held
        return receivables - kept_back + claims
    with connection.cursor() as cursor:
        cursor.execute(
            USED_THEN,
            {"client": client, "currency": currency, "on": on,
             "accounts": [account.value for account in USED]},
        )  # fmt: skip
        return int(cursor.fetchone()[0])


def reserves(
    client: UUID, currency: str, invoices: Collection[UUID], *, on: date
) -> dict[UUID, int]:
    if not invoices:
        return {}
    if is_now(on):
        return amounts.of_invoices(Account.CLIENT_RESERVES, invoices)
    with connection.cursor() as cursor:
        cursor.execute(
            RESERVES_THEN,
            {"client": client, "currency": currency, "on": on, "invoices": list(invoices)},
        )
        return dict(cursor.fetchall())


def _owed(on: date) -> str:
    return OWED_NOW if is_now(on) else OWED_THEN
