"""What was sent to debtors, and what carriers reported of it."""

from django.db import models
from django.db.models import Q

from usance.domain.distribution import OPEN, Enough, Kind, Outcome, Paper, Stance, State

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
    left_out = models.JSONField(
        default=list, db_default=[]
    )  # Channels that were not chosen, each with why.
    # The first delivery of the walk down the ladder that this one belongs to. None: it is first.
    walk = models.UUIDField(null=True)
    # The delivery that this message accompanies. Its own fate moves nothing.
    beside = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="accompanied", db_index=False
    )
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
    enough = models.CharField(
        max_length=9, default=Enough.ACCEPTED, db_default=Enough.ACCEPTED
    )  # To be known by then.
    judged_at = models.DateTimeField(null=True)  # When its deadline was found to be over.

    class Meta:
        db_table = "dispatch"
        verbose_name_plural = "dispatches"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(Kind)), name="dispatch_kind"),
            models.CheckConstraint(condition=Q(paper__in=list(Paper)), name="dispatch_paper"),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="dispatch_state"),
            models.CheckConstraint(condition=Q(enough__in=list(Enough)), name="dispatch_enough"),
        ]
        indexes = [
            models.Index(
                fields=["state", "planned_at"],
                condition=Q(state__in=sorted(OPEN)),
                name="dispatch_open",
            ),
            models.Index(
                fields=["deadline_at"],
                condition=Q(judged_at=None, deadline_at__isnull=False),
                name="dispatch_deadline",
            ),
            models.Index(fields=["walk"], condition=Q(walk__isnull=False), name="dispatch_walk"),
            models.Index(
                fields=["beside"], condition=Q(beside__isnull=False), name="dispatch_beside"
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
    estimated = models.BooleanField(
        default=False, db_default=False
    )  # Not seen by the carrier: proves nothing.
    raw = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, db_index=False
    )  # What the carrier sent, byte for byte. None: it came without a callback.

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


class Response(models.Model):
    """What a buyer answered to an invoice, kept as it came. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dispatch = models.ForeignKey(
        Dispatch, on_delete=models.PROTECT, null=True, related_name="responses"
    )  # None: it speaks of nothing we sent.
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, related_name="responses"
    )  # None: it names none that we know; kept for a person.
    carrier = models.CharField(max_length=20)
    response_id = models.CharField(max_length=120)
    stance = models.CharField(max_length=2)
    reasons = models.JSONField()
    text = models.CharField(max_length=400, blank=True)
    pays_on = models.DateField(null=True)
    pays = models.DecimalField(max_digits=18, decimal_places=3, null=True)  # A part, if it says so.
    owes = models.DecimalField(max_digits=18, decimal_places=3, null=True)  # As it says itself.
    at = models.DateTimeField()  # By the buyer's clock.
    received_at = models.DateTimeField()
    raw = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, db_index=False)

    class Meta:
        db_table = "response"
        constraints = [
            models.UniqueConstraint(fields=["carrier", "response_id"], name="response_once"),
            models.CheckConstraint(condition=Q(stance__in=list(Stance)), name="response_stance"),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.response_id} {self.stance}"


class DoubleDelivery(models.Model):
    """The debtor got one paper twice: the first arrived after the ladder had moved on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="doubles")
    first = models.ForeignKey(Dispatch, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Dispatch, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "double_delivery"
        verbose_name_plural = "double deliveries"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="double_delivery_once"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


class Reminder(models.Model):
    """One rung of the reminder ladder, with the figures that were printed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="reminders")
    level = models.IntegerField()
    letter = models.CharField(max_length=40)
    made_on = models.DateField()
    days_overdue = models.IntegerField()
    outstanding_minor = models.BigIntegerField()  # And not disputed: what is asked for.
    disputed_minor = models.BigIntegerField(db_default=0)  # Outstanding too, and not asked for.
    interest_minor = models.BigIntegerField(null=True)  # None: no verified rate.
    currency = models.CharField(max_length=3)
    pay_by = models.DateField()
    dispatch = models.OneToOneField(Dispatch, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "reminder"
        constraints = [models.UniqueConstraint(fields=["invoice", "level"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.letter}"
