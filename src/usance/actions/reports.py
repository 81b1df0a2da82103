"""Take in what carriers report of deliveries, in whatever order and number it comes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.distribution import ARRIVED, DeliveryEvent, Outcome, State, state_after
from usance.domain.events import Kind
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy_new
from usance.models.ids import is_key, new_id

from .diary import Line, note

OBJECTION = "disputed"  # A carrier's word: the debtor read it and objects.


@transaction.atomic
def take_events(carrier: str, events: Sequence[DeliveryEvent], *, at: datetime, actor: str) -> int:
    """Keep a carrier's reports, each once, and let the dispatches follow; how many were new.

    The state is computed from the whole set of reports, so that their order and doubles cannot
    matter. A report on something we do not know is kept for a person.
    """
    known = _reported_on(carrier, events)
    rows = {new_id(): event for event in events}
    added = copy_new(
        models.DeliveryEvent,
        ["id", "dispatch", "carrier", "event_id", "outcome", "code", "detail",
         "corrected_address", "at", "received_at"],
        (
            (pk, known.get(event), carrier, event.id[:120], event.outcome.value,
             event.code[:60], event.detail[:400], event.corrected_address[:400], event.at, at)
            for pk, event in rows.items()
        ),
        conflict=["carrier", "event_id"],
    )  # fmt: skip
    crashpoint("reports.kept")
    touched = {known[rows[pk]] for pk in added if rows[pk] in known}
    _follow_reports(sorted(touched), at=at, actor=actor)
    objections = [rows[pk] for pk in added if rows[pk].code == OBJECTION and rows[pk] in known]
    note(
        Kind.DISPUTE_REPORTED,
        [Line(known[event], None, {"detail": event.detail}) for event in objections],
        at=at,
        actor=actor,
    )
    return len(added)


def _follow_reports(touched: Sequence[UUID], *, at: datetime, actor: str) -> None:
    rows = list(models.Dispatch.objects.select_for_update().filter(pk__in=touched).order_by("pk"))
    reported: dict[UUID, set[Outcome]] = defaultdict(set)
    details: dict[UUID, str] = {}
    events = models.DeliveryEvent.objects.filter(dispatch_id__in=touched).order_by("at")
    for event in events:
        assert event.dispatch_id is not None
        reported[event.dispatch_id].add(Outcome(event.outcome))
        details[event.dispatch_id] = event.detail or event.code
    changed: dict[State, list[models.Dispatch]] = defaultdict(list)
    for row in rows:
        state = state_after(reported[row.pk])
        if state and state != row.state and State(row.state) is not State.CANCELLED:
            row.state, row.detail = state, details[row.pk]
            changed[state].append(row)
    for state, these in changed.items():
        models.Dispatch.objects.bulk_update(these, ["state", "detail"])
        if state in ARRIVED or state is State.FAILED:
            kind = Kind.DISPATCH_DELIVERED if state in ARRIVED else Kind.DISPATCH_FAILED
            lines = [Line(d.pk, d.invoice_id, {"by": d.kind, "detail": d.detail}) for d in these]
            note(kind, lines, at=at, actor=actor)


def _reported_on(carrier: str, events: Sequence[DeliveryEvent]) -> Mapping[DeliveryEvent, UUID]:
    """The dispatch of each report: by our key, else by the carrier's reference."""
    keys = {event.key for event in events if is_key(event.key)}
    references = {event.reference for event in events if event.reference and not event.key}
    by_key = set(
        models.Dispatch.objects.filter(pk__in=[UUID(k) for k in keys]).values_list("pk", flat=True)
    )
    by_reference = dict(
        models.Dispatch.objects.filter(carrier=carrier, reference__in=references).values_list(
            "reference", "pk"
        )
    )
    found = {}
    for event in events:
        if is_key(event.key) and UUID(event.key) in by_key:
            found[event] = UUID(event.key)
        elif event.reference in by_reference:
            found[event] = by_reference[event.reference]
    return found
