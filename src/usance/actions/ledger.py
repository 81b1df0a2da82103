"""The only door into the books."""

import os
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import connection, transaction

from usance import models
from usance.domain.journal import Entry
from usance.models.bulk import array, copy, copy_new
from usance.models.ids import new_id

LANES = 16


class KeyReused(Exception):
    """One key, two different entries: a bug in a recipe, never a user's fault."""


@transaction.atomic
def book(entries: Sequence[Entry], *, at: datetime, actor: str) -> int:
    """Add the entries whose keys are not booked yet; how many those were.

    Balances and the day's totals follow in the same transaction.

    :raises KeyReused: if a key was booked with other moves.
    """
    ids = {entry.key: new_id() for entry in entries}
    assert len(ids) == len(entries), "two entries of one batch share a key"
    contents = {entry.key: _content(entry) for entry in entries}
    added = copy_new(
        models.Entry,
        ["id", "key", "content", "booked_on", "because", "voucher", "at", "actor"],
        (
            (ids[e.key], e.key, contents[e.key], e.booked_on, e.because, e.voucher, at, actor)
            for e in entries
        ),
        conflict=["key"],
        returning="key",
    )
    _same_content({key: content for key, content in contents.items() if key not in added})
    fresh = [entry for entry in entries if entry.key in added]
    copy(
        models.Move,
        ["id", "entry", "booked_on", "debit", "credit", "amount_minor", "currency",
         "client", "debtor", "invoice"],
        (
            (new_id(), ids[e.key], e.booked_on, m.debit.value, m.credit.value, m.amount.minor,
             m.amount.currency, m.about.client, m.about.debtor, m.about.invoice)
            for e in fresh
            for m in e.moves
        ),
    )  # fmt: skip
    written = [ids[entry.key] for entry in fresh]
    _add_to_balances(written)
    _add_to_days(written)
    return len(fresh)


def _content(entry: Entry) -> str:
    rows = sorted(
        f"{m.debit}|{m.credit}|{m.amount.minor}|{m.amount.currency}"
        f"|{m.about.client}|{m.about.debtor}|{m.about.invoice}"
        for m in entry.moves
    )
    return sha256("\n".join(rows).encode()).hexdigest()


def _same_content(asked: dict[str, str]) -> None:
    booked = models.Entry.objects.filter(key__in=asked).values_list("key", "content")
    for key, content in booked if asked else ():
        if content != asked[key]:
            raise KeyReused(key)


def _add_to_balances(entries: Sequence[UUID]) -> None:
    _add("balance", "client_id, debtor_id, invoice_id", "invoice_id, account, client_id, debtor_id",
         entries)  # fmt: skip


def _add_to_days(entries: Sequence[UUID]) -> None:
    lane = os.getpid() % LANES
    _add("day_total", "booked_on, lane", "booked_on, account", entries, lane=lane)


def _add(
    table: str, about: str, order: str, entries: Sequence[UUID], *, lane: int | None = None
) -> None:
    """Add the moves of these entries to their sums, where the moves are: in the database.

    In the order of the keys, so that two writers wait for each other and never crosswise.
    """
    if not entries:
        return
    extra = "" if lane is None else ", lane"
    keys = f"account, currency, {about}"
    conflict = f"{order}, currency{extra}"
    side = about.replace(", lane", f", {lane}::smallint AS lane")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({keys}, debit_minor, credit_minor)"  # noqa: S608 - names are ours
            f" SELECT {keys}, sum(debited), sum(credited) FROM ("
            f" SELECT debit AS account, currency, {side}, amount_minor AS debited, 0 AS credited"
            " FROM move WHERE entry_id = ANY(%s::uuid[]) UNION ALL"
            f" SELECT credit, currency, {side}, 0, amount_minor"
            f" FROM move WHERE entry_id = ANY(%s::uuid[])) AS side GROUP BY {keys}"
            f" ORDER BY {conflict} ON CONFLICT ({conflict}) DO UPDATE"
            f" SET debit_minor = {table}.debit_minor + EXCLUDED.debit_minor,"
            f" credit_minor = {table}.credit_minor + EXCLUDED.credit_minor",
            [array(entries)] * 2,
        )
