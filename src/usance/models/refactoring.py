"""Each time that recourse on an invoice was put off. Rows are only added."""

from django.db import models
from django.db.models import Q

from usance.domain.money import Money

from .ids import new_id
from .invoice import Invoice


class Refactored(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="refactored", db_index=False
    )
    turn = models.SmallIntegerField()  # The first is 1.
    until = models.DateField()  # The last day before recourse.
    outstanding_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "refactored"
        verbose_name_plural = "refactored"
        constraints = [
            models.UniqueConstraint(fields=["invoice", "turn"], name="refactored_once"),
            models.CheckConstraint(
                condition=Q(
                    turn__gte=1, outstanding_minor__gt=0, fee_minor__gte=0, vat_minor__gte=0
                ),
                name="refactored_amounts",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.invoice_id} until {self.until}"

    @property
    def charged(self) -> Money:
        """Fee and its tax."""
        return Money(self.fee_minor + self.vat_minor, self.currency)
