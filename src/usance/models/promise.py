"""What debtors say about paying: their words, and the plans of instalments that they ask for."""

from django.db import models
from django.db.models import Q

from usance.domain.collection import plans
from usance.domain.collection.plans import State
from usance.domain.collection.promises import Word
from usance.domain.money import Money

from .ids import new_id
from .invoice import Invoice


class Promise(models.Model):
    """A word of the debtor's. Rows are only ever added; the same word twice is one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="promises", db_index=False
    )
    word = models.CharField(max_length=4)
    on = models.DateField()
    text = models.CharField(max_length=400, blank=True)
    waits_until = models.DateField(null=True)  # Reminders wait up to and including this day.
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=64)

    class Meta:
        db_table = "promise"
        constraints = [
            models.UniqueConstraint(fields=["invoice", "word", "on", "text"], name="promise_once"),
            models.CheckConstraint(condition=Q(word__in=list(Word)), name="promise_word"),
        ]
        indexes = [models.Index(fields=["invoice", "waits_until"], name="promise_waits")]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.word} {self.on}"


class Plan(models.Model):
    """Instalments that the debtor asked for and a person of ours agreed to, or not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="plans", db_index=False
    )
    state = models.CharField(max_length=8, default=State.ASKED)
    total_minor = models.BigIntegerField()  # Outstanding and interest asked for, on that day.
    currency = models.CharField(max_length=3)
    text = models.CharField(max_length=400, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    remark = models.CharField(max_length=400, blank=True)
    ended_on = models.DateField(null=True)  # Kept or broken.

    class Meta:
        db_table = "plan"
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(state__in=[State.ASKED, State.AGREED]),
                name="plan_open_once",
            ),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="plan_state"),
            models.CheckConstraint(condition=Q(total_minor__gt=0), name="plan_total"),
            models.CheckConstraint(
                condition=Q(state=State.ASKED) | Q(decided_at__isnull=False), name="plan_decided"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.KEPT, State.BROKEN]) | Q(ended_on__isnull=False),
                name="plan_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="plan_by_state"),
            models.Index(fields=["invoice", "id"], name="plan_by_invoice"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.state}"

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    def terms(self) -> tuple[plans.Instalment, ...]:
        """Its instalments, the first one first; prefetched where many plans are shown."""
        return tuple(
            plans.Instalment(due_on=row.due_on, amount=Money(row.amount_minor, self.currency))
            for row in self.instalments.all()
        )


class Instalment(models.Model):
    """A part of a plan. Rows are only ever added: another plan has others."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="instalments", db_index=False
    )
    ordinal = models.SmallIntegerField()
    due_on = models.DateField()
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "instalment"
        ordering = ["plan", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "ordinal"], name="instalment_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="instalment_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} #{self.ordinal}"
