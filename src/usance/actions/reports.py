"""Take in what carriers and buyers report of deliveries, in whatever order and number it comes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from usance import models
from usance.domain.distribution import (
    OBJECTS,
    DeliveryEvent,
    OnDelivery,
    Registration,
    Report,
    Response,
    moment,
    says,
)
from usance.domain.events import Kind
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy_new
from usance.models.ids import is_key, new_id
from usance.queries.responses import named

from . import addresses, asking
from .diary import Line, note
from .distribution.following import follow, keep_events
from .documents import Content, keep
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
    about = _answered(list(responses.values()), known)
    added = keep_events(carrier, events, known, kept, at)
    answered = _keep_responses(carrier, responses, known, about, kept, at)
    crashpoint("reports.kept")
    new = {pk: events[pk] for pk in added if events[pk] in known}
    answers = [
        (known.get(responses[pk], pk), responses[pk]) for pk in answered if responses[pk] in about
    ]
    touched = {known[one] for one in new.values()} | {
        subject for subject, one in answers if one in known
    }
    follow(sorted(touched), at=at, actor=actor)
    addresses.learn(new, at=at, actor=actor)
    _tell_of_answers(answers, about, at=at, actor=actor)
    objections = [one for one in new.values() if one.code == OBJECTION]
    note(
        Kind.DISPUTE_REPORTED,
        [Line(known[one], None, {"detail": one.detail}) for one in objections]
        + [
            Line(subject, None if one in known else about[one], {"detail": says(one)})
            for subject, one in answers
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


def _keep_responses(
    carrier: str,
    responses: Mapping[UUID, Response],
    known: Mapping[OnDelivery, UUID],
    about: Mapping[Response, UUID],
    raw: Mapping[Report, str],
    at: datetime,
) -> set[UUID]:
    if not responses:
        return set()
    return copy_new(
        models.Response,
        ["id", "dispatch", "invoice", "carrier", "response_id", "stance", "reasons", "text",
         "pays_on", "pays", "owes", "at", "received_at", "raw"],
        (
            (pk, known.get(one), about.get(one), carrier, one.id[:120], one.stance.value,
             msgspec.json.encode(one.reasons).decode(), one.text[:400], one.pays_on, one.pays,
             one.owes, moment(one.at, received=at), at, raw.get(one))
            for pk, one in responses.items()
        ),
        conflict=["carrier", "response_id"],
    )  # fmt: skip


def _answered(said: Sequence[Response], known: Mapping[OnDelivery, UUID]) -> dict[Response, UUID]:
    """The invoice that each answers: of the delivery that brought it, else the one it names."""
    brought = [known[one] for one in said if one in known]
    invoices = dict(models.Dispatch.objects.filter(pk__in=brought).values_list("pk", "invoice_id"))
    about = {one: invoices[known[one]] for one in said if one in known}
    return about | named([one for one in said if one not in known])


def _tell_of_answers(
    answers: Sequence[tuple[UUID, Response]],
    about: Mapping[Response, UUID],
    *,
    at: datetime,
    actor: str,
) -> None:
    lines = [
        Line(
            subject,
            about[one],
            {
                "stance": one.stance.value,
                "says": says(one),
                "pays_on": one.pays_on.isoformat() if one.pays_on else "",
            },
        )
        for subject, one in answers
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
