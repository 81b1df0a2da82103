"""A person places what the machine could not: reports on unknown references, in unknown words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from usance import models
from usance.domain.distribution import DeliveryEvent, Outcome
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.models.dispatch import DeliveryEvent as Reported

from .diary import Line, note
from .reports import take_events

LINKED = ":linked"  # Behind the carrier's id, for what a person read out of its report.
LONGEST_ID = 120
MEANINGS = tuple(outcome for outcome in Outcome if outcome is not Outcome.UNREADABLE)


class NotParked(Refusal):
    code = "report_not_parked"
    todo = "It was placed by the machine: look at its delivery."


class AlreadyPlaced(Refusal):
    code = "report_already_placed"
    todo = "A colleague was faster; the delivery's page shows how."


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a report says, of which delivery, by the word of a person."""

    dispatch: UUID
    outcome: Outcome


@transaction.atomic
def place(
    event_id: UUID, meaning: Meaning | None, *, remark: str, role: Role, at: datetime, actor: str
) -> None:
    """Put a parked report beside its delivery, which follows it; None lays it aside.

    The report stays as it came: a second one says what the person read in it.

    :raises NotAllowed: if the role may not.
    :raises NotParked: if the report was placed and read by the machine.
    :raises AlreadyPlaced: if a person placed it before.
    """
    require(role, Act.RESEND)
    report = Reported.objects.get(pk=event_id)
    if report.dispatch_id is not None and report.outcome != Outcome.UNREADABLE:
        raise NotParked(f"{report.carrier} {report.event_id} belongs to a delivery")
    assert meaning is None or meaning.outcome in MEANINGS, meaning
    try:
        with transaction.atomic():
            models.ReportDecision.objects.create(
                event=report,
                dispatch_id=meaning.dispatch if meaning else None,
                means=meaning.outcome if meaning else "",
                remark=remark[:400],
                decided_at=at,
                decided_by=actor[:64],
            )
    except IntegrityError as twice:
        raise AlreadyPlaced(f"{report.carrier} {report.event_id}") from twice
    if meaning is not None:
        _follow(report, meaning, remark=remark, at=at, actor=actor)


def _follow(
    report: models.DeliveryEvent, meaning: Meaning, *, remark: str, at: datetime, actor: str
) -> None:
    row = models.Dispatch.objects.get(pk=meaning.dispatch)
    read = DeliveryEvent(
        id=report.event_id[: LONGEST_ID - len(LINKED)] + LINKED,
        key=row.key,
        reference="",
        outcome=meaning.outcome,
        at=report.at,
        code=report.code,
        detail=report.detail,
        corrected_address=report.corrected_address,
    )
    take_events(report.carrier, [read], at=at, actor=actor)
    said = f"Report {report.event_id} of {report.carrier} placed here: {meaning.outcome}. {remark}"
    note(
        Kind.NOTE_WRITTEN,
        [Line(row.pk, row.invoice_id, {"text": said.strip()})],
        at=at,
        actor=actor,
    )
