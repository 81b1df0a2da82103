"""Remind late payers, and note what they object to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import collection
from usance.domain.collection.disputes import Reason, objected, reason_of
from usance.domain.days import days_overdue
from usance.domain.distribution import OBJECTS, Paper
from usance.domain.events import Kind
from usance.domain.finance import DebtorNotTold
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.queries import disclosure, disputed, overdue, responses

from . import disputes
from .diary import Line, note
from .distribution import add
from .reports import OBJECTION


class NothingToRemind(Refusal):
    code = "nothing_to_remind"
    todo = (
        "A reminder is for a bought invoice that is late, in no plan, and not all paid or disputed."
    )


class ReminderRunning(Refusal):
    code = "reminder_still_running"
    todo = "Wait until the day that the last reminder names for payment is over."


class LadderEnded(Refusal):
    code = "last_reminder_sent"
    todo = "Every reminder was sent: call the debtor, or hand the claim on."


@transaction.atomic
def remind(invoices: Sequence[UUID], *, at: datetime, actor: str) -> int:
    """Make the next reminder of each late invoice, for what of it is not disputed; how many were
    made.

    What is printed is kept: level, days, amounts, interest. One reminder a level, ever.
    """
    today = at.date()
    rows = overdue.with_levels(invoices, today=today)
    objected_to = disputed.parts([row.pk for row, _, _ in rows])
    made, wanted = [], []
    for row, demanded, level in rows:
        rung = collection.next_rung(row.due_on, reached=level, today=today)
        if rung is None:
            continue
        made.append(_reminder(row, rung, demanded, today, objected_to.get(row.pk, 0)))
        wanted.append((row, Paper.REMINDER))
    _send(made, wanted, at=at, actor=actor)
    return len(made)


@transaction.atomic
def remind_now(invoice_id: UUID, *, role: Role, at: datetime, actor: str) -> models.Reminder:
    """A person sends the next reminder before its day; levels are never skipped. A debtor's word
    that it has paid holds back what goes out by itself, not a person.

    :raises NotAllowed: if the role may not.
    :raises NothingToRemind: if the invoice is not late, is paid, disputed, or in an agreed plan.
    :raises LadderEnded: if the last reminder went out.
    :raises ReminderRunning: if the debtor still has time by the reminder before.
    :raises DebtorNotTold: if it was bought in confidence: its client reminds.
    """
    require(role, Act.SEND_REMINDER)
    if disclosure.untold([invoice_id]):
        raise DebtorNotTold("the debtor does not know that the invoice is ours")
    today = at.date()
    late = overdue.with_levels([invoice_id], today=today, waiting=True)
    if not late:
        raise NothingToRemind(str(invoice_id))
    ((row, demanded, level),) = late
    rung = collection.rung_above(level)
    if rung is None:
        raise LadderEnded(f"{row.number} has had {level} reminders")
    last = row.reminders.filter(level=level).first()
    if last is not None and last.pay_by >= today:
        raise ReminderRunning(f"reminder {level} gives the debtor until {last.pay_by}")
    made = _reminder(row, rung, demanded, today, disputed.parts([row.pk]).get(row.pk, 0))
    _send([made], [(row, Paper.REMINDER)], at=at, actor=actor)
    return made


@transaction.atomic
def take_objections(told: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Debtors object to what these brought, or to an invoice by its name: each opens a dispute.

    What is told are deliveries, and answers to none of ours (queries.responses.decisive).
    An objection opens one dispute, once: taken again after a person has closed it, it stays closed.
    """
    said = _objections(told)
    rows = models.Invoice.objects.select_for_update(no_key=True).filter(pk__in=said).order_by("pk")
    opened: dict[UUID, datetime] = {}
    open_now = set()
    for known in models.Dispute.objects.filter(invoice_id__in=said).order_by("opened_at"):
        opened[known.invoice_id] = known.opened_at
        if known.closed_at is None:
            open_now.add(known.invoice_id)
    new = []
    for row in rows:
        one = said[row.pk]
        is_answered = row.pk in opened and opened[row.pk] >= one.heard_at
        if row.pk not in open_now and not is_answered:
            new.append(
                disputes.made(
                    row, one.code, objected(row.face, one.owes),
                    one.says or "The debtor objects.", at=at, actor=actor,
                )
            )  # fmt: skip
    models.Dispute.objects.bulk_create(new)
    disputes.note_opened(new, at=at, actor=actor)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Objection:
    heard_at: datetime
    says: str
    code: Reason = Reason.OTHER
    owes: Decimal | None = None  # What the debtor would pay; None: it does not say.


def _objections(told: Sequence[UUID]) -> dict[UUID, _Objection]:
    """By invoice the last objection that reached us."""
    found: dict[UUID, _Objection] = {}
    events = models.DeliveryEvent.objects.filter(dispatch_id__in=told, code=OBJECTION)
    for event in events.order_by("received_at", "pk").select_related("dispatch"):
        assert event.dispatch is not None
        found[event.dispatch.invoice_id] = _Objection(heard_at=event.received_at, says=event.detail)
    answers = models.Response.objects.filter(
        responses.about(told),
        stance__in=[stance.value for stance in OBJECTS],
        invoice__isnull=False,
    )
    for answer in answers.order_by("received_at", "pk"):
        invoice = answer.invoice_id
        assert invoice is not None
        if invoice not in found or found[invoice].heard_at <= answer.received_at:
            found[invoice] = _Objection(
                heard_at=answer.received_at, says=responses.says_of(answer),
                code=reason_of(answer.reasons), owes=answer.owes,
            )  # fmt: skip
    return found


def _send(
    made: Sequence[models.Reminder],
    wanted: Sequence[tuple[models.Invoice, Paper]],
    *,
    at: datetime,
    actor: str,
) -> None:
    sent = add(wanted, at=at, actor=actor)
    for reminder in made:
        reminder.dispatch_id = sent.get(reminder.invoice_id)
    crashpoint("collection.dispatched")
    models.Reminder.objects.bulk_create(made)
    note(
        Kind.REMINDER_DUE,
        [
            Line(r.invoice_id, r.invoice_id, {"level": r.level, "letter": r.letter,
                                              "days_overdue": r.days_overdue})
            for r in made
        ],
        at=at,
        actor=actor,
    )  # fmt: skip


def _reminder(
    row: models.Invoice, rung: collection.Rung, demanded: Money, today: date, disputed_minor: int
) -> models.Reminder:
    interest = overdue.interest(row, demanded, today=today)
    return models.Reminder(
        invoice=row,
        level=rung.level,
        letter=rung.letter,
        made_on=today,
        days_overdue=days_overdue(row.due_on, today=today),
        outstanding_minor=demanded.minor,
        disputed_minor=disputed_minor,
        interest_minor=interest.minor if interest is not None else None,
        currency=row.currency,
        pay_by=today + timedelta(days=rung.days_to_pay),
    )
