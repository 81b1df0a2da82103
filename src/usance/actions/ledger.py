"""The only door into the books."""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from django.db import connection, transaction

from usance import models
from usance.domain.journal import Entry, Move
from usance.models.bulk import copy, copy_new
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
    _add_to_balances(move for entry in fresh for move in entry.moves)
    _add_to_days(fresh)
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


def _add_to_balances(moves: Iterable[Move]) -> None:
    sums: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    for m in moves:
        about = (m.amount.currency, m.about.client, m.about.debtor, m.about.invoice)
        sums[m.debit.value, *about][0] += m.amount.minor
        sums[m.credit.value, *about][1] += m.amount.minor
    _upsert(
        "balance",
        ("account", "currency", "client_id", "debtor_id", "invoice_id"),
        ("text", "text", "uuid", "uuid", "uuid"),
        sums,
        conflict="invoice_id, account, client_id, debtor_id, currency",
    )


def _add_to_days(entries: Iterable[Entry]) -> None:
    lane = os.getpid() % LANES
    sums: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    for entry in entries:
        for m in entry.moves:
            day = (m.amount.currency, entry.booked_on, lane)
            sums[m.debit.value, *day][0] += m.amount.minor
            sums[m.credit.value, *day][1] += m.amount.minor
    _upsert(
        "day_total",
        ("account", "currency", "booked_on", "lane"),
        ("text", "text", "date", "smallint"),
        sums,
        conflict="booked_on, account, currency, lane",
    )


def _upsert(
    table: str,
    keys: tuple[str, ...],
    types: tuple[str, ...],
    sums: dict[tuple[object, ...], list[int]],
    *,
    conflict: str,
) -> None:
    """Add the sums to their rows in one statement, in the order of the keys so that two writers
    wait for each other and never crosswise."""
    if not sums:
        return
    ordered = sorted(sums.items(), key=lambda row: tuple(map(str, row[0])))
    columns: list[list[object]] = [
        list(column) for column in zip(*(k for k, _ in ordered), strict=True)
    ]
    columns.append([debit for _, (debit, _) in ordered])
    columns.append([credit for _, (_, credit) in ordered])
    names = (*keys, "debit_minor", "credit_minor")
    arrays = ", ".join(f"%s::{kind}[]" for kind in (*types, "bigint", "bigint"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT * FROM unnest({arrays})"  # noqa: S608 - names are ours
            f" ON CONFLICT ({conflict}) DO UPDATE"
            f" SET debit_minor = {table}.debit_minor + EXCLUDED.debit_minor,"
            f" credit_minor = {table}.credit_minor + EXCLUDED.credit_minor",
            columns,
        )
