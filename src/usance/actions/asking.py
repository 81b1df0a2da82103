"""Mail debtors what they are asked: plan, claim, write down what came of it, hear what came back.

A mail is claimed and its end written in transactions of their own; the carrier is called between
them. Who writes to both locks the question first and its mail after it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.distribution import (
    DeliveryEvent,
    Handed,
    Handover,
    Outcome,
    Presence,
    State,
    decisive,
    state_after,
)
from usance.domain.distribution import Kind as Carried
from usance.domain.events import Kind
from usance.domain.invoice import Stage
from usance.domain.verification import questions as rule
from usance.domain.verification.questions import Channel
from usance.models.ids import is_key
from usance.queries import asking as query
from usance.queries import outside

from .diary import Line, note
from .questions import put

TRIES = 20
LONGEST_WAIT = 30  # Minutes between two tries; twenty of them are most of a working day.
LEASE = timedelta(minutes=10)  # A call that lasted longer died: nobody knows whether it went out.


@transaction.atomic
def mail(questions: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Mail the debtor what the policy asks by mail; whom no mail reaches a person calls."""
    rows = list(
        models.Question.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=questions, state=rule.State.TO_ASK, channel=Channel.MAIL, mails=None)
        .filter(invoice__stage=Stage.RECEIVED)
        .select_related("invoice__client", "invoice__debtor")
        .order_by("pk")
    )
    hindered = query.hindrances(rows)
    for row in rows:
        if why := hindered[row.pk]:
            row.channel = Channel.CALL
            row.save(update_fields=["channel"])
            _tell_unreached(row, "", why, at=at, actor=actor)
        else:
            assert row.invoice.debtor is not None, row.pk
            put(row, channel=Channel.MAIL, to=row.invoice.debtor.email, at=at, actor=actor)


@transaction.atomic
def claim(mail_id: UUID, *, at: datetime) -> models.QuestionMail | None:
    """The mail, written and ours to hand over; None: somebody has it, or it is not asked any more.

    What nobody can have yet is written anew: its days to answer run from now.
    """
    question, row = _locked(mail_id)
    if State(row.state) is not State.QUEUED or (row.not_before and row.not_before > at):
        return None
    if not query.is_open(question) or query.newest(question.pk) != row:
        row.state, row.detail = State.CANCELLED, "It is not asked by this mail any more."
        row.save()
        return None
    if not row.text:
        question.answer_by = at.date() + timedelta(days=question.days)
        question.save(update_fields=["answer_by"])
        row.language, said = query.written(question)
        row.subject, row.text, row.html = said
        row.carrier = outside.carrier_of(Carried.EMAIL)
    row.state, row.called_at, row.tries = State.CALLING, at, row.tries + 1
    row.save()
    return row


@transaction.atomic
def write_down(mail_id: UUID, came_to: Handover, *, at: datetime, actor: str) -> State:
    """What the call came to, or what the carrier says became of it; where the mail stands now.

    A report that was faster than we are stands.
    """
    question, row = _locked(mail_id)
    row.reference = row.reference or came_to.reference[:100]
    if State(row.state) not in (State.CALLING, State.UNKNOWN):
        row.save(update_fields=["reference"])
        return State(row.state)
    row.detail = came_to.detail[:400]
    match came_to.came_to:
        case Handed.ACCEPTED:
            row.state, row.sent_at = State.ACCEPTED, at
            note(Kind.QUESTION_MAILED, [_line(question, row.address, "")], at=at, actor=actor)
        case Handed.UNKNOWN:
            row.state, row.doubted = State.UNKNOWN, True
        case Handed.TRY_LATER:
            _again(row, came_to, at=at)
            if query.newest(question.pk) != row:  # It was asked anew meanwhile.
                row.state = State.UNKNOWN if row.doubted else State.CANCELLED
        case Handed.REFUSED:
            row.state = State.FAILED
    row.save()
    if State(row.state) is State.FAILED:
        _unreached(question, row, at=at, actor=actor)
    return State(row.state)


def expire(*, at: datetime) -> None:
    """A call that its worker did not live to see the end of: nobody knows what became of it."""
    models.QuestionMail.objects.filter(state=State.CALLING, called_at__lt=at - LEASE).update(
        state=State.UNKNOWN, doubted=True, detail="The call was interrupted."
    )


