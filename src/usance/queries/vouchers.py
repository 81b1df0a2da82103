"""What waits for the bookkeeping of others, what it has, and what it said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, cast
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet

from usance import models, plugins
from usance.domain.charts import accounts
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.domain.vouchers import State, fiscal_year
from usance.plugins.vouchers import (
    KIND,
    Format,
    Head,
    Named,
    Posting,
    Sort,
    Standing,
    Unwritable,
    Voucher,
)

from . import exchange
from .exchange import WORTH

STATES = tuple(State)
FETCHED = 2000  # Rows that the server hands over at once.
BALANCED = frozenset({Sort.ASSET, Sort.LIABILITY})

# A row for each move, in the order of the file. %s: which entries, by which condition.
ROWS = """
SELECT {number}, e.id, e.booked_on, e.at::date, e.because, e.voucher, e.actor, m.debit, m.credit,
       m.amount_minor, m.currency, {home}, i.number, c.name, d.name
  FROM {source} JOIN move m ON m.entry_id = e.id
  {rates} LEFT JOIN invoice i ON i.id = m.invoice_id LEFT JOIN client c ON c.id = m.client_id
  LEFT JOIN debtor d ON d.id = m.debtor_id
 WHERE {where} ORDER BY {number}, m.id
"""


RATES = "LEFT JOIN taken_rate r ON r.currency = m.currency AND r.day = m.booked_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Entries of one currency and fiscal year that a bookkeeping has not got yet."""

    currency: str
    year: int
    entries: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch with how many of its vouchers stand how; what it moved in all."""

    row: models.VoucherBatch
    counts: Mapping[State, int]

    @property
    def total(self) -> Money:
        return Money(int(self.row.total_minor), self.row.currency)


def load(name: str) -> Format:
    """:raises UnknownPlugin: if nobody brings it."""
    return cast(Format, plugins.load(KIND, name))


def targets() -> "QuerySet[models.VoucherTarget]":
    return models.VoucherTarget.objects.order_by("ended_at", "name")


def pending(target: models.VoucherTarget, *, until: date) -> list[Pending]:
    """What an export up to that day (included) would take, by currency and fiscal year."""
    said = taken(target.in_home)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {said['currency']},"  # noqa: S608 - the names are ours
            " extract(year FROM e.booked_on - make_interval(months => %(shift)s))::int,"
            " count(DISTINCT e.id), min(e.booked_on), max(e.booked_on)"
            f" FROM entry e JOIN move m ON m.entry_id = e.id {RATES}"
            " WHERE e.booked_on BETWEEN %(since)s AND %(until)s AND NOT EXISTS"
            " (SELECT 1 FROM voucher v WHERE v.entry_id = e.id AND v.target_id = %(target)s)"
            f" AND {said['which']} GROUP BY 1, 2 ORDER BY 1, 2",
            {
                "shift": target.year_begins - 1,
                "since": target.since,
                "until": until,
                "target": target.pk,
                "home": exchange.home(),
            },
        )
        return [
            Pending(currency=currency, year=year, entries=entries, first_on=first, last_on=last)
            for currency, year, entries, first, last in cursor.fetchall()
        ]


def batches() -> "QuerySet[models.VoucherBatch]":
    return models.VoucherBatch.objects.select_related("target")


def counted(rows: "list[models.VoucherBatch]") -> list[Batch]:
    """The batches, each with its vouchers by state."""
    sums = (
        models.Voucher.objects.filter(batch__in=rows)
        .values_list("batch_id", "state")
        .annotate(Count("pk"))
        .order_by()
    )
    by_batch: dict[UUID, dict[State, int]] = {row.pk: {} for row in rows}
    for batch, state, count in sums:
        by_batch[batch][State(state)] = count
    return [Batch(row=row, counts=by_batch[row.pk]) for row in rows]


def vouchers(batch: UUID, *, state: str = "") -> "QuerySet[models.Voucher]":
    """Vouchers with their entries and moves, by their number."""
    rows = models.Voucher.objects.filter(batch=batch).select_related("entry", "target")
    return (rows.filter(state=state) if state in STATES else rows).order_by("number")


def failed() -> int:
    """Vouchers that a bookkeeping could not take, in all."""
    return models.Voucher.objects.filter(state=State.FAILED).count()


def chart(target: models.VoucherTarget) -> tuple[Named, ...]:
    """:raises Unwritable: if an account has no number there, or shares one."""
    return accounts(target.chart, target.numbers)


def head(
    target: models.VoucherTarget,
    *,
    currency: str,
    year: int,
    first_on: date,
    last_on: date,
    name: str,
    made_at: Any,
    with_standings: bool = False,
) -> Head:
    """What the file says once. With standings it is of a whole fiscal year."""
    factor = models.Factor.objects.get()
    year_from, year_to = fiscal_year(date(year, target.year_begins, 1), target.year_begins)
    named = chart(target)
    return Head(
        made_at=made_at, company=factor.name, organisation=factor.legal_id or factor.vat_id,
        chart=target.chart, currency=currency, year_from=year_from, year_to=year_to,
        first_on=first_on, last_on=last_on, name=name, accounts=named,
        standings=_standings(named, currency, year_from, year_to, in_home=target.in_home)
        if with_standings else None,
        settings=target.settings,
    )  # fmt: skip


def of_batch(batch: models.VoucherBatch) -> Iterator[Voucher]:
    """The batch's vouchers, streamed: as its file says them, today as on the day it was made."""
    return _streamed(
        batch.target,
        ROWS.format(
            number="v.number", source="voucher v JOIN entry e ON e.id = v.entry_id",
            where="v.batch_id = %s", home=_at_home(batch.target.in_home), rates=RATES,
        ),
        [batch.pk],
    )  # fmt: skip


