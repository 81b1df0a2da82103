"""Remind late payers, and note what they object to."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import collection
from usance.domain.days import days_overdue
from usance.domain.distribution import OBJECTS, Paper
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.queries import overdue, responses

from .diary import Line, note
from .distribution import add
from .reports import OBJECTION


class DisputeOpen(Refusal):
    code = "dispute_open"
    todo = "Close the open dispute first."


class NoDispute(Refusal):
    code = "no_dispute_open"
    todo = "Look at the invoice again: somebody may have closed it."


class NothingToRemind(Refusal):
    code = "nothing_to_remind"
    todo = "A reminder is for a bought invoice that is late, unpaid, not disputed and in no plan."


class ReminderRunning(Refusal):
    code = "reminder_still_running"
    todo = "Wait until the day that the last reminder names for payment is over."


class LadderEnded(Refusal):
    code = "last_reminder_sent"
    todo = "Every reminder was sent: call the debtor, or hand the claim on."


@transaction.atomic
def remind(invoices: Sequence[UUID], *, at: datetime, actor: str) -> int:
    """Make the next reminder of each late invoice that is not disputed; how many were made.

    What is printed is kept: level, days, outstanding, interest. One reminder a level, ever.
    """
    today = at.date()
    rows = overdue.with_levels(invoices, today=today)
    made, wanted = [], []
    for row, outstanding, level in rows:
        rung = collection.next_rung(row.due_on, reached=level, today=today)
        if rung is None:
            continue
        made.append(_reminder(row, rung, outstanding, today))
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
    """
    require(role, Act.SEND_REMINDER)
    today = at.date()
    late = overdue.with_levels([invoice_id], today=today, waiting=True)
    if not late:
        raise NothingToRemind(str(invoice_id))
    ((row, outstanding, level),) = late
    rung = collection.rung_above(level)
    if rung is None:
        raise LadderEnded(f"{row.number} has had {level} reminders")
    last = row.reminders.filter(level=level).first()
    if last is not None and last.pay_by >= today:
        raise ReminderRunning(f"reminder {level} gives the debtor until {last.pay_by}")
    made = _reminder(row, rung, outstanding, today)
    _send([made], [(row, Paper.REMINDER)], at=at, actor=actor)
    return made


@transaction.atomic
def open_dispute(
    invoice_id: UUID, *, reason: str, role: Role, at: datetime, actor: str
) -> models.Dispute:
    """The debtor objects: nobody reminds until it is closed.

    :raises NotAllowed: if the role may not.
    :raises DisputeOpen: if one is open.
    """
    require(role, Act.DISPUTE)
    invoice = models.Invoice.objects.select_for_update(no_key=True).get(pk=invoice_id)
    if invoice.disputes.filter(closed_at=None).exists():
        raise DisputeOpen(f"{invoice.number} is disputed already")
    row = models.Dispute.objects.create(
        invoice=invoice, reason=reason[:400], opened_at=at, opened_by=actor
    )
    note(
        Kind.DISPUTE_OPENED,
        [Line(invoice.pk, invoice.pk, {"reason": reason})],
        at=at,
        actor=actor,
    )
    return row


@transaction.atomic
def take_objections(dispatches: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Carriers told that debtors object to what these brought: a dispute for each invoice.

    An objection opens one dispute, once: taken again after a person has closed it, it stays closed.
    """
    said = _objections(dispatches)
    rows = models.Invoice.objects.select_for_update(no_key=True).filter(pk__in=said).order_by("pk")
    opened: dict[UUID, datetime] = {}
    open_now = set()
    for known in models.Dispute.objects.filter(invoice_id__in=said).order_by("opened_at"):
        opened[known.invoice_id] = known.opened_at
        if known.closed_at is None:
            open_now.add(known.invoice_id)
    new = []
    for row in rows:
        heard_at, reason = said[row.pk]
        answered = row.pk in opened and opened[row.pk] >= heard_at
        if row.pk not in open_now and not answered:
            new.append(
                models.Dispute(
                    invoice=row,
                    reason=(reason or "The debtor objects.")[:400],
                    opened_at=at,
                    opened_by=actor,
                )
            )
    models.Dispute.objects.bulk_create(new)
    note(
        Kind.DISPUTE_OPENED,
        [Line(row.invoice_id, row.invoice_id, {"reason": row.reason}) for row in new],
        at=at,
        actor=actor,
    )


def _objections(dispatches: Sequence[UUID]) -> dict[UUID, tuple[datetime, str]]:
    """By invoice the last objection that reached us: when, and in which words."""
    found: dict[UUID, tuple[datetime, str]] = {}
    events = models.DeliveryEvent.objects.filter(dispatch_id__in=dispatches, code=OBJECTION)
    for event in events.order_by("received_at", "pk").select_related("dispatch"):
        assert event.dispatch is not None
        found[event.dispatch.invoice_id] = (event.received_at, event.detail)
    answers = models.Response.objects.filter(
        dispatch_id__in=dispatches, stance__in=[stance.value for stance in OBJECTS]
    )
    for answer in answers.order_by("received_at", "pk").select_related("dispatch"):
        assert answer.dispatch is not None
        invoice = answer.dispatch.invoice_id
        if invoice not in found or found[invoice][0] <= answer.received_at:
            found[invoice] = (answer.received_at, responses.says_of(answer))
    return found


@transaction.atomic
def close_dispute(invoice_id: UUID, *, outcome: str, role: Role, at: datetime, actor: str) -> None:
    """:raises NotAllowed: if the role may not.
    :raises NoDispute: if none is open.
    """
    require(role, Act.DISPUTE)
    row = (
        models.Dispute.objects.select_for_update(no_key=True)
        .filter(invoice_id=invoice_id, closed_at=None)
        .first()
    )
    if row is None:
        raise NoDispute(str(invoice_id))
    row.closed_at, row.closed_by, row.outcome = at, actor, outcome[:400]
    row.save(update_fields=["closed_at", "closed_by", "outcome"])
    note(
        Kind.DISPUTE_CLOSED,
        [Line(invoice_id, invoice_id, {"outcome": outcome})],
        at=at,
        actor=actor,
    )


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
    row: models.Invoice, rung: collection.Rung, outstanding: Money, today: date
) -> models.Reminder:
    interest = overdue.interest(row, outstanding, today=today)
    return models.Reminder(
        invoice=row,
        level=rung.level,
        letter=rung.letter,
        made_on=today,
        days_overdue=days_overdue(row.due_on, today=today),
        outstanding_minor=outstanding.minor,
        interest_minor=interest.minor if interest is not None else None,
        currency=row.currency,
        pay_by=today + timedelta(days=rung.days_to_pay),
    )
