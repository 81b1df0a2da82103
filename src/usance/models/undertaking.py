"""What debtors undertook irrevocably to pay: the ground on which confirming buys."""

from django.db import models
from django.db.models import F, Q

from usance.domain.credit import undertaking
from usance.domain.credit.undertaking import Means
from usance.domain.money import Money

from .document import Document
from .ids import new_id
from .party import Client, Debtor


class Undertaking(models.Model):
    """Of a debtor, over one invoice of a client, whether we have that invoice yet or not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="undertakings")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=100)  # As the debtor wrote it.
    fingerprint = models.CharField(max_length=160)  # Of the invoice, however its number is spelt.
    face_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    due_on = models.DateField()
    means = models.CharField(max_length=7)
    person = models.CharField(max_length=200, blank=True)  # Of the debtor's, who signed it.
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, db_index=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)  # Another one took its place before the purchase.

    class Meta:
        db_table = "undertaking"
        constraints = [
            models.UniqueConstraint(
                fields=["debtor", "fingerprint"],
                condition=Q(ended_at=None),
                name="undertaking_once",
            ),
            models.CheckConstraint(condition=Q(means__in=list(Means)), name="undertaking_means"),
            models.CheckConstraint(condition=Q(face_minor__gt=0), name="undertaking_amount"),
            models.CheckConstraint(
                condition=Q(means=Means.NETWORK) | Q(document__isnull=False),
                name="undertaking_document",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("at")), name="undertaking_span"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} by {self.due_on}"

    @property
    def amount(self) -> Money:
        return Money(self.face_minor, self.currency)

    def fact(self) -> undertaking.Undertaking:
        return undertaking.Undertaking(amount=self.amount, due_on=self.due_on)
