"""Deliveries follow what was said of them: all reports and answers together give the state."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from usance import models
from usance.domain.distribution import (
    ARRIVED,
    DeliveryEvent,
    OnDelivery,
    Outcome,
    Report,
    Stance,
    State,
    decisive,
    moment,
    proves,
    state_after,
)
from usance.domain.events import Kind
from usance.models.bulk import change, copy_new

from ..diary import Line, note
from ..holds import resolve
from .deadlines import locked_walks, note_cancelled, record_doubles
from .planning import AGAIN, came_to_nothing, root


def keep_events(
    carrier: str,
    events: Mapping[UUID, DeliveryEvent],
    known: Mapping[OnDelivery, UUID],
    raw: Mapping[Report, str],
    at: datetime,
) -> set[UUID]:
    """Their rows, each once by its id; those that are new.

    :param known: the dispatch that a report is about; without it a person places it.
    :param raw: the hash of what a report came in.
    """
    if not events:
        return set()
    return copy_new(
        models.DeliveryEvent,
        ["id", "dispatch", "carrier", "event_id", "outcome", "code", "detail",
         "corrected_address", "at", "received_at", "estimated", "raw"],
        (
            (pk, known.get(event), carrier, event.id[:120], event.outcome.value,
             event.code[:60], event.detail[:400], event.corrected_address[:400],
             moment(event.at, received=at), at,
             event.estimated, raw.get(event))
            for pk, event in events.items()
        ),
        conflict=["carrier", "event_id"],
    )  # fmt: skip


def follow(touched: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Bring the deliveries to the state that everything reported of them gives."""
    walks = locked_walks(touched)
    reported, details = _said_of(touched)
    mine = set(touched)
    changed: dict[State, list[models.Dispatch]] = defaultdict(list)
    for row in walks:
        state = state_after(reported.get(row.pk, ())) if row.pk in mine else None
        if state and state != row.state and _may_follow(row, state):
            row.state, row.detail = state, details[row.pk]
            changed[state].append(row)
    for state, these in changed.items():
        change(these, ["state", "detail"])
        if state in ARRIVED or state is State.FAILED:
            kind = Kind.DISPATCH_DELIVERED if state in ARRIVED else Kind.DISPATCH_FAILED
            lines = [
                Line(d.pk, d.invoice_id, {"by": d.kind, "detail": d.detail, "state": state})
                for d in these
            ]
            note(kind, lines, at=at, actor=actor)
    arrived = [row for state in ARRIVED for row in changed[state] if row.beside_id is None]
    if arrived:
        _paper_arrived(arrived, walks, at=at, actor=actor)


def _may_follow(row: models.Dispatch, state: State) -> bool:
    """What was taken back before it left says nothing; if it did leave, the report is right."""
    return State(row.state) is not State.CANCELLED or state in ARRIVED


def _paper_arrived(
    arrived: Sequence[models.Dispatch],
    walks: Sequence[models.Dispatch],
    *,
    at: datetime,
    actor: str,
) -> None:
    """The paper is there: what waits to bring it again is taken back, a person's task ends."""
    here = {root(row) for row in arrived}
    waiting = [
        row
        for row in walks
        if root(row) in here and State(row.state) is State.QUEUED and row.beside_id is None
    ]
    for row in waiting:
        row.state, row.detail = State.CANCELLED, "The paper arrived by another way."
    change(waiting, ["state", "detail"])
    note_cancelled(waiting, at=at, actor=actor)
    if any(row.walk and row.beside_id is None for row in walks):  # Else nothing can come twice.
        record_doubles(here, at=at, actor=actor)
    held = set(
        models.Hold.objects.filter(
            invoice__in=[row.invoice_id for row in arrived], step=AGAIN, closed_at=None
        ).values_list("invoice_id", flat=True)
    )
    if held:
        resolve(
            sorted(held - _unreached(held)),
            stage=AGAIN,
            remark="It was delivered after all.",
            at=at,
            actor=actor,
        )


def _unreached(invoices: set[UUID]) -> set[UUID]:
    """Those of which a paper's last delivery came to nothing, and no other of its walk arrived."""
    rows = models.Dispatch.objects.filter(invoice_id__in=invoices, beside=None).order_by("pk")
    last: dict[UUID, models.Dispatch] = {}
    arrived = set()
    for row in rows:
        last[root(row)] = row
        if State(row.state) in ARRIVED:
            arrived.add(root(row))
    unsent = models.Reminder.objects.filter(invoice_id__in=invoices, dispatch=None)
    return {
        *(row.invoice_id for walk, row in last.items()
          if walk not in arrived and came_to_nothing(row)),
        *unsent.values_list("invoice_id", flat=True),
    }  # fmt: skip


def _said_of(touched: Sequence[UUID]) -> tuple[dict[UUID, set[Outcome | Stance]], dict[UUID, str]]:
    """All that was reported of these or answered; of each the latest words of what decides."""
    words: dict[UUID, dict[Outcome | Stance, str]] = defaultdict(dict)
    rows = models.DeliveryEvent.objects.filter(dispatch_id__in=touched).order_by("at", "event_id")
    for event in rows:
        assert event.dispatch_id is not None
        proved = proves(Outcome(event.outcome), estimated=event.estimated)
        words[event.dispatch_id][proved] = event.detail or event.code
    answers = models.Response.objects.filter(dispatch_id__in=touched).order_by("at", "response_id")
    for answer in answers:
        assert answer.dispatch_id is not None
        words[answer.dispatch_id][Stance(answer.stance)] = answer.text
    reported = {pk: set(said) for pk, said in words.items()}
    details = {
        pk: said[decides] for pk, said in words.items() if (decides := decisive(said)) is not None
    }
    return reported, details
