"""Put recourse off, as the terms say: an invoice that is late is financed on, against a fee."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import ledger
from usance.domain.events import Kind
from usance.domain.finance import refactoring as rule
from usance.domain.invoice import Stage
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy
from usance.models.ids import new_id
from usance.queries import amounts

from . import crossing, write_offs
from .diary import Line, note
from .finance import about


@transaction.atomic
def put_off(invoices: Sequence[UUID], *, at: datetime, actor: str) -> set[UUID]:
    """The recourse period of these is over: those whose terms say so are financed on.

    :returns: which of them, with those that somebody else has put off by now, and those that wait
        because a rate of exchange is missing: recourse on them is not taken before it is known.
    """
    rows = list(
        models.Invoice.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=invoices, stage=Stage.FUNDED)
        .exclude(funding__facility__refactoring={})
        .exclude(buy_back_lines__is_open=True)
        .select_related("funding__facility")
        .order_by("pk")
    )
    pks = [row.pk for row in rows]
    left = amounts.of_invoices(Account.FACTORED_RECEIVABLES, pks)
    disputed = set(
        models.Dispute.objects.filter(invoice__in=pks, closed_at=None).values_list(
            "invoice", flat=True
        )
    )
    before: dict[UUID, list[models.Refactored]] = defaultdict(list)
    for one in models.Refactored.objects.filter(invoice__in=pks).order_by("turn"):
        before[one.invoice_id].append(one)
    today = at.date()
    waits = set(crossing.lacking(pks, on=today))
    faster = {pk for pk, told in before.items() if told[-1].until >= today}
    done = []
    for row in rows:
        if row.pk in faster | waits:
            continue
        owed = Money(left.get(row.pk, 0), row.currency)
        told = _told(row, before[row.pk], owed, disputed=row.pk in disputed) if owed else None
        if told is not None:
            done.append((row, told, owed, len(before[row.pk]) + 1))
    _write(done, at=at, actor=actor)
    return faster | waits | {row.pk for row, *_ in done}


Done = tuple[models.Invoice, rule.PutOff, Money, int]


def _told(
    row: models.Invoice, before: Sequence[models.Refactored], owed: Money, *, disputed: bool
) -> rule.PutOff | None:
    facility = row.funding.facility
    days = row.funding.recourse_days
    days = facility.recourse_days if days is None else days
    assert days is not None, "recourse on it is due"
    return rule.put_off(
        facility.refactors(), before=len(before), outstanding=owed, disputed=disputed,
        until=before[-1].until if before else row.due_on + timedelta(days=days),
        vat_rate=facility.priced().vat_rate,
    )  # fmt: skip


def _write(done: Sequence[Done], *, at: datetime, actor: str) -> None:
    copy(
        models.Refactored,
        ["id", "invoice", "turn", "until", "outstanding_minor", "fee_minor", "vat_minor",
         "currency", "at", "actor"],
        (
            (new_id(), row.pk, turn, told.until, owed.minor, told.fee.minor, told.vat.minor,
             row.currency, at, actor)
            for row, told, owed, turn in done
        ),
    )  # fmt: skip
    entries = [
        ledger.refactoring(
            row.number, told.fee, told.vat, about=about(row), on=at.date(), turn=turn
        )
        for row, told, _, turn in done
    ]
    made = [entry for entry in entries if entry is not None]
    crossing.book_across(made, at=at, actor=actor)  # The client owes it in its facility's currency.
    until = {row.pk: told.until for row, told, *_ in done}
    write_offs.end_put_off(until, at=at, actor=actor)
    crashpoint("refactoring.booked")
    note(
        Kind.INVOICE_REFACTORED,
        [
            Line(row.pk, row.pk, {"until": told.until.isoformat(), "fee": str(told.fee)})
            for row, told, *_ in done
        ],
        at=at,
        actor=actor,
    )
