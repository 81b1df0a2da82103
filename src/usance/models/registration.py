"""What consumers did in their internet banks: who asked there for our e-invoices, who ended it."""

from django.db import models
from django.db.models import Q

from usance.domain import distribution
from usance.domain.distribution import Wants

from .document import Document
from .ids import new_id
from .party import Debtor


class Registration(models.Model):
    """One message of an exchange of banks, whose debtor it is about, and what it was answered."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    carrier = models.CharField(max_length=20)  # As outside.json names it.
    message_id = models.CharField(max_length=120)
    wants = models.CharField(max_length=10)
    address = models.CharField(max_length=80, db_index=True)
    before = models.CharField(max_length=80, blank=True)
    identity = models.CharField(max_length=20, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()  # By the bank's clock.
    received_at = models.DateTimeField()
    raw = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, db_index=False)
    debtor = models.ForeignKey(
        Debtor, on_delete=models.PROTECT, null=True, related_name="registrations"
    )  # None: not known yet, or declined.
    because = models.CharField(max_length=400)  # Why it is this debtor, or why a person is asked.
    decision = models.CharField(max_length=8, blank=True)  # Empty: a person is asked.
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    remark = models.CharField(max_length=400, blank=True)
    answered_at = models.DateTimeField(null=True)  # When the exchange was told the decision.

    class Meta:
        db_table = "registration"
        constraints = [
            models.UniqueConstraint(fields=["carrier", "message_id"], name="registration_once"),
            models.CheckConstraint(condition=Q(wants__in=list(Wants)), name="registration_wants"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None, answered_at=None)
                | Q(decision="placed", debtor__isnull=False, decided_at__isnull=False)
                | Q(decision="declined", debtor=None, decided_at__isnull=False),
                name="registration_decision",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(decision=""), name="registration_open"),
            models.Index(
                fields=["id"],
                condition=Q(answered_at=None) & ~Q(decision=""),
                name="registration_to_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wants} {self.address}"

    def said(self) -> distribution.Registration:
        return distribution.Registration(
            id=self.message_id,
            wants=Wants(self.wants),
            at=self.at,
            address=self.address,
            before=self.before,
            identity=self.identity,
            reference=self.reference,
            name=self.name,
        )
