"""What is sent to whom: the first rung of each debtor's ladder, and the next when one failed.

A walk is one paper on its way down one ladder: its deliveries carry the id of the first. Messages
that accompany a rung are deliveries of their own, and what becomes of them moves nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import F, Q

from usance import models
from usance.domain.distribution import (
    ARRIVED,
    Enough,
    Kind,
    Ladder,
    Late,
    Paper,
    State,
    because,
    needless,
    when_late,
)
from usance.domain.events import Kind as Event
from usance.domain.finance import NOT_TOLD
from usance.domain.invoice import Stage
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy
from usance.queries import disclosure, ladders, overdue, parcels

from .. import carriers
from ..diary import Line, note
from ..holds import hold
from .lookups import look_up_before_planning
from .tasks import at_the_end, nobody_reached

AGAIN = "distribution.again"


def plan(
    invoices: Sequence[UUID], *, paper: Paper = Paper.INVOICE, at: datetime, actor: str
) -> None:
    """Plan to send each bought invoice once, by the first rung of its debtor's ladder.

    Directories are asked first about debtors of whom nothing fresh is known, outside of any
    transaction. One that cannot be reached is passed over: the ladder goes on without knowing.
    """
    look_up_before_planning(invoices, at=at, actor=actor)
    _plan(invoices, paper, at=at, actor=actor)


@transaction.atomic
def _plan(invoices: Sequence[UUID], paper: Paper, *, at: datetime, actor: str) -> None:
    rows = _locked(invoices)
    planned = models.Dispatch.objects.filter(invoice_id__in=[r.pk for r in rows], paper=paper)
    done = set(planned.values_list("invoice_id", flat=True))
    add(((row, paper) for row in rows if row.pk not in done), at=at, actor=actor)


@transaction.atomic
def again(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """A person found a better address: what did not reach the debtor walks the ladder anew.

    Those are the last reminder if it failed or could not be sent, and the invoice itself if its
    last delivery failed or was never confirmed. Taken twice, the second time finds them on their
    way.
    """
    rows = _locked(invoices)
    ids = [row.pk for row in rows]
    last = _last_dispatches(ids)
    by_level = models.Reminder.objects.filter(invoice_id__in=ids).order_by("level")
    reminders = {r.invoice_id: r for r in by_level}  # The highest level stays.
    papers: list[tuple[models.Invoice, Paper]] = []
    walks: dict[UUID, UUID] = {}
    untold = disclosure.untold(ids)
    release(ids, at=at, actor=actor)
    silent = overdue.silenced(ids, today=at.date())
    for row in rows:
        # Of what was bought in confidence and told later the notice stands for the invoice.
        is_late = row.pk in untold or (row.pk, Paper.NOTICE) in last
        first = Paper.NOTICE if is_late else Paper.INVOICE
        sent = last.get((row.pk, first))
        if needless(first, Stage(row.stage)):
            continue
        if sent is None or came_to_nothing(sent):
            papers.append((row, first))
            if sent is not None:
                walks[row.pk] = root(sent)
    add(papers, walks=walks, at=at, actor=actor)
    unsent, walks = [], {}
    for row in rows:
        if needless(Paper.REMINDER, Stage(row.stage), is_silent=row.pk in silent):
            continue
        reminder, sent = reminders.get(row.pk), last.get((row.pk, Paper.REMINDER))
        own = sent if reminder and sent and reminder.dispatch_id == sent.pk else None
        if reminder and (reminder.dispatch_id is None or (own and came_to_nothing(own))):
            unsent.append((row, Paper.REMINDER))
            if own:
                walks[row.pk] = root(own)
    for invoice, dispatch in add(unsent, walks=walks, at=at, actor=actor).items():
        models.Reminder.objects.filter(pk=reminders[invoice].pk).update(dispatch=dispatch)


def _tellable(
    wanted: Sequence[tuple[models.Invoice, Paper]], *, at: datetime, actor: str
) -> list[tuple[models.Invoice, Paper]]:
    """Without those whose debtor is not told; each of them is noted once."""
    quiet = disclosure.withheld(((row.pk, paper) for row, paper in wanted), on=at.date())
    if not quiet:
        return list(wanted)
    known = models.Diary.objects.filter(kind=Event.DISPATCH_WITHHELD, invoice__in=quiet)
    told = set(known.values_list("invoice", flat=True))
    note(
        Event.DISPATCH_WITHHELD,
        [Line(row.pk, row.pk, {"paper": paper, "because": NOT_TOLD})
         for row, paper in wanted if row.pk in quiet - told],
        at=at,
        actor=actor,
    )  # fmt: skip
    return [(row, paper) for row, paper in wanted if row.pk not in quiet]


def release(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Send again what told debtors of these that they are ours no longer, if it came to nothing."""
    found = models.ReleaseLetter.objects.filter(
        buy_back__lines__invoice__in=invoices, debtor=F("buy_back__lines__invoice__debtor")
    ).select_related("dispatch__invoice__debtor")
    for letter in found.distinct().order_by("pk"):
        sent = letter.dispatch
        if sent is not None and not came_to_nothing(sent):
            continue
        lines = letter.buy_back.lines.filter(invoice__debtor=letter.debtor_id)
        lines = lines.exclude(invoice__in=disclosure.quiet())
        first = lines.select_related("invoice__debtor").order_by("invoice_id")[0].invoice
        walks = {first.pk: root(sent)} if sent else {}
        planned = add([(first, Paper.RELEASE)], walks=walks, at=at, actor=actor)
        if first.pk in planned:
            models.ReleaseLetter.objects.filter(pk=letter.pk).update(dispatch=planned[first.pk])


