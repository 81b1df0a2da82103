"""What is sent to whom: the first rung of each debtor's ladder, and the next when one failed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from usance import models
from usance.domain.distribution import Kind as Channel
from usance.domain.distribution import Paper, Rung, State, ladder
from usance.domain.events import Kind
from usance.domain.finding import Finding
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy
from usance.queries import parcels

from .. import carriers
from ..diary import Line, note
from ..holds import hold

AGAIN = "distribution.again"


@transaction.atomic
def plan(
    invoices: Sequence[UUID], *, paper: Paper = Paper.INVOICE, at: datetime, actor: str
) -> None:
    """Plan to send each bought invoice once, by the first rung of its debtor's ladder."""
    rows = _locked(invoices)
    planned = models.Dispatch.objects.filter(invoice_id__in=[r.pk for r in rows], paper=paper)
    done = set(planned.values_list("invoice_id", flat=True))
    add(((row, paper) for row in rows if row.pk not in done), at=at, actor=actor)


@transaction.atomic
def again(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """A person found a better address: what did not reach the debtor walks the ladder anew.

    Those are the last reminder if it failed or could not be sent, and the invoice itself if its
    last delivery failed. Taken twice, the second time finds them on their way.
    """
    rows = _locked(invoices)
    last = _last_dispatches([row.pk for row in rows])
    reminders = {
        r.invoice_id: r
        for r in models.Reminder.objects.filter(invoice_id__in=[row.pk for row in rows]).order_by(
            "level"
        )
    }  # The highest level stays.
    papers: list[tuple[models.Invoice, Paper]] = []
    for row in rows:
        sent = last.get((row.pk, Paper.INVOICE))
        if sent is None or sent.state == State.FAILED:
            papers.append((row, Paper.INVOICE))
    add(papers, at=at, actor=actor)
    unsent = []
    for row in rows:
        reminder, sent = reminders.get(row.pk), last.get((row.pk, Paper.REMINDER))
        if reminder and (reminder.dispatch_id is None or (sent and sent.state == State.FAILED)):
            unsent.append((row, Paper.REMINDER))
    for invoice, dispatch in add(unsent, at=at, actor=actor).items():
        models.Reminder.objects.filter(pk=reminders[invoice].pk).update(dispatch=dispatch)


def add(
    wanted: Iterable[tuple[models.Invoice, Paper]], *, at: datetime, actor: str
) -> dict[UUID, UUID]:
    """Add a dispatch for each invoice (with its debtor prefetched) and paper; its id by invoice.
    A debtor whom nothing reaches becomes a task for a person."""
    planned, unreachable = {}, {}
    for row, paper in wanted:
        rungs = ladder(_debtor(row).reach())
        if rungs:
            planned[row.pk] = _dispatch(row, paper, 0, rungs[0])
        else:
            unreachable[row.pk] = [_nobody_reached("The debtor has no address at all.")]
    _insert(list(planned.values()), at=at, actor=actor)
    if unreachable:
        hold(unreachable, stage=AGAIN, at=at, actor=actor)
    return {invoice: dispatch.pk for invoice, dispatch in planned.items()}


@transaction.atomic
def fall_back(dispatches: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Failed ones go down to the next rung of the ladder; behind the last stands a person.

    One that was followed by another already is left alone: a step may be taken twice.
    """
    rows = list(
        models.Dispatch.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=dispatches, state=State.FAILED)
        .select_related("invoice__debtor")
        .order_by("pk")
    )
    last = _last_dispatches([row.invoice_id for row in rows])
    onward, stuck = [], {}
    for row in rows:
        if last[row.invoice_id, Paper(row.paper)].pk != row.pk:
            continue
        tried = _tried(row)
        rest = [r for r in ladder(_debtor(row.invoice).reach()) if r.kind not in tried]
        if rest:
            onward.append(_dispatch(row.invoice, Paper(row.paper), row.rung + 1, rest[0]))
        else:
            stuck[row.invoice_id] = [_nobody_reached(f"{row.kind}: {row.detail}")]
    _insert(onward, at=at, actor=actor)
    for new in onward:  # The figures that a reminder prints stand with the reminder.
        if new.paper == Paper.REMINDER:
            models.Reminder.objects.filter(
                invoice_id=new.invoice_id, dispatch__in=[row.pk for row in rows]
            ).update(dispatch=new)
    if stuck:
        hold(stuck, stage=AGAIN, at=at, actor=actor)


def _dispatch(row: models.Invoice, paper: Paper, rung: int, chosen: Rung) -> models.Dispatch:
    return models.Dispatch(
        invoice=row,
        paper=paper,
        rung=rung,
        kind=chosen.kind,
        because=chosen.because,
        address=parcels.address(_debtor(row), chosen.kind),
    )


def _debtor(row: models.Invoice) -> models.Debtor:
    """Who owes it: known from the verification on (constraint invoice_debtor_known)."""
    assert row.debtor is not None, row.number
    return row.debtor


def _locked(invoices: Sequence[UUID]) -> list[models.Invoice]:
    return list(
        models.Invoice.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=invoices, debtor__isnull=False)
        .select_related("debtor")
        .order_by("pk")
    )


def _last_dispatches(invoices: Sequence[UUID]) -> dict[tuple[UUID, Paper], models.Dispatch]:
    rows = models.Dispatch.objects.filter(invoice_id__in=invoices).order_by("pk")
    return {(row.invoice_id, Paper(row.paper)): row for row in rows}


def _insert(dispatches: Sequence[models.Dispatch], *, at: datetime, actor: str) -> None:
    crashpoint("distribution.chosen")
    choices = carriers.chosen((Channel(d.kind), d.key) for d in dispatches)
    copy(
        models.Dispatch,
        ["id", "invoice", "paper", "rung", "kind", "carrier", "because", "carrier_because",
         "address", "state", "attempt", "reference", "detail", "planned_at"],
        (
            (d.pk, d.invoice_id, d.paper, d.rung, d.kind, by.carrier, d.because, by.because,
             msgspec.json.encode(d.address).decode(), State.QUEUED.value, 0, "", "", at)
            for d, by in zip(dispatches, choices, strict=True)
        ),
    )  # fmt: skip
    note(
        Kind.DISPATCH_PLANNED,
        [Line(d.pk, d.invoice_id, {"by": d.kind, "because": d.because}) for d in dispatches],
        at=at,
        actor=actor,
    )


def _tried(row: models.Dispatch) -> set[str]:
    """The kinds tried for this paper since its walk down the ladder began."""
    same = models.Dispatch.objects.filter(invoice_id=row.invoice_id, paper=row.paper)
    walk = same.filter(planned_at__lte=row.planned_at).order_by("-planned_at", "-id")
    kinds: set[str] = set()
    for kind, rung in walk.values_list("kind", "rung"):
        kinds.add(kind)
        if rung == 0:
            break
    return kinds


def _nobody_reached(why: str) -> Finding:
    return Finding(
        code="nobody_reached",
        says=f"Every way to the debtor failed. {why}",
        todo="Find a better address, enter it at the debtor, then release it: it is sent again.",
    )
