"""What a debtor does on its own page: it opens it, says that it paid, or objects.

To open the page is evidence of the highest grade, so it counts only what a person does: the page
must be shown on a screen and tell so itself (see web.debtor), or a button must be pressed on it.
"""

from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.collection import promises
from usance.domain.collection.promises import Word
from usance.domain.distribution import DeliveryEvent, Outcome
from usance.domain.events import Kind
from usance.domain.refusal import Refusal
from usance.queries import promises as query

from .diary import Line, note
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
def says(
    dispatch: UUID, *, word: Word, on: date | None, text: str, at: datetime, proves: bool = True
) -> models.Promise | None:
    """The debtor says that it paid, or when it will: reminders wait for it, once between two.

    Nothing is booked by it: only the bank's statement tells what was paid. `proves`: it came by an
    address that the debtor alone was given, and so proves that a person has the invoice.

    None: it said so before.

    :raises DayTooFar: if it promises to pay later than two weeks from now.
    """
    row = models.Dispatch.objects.get(pk=dispatch)
    invoice = models.Invoice.objects.select_for_update(no_key=True).get(pk=row.invoice_id)
    said = promises.taken(word, on, today=at.date(), waited=query.waited(invoice.pk))
    if proves:
        seen(dispatch, at=at)
    text = text.strip()[:400]
    known = models.Promise.objects.filter(invoice=invoice, word=word, on=said.on, text=text)
    if known.exists():
        return None
    made = models.Promise.objects.create(
        invoice=invoice, word=word, on=said.on, text=text, waits_until=said.waits_until,
        said_at=at, said_by=ACTOR,
    )  # fmt: skip
    told = {"says": _told(word, on, text), "word": word.value, "on": str(said.on)}
    if said.waits_until is not None:
        told["waits_until"] = str(said.waits_until)
    note(Kind.PROMISE_MADE, [Line(made.pk, invoice.pk, told)], at=at, actor=ACTOR)
    return made


def _told(word: Word, on: date | None, text: str) -> str:
    does = "is paid" if word is Word.PAID else "pays"
    day = f" on {on}" if on else ""
    return f"The debtor says that it {does}{day}" + (f": {text}" if text else "")


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
