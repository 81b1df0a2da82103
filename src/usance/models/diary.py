"""One row for each thing that happened: audit trail, timeline, source of belt and webhooks."""

from django.db import models
from django.db.models import Q

from usance.domain.events import Kind

from .ids import new_id
from .invoice import Invoice


class Diary(models.Model):
    """Rows are only added, in the transaction in which the thing happened."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=24)
    subject_id = models.UUIDField()  # The invoice, batch, dispatch, statement or payout.
    # Looked up once a statement, not once a row (trigger refers): docs/adr/0019.
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    particulars = models.JSONField(default=dict)

    class Meta:
        db_table = "diary"
        verbose_name_plural = "diary"
        constraints = [models.CheckConstraint(condition=Q(kind__in=list(Kind)), name="diary_kind")]
        indexes = [
            models.Index(
                fields=["invoice", "id"],
                condition=Q(invoice__isnull=False),
                name="diary_of_invoice",
            ),
            models.Index(fields=["subject_id"], name="diary_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.kind}"


class DiaryBlock(models.Model):
    """A sealed stretch of the diary: the hash of its rows and of the block before it.

    A block holds the rows of all transactions from `first_tx` (in) to `next_tx` (out).
    """

    id = models.BigAutoField(primary_key=True)
    first_tx = models.BigIntegerField(unique=True)
    next_tx = models.BigIntegerField(unique=True)
    rows = models.IntegerField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "diary_block"

    def __str__(self) -> str:
        return f"#{self.pk} {self.hash[:12]}"