@transaction.atomic
def hear(
    carrier: str, events: Iterable[DeliveryEvent], *, at: datetime, actor: str
) -> dict[DeliveryEvent, bool]:
    """Those of a carrier's reports that are about these mails, and whether each was news.

    Of all that is reported the deciding outcome is kept: order and doubles cannot matter.
    """
    known = _mails_of(carrier, list(events))
    news = {}
    for event, mail_id in sorted(known.items(), key=lambda one: one[1]):
        question, row = _locked(mail_id)
        said = {event.outcome, *([Outcome(row.outcome)] if row.outcome else [])}
        decides = decisive(said)
        state = state_after(said)
        news[event] = decides is not None and decides != row.outcome
        if decides is None or state is None or not news[event]:
            continue
        was, row.state, row.outcome = row.state, state, decides
        row.detail = (event.detail or event.code)[:400]
        if row.sent_at is None and state is not State.FAILED:
            row.sent_at = at
            note(Kind.QUESTION_MAILED, [_line(question, row.address, "")], at=at, actor=actor)
        row.save()
        if state is State.FAILED and was != state:
            _unreached(question, row, at=at, actor=actor)
    return news


def is_asking(key: str) -> bool:
    """Whether this key is of a mail that asks a debtor."""
    return is_key(key) and models.QuestionMail.objects.filter(pk=UUID(key)).exists()


def _mails_of(carrier: str, events: Sequence[DeliveryEvent]) -> dict[DeliveryEvent, UUID]:
    """The mail of each report that is about one: by our key, else by the carrier's reference."""
    keys = {UUID(one.key) for one in events if is_key(one.key)}
    references = {one.reference for one in events if one.reference and not one.key}
    rows = models.QuestionMail.objects.all()
    by_key = set(rows.filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    by_reference = {}
    if references:
        found = rows.filter(carrier=carrier, reference__in=references)
        by_reference = dict(found.values_list("reference", "pk"))
    return {
        one: UUID(one.key) if is_key(one.key) else by_reference[one.reference]
        for one in events
        if (is_key(one.key) and UUID(one.key) in by_key)
        or (not one.key and one.reference in by_reference)
    }


def _again(row: models.QuestionMail, came_to: Handover, *, at: datetime) -> None:
    """It waits, longer each time. What somebody may have stays the same to the byte, and is never
    given up as not sent."""
    if came_to.presence is Presence.UNTRIED:
        row.tries -= 1
    spent = State.UNKNOWN if row.doubted else State.FAILED
    row.state = State.QUEUED if row.tries < TRIES else spent
    minutes = min(2 ** max(row.tries - 1, 0), LONGEST_WAIT)
    wait = timedelta(seconds=came_to.retry_after_seconds or 60 * minutes)
    row.not_before = at + wait
    if not row.doubted:
        row.language = row.subject = row.text = row.html = ""


def _unreached(
    question: models.Question, row: models.QuestionMail, *, at: datetime, actor: str
) -> None:
    """The mail did not arrive: while the question waits for it, a person asks by telephone."""
    _tell_unreached(question, row.address, row.detail, at=at, actor=actor)
    if query.is_open(question) and query.newest(question.pk) == row:
        question.state, question.channel, question.answer_by = (
            rule.State.TO_ASK, Channel.CALL, None,
        )  # fmt: skip
        question.save(update_fields=["state", "channel", "answer_by"])


def _tell_unreached(row: models.Question, to: str, why: str, *, at: datetime, actor: str) -> None:
    note(Kind.QUESTION_UNREACHED, [_line(row, to, why)], at=at, actor=actor)


def _line(row: models.Question, to: str, detail: str) -> Line:
    return Line(row.pk, row.invoice_id, {"to": to, "detail": detail})


def _locked(mail_id: UUID) -> tuple[models.Question, models.QuestionMail]:
    """The question, then its mail."""
    owner = models.QuestionMail.objects.values_list("question_id", flat=True).get(pk=mail_id)
    question = (
        models.Question.objects.select_for_update(no_key=True, of=("self",))
        .select_related("invoice__client", "invoice__debtor")
        .get(pk=owner)
    )
    row = models.QuestionMail.objects.select_for_update(no_key=True).get(pk=mail_id)
    return question, row
