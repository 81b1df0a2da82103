"""Payment advices: what payers said that they paid."""

from django.db import models
from django.db.models import Q

from usance.domain.money import Money

from .bank import BankLine
from .document import Document
from .ids import new_id


class PaymentAdvice(models.Model):
    """What a payer says one payment is for. It waits for the bank line with its total."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, db_index=False)
    way = models.CharField(max_length=8)  # By which it came: office, api, cli, mail, peppol.
    format = models.CharField(max_length=20)  # Name of the plug-in that read it.
    identity = models.CharField(max_length=64, unique=True)  # Hash of all that it says.
    payer = models.CharField(max_length=140, blank=True)
    payer_account = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=80, blank=True)  # The payer's own.
    paid_on = models.DateField(null=True)  # None: it names no day.
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    parts = models.JSONField()  # numbers, amount_minor, deducted_minor, reason of each.
    received_at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    line = models.ForeignKey(
        BankLine, on_delete=models.PROTECT, null=True, related_name="advices"
    )  # The money that it told of. None: it has not come. A match taken back leaves it here.
    matched_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=64, blank=True, default="")
    withdrawn_because = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "payment_advice"
        constraints = [
            models.CheckConstraint(condition=Q(total_minor__gt=0), name="payment_advice_total"),
            models.CheckConstraint(
                condition=Q(line=None, matched_at=None)
                | Q(line__isnull=False, matched_at__isnull=False, withdrawn_at=None),
                name="payment_advice_used",
            ),
        ]
        indexes = [
            models.Index(
                fields=["total_minor", "currency"],
                condition=Q(line=None, withdrawn_at=None),
                name="payment_advice_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.total}".strip()

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)
