"""Open positions of a client's ledger on a day: what the rules of eligibility look at, as a stream.

Balances answer for the present; for a day before the last booking the moves up to it are summed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from heapq import merge
from typing import Any
from uuid import UUID

from django.db import connection

from usance.domain.credit.eligibility import Mark
from usance.domain.credit.items import NO_MARKS, Item
from usance.domain.exchange import Cross
from usance.domain.journal import Account
from usance.domain.money import Money

from . import amounts, foreign
from .standings import end_of, is_now

# A currency, which of its invoices, those that this names, and the rate at which they count.
Part = tuple[str, str, list[UUID], Cross | None]
THESE = "AND invoice_id = ANY(%(these)s)"
BUT_THESE = "AND (invoice_id IS NULL OR NOT invoice_id = ANY(%(these)s))"
AT_ONCE = 2_000  # Rows that the server hands over at a time.

OWED_NOW = """
SELECT debtor_id, invoice_id, debit_minor - credit_minor AS minor FROM balance
 WHERE client_id = %(client)s AND account = '1200' AND currency = %(currency)s
   AND debit_minor <> credit_minor AND invoice_id IS NOT NULL {which}
"""
OWED_THEN = """
SELECT debtor_id, invoice_id,
       sum(CASE debit WHEN '1200' THEN amount_minor ELSE -amount_minor END)::bigint AS minor
  FROM move
 WHERE client_id = %(client)s AND currency = %(currency)s AND booked_on <= %(on)s
   AND '1200' IN (debit, credit) AND invoice_id IS NOT NULL {which}
 GROUP BY 1, 2
HAVING sum(CASE debit WHEN '1200' THEN amount_minor ELSE -amount_minor END) <> 0
"""
# What the debtor undertook to pay counts, whatever it objects to later.
# A credit note waits from the day it came until the day it was booked.
ITEMS = """
WITH owed AS MATERIALIZED ({owed})
SELECT coalesce(own.same_as_id, own.id)::text, o.invoice_id, i.number, o.minor, i.issued_on,
       i.due_on, d.id IS NOT NULL AND d.amount_minor IS NULL,
       greatest(coalesce(d.amount_minor - a.minor, 0), 0)::bigint, q.id IS NOT NULL, {proved},
       coalesce(c.minor, 0)::bigint, m.kinds
  FROM owed o JOIN invoice i ON i.id = o.invoice_id JOIN debtor own ON own.id = o.debtor_id
  LEFT JOIN dispute d ON d.invoice_id = o.invoice_id AND d.opened_at < %(until)s
   AND (d.closed_at IS NULL OR d.closed_at >= %(until)s)
   AND NOT EXISTS (SELECT FROM funding u JOIN facility t ON t.id = u.facility_id
                    WHERE u.invoice_id = d.invoice_id AND t.product = 'confirming')
  LEFT JOIN LATERAL (SELECT coalesce(sum(k.face_minor), 0) AS minor FROM invoice k
               JOIN entry e ON e.key = 'credit_note:invoice:' || k.id AND e.booked_on <= %(on)s
                AND e.at >= d.opened_at
              WHERE k.credited_id = d.invoice_id AND k.kind = 'credit_note') a
    ON d.amount_minor IS NOT NULL
  LEFT JOIN question q ON q.invoice_id = o.invoice_id AND q.state = 'confirmed'
   AND q.answered_at < %(until)s
  {notices}
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
 ORDER BY coalesce(own.same_as_id, own.id), o.invoice_id
"""
NOTICES = """
  LEFT JOIN funding f ON f.invoice_id = o.invoice_id
  LEFT JOIN (SELECT DISTINCT s.invoice_id FROM dispatch s JOIN delivery_event e
               ON e.dispatch_id = s.id AND e.outcome IN ('delivered', 'opened')
              AND NOT e.estimated AND e.received_at < %(until)s
              WHERE s.invoice_id IN (SELECT invoice_id FROM owed)) n
    ON n.invoice_id = o.invoice_id
