"""Documents read page by page: what was read, what a person made of it, what we learned."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from usance.domain.capture.review import DECIDABLE, State

from .batch import ReceivedFile
from .ids import new_id
from .invoice import Invoice
from .party import Client, Debtor

CLOSED = (State.PASSED, State.CONFIRMED, State.REJECTED)


class Reading(models.Model):
    """One file of pages, on its way to an invoice. `version` grows with each decision."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.OneToOneField(ReceivedFile, on_delete=models.PROTECT, related_name="reading")
    state = models.CharField(max_length=10, default=State.UNREAD)
    version = models.IntegerField(default=0)
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, related_name="readings"
    )  # None: the seller is not known (yet).
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, blank=True)  # As domain.capture names it.
    number = models.CharField(max_length=80, blank=True)
    sender = models.CharField(max_length=80, blank=True)  # As domain.capture.sender_of names it.
    pages = models.IntegerField(default=0)
    doubtful = models.IntegerField(default=0)  # Fields below the client's threshold.
    content = models.TextField(default="")  # The Reading without words: JSON keeps its order here.
    words = models.TextField(default="")  # Its pages: much, and seldom asked for.
    doubts = models.JSONField(default=list)  # Findings: why a person has to look.
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    postponed_until = models.DateField(null=True)  # None: to the end of the queue.
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)
    remark = models.CharField(max_length=400, blank=True)
    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, null=True, related_name="reading"
    )

    class Meta:
        db_table = "reading"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(State)), name="reading_state"),
            models.CheckConstraint(
                condition=Q(invoice=None) | Q(state__in=[State.PASSED, State.CONFIRMED]),
                name="reading_invoice",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=CLOSED) | Q(closed_at__isnull=False), name="reading_closed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state__in=sorted(DECIDABLE)), name="reading_open"
            ),
            models.Index(fields=["state", "-id"], name="reading_by_state"),
            models.Index(fields=["client", "-id"], name="reading_by_client"),
        ]

    def __str__(self) -> str:
        return f"{self.number or 'reading'} {self.state}"


class Correction(models.Model):
    """A person said that a value is another one than was read. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=40)
    read = models.CharField(max_length=400, blank=True)  # Empty: nothing was found.
    said = models.CharField(max_length=400, blank=True)
    confidence = models.DecimalField(max_digits=4, decimal_places=3, default=Decimal(0))
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "correction"

    def __str__(self) -> str:
        return f"{self.field}: {self.read} → {self.said}"


class LearnedLayout(models.Model):
    """Where a sender writes a field, shown by a person; used until somebody withdraws it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="layouts")
    sender = models.CharField(max_length=80)  # As domain.capture.sender_of names it.
    field = models.CharField(max_length=40)
    hint = models.JSONField()  # domain.capture.Hint: what stands near the value, and where.
    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="taught")
    learned_at = models.DateTimeField()
    learned_by = models.CharField(max_length=64)
    used = models.IntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "learned_layout"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "sender", "field"],
                condition=Q(withdrawn_at=None),
                name="learned_layout_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.client_id}"