def add(
    wanted: Iterable[tuple[models.Invoice, Paper]],
    *,
    walks: Mapping[UUID, UUID] | None = None,
    at: datetime,
    actor: str,
) -> dict[UUID, UUID]:
    """Add a dispatch for each invoice (with its debtor prefetched) and paper; its id by invoice.
    A debtor whom nothing reaches becomes a task for a person; of what is confidential nothing is
    sent, and the diary says so.

    :param walks: by invoice the walk that goes on; without it a new one begins.
    """
    asked = _tellable(list(wanted), at=at, actor=actor)
    found = ladders.ladders([ladders.of_invoice(row, paper) for row, paper in asked])
    planned, unreachable = {}, {}
    for (row, paper), one in zip(asked, found, strict=True):
        if one.rungs:
            walk = (walks or {}).get(row.pk)
            planned[row.pk] = _dispatch(row, paper, 0, one, walk=walk, at=at)
        else:
            unreachable[row.pk] = [nobody_reached("", one)]
    _insert([*planned.values(), *_accompanying(planned.values(), found, at)], at=at, actor=actor)
    if unreachable:
        hold(unreachable, stage=AGAIN, at=at, actor=actor)
    return {invoice: dispatch.pk for invoice, dispatch in planned.items()}


@transaction.atomic
def fall_back(dispatches: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Failed ones go down to the next rung of the ladder; behind the last stands a person.

    So do those whose time was over before anybody confirmed. One that was followed by another
    already is left alone, and one whose paper arrived by another way: a step may be taken twice.
    So is one whose paper nobody needs any more: the debtor paid before the next one was printed.
    """
    rows = list(
        models.Dispatch.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=dispatches, beside=None)
        .select_related("invoice__debtor")
        .order_by("pk")
    )
    rows = [row for row in rows if came_to_nothing(row)]
    over = overdue.needless(rows, today=at.date())
    rows = [row for row in rows if row.pk not in over]
    last = _last_dispatches([row.invoice_id for row in rows])
    arrived = _arrived([root(row) for row in rows])
    moving = [
        row
        for row in rows
        if last[row.invoice_id, Paper(row.paper)].pk == row.pk and root(row) not in arrived
    ]
    found = ladders.facts([ladders.of_invoice(r.invoice, Paper(r.paper)) for r in moving])
    onward, stuck = [], {}
    for row, facts in zip(moving, found, strict=True):
        rest = ladders.after(facts, _tried(row))
        if State(row.state) is State.UNKNOWN or not rest.rungs:
            stuck[row.invoice_id] = [at_the_end(row, rest)]
        else:
            new = _dispatch(
                row.invoice, Paper(row.paper), row.rung + 1, rest, walk=root(row), at=at
            )
            onward.append((new, rest))
    beside = _accompanying((new for new, _ in onward), [rest for _, rest in onward], at)
    _insert([*(new for new, _ in onward), *beside], at=at, actor=actor)
    for new, _ in onward:  # The figures that a reminder prints stand with the reminder.
        if new.paper == Paper.REMINDER:
            models.Reminder.objects.filter(
                invoice_id=new.invoice_id, dispatch__in=[row.pk for row in rows]
            ).update(dispatch=new)
        if new.paper == Paper.RELEASE:
            models.ReleaseLetter.objects.filter(dispatch__in=[row.pk for row in rows]).filter(
                dispatch__invoice=new.invoice_id
            ).update(dispatch=new)
    if stuck:
        hold(stuck, stage=AGAIN, at=at, actor=actor)


def root(row: models.Dispatch) -> UUID:
    """The first delivery of the walk that it belongs to."""
    return row.walk or row.pk


def came_to_nothing(row: models.Dispatch) -> bool:
    """Whether the ladder may go on from it: it failed, or its time was found to be over."""
    state = State(row.state)
    if state is State.FAILED:
        return True
    if row.judged_at is None or state in ARRIVED:
        return False
    return state is State.CANCELLED or when_late(state, Enough(row.enough)) is not Late.FINE


def _arrived(walks: Sequence[UUID]) -> set[UUID]:
    """Walks of which one delivery has arrived."""
    here = models.Dispatch.objects.filter(state__in=sorted(ARRIVED), beside=None)
    return {root(row) for row in here.filter(Q(pk__in=walks) | Q(walk__in=walks))}


def _dispatch(
    row: models.Invoice,
    paper: Paper,
    rung: int,
    found: Ladder,
    *,
    walk: UUID | None,
    at: datetime,
) -> models.Dispatch:
    """The delivery by the first rung of what is left of the ladder."""
    chosen = found.rungs[0]
    return models.Dispatch(
        invoice=row,
        paper=paper,
        rung=rung,
        kind=chosen.kind,
        because=chosen.because[:200],
        left_out=[{"kind": no.kind, "code": no.code, "because": no.because}
                  for no in found.left_out],
        address=parcels.address(_debtor(row), chosen.kind),
        walk=walk,
        enough=chosen.enough,
        deadline_at=at + timedelta(hours=chosen.hours),
    )  # fmt: skip


def _accompanying(
    planned: Iterable[models.Dispatch], found: Iterable[Ladder], at: datetime
) -> list[models.Dispatch]:
    """The messages beside these, each kind once in a walk. They have no deadline."""
    wanted = {}
    ladders_left = [one for one in found if one.rungs]
    for main, one in zip(planned, ladders_left, strict=True):
        for kind in one.rungs[0].beside:
            wanted[root(main), kind] = main
    if not wanted:
        return []
    walks = [walk for walk, _ in wanted]
    sent = set(
        models.Dispatch.objects.filter(walk__in=walks, beside__isnull=False).values_list(
            "walk", "kind"
        )
    )
    return [
        models.Dispatch(
            invoice=main.invoice,
            paper=main.paper,
            rung=main.rung,
            kind=kind,
            because=because("beside", kind=main.kind),
            address=parcels.address(_debtor(main.invoice), kind),
            walk=walk,
            beside=main,
        )
        for (walk, kind), main in wanted.items()
        if (walk, kind.value) not in sent
    ]


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
    rows = models.Dispatch.objects.filter(invoice_id__in=invoices, beside=None).order_by("pk")
    return {(row.invoice_id, Paper(row.paper)): row for row in rows}


def _insert(dispatches: Sequence[models.Dispatch], *, at: datetime, actor: str) -> None:
    crashpoint("distribution.chosen")
    choices = carriers.chosen(
        (Kind(d.kind), d.key, d.address.get("einvoice", "")) for d in dispatches
    )
    copy(
        models.Dispatch,
        ["id", "invoice", "paper", "rung", "kind", "carrier", "because", "carrier_because",
         "left_out", "address", "state", "attempt", "reference", "detail", "planned_at",
         "walk", "beside", "enough", "deadline_at"],
        (
            (d.pk, d.invoice_id, d.paper, d.rung, d.kind, by.carrier, d.because, by.because,
             _json(d.left_out), _json(d.address), State.QUEUED.value, 0, "", "", at, d.walk,
             d.beside_id, d.enough, d.deadline_at)
            for d, by in zip(dispatches, choices, strict=True)
        ),
    )  # fmt: skip
    note(
        Event.DISPATCH_PLANNED,
        [Line(d.pk, d.invoice_id, {"by": d.kind, "because": d.because}) for d in dispatches],
        at=at,
        actor=actor,
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _tried(row: models.Dispatch) -> dict[Kind, str]:
    """The kinds tried for this paper since its walk down the ladder began, and what came."""
    same = models.Dispatch.objects.filter(invoice_id=row.invoice_id, paper=row.paper, beside=None)
    walk = same.filter(planned_at__lte=row.planned_at).order_by("-planned_at", "-id")
    kinds: dict[Kind, str] = {}
    for one in walk:
        kinds[Kind(one.kind)] = one.detail or f"it is {one.state}"
        if one.rung == 0:
            break
    return kinds
