"""Hand entries to the bookkeeping of others, each once, and take its answers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from usance import models, plugins
from usance.domain.charts import CHARTS
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.vouchers import (
    NEXT,
    SERIES,
    SERIES_LENGTH,
    Answer,
    AnswerImpossible,
    State,
    TargetEnded,
    TargetUnfit,
    fitting,
)
from usance.engine.crashpoint import crashpoint
from usance.models.ids import new_id
from usance.plugins.vouchers import KIND, Unwritable
from usance.queries import exchange
from usance.queries import vouchers as questions

from . import counters
from .diary import Line, note
from .documents import Content, keep

# What waits, numbered in the order of its file. Made once a connection, emptied at commit.
WAITING = """
CREATE TEMP TABLE IF NOT EXISTS waiting_voucher (entry_id uuid, booked_on date, currency varchar(3),
  year int, place int, file int, postings int, minor numeric) ON COMMIT DELETE ROWS
"""
GATHER = """
INSERT INTO waiting_voucher
SELECT id, booked_on, currency, year, row_number() OVER place,
       (sum(postings) OVER place - 1)::bigint / %(most)s, postings, minor
  FROM (SELECT e.id, e.booked_on, {currency} AS currency,
               extract(year FROM e.booked_on - make_interval(months => %(shift)s))::int AS year,
               count(*) AS postings, sum({amount}) AS minor
          FROM entry e JOIN move m ON m.entry_id = e.id {rates}
         WHERE e.booked_on BETWEEN %(since)s AND %(until)s AND NOT EXISTS
               (SELECT 1 FROM voucher v WHERE v.entry_id = e.id AND v.target_id = %(target)s)
           AND {which}
         GROUP BY e.id, m.currency) AS pending
