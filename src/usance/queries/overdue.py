"""Who is late, by how much, and what that costs by law."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Coalesce

from usance import law, models
from usance.domain import collection, distribution
from usance.domain.collection import debits
from usance.domain.collection.plans import State
from usance.domain.distribution import Paper
from usance.domain.invoice import Stage
from usance.domain.money import Money

from . import cash, disclosure, disputed

BY_PLAN = Exists(models.Plan.objects.filter(invoice=OuterRef("pk"), state=State.AGREED))
COLLECTED = Exists(  # Or about to be, by direct debit.
    models.Debit.objects.filter(invoice=OuterRef("pk"), state__in=sorted(debits.OPEN))
)


def due_for_reminder(*, today: date) -> list[UUID]:
    """Bought invoices late enough for the first rung, not all disputed, oldest due date first.
    Those whose money may be under way, or comes by a plan, and whose debtor was not told that they
    are ours, are left out."""
    latest = today - timedelta(days=collection.LADDER[0].days_overdue)
    rows = models.Invoice.objects.filter(stage=Stage.FUNDED, kind="invoice", due_on__lte=latest)
    rows = rows.exclude(disputed.OVER_ALL).exclude(BY_PLAN).exclude(COLLECTED)
    rows = rows.exclude(_waits(today)).exclude(disclosure.UNTOLD)
    rows = rows.exclude(reminders__level=collection.LADDER[-1].level)
    return list(rows.order_by("due_on", "pk").values_list("pk", flat=True))


def past_recourse(*, today: date) -> list[UUID]:
    """Bought with recourse, and later than its purchase says, else its facility: days after due, or
    the day until which recourse was put off."""
    days_of = Coalesce("funding__recourse_days", "funding__facility__recourse_days")
    rows = (
        models.Invoice.objects.filter(stage=Stage.FUNDED, due_on__lt=today)
        .annotate(recourse=days_of)
        .filter(recourse__isnull=False)
        .exclude(refactored__until__gte=today)
        .values_list("pk", "due_on", "recourse")
    )
    return [pk for pk, due_on, days in rows if due_on + timedelta(days=days) < today]


def with_levels(
    invoices: Collection[UUID], *, today: date, waiting: bool = False
) -> list[tuple[models.Invoice, Money, int]]:
    """Each late invoice with what is outstanding and not disputed, and the level of its last
    reminder (0: none). The rows are locked; those of which nothing is to be asked for, and those
    with an agreed plan or whose debtor is not told, are left out.

    `waiting`: also those whose money may be under way, as their debtors say."""
    heard = ~_waits(today) & ~COLLECTED if not waiting else Q()
    rows = list(
        models.Invoice.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=invoices, stage=Stage.FUNDED, due_on__lt=today)
        .filter(heard)
        .exclude(disputed.OVER_ALL)
        .exclude(BY_PLAN)
        .exclude(disclosure.UNTOLD)
        .select_related("debtor")
        .order_by("pk")
    )
    pks = [row.pk for row in rows]
    left = cash.outstanding(pks)
    for pk, minor in disputed.parts(pks).items():
        left[pk] = left.get(pk, 0) - minor
    levels = dict(
        models.Reminder.objects.filter(invoice_id__in=pks)
        .values_list("invoice_id")
        .annotate(level=Max("level"))
    )
    return [
        (row, Money(left[row.pk], row.currency), levels.get(row.pk, 0))
        for row in rows
        if left.get(row.pk, 0) > 0
    ]


def silenced(invoices: Collection[UUID], *, today: date) -> set[UUID]:
    """Those of which no reminder goes out by itself now: all of it is objected to, it is paid by a
    plan or collected, or its debtor says that the money is under way."""
    rows = models.Invoice.objects.filter(pk__in=invoices)
    rows = rows.filter(Q(disputed.OVER_ALL) | Q(BY_PLAN) | Q(COLLECTED) | Q(_waits(today)))
    return set(rows.values_list("pk", flat=True))


def needless(
    rows: Collection[models.Dispatch], *, today: date, is_new: bool = False
) -> dict[UUID, str]:
    """Those of these deliveries, with their invoices, that need not be sent (again), each with why.

    One query at most.

    :param is_new: none was handed over yet. A person may have sent a reminder in spite of the
        debtor's word, and a debtor needs an invoice for its books that was paid at once.
    """
    reminders = {row.invoice_id for row in rows if row.paper == Paper.REMINDER}
    silent = silenced(reminders, today=today) if reminders and not is_new else set()
    found = {
        row.pk: distribution.needless(
            Paper(row.paper),
            Stage(row.invoice.stage),
            is_silent=row.invoice_id in silent,
            even_if_paid=is_new,
        )
        for row in rows
    }
    return {pk: why for pk, why in found.items() if why}


def _waits(today: date) -> Exists:
    said = models.Promise.objects.filter(invoice=OuterRef("pk"), waits_until__gte=today)
    return Exists(said)


def interest(row: models.Invoice, outstanding: Money, *, today: date) -> Money | None:
    """Late interest by the law of the debtor's country; None where no verified rate covers it."""
    assert row.debtor is not None
    try:
        return collection.late_interest(
            outstanding,
            due_on=row.due_on,
            until=today,
            periods=law.late_interest(row.debtor.country),
        )
    except collection.RateUnknown:
        return None
