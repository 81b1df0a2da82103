"""The only door into the books."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from usance import models
from usance.domain import ledger
from usance.domain.journal import Account, Entry
from usance.domain.periods import PeriodClosed
from usance.models.bulk import array, copy, copy_new, texts
from usance.models.ids import new_text
from usance.models.period import REFUSED
from usance.queries.periods import closed_months

_BALANCES = """
INSERT INTO balance (account, currency, client_id, debtor_id, invoice_id, debit_minor, credit_minor)
SELECT side.account, m.currency, m.client_id, m.debtor_id, m.invoice_id,
       sum(side.debited), sum(side.credited)
  FROM move m CROSS JOIN LATERAL (
       VALUES (m.debit, m.amount_minor, 0), (m.credit, 0, m.amount_minor)
       ) AS side (account, debited, credited)
 WHERE m.entry_id = ANY(%s::uuid[]) AND num_nonnulls(m.client_id, m.debtor_id, m.invoice_id) > 0
 GROUP BY side.account, m.currency, m.client_id, m.debtor_id, m.invoice_id
 ORDER BY m.invoice_id, m.client_id, m.debtor_id, side.account, m.currency
    ON CONFLICT (invoice_id, account, client_id, debtor_id, currency) DO UPDATE
   SET debit_minor = balance.debit_minor + EXCLUDED.debit_minor,
       credit_minor = balance.credit_minor + EXCLUDED.credit_minor
"""
_PLEDGED = "SELECT invoice_id FROM balance WHERE account = %s AND invoice_id = ANY(%s::uuid[])"
# The first lane that nobody else adds in: it is ours until the transaction ends. So nobody waits
# for a sum that all others add to; were there more writers than lanes, the rest would in lane 0.
_DAYS = """
WITH free AS MATERIALIZED (
    SELECT lane FROM generate_series(1, 255) AS lane
     WHERE pg_try_advisory_xact_lock(hashtext(current_schema() || '.day_total'), lane) LIMIT 1)
INSERT INTO day_total
       (booked_on, account, currency, written_on, debit_minor, credit_minor, lane)
SELECT day.*, coalesce((SELECT lane FROM free), 0) FROM (VALUES {rows}) AS day
    ON CONFLICT (booked_on, account, currency, lane, written_on) DO UPDATE
   SET debit_minor = day_total.debit_minor + EXCLUDED.debit_minor,
       credit_minor = day_total.credit_minor + EXCLUDED.credit_minor
"""


class KeyReused(Exception):
    """One key, two different entries: a bug in a recipe, never a user's fault."""


@transaction.atomic
def book(entries: Sequence[Entry], *, at: datetime, actor: str) -> int:
    """Add the entries whose keys are not booked yet; how many those were.

    Balances and the day's totals follow in the same transaction. What is found out about
    a day whose month is closed by now counts for the next one that is open.

    :raises KeyReused: if a key was booked with other moves.
    :raises PeriodClosed: if the day of one lies in a month that is closed.
    """
    entries = _with_loans(_in_open_months(entries))
    ids = {entry.key: new_text() for entry in entries}
    assert len(ids) == len(entries), "two entries of one batch share a key"
    contents = {entry.key: _content(entry) for entry in entries}
    rows = [
        (ids[e.key], e.key, contents[e.key], e.booked_on, e.because, e.voucher, at, actor)
        for e in entries
    ]
    added = _added(rows)
    _same_content({key: content for key, content in contents.items() if key not in added})
    fresh = [entry for entry in entries if entry.key in added]
    copy(
        models.Move,
        ["id", "entry", "booked_on", "debit", "credit", "amount_minor", "currency",
         "client", "debtor", "invoice"],
        (
            (new_text(), ids[e.key], e.booked_on, m.debit._value_, m.credit._value_, m.amount.minor,
             m.amount.currency, m.about.client, m.about.debtor, m.about.invoice)
            for e in fresh
            for m in e.moves
        ),
    )  # fmt: skip
    _add_to_balances([ids[entry.key] for entry in fresh])
    _add_to_days(fresh, at.date())
    return len(fresh)


def _in_open_months(entries: Sequence[Entry]) -> Sequence[Entry]:
    days = [entry.booked_on for entry in entries if ledger.comes_late(entry)]
    closed = closed_months(min(days)) if days else ()
    return ledger.in_open_months(entries, closed) if closed else entries


def _with_loans(entries: Sequence[Entry]) -> list[Entry]:
    """Those that move a pledged claim, with what they do to the loan. A claim is pledged if it was
    booked so when it was financed: that entry brings its own."""
    pledged: set[UUID] = set()
    others: set[UUID] = set()
    for entry in entries:
        if ledger.is_beside(entry):
            pledged |= ledger.touched(entry)
        elif not entry.key.startswith("purchase:"):
            others |= ledger.touched(entry)
    if others:
        pledged |= _pledged(others)
    return [ledger.beside(entry, pledged) for entry in entries] if pledged else list(entries)


def _pledged(invoices: Collection[UUID]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_PLEDGED, [Account.PLEDGED_CONTRA.value, array(invoices)])
        return {invoice for (invoice,) in cursor.fetchall()}


def _added(rows: Sequence[Sequence[Any]]) -> set[str]:
    """The keys of those that were not booked yet, and now are."""
    try:
        return copy_new(
            models.Entry,
            ["id", "key", "content", "booked_on", "because", "voucher", "at", "actor"],
            rows,
            conflict=["key"],
            returning="key",
            hardly_any=True,
        )
    except DatabaseError as no:
        if getattr(no.__cause__, "sqlstate", "") != REFUSED:
            raise
        says = str(no).partition("\n")[0]
        for _id, key, _content, _on, because, *_ in rows:
            says = says.replace(key, f"“{because}”")  # People know it by its words.
        raise PeriodClosed(says) from no


def _content(entry: Entry) -> str:
    rows = [
        f"{m.debit}|{m.credit}|{m.amount.minor}|{m.amount.currency}"
        f"|{m.about.client}|{m.about.debtor}|{m.about.invoice}"
        for m in entry.moves
    ]
    return sha256("\n".join(sorted(rows)).encode()).hexdigest()


def _same_content(asked: dict[str, str]) -> None:
    booked = models.Entry.objects.filter(key__in=asked).values_list("key", "content")
    for key, content in booked if asked else ():
        if content != asked[key]:
            raise KeyReused(key)


def _add_to_balances(entries: Sequence[str]) -> None:
    """Add the moves of these entries to their sums, where the moves are: in the database.

    In the order of the keys, so that two writers wait for each other and never crosswise.
    """
    if not entries:
        return
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, [texts(entries)])


def _add_to_days(entries: Sequence[Entry], written_on: date) -> None:
    """A few sums, whatever the number of moves; in the order of the keys as well."""
    sums: dict[tuple[date, str, str], list[int]] = {}
    for entry in entries:
        for move in entry.moves:
            minor, currency = move.amount.minor, move.amount.currency
            for side, account in enumerate((move.debit, move.credit)):
                key = (entry.booked_on, account._value_, currency)
                sums.setdefault(key, [0, 0])[side] += minor
    if not sums:
        return
    rows: list[Sequence[Any]] = [(*key, written_on, *sums[key]) for key in sorted(sums)]
    with connection.cursor() as cursor:
        cursor.execute(
            _DAYS.format(rows=", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))),
            [value for row in rows for value in row],
        )
