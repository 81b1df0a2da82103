"""Deliveries whose time is over, and papers that arrived by two ways."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from usance import models
from usance.domain.distribution import ARRIVED, Enough, Late, State, when_late
from usance.domain.events import Kind
from usance.domain.finding import sentence
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change
from usance.models.ids import new_id

from ..diary import Line, note
from .planning import root

CARRIER_SAYS = frozenset({State.ACCEPTED, State.SENT})


@transaction.atomic
def judge(dispatches: Sequence[UUID], *, at: datetime, actor: str) -> int:
    """Look at deliveries whose deadline is over: the ladder moves, a person is asked, or what the
    carrier said is enough. Each is judged once; how many were.

    One that never left is taken back, so that it cannot go out behind the next rung.
    """
    rows = [
        row
        for row in locked_walks(dispatches)
        if row.judged_at is None and row.deadline_at is not None and row.deadline_at <= at
    ]
    judged, late, taken_back = [], [], []
    for row in rows:
        verdict = when_late(State(row.state), Enough(row.enough))
        if verdict is Late.WAITS:
            continue
        row.judged_at = at
        judged.append(row)
        if verdict is Late.FINE:
            continue
        if State(row.state) is State.QUEUED:
            row.state, row.detail = State.CANCELLED, "Its time was over before it went out."
            taken_back.append(row)
        late.append(row)
    change(judged, ["judged_at", "state", "detail"])
    crashpoint("deadlines.judged")
    note_cancelled(taken_back, at=at, actor=actor)
    note(
        Kind.DISPATCH_LATE,
        [
            Line(row.pk, row.invoice_id, {"by": row.kind, "state": row.state,
                                          "because": _because(row)})
            for row in late
        ],
        at=at,
        actor=actor,
    )  # fmt: skip
    record_doubles((root(row) for row in judged if row.walk), at=at, actor=actor)
    return len(judged)


def locked_walks(dispatches: Sequence[UUID]) -> list[models.Dispatch]:
    """These deliveries and all others of their walks, locked in one order, as they are now.

    Whoever changes several deliveries of a walk comes through here, so nobody waits crosswise.
    """
    known = models.Dispatch.objects.filter(pk__in=dispatches).values_list("pk", "walk", "rung")
    walks = {walk or pk for pk, walk, _ in known}
    every = Q(pk__in=dispatches) | Q(pk__in=walks) | Q(walk__in=walks)
    return list(models.Dispatch.objects.select_for_update(no_key=True).filter(every).order_by("pk"))


def record_doubles(walks: Iterable[UUID], *, at: datetime, actor: str) -> int:
    """Write down where one paper reached the debtor twice; how many are new.

    A delivery counts when the receiver's side confirmed it, or when its time is over and its
    carrier's word has to do. Money is not touched: the paper is one, and so is the claim.
    """
    by_walk: dict[UUID, list[models.Dispatch]] = defaultdict(list)
    wanted = list(walks)
    rows = models.Dispatch.objects.filter(Q(pk__in=wanted) | Q(walk__in=wanted), beside=None)
    for row in rows.order_by("pk"):
        if _reached(row):
            by_walk[root(row)].append(row)
    found = [
        models.DoubleDelivery(
            id=new_id(), invoice_id=first.invoice_id, first=first, second=second, found_at=at
        )
        for first, *others in by_walk.values()
        for second in others
    ]
    if not found:
        return 0
    known = set(
        models.DoubleDelivery.objects.filter(
            second__in=[one.second_id for one in found]
        ).values_list("first", "second")
    )
    new = [one for one in found if (one.first_id, one.second_id) not in known]
    models.DoubleDelivery.objects.bulk_create(new)
    note(
        Kind.DISPATCH_DOUBLED,
        [
            Line(one.second_id, one.invoice_id, {"first": one.first.kind,
                                                 "second": one.second.kind})
            for one in new
        ],
        at=at,
        actor=actor,
    )  # fmt: skip
    return len(new)


def note_cancelled(rows: Sequence[models.Dispatch], *, at: datetime, actor: str) -> None:
    note(
        Kind.DISPATCH_CANCELLED,
        [Line(row.pk, row.invoice_id, {"by": row.kind, "because": row.detail}) for row in rows],
        at=at,
        actor=actor,
    )


def _reached(row: models.Dispatch) -> bool:
    state = State(row.state)
    if state in ARRIVED:
        return True
    fine = when_late(state, Enough(row.enough)) is Late.FINE
    return row.judged_at is not None and state in CARRIER_SAYS and fine


def _because(row: models.Dispatch) -> str:
    said = row.detail or {
        State.ACCEPTED: "The carrier took it and said no more.",
        State.SENT: "It was passed on, and nobody confirmed it.",
        State.UNKNOWN: "Nobody knows whether it went out.",
    }.get(State(row.state), "")
    return f"{sentence(said)} Until {row.deadline_at:%Y-%m-%d %H:%M} UTC.".strip()
