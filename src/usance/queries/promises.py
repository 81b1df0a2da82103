"""What debtors said about paying, their plans, and what of an invoice is to be paid today."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from usance import models
from usance.domain.collection import plans
from usance.domain.collection.plans import OPEN, Instalment, State
from usance.domain.money import Money

from . import cash


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan with how it stands."""

    row: models.Plan
    terms: tuple[Instalment, ...]
    left: Money  # Still to be paid of what it is about.
    next: Instalment | None  # None: everything is paid.


def waited(invoice: UUID) -> bool:
    """Whether reminders waited for a word of the debtor's since the last one."""
    words = models.Promise.objects.filter(invoice=invoice, waits_until__isnull=False)
    days = models.Reminder.objects.filter(invoice=invoice).order_by("-level")
    last = days.values_list("made_on", flat=True).first()
    return (words.filter(said_at__date__gte=last) if last else words).exists()


def waits_until(invoice: UUID, *, today: date) -> date | None:
    """Reminders wait for the money up to and including this day. None: they do not wait."""
    words = models.Promise.objects.filter(invoice=invoice, waits_until__gte=today)
    return words.order_by("-waits_until").values_list("waits_until", flat=True).first()


def owed(invoices: Collection[UUID]) -> dict[UUID, int]:
    """What is to be paid today, in minor units: what is outstanding, and the late interest that the
    last reminder asked for. What was not asked for is not in it."""
    left = cash.outstanding(invoices)
    asked = cash.interest_asked(invoices)
    return {
        pk: minor + (asked[pk].minor if pk in asked and minor > 0 else 0)
        for pk, minor in left.items()
    }


def open_plan(invoice: UUID) -> Planned | None:
    """The plan that is asked for or agreed; None: there is none."""
    row = models.Plan.objects.filter(invoice=invoice, state__in=OPEN).first()
    return planned([row])[0] if row is not None else None


def planned(rows: Collection[models.Plan]) -> list[Planned]:
    """With what is left of each. Three queries, however many."""
    found = models.Instalment.objects.filter(plan__in=[row.pk for row in rows])
    parts: dict[UUID, list[Instalment]] = {row.pk: [] for row in rows}
    money = {row.pk: row.currency for row in rows}
    for one in found.order_by("plan", "ordinal"):
        amount = Money(one.amount_minor, money[one.plan_id])
        parts[one.plan_id].append(Instalment(due_on=one.due_on, amount=amount))
    left = owed({row.invoice_id for row in rows}) if rows else {}
    return [_planned(row, tuple(parts[row.pk]), left) for row in rows]


def _planned(
    row: models.Plan, terms: tuple[Instalment, ...], owed_minor: Mapping[UUID, int]
) -> Planned:
    left = Money(max(owed_minor.get(row.invoice_id, 0), 0), row.currency)
    is_open = row.state in OPEN
    return Planned(
        row=row, terms=terms, left=left,
        next=plans.next_due(terms, left=left) if is_open else None,
    )  # fmt: skip


def matching(state: State | None) -> QuerySet[models.Plan]:
    """Plans with the invoices that they are about."""
    rows = models.Plan.objects.select_related("invoice__client", "invoice__debtor")
    return rows.filter(state=state) if state is not None else rows


def to_decide() -> QuerySet[models.Plan]:
    """What debtors ask for and nobody has decided."""
    return matching(State.ASKED)


def running() -> QuerySet[models.Plan]:
    return matching(State.AGREED)


def ended() -> QuerySet[models.Plan]:
    over = [State.DECLINED, State.BROKEN, State.KEPT]
    return matching(None).filter(state__in=over)
