"""Take in what carriers and buyers report of deliveries, in whatever order and number it comes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from usance import models
from usance.domain.distribution import (
    ARRIVED,
    OBJECTS,
    DeliveryEvent,
    OnDelivery,
    Outcome,
    Registration,
    Report,
    Response,
    Stance,
    State,
    decisive,
    moment,
    proves,
    says,
    state_after,
)
from usance.domain.events import Kind
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change, copy_new
from usance.models.ids import is_key, new_id

from . import addresses, asking
from .diary import Line, note
from .distribution import AGAIN, came_to_nothing
from .distribution.deadlines import locked_walks, note_cancelled, record_doubles
from .distribution.planning import root
from .documents import Content, keep
from .holds import resolve
from .registrations import take as take_registrations

OBJECTION = "disputed"  # A carrier's word: the debtor read it and objects.


@transaction.atomic
def take_events(
    carrier: str,
    reports: Sequence[Report],
    *,
    raw: Mapping[Report, Content] | None = None,
    at: datetime,
    actor: str,
) -> int:
    """Keep a carrier's reports, each once, and let the dispatches follow; how many were new.

    The state is computed from the whole set of reports, so that their order and doubles cannot
    matter. A report on something we do not know is kept for a person.

    :param raw: by report the callback or piece that it came in; kept, and the report refers to it.
    """
    kept = _kept(raw or {}, at)
    registered = [one for one in reports if isinstance(one, Registration)]
    told = {one: kept[one] for one in registered if one in kept}
    registrations = take_registrations(carrier, registered, raw=told, at=at, actor=actor)
    on_delivery = [one for one in reports if not isinstance(one, Registration)]
    of_mails = [one for one in on_delivery if isinstance(one, DeliveryEvent)]
    asked = asking.hear(carrier, of_mails, at=at, actor=actor)
    on_delivery = [one for one in on_delivery if one not in asked]
    known = _reported_on(carrier, on_delivery)
    events = {new_id(): one for one in on_delivery if isinstance(one, DeliveryEvent)}
    responses = {new_id(): one for one in on_delivery if isinstance(one, Response)}
    added = _keep_events(carrier, events, known, kept, at)
    answered = _keep_responses(carrier, responses, known, kept, at)
    crashpoint("reports.kept")
    new = {pk: events[pk] for pk in added if events[pk] in known}
    answers = {pk: responses[pk] for pk in answered if responses[pk] in known}
    touched = {known[one] for one in new.values()} | {known[one] for one in answers.values()}
    _follow(sorted(touched), at=at, actor=actor)
    addresses.learn(new, at=at, actor=actor)
    _tell_of_answers([(known[one], one) for one in answers.values()], at=at, actor=actor)
    objections = [one for one in new.values() if one.code == OBJECTION]
    note(
        Kind.DISPUTE_REPORTED,
        [Line(known[one], None, {"detail": one.detail}) for one in objections]
        + [
            Line(known[one], None, {"detail": says(one)})
            for one in answers.values()
            if one.stance in OBJECTS
        ],
        at=at,
        actor=actor,
    )
    return len(added) + len(answered) + registrations + sum(asked.values())


def _kept(raw: Mapping[Report, Content], at: datetime) -> dict[Report, str]:
    """The hash of what each report came in; many come in one piece, which is kept once."""
    if not raw:
        return {}
    pieces = list({id(piece): piece for piece in raw.values()}.values())
    hashes = {id(piece): digest for piece, digest in zip(pieces, keep(pieces, at=at), strict=True)}
    return {report: hashes[id(piece)] for report, piece in raw.items()}


def _keep_events(
    carrier: str,
    events: Mapping[UUID, DeliveryEvent],
    known: Mapping[OnDelivery, UUID],
    raw: Mapping[Report, str],
    at: datetime,
) -> set[UUID]:
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


def _keep_responses(
    carrier: str,
    responses: Mapping[UUID, Response],
    known: Mapping[OnDelivery, UUID],
    raw: Mapping[Report, str],
    at: datetime,
) -> set[UUID]:
    if not responses:
        return set()
    return copy_new(
        models.Response,
        ["id", "dispatch", "carrier", "response_id", "stance", "reasons", "text", "pays_on", "pays",
         "owes", "at", "received_at", "raw"],
        (
            (pk, known.get(one), carrier, one.id[:120], one.stance.value,
             msgspec.json.encode(one.reasons).decode(), one.text[:400], one.pays_on, one.pays,
             one.owes, moment(one.at, received=at), at, raw.get(one))
            for pk, one in responses.items()
        ),
        conflict=["carrier", "response_id"],
    )  # fmt: skip


def _follow(touched: Sequence[UUID], *, at: datetime, actor: str) -> None:
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


def _tell_of_answers(answers: Sequence[tuple[UUID, Response]], *, at: datetime, actor: str) -> None:
    invoices = dict(
        models.Dispatch.objects.filter(pk__in=[dispatch for dispatch, _ in answers]).values_list(
            "pk", "invoice_id"
        )
    )
    lines = [
        Line(
            dispatch,
            invoices[dispatch],
            {
                "stance": one.stance.value,
                "says": says(one),
                "pays_on": one.pays_on.isoformat() if one.pays_on else "",
            },
        )
        for dispatch, one in answers
    ]
    note(Kind.RESPONSE_RECEIVED, lines, at=at, actor=actor)


def _reported_on(carrier: str, reports: Sequence[OnDelivery]) -> Mapping[OnDelivery, UUID]:
    """The dispatch of each report: by our key, else by the carrier's reference."""
    keys = {one.key for one in reports if is_key(one.key)}
    references = {one.reference for one in reports if one.reference and not one.key}
    by_key = set(
        models.Dispatch.objects.filter(pk__in=[UUID(k) for k in keys]).values_list("pk", flat=True)
    )
    by_reference = dict(
        models.Dispatch.objects.filter(carrier=carrier, reference__in=references).values_list(
            "reference", "pk"
        )
    )
    found = {}
    for one in reports:
        if is_key(one.key) and UUID(one.key) in by_key:
            found[one] = UUID(one.key)
        elif one.reference in by_reference:
            found[one] = by_reference[one.reference]
    return found
