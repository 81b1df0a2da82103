"""Schedules of assignment, who signed them, and the papers made of them. Rows are only added."""

from django.db import models
from django.db.models import F, Q

from usance.domain.money import Money

from .document import Document
from .facility import Facility
from .ids import new_id
from .party import Client


class Schedule(models.Model):
    """What was bought of one client by one facility in one purchase."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=24)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="schedules")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, db_index=False)
    currency = models.CharField(max_length=3)
    bought_on = models.DateField()
    invoices = models.IntegerField()
    face_minor = models.BigIntegerField()
    advance_minor = models.BigIntegerField()
    manifest = models.TextField()  # Byte by byte what the hash is of.
    digest = models.CharField(max_length=64)
    signers = models.SmallIntegerField()  # As the terms asked on that day.
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "schedule"
        constraints = [
            models.CheckConstraint(
                condition=Q(signers__gte=0, signers__lte=2, invoices__gt=0, face_minor__gt=0,
                            advance_minor__gte=0, advance_minor__lte=F("face_minor")),
                name="schedule_amounts",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["client"], condition=Q(signers__gt=0), name="schedule_to_sign"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def face(self) -> Money:
        return Money(self.face_minor, self.currency)

    @property
    def advance(self) -> Money:
        return Money(self.advance_minor, self.currency)


class ScheduleSignature(models.Model):
    """The evidence of one signature."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    schedule = models.ForeignKey(
        Schedule, on_delete=models.PROTECT, related_name="signatures", db_index=False
    )
    signer = models.CharField(max_length=64)  # The person, as in the diary.
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    words = models.TextField()
    address = models.GenericIPAddressField(null=True)  # None: the server was told none.
    agent = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "schedule_signature"
        constraints = [
            models.UniqueConstraint(fields=["schedule", "signer"], name="schedule_signer_once"),
            models.CheckConstraint(
                condition=~Q(signer="") & ~Q(words=""), name="schedule_signature_says"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"


class SchedulePaper(models.Model):
    """A schedule as it was printed and sealed, with so many signatures on it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    schedule = models.ForeignKey(
        Schedule, on_delete=models.PROTECT, related_name="papers", db_index=False
    )
    signatures = models.SmallIntegerField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, db_index=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "schedule_paper"
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "signatures"], name="schedule_paper_once"
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.signatures}"
