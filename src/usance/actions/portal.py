"""What a debtor does on its own page: it opens it, says that it paid, or objects.

To open the page is evidence of the highest grade, so it counts only what a person does: the page
must be shown on a screen and tell so itself (see web.debtor), or a button must be pressed on it.
"""

from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.distribution import DeliveryEvent, Outcome
from usance.domain.refusal import Refusal

from . import notes
from .reports import OBJECTION, take_events

CARRIER = "portal"
ACTOR = "debtor:portal"


class NothingWritten(Refusal):
    code = "objection_empty"
    todo = "Write what is wrong with the invoice."


@transaction.atomic
def seen(dispatch: UUID, *, at: datetime, code: str = "opened") -> bool:
    """A person has the page of this delivery before them; whether that is new. Kept once."""
    row = models.Dispatch.objects.get(pk=dispatch)
    event = _event(row, id_=f"{row.key}:{code}", code=code, at=at)
    return bool(take_events(CARRIER, [event], at=at, actor=ACTOR))


@transaction.atomic
def says_paid(
    dispatch: UUID, *, paid_on: date | None, text: str, at: datetime, proves: bool = True
) -> None:
    """The debtor says that it paid: it stands on the invoice's timeline, for whoever looks for it.

    Nothing is booked by it: only the bank's statement tells what was paid. `proves`: it came by an
    address that the debtor alone was given, and so proves that a person has the invoice.
    """
    if proves:
        seen(dispatch, at=at)
    row = models.Dispatch.objects.get(pk=dispatch)
    parts = ["The debtor says that it is paid", f"on {paid_on}" if paid_on else "", text.strip()]
    said = ": ".join(filter(None, [" ".join(filter(None, parts[:2])), parts[2]]))
    notes.write(row.invoice_id, said, at=at, actor=ACTOR)


@transaction.atomic
def objects(dispatch: UUID, *, text: str, at: datetime) -> None:
    """The debtor objects: it becomes a dispute as an objection by any carrier does.

    The same words twice are one objection.

    :raises NothingWritten: if there are no words.
    """
    said = text.strip()
    if not said:
        raise NothingWritten("the objection has no words")
    row = models.Dispatch.objects.get(pk=dispatch)
    digest = sha256(said.encode()).hexdigest()[:16]
    event = _event(row, id_=f"{row.key}:objection:{digest}", code=OBJECTION, at=at, detail=said)
    take_events(CARRIER, [event], at=at, actor=ACTOR)


def _event(
    row: models.Dispatch, *, id_: str, code: str, at: datetime, detail: str = ""
) -> DeliveryEvent:
    return DeliveryEvent(
        id=id_, key=row.key, reference="", outcome=Outcome.OPENED, at=at, code=code, detail=detail
    )
