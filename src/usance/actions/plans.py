"""Instalment plans: a debtor asks, a person of ours agrees or not, the day's end looks after them.

Whoever changes a plan locks its invoice first.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.collection import plans as rule
from usance.domain.collection.plans import OPEN, State
from usance.domain.events import Kind
from usance.domain.invoice import Kind as Claimed
from usance.domain.invoice import Stage
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.queries import promises as query

from . import portal
from .diary import Line, note


class NothingToPlan(Refusal):
    code = "nothing_to_plan"
    todo = "A plan is for a bought invoice that is unpaid and not disputed."


class PlanOpen(Refusal):
    code = "plan_open"
    todo = "Wait until the plan that was asked for is decided, or pay it as agreed."


class PlanDecided(Refusal):
    code = "plan_decided"
    todo = "Look at the plan again: somebody may have decided it."


class PlanTooLate(Refusal):
    code = "plan_too_late"
    todo = "Decline it; the debtor may ask for another that begins later."


@transaction.atomic
def ask(dispatch: UUID, *, count: int, text: str, at: datetime, proves: bool = True) -> models.Plan:
    """The debtor asks for so many instalments. The same request twice is one.

    :raises NothingToPlan: if nothing is to be paid to us, or it is disputed.
    :raises NoSuchPlan: if no such plan is offered.
    :raises PlanOpen: if another one is asked for or agreed.
    """
    invoice = _locked(models.Dispatch.objects.get(pk=dispatch).invoice_id)
    known = query.open_plan(invoice.pk)
    if known is not None:
        if known.row.state == State.ASKED and len(known.terms) == count:
            return known.row
        raise PlanOpen(f"{invoice.number} has a plan that is {known.row.state}")
    owed = Money(query.owed([invoice.pk]).get(invoice.pk, 0), invoice.currency)
    bought = invoice.stage == Stage.FUNDED and invoice.kind == Claimed.INVOICE
    disputed = invoice.disputes.filter(closed_at=None).exists()
    if not bought or owed.minor <= 0 or disputed:
        raise NothingToPlan(str(invoice.pk))
    terms = rule.offered(owed, count, due_on=invoice.due_on, today=at.date())
    if proves:
        portal.seen(dispatch, at=at)
    row = models.Plan.objects.create(
        invoice=invoice, state=State.ASKED, total_minor=owed.minor, currency=owed.currency,
        text=text.strip()[:400], asked_at=at, asked_by=portal.ACTOR,
    )  # fmt: skip
    models.Instalment.objects.bulk_create(
        models.Instalment(plan=row, ordinal=place, due_on=one.due_on, amount_minor=one.amount.minor)
        for place, one in enumerate(terms, start=1)
    )
    told = {"count": count, "total": str(owed), "text": row.text}
    note(Kind.PLAN_ASKED, [Line(row.pk, invoice.pk, told)], at=at, actor=portal.ACTOR)
    return row


@transaction.atomic
def decide(
    plan: UUID, *, agrees: bool, remark: str = "", role: Role, at: datetime, actor: str
) -> models.Plan:
    """A person of ours agrees to it, or declines it. While it is agreed and kept nobody reminds.

    :raises NotAllowed: if the role may not.
    :raises PlanDecided: if somebody did.
    :raises PlanTooLate: if the day of its first instalment is over; it can only be declined.
    """
    require(role, Act.AGREE_PLAN)
    row = models.Plan.objects.get(pk=plan)
    _locked(row.invoice_id)
    row.refresh_from_db()
    if row.state != State.ASKED:
        raise PlanDecided(f"it is {row.state}")
    terms = row.terms()
    if agrees and terms[0].due_on < at.date():
        raise PlanTooLate(f"the first instalment was due on {terms[0].due_on}")
    row.state = State.AGREED if agrees else State.DECLINED
    row.decided_at, row.decided_by, row.remark = at, actor[:64], remark.strip()[:400]
    row.save(update_fields=["state", "decided_at", "decided_by", "remark"])
    told = {"count": len(terms), "first": str(terms[0].due_on), "remark": row.remark}
    kind = Kind.PLAN_AGREED if agrees else Kind.PLAN_DECLINED
    note(kind, [Line(row.pk, row.invoice_id, told)], at=at, actor=actor)
    return row


@transaction.atomic
def look_after(*, at: datetime, actor: str) -> int:
    """End the plans that were kept or broken; how many. What was paid before anybody decided needs
    no plan any more and is declined."""
    invoices = models.Plan.objects.filter(state__in=OPEN).values("invoice_id")
    list(
        models.Invoice.objects.select_for_update(no_key=True)
        .filter(pk__in=invoices)
        .order_by("pk")
        .values_list("pk")
    )
    ended: dict[Kind, list[Line]] = {}
    for one in query.planned(models.Plan.objects.filter(state__in=OPEN).order_by("pk")):
        told = _ended(one, at=at, actor=actor)
        if told is not None:
            kind, line = told
            ended.setdefault(kind, []).append(line)
            one.row.save()
    for kind, lines in ended.items():
        note(kind, lines, at=at, actor=actor)
    return sum(len(lines) for lines in ended.values())


def _ended(one: query.Planned, *, at: datetime, actor: str) -> tuple[Kind, Line] | None:
    """Writes the end into the row. None: it runs, or waits to be decided."""
    row, told = one.row, {"left": str(one.left)}
    if row.state == State.ASKED:
        if one.left:
            return None
        row.state, row.decided_at, row.decided_by = State.DECLINED, at, actor[:64]
        row.remark = "It was paid."
        return Kind.PLAN_DECLINED, Line(row.pk, row.invoice_id, {"remark": row.remark})
    state = rule.standing(one.terms, left=one.left, today=at.date())
    if state is State.AGREED:
        return None
    row.state, row.ended_on = state, at.date()
    kind = Kind.PLAN_KEPT if state is State.KEPT else Kind.PLAN_BROKEN
    return kind, Line(row.pk, row.invoice_id, told)


def _locked(invoice: UUID) -> models.Invoice:
    return models.Invoice.objects.select_for_update(no_key=True).get(pk=invoice)