"""
PROVED = "n.invoice_id IS NOT NULL, f.funded_on"
UNASKED = "false, NULL::date"
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
 WHERE client_id = %(client)s AND currency = %(currency)s AND booked_on <= %(on)s {which}
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
    counted: Sequence[Part] = (),
    notices: bool = True,
) -> Iterator[tuple[UUID, Item]]:
    """Each open invoice with its debtor, by debtor and then as they came in. One query; a few
    rows are in memory at a time. Rows of one company are one debtor: the row that stays.

    :param since: debtors from this one on.
    :param counted: as `parts` says; empty: it is asked.
    :param notices: whether a delivery is proved is asked as well, and when each was bought.
    """
    asked = {
        "client": client, "currency": currency, "on": on, "until": end_of(on), "debtor": debtor,
        "since": since,
    }  # fmt: skip
    counted = counted or parts(client, currency, on=on)
    streams = [_stream(part, asked, notices=notices) for part in counted]
    if len(streams) == 1:
        yield from streams[0]
    else:
        yield from merge(*streams, key=lambda pair: (pair[0], pair[1].invoice))


def _stream(part: Part, asked: Mapping[str, Any], *, notices: bool) -> Iterator[tuple[UUID, Item]]:
    of, which, these, rate = part
    sql = _items(_owed(asked["on"], which), notices=notices)
    for debtor, item in _read(sql, {**asked, "currency": of, "these": these}):
        yield debtor, item if rate is None else worth(item, rate)


def worth(item: Item, rate: Cross) -> Item:
    """The same in another currency; each amount of it is rounded once."""

    def told(minor: int) -> int:
        return rate.worth(Money(minor, rate.of)).minor

    return item._replace(
        minor=told(item.minor), disputed_minor=told(item.disputed_minor),
        credited_minor=told(item.credited_minor),
    )  # fmt: skip


def coming(client: UUID, invoices: Collection[UUID], *, on: date) -> dict[UUID, Item]:
    """Invoices of a client that are not bought yet, as they would stand on the day of purchase."""
    asked = {
        "client": client, "on": on, "until": end_of(on), "debtor": None, "since": None,
        "invoices": list(invoices),
    }  # fmt: skip
    return {item.invoice: item for _, item in _read(_items(COMING), asked)}


def _items(owed: str, *, notices: bool = True) -> str:
    return ITEMS.format(
        owed=owed,
        proved=PROVED if notices else UNASKED,
        notices=NOTICES if notices else "",
    )


def _read(sql: str, asked: Mapping[str, object]) -> Iterator[tuple[UUID, Item]]:
    """Items from rows whose columns are the debtor and then an item's, in their order."""
    text, owner = "", UUID(int=0)
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, asked)
        while rows := cursor.fetchmany(AT_ONCE):
            for debtor, *cells, kinds in rows:
                if debtor != text:
                    text, owner = debtor, UUID(debtor)
                yield owner, Item(*cells, frozenset(map(Mark, kinds)) if kinds else NO_MARKS)


def outstanding(client: UUID, counted: Sequence[Part], *, on: date) -> dict[UUID, int]:
    """What each debtor owes on this client's invoices, in minor units; rows of one company are one
    debtor.

    :param counted: as `parts` says.
    """
    found: dict[UUID, int] = defaultdict(int)
    for of, which, these, rate in counted:
        with connection.cursor() as cursor:
            cursor.execute(
                DEBTORS.format(owed=_owed(on, which)),
                {"client": client, "currency": of, "on": on, "these": these},
            )
            for debtor, minor in cursor.fetchall():
                found[debtor] += minor if rate is None else rate.worth(Money(minor, of)).minor
    return dict(found)


def used(client: UUID, counted: Sequence[Part], *, on: date) -> int:
    """Funds in use, in minor units: what is bought, without what is only approved.

    :param counted: as `parts` says.
    """
    (currency, but, *_), *across = counted
    if not but and not across and is_now(on):
        held = [amounts.of_clients(one, [client], currency).get(client, 0) for one in USED]
        receivables, kept_back, claims = held
        return receivables - kept_back + claims
    found = 0
    for of, which, these, rate in counted:
        with connection.cursor() as cursor:
            cursor.execute(
                USED_THEN.format(which=which),
                {"client": client, "currency": of, "on": on, "these": these,
                 "accounts": [account.value for account in USED]},
            )  # fmt: skip
            minor = int(cursor.fetchone()[0])
        found += minor if rate is None else rate.worth(Money(minor, of)).minor
    return found


def reserves(
    client: UUID, currency: str, invoices: Collection[UUID], *, on: date
) -> dict[UUID, int]:
    if not invoices:
        return {}
    found: dict[UUID, int] = {}
    for of, _, these, rate in parts(client, currency, on=on):
        wanted = list(invoices) if rate is None else sorted(set(invoices) & set(these))
        for pk, minor in _reserves(client, of, wanted, on=on).items():
            found[pk] = minor if rate is None else rate.worth(Money(minor, of)).minor
    return found


def _reserves(
    client: UUID, currency: str, invoices: Collection[UUID], *, on: date
) -> dict[UUID, int]:
    if is_now(on):
        return amounts.of_invoices(Account.CLIENT_RESERVES, invoices)
    with connection.cursor() as cursor:
        cursor.execute(
            RESERVES_THEN,
            {"client": client, "currency": currency, "on": on, "invoices": list(invoices)},
        )
        return dict(cursor.fetchall())


def parts(client: UUID, currency: str, *, on: date) -> list[Part]:
    """What counts in a currency: invoices in it, but for those bought by terms in another one, and
    those in others that were bought by terms in it.

    :raises RateMissing: if one of these has no rate that day.
    """
    across = foreign.of_client(client)
    elsewhere = [pk for (of, _), these in across.items() if of == currency for pk in these]
    found: list[Part] = [(currency, BUT_THESE if elsewhere else "", elsewhere, None)]
    found += [
        (of, THESE, these, foreign.rate(of, currency, on=on))
        for (of, into), these in sorted(across.items())
        if into == currency
    ]
    return found


def _owed(on: date, which: str = "") -> str:
    return (OWED_NOW if is_now(on) else OWED_THEN).format(which=which)
