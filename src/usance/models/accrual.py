"""What charges for time came to, day by day, for each bought invoice."""

from django.db import models
from django.db.models import Q

from .ids import new_id
from .invoice import Invoice

FEES = ("brackets", "interest")


class Accrual(models.Model):
    """What one day added to one charge of one invoice; less than nothing where a payment was booked
    late. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Written for rows that are read in the same statement, a million a night: to check each of them
    # again, and to lock it for that, is dear. Of an unknown one the books would tell (M18).
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="accruals", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    fee = models.CharField(max_length=8)
    day = models.DateField()
    amount_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()  # By the end of the day: the sum of the rows so far.
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()

    class Meta:
        db_table = "accrual"
        constraints = [
            models.UniqueConstraint(fields=["invoice", "fee", "day"], name="accrual_once"),
            models.CheckConstraint(condition=Q(fee__in=FEES), name="accrual_fee"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.fee} {self.day} {self.amount_minor}"