WINDOW place AS (PARTITION BY currency, year ORDER BY booked_on, id
                 ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
"""
FILES = """
SELECT currency, year, file, min(place), count(*), sum(postings), sum(minor), min(booked_on),
       max(booked_on) FROM waiting_voucher GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
NUMBER = """
INSERT INTO voucher (target_id, batch_id, entry_id, currency, year, number, state, external,
  their_series, their_number, their_year, error, said_by)
SELECT %s, %s, entry_id, currency, year, %s + place - %s, 'pending', '', '', '', '', '', ''
  FROM waiting_voucher WHERE currency = %s AND year = %s AND file = %s ORDER BY place
"""


@transaction.atomic
def set_target(
    *,
    name: str,
    format: str,
    chart: str,
    series: str,
    year_begins: int,
    since: date,
    numbers: dict[str, str],
    settings: dict[str, str],
    in_home: bool = False,
    role: Role,
    at: datetime,
    actor: str,
) -> models.VoucherTarget:
    """Set up a bookkeeping that takes our entries, or change one by its name.

    Series, fiscal year, first day and currency stay once it has vouchers: their numbers follow from
    them.

    :param in_home: all currencies in one file, at what each move is worth in the book's own.
    :raises NotAllowed: if the role may not.
    :raises TargetUnfit: if the format cannot work with these settings.
    """
    require(role, Act.SET_VOUCHER_TARGET)
    row = models.VoucherTarget.objects.select_for_update(no_key=True).filter(name=name).first()
    row = row or models.VoucherTarget(name=name)
    asked = (series, year_begins, since, in_home)
    if row.batches.exists() and asked != (row.series, row.year_begins, row.since, row.in_home):
        raise TargetUnfit(
            "series, fiscal year, first day and currency stay: vouchers are numbered by them"
        )
    home = exchange.home()
    if in_home and not home:
        raise TargetUnfit("the book has no currency of its own: choose it among the exchange rates")
    if format not in plugins.names(KIND) or chart not in CHARTS:
        raise TargetUnfit(f"no format or chart of this name: {format}, {chart}")
    if not (1 <= len(series) <= SERIES_LENGTH and set(series) <= SERIES and 1 <= year_begins <= 12):
        raise TargetUnfit("a series is one to four capital letters or digits, a month 1 to 12")
    row.format, row.chart, row.series, row.ended_at = format, chart, series, None
    row.year_begins, row.since, row.numbers, row.settings = year_begins, since, numbers, settings
    row.in_home = in_home
    try:
        questions.load(format).check(
            questions.head(row, currency=home if in_home else "EUR", year=since.year,
                           first_on=since, last_on=since, name="check", made_at=at)
        )  # fmt: skip
    except Unwritable as no:
        raise TargetUnfit(str(no)) from no

    row.save()
    told = {"what": "bookkeeping", "name": name, "format": format, "chart": chart}
    note(Kind.MASTER_DATA_CHANGED, [Line(row.pk, None, told)], at=at, actor=actor)
    return row


@transaction.atomic
def end_target(target: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """Nothing more is exported to it. What it has, it has.

    :raises NotAllowed: if the role may not.
    """
    require(role, Act.SET_VOUCHER_TARGET)
    row = models.VoucherTarget.objects.select_for_update(no_key=True).get(pk=target)
    row.ended_at = row.ended_at or at
    row.save(update_fields=["ended_at"])
    told = {"what": "bookkeeping", "name": row.name, "ended": True}
    note(Kind.MASTER_DATA_CHANGED, [Line(row.pk, None, told)], at=at, actor=actor)


@transaction.atomic
def export(
    target: UUID, *, until: date, role: Role | None, at: datetime, actor: str
) -> list[models.VoucherBatch]:
    """Number what the bookkeeping has not got yet, up to that day, and write a file for each
    currency and fiscal year; a long one becomes several. Nothing waits: no batch.

    Whoever exports at the same moment waits for the other, and finds what is left.

    :param role: None: a job does.
    :raises NotAllowed: if the role may not.
    :raises TargetEnded: if the bookkeeping takes nothing more.
    :raises TargetUnfit: if the format cannot say an entry; then nothing is exported.
    """
    if role is not None:
        require(role, Act.EXPORT_VOUCHERS)
    row = models.VoucherTarget.objects.select_for_update(no_key=True).get(pk=target)
    if row.ended_at is not None:
        raise TargetEnded(f"{row.name} takes nothing more")
    asked: dict[str, Any] = {
        "most": questions.load(row.format).MOST, "shift": row.year_begins - 1, "since": row.since,
        "until": until, "target": row.pk, "home": exchange.home(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        cursor.execute("DELETE FROM waiting_voucher")
        said = questions.taken(row.in_home)
        cursor.execute(GATHER.format(rates=questions.RATES, **said), asked)
        cursor.execute(FILES)
        files = cursor.fetchall()
    try:
        made = [_batch(row, file, at=at, actor=actor) for file in files]
    except Unwritable as no:
        raise TargetUnfit(str(no)) from no
    crashpoint("vouchers.exported")
    note(
        Kind.VOUCHERS_MADE,
        [Line(one.pk, None, {"name": one.name, "vouchers": one.vouchers}) for one in made],
        at=at,
        actor=actor,
    )
    return made


def _batch(
    target: models.VoucherTarget, file: tuple[Any, ...], *, at: datetime, actor: str
) -> models.VoucherBatch:
    """One file: its vouchers numbered, its bytes kept, its row written."""
    currency, year, part, place, count, postings, minor, first_on, last_on = file
    first = counters.take(f"voucher {target.pk.hex[-12:]} {currency}{year}", count)
    name = f"V{at:%y%m%d}-{counters.take('voucher_batch'):06d}-{currency}"
    batch = models.VoucherBatch(
        pk=new_id(), target=target, name=name, currency=currency, year=year, first_on=first_on,
        last_on=last_on, vouchers=count, postings=postings, total_minor=minor, made_at=at,
        made_by=actor,
    )  # fmt: skip
    format = questions.load(target.format)
    head = questions.head(
        target, currency=currency, year=year, first_on=first_on, last_on=last_on, name=name,
        made_at=at,
    )  # fmt: skip
    # The vouchers stand before their batch: its file is read from them, and its row names it.
    with connection.cursor() as cursor:
        cursor.execute(NUMBER, [target.pk, batch.pk, first, place, currency, year, part])
    data = b"".join(format.write(questions.of_batch(batch), head))
    content = Content(data=data, media_type=format.MEDIA_TYPE, name=f"{name}.{format.SUFFIX}")
    (batch.document_id,) = keep([content], at=at)
    batch.save(force_insert=True)
    return batch


@transaction.atomic
def take_answers(
    batch: UUID, answers: Sequence[Answer], *, role: Role, at: datetime, actor: str
) -> int:
    """What the other side says of vouchers of a batch; how many changed. Said twice is said once.

    :raises NotAllowed: if the role may not.
    :raises ErrorMissing: if one failed and nobody says why.
    :raises AnswerImpossible: if one is not in the batch, or cannot become so any more.
    """
    require(role, Act.EXPORT_VOUCHERS)
    for answer in answers:
        fitting(answer)
    row = models.VoucherBatch.objects.get(pk=batch)
    # The bookkeeping's row first: who answers and who exports wait for each other in one order.
    models.VoucherTarget.objects.select_for_update(no_key=True).get(pk=row.target_id)
    changed = sum(_answer(batch, answer, at=at, actor=actor) for answer in answers)
    if changed:
        said = {"name": row.name, "vouchers": changed, "state": answers[-1].state.value}
        note(Kind.VOUCHERS_ANSWERED, [Line(batch, None, said)], at=at, actor=actor)
    return changed


def _answer(batch: UUID, answer: Answer, *, at: datetime, actor: str) -> int:
    may = [state.value for state, nexts in NEXT.items() if answer.state in nexts]
    which = "batch_id = %s" + ("" if answer.number is None else " AND number = %s")
    values = [batch] if answer.number is None else [batch, answer.number]
    booked = answer.state is State.BOOKED
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE voucher SET state = %s,"  # noqa: S608 - the condition is ours
            " external = coalesce(nullif(%s, ''), external), their_series = %s, their_year = %s,"
            " their_number = CASE WHEN %s AND %s = '' THEN number::text ELSE %s END,"
            f" error = %s, said_at = %s, said_by = %s WHERE {which} AND state = ANY(%s)",
            [answer.state.value, answer.external, answer.their_series, answer.their_year, booked,
             answer.their_number, answer.their_number, answer.error[:400], at, actor, *values, may],
        )  # fmt: skip
        changed: int = cursor.rowcount
    if changed or answer.number is None:
        return changed
    found = models.Voucher.objects.filter(batch=batch, number=answer.number).first()
    if found is None:
        raise AnswerImpossible(f"there is no voucher {answer.number} in this batch")
    same = found.state == answer.state and answer.their_number in {"", found.their_number}
    if not same:
        raise AnswerImpossible(
            f"voucher {answer.number} is {found.state} and cannot become {answer.state}"
        )
    return 0
