"""What was sent to debtors, and what carriers reported of it."""

from django.db import models
from django.db.models import Q

from usance.domain.distribution import OPEN, Kind, Outcome, Paper, State

from .document import Document
from .ids import new_id
from .invoice import Invoice


class Dispatch(models.Model):
    """One delivery by one channel. The row with its key is committed before anybody is called."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="dispatches")
    paper = models.CharField(max_length=8)
    rung = models.IntegerField()  # Place on the ladder of channels, from 0.
    kind = models.CharField(max_length=8)
    carrier = models.CharField(max_length=20)  # As outside.json names it.
    because = models.CharField(max_length=200)
    carrier_because = models.CharField(max_length=200, blank=True)  # Why this one of its kind.
    address = models.JSONField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, db_index=False)
    # What is handed over, attachments by their hash: the same bytes in every attempt.
    sealed = models.JSONField(null=True)
    state = models.CharField(max_length=10, default=State.QUEUED)
    attempt = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    reference = models.CharField(max_length=100, blank=True)
    detail = models.CharField(max_length=400, blank=True)
    planned_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)  # After it, unconfirmed, the ladder moves.

    class Meta:
        db_table = "dispatch"
        verbose_name_plural = "dispatches"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(Kind)), name="dispatch_kind"),
            models.CheckConstraint(condition=Q(paper__in=list(Paper)), name="dispatch_paper"),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="dispatch_state"),
        ]
        indexes = [
            models.Index(
                fields=["state", "planned_at"],
                condition=Q(state__in=sorted(OPEN)),
                name="dispatch_open",
            ),
            models.Index(fields=["document"], name="dispatch_document"),
            models.Index(fields=["carrier", "reference"], name="dispatch_reference"),
            models.Index(fields=["-planned_at"], name="dispatch_newest"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """Ours, the same in every attempt: the carrier's idempotency key."""
        return self.id.hex


class DeliveryEvent(models.Model):
    """One line of a carrier's report, kept as it came. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dispatch = models.ForeignKey(
        Dispatch, on_delete=models.PROTECT, null=True, related_name="events"
    )  # None: it speaks of nothing we sent; kept for a person.
    carrier = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    outcome = models.CharField(max_length=10)
    code = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=400, blank=True)
    corrected_address = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()  # By the carrier's clock.
    received_at = models.DateTimeField()

    class Meta:
        db_table = "delivery_event"
        constraints = [
            models.UniqueConstraint(fields=["carrier", "event_id"], name="delivery_event_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=list(Outcome)), name="delivery_event_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.event_id} {self.outcome}"


class Reminder(models.Model):
    """One rung of the reminder ladder, with the figures that were printed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="reminders")
    level = models.IntegerField()
    letter = models.CharField(max_length=40)
    made_on = models.DateField()
    days_overdue = models.IntegerField()
    outstanding_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField(null=True)  # None: no verified rate.
    currency = models.CharField(max_length=3)
    pay_by = models.DateField()
    dispatch = models.OneToOneField(Dispatch, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "reminder"
        constraints = [models.UniqueConstraint(fields=["invoice", "level"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.letter}"