def of_year(target: models.VoucherTarget, currency: str, year: int) -> Iterator[Voucher]:
    """Every entry of a fiscal year, exported or not, in the order it was written; streamed."""
    first, last = fiscal_year(date(year, target.year_begins, 1), target.year_begins)
    return _streamed(
        target,
        ROWS.format(
            number="e.number",
            source="(SELECT row_number() OVER (ORDER BY booked_on, id) AS number, * FROM entry"
                   " WHERE booked_on BETWEEN %s AND %s AND id IN (SELECT entry_id FROM move"
                   " WHERE (%s OR currency = %s)"
                   " AND booked_on BETWEEN %s AND %s)) e",
            where="true", home=_at_home(target.in_home), rates=RATES,
        ),
        [first, last, target.in_home, currency, first, last],
    )  # fmt: skip


def _streamed(target: models.VoucherTarget, sql: str, values: list[Any]) -> Iterator[Voucher]:
    numbers = {one.ours.value: one.number for one in chart(target) if one.ours}
    home = exchange.home()
    with connection.chunked_cursor() as cursor:
        cursor.cursor.itersize = FETCHED
        cursor.execute(sql, values)
        for (number, *_), rows in groupby(cursor, key=itemgetter(0, 1)):
            moves = list(rows)
            _, entry, on, written, because, proof, actor, *_ = moves[0]
            yield Voucher(
                series=target.series, number=number, entry=str(entry), on=on, written_on=written,
                text=because, proof=proof, actor=actor,
                postings=tuple(_posting(move, numbers, home) for move in moves),
            )  # fmt: skip


def _posting(row: tuple[Any, ...], numbers: Mapping[str, str], home: str) -> Posting:
    debit, credit, minor, currency, at_home, *about = row[7:]
    own = Money(minor, currency)
    return Posting(
        debit=numbers[debit], credit=numbers[credit],
        amount=own if at_home is None else Money(int(at_home), home),
        text=" · ".join(part for part in about if part), original=None if at_home is None else own,
    )  # fmt: skip


def taken(in_home: bool) -> dict[str, str]:
    """In which currency an entry is handed over, how much of it, and which are: in the book's own
    only what is valued."""
    if not in_home:
        return {"currency": "m.currency", "amount": "m.amount_minor", "which": "true"}
    return {
        "currency": "%(home)s::varchar",
        "amount": f"coalesce({WORTH.format(r='r')}, m.amount_minor)",
        "which": "(m.currency = %(home)s OR r.id IS NOT NULL)",
    }


def _at_home(wanted: bool) -> str:
    """What a move is worth at home; null: it is in the file's currency as it stands."""
    return WORTH.format(r="r") if wanted else "NULL::numeric"


def _standings(
    named: tuple[Named, ...], currency: str, first: date, last: date, *, in_home: bool
) -> tuple[Standing, ...]:
    """Balances before and after the year. What earned or cost before stands in one account.

    :raises Unwritable: in the book's own currency, while something is not valued in it.
    """
    if in_home and (lacking := exchange.behind(currency, through=last)):
        raise Unwritable(f"{lacking[0][0]} of {lacking[0][1]} is not valued in {currency} yet")
    before = _nets(currency, until=first, included=False, in_home=in_home)
    after = _nets(currency, until=last, in_home=in_home)
    result = sum(
        before.get(one.ours.value, 0) for one in named if one.ours and one.sort not in BALANCED
    )
    found = []
    for one in named:
        old, new = (result, result) if one.ours is None else (
            before.get(one.ours.value, 0), after.get(one.ours.value, 0)
        )  # fmt: skip
        if one.ours is not None and one.sort not in BALANCED:
            old, new = 0, new - old
        if old or new:
            found.append(
                Standing(number=one.number, before=Money(old, currency), after=Money(new, currency))
            )
    return tuple(found)


def _nets(currency: str, *, until: date, included: bool = True, in_home: bool) -> dict[str, int]:
    """Debits less credits of each account, up to that day."""
    than = "<=" if included else "<"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account, sum(net) FROM (SELECT account, debit_minor - credit_minor AS net"  # noqa: S608 - ours
            f" FROM day_total WHERE currency = %s AND booked_on {than} %s UNION ALL"
            " SELECT account, home_debit_minor - home_credit_minor FROM worth"
            f" WHERE %s AND booked_on {than} %s) one GROUP BY account",
            [currency, until, in_home, until],
        )
        return {Account(account).value: int(minor) for account, minor in cursor.fetchall()}
