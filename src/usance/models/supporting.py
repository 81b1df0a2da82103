"""Papers that belong to an invoice: its order, delivery note, time sheet, contract."""

from django.db import models
from django.db.models import Q

from usance.domain.capture.supporting import Kind

from .batch import ReceivedFile
from .document import Document
from .ids import new_id
from .invoice import Invoice
from .party import Client


class Supporting(models.Model):
    """One paper with one invoice; a paper that supports several has a row for each."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, db_index=False)
    file = models.ForeignKey(
        ReceivedFile, on_delete=models.PROTECT, null=True, related_name="supporting"
    )  # None: a person attached it, or it lay in the e-invoice itself.
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, db_index=False)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, related_name="supporting"
    )  # None: no invoice that it names has come yet.
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=255)
    because = models.CharField(max_length=200)  # Why it is with this invoice, or of this kind.
    names = models.JSONField(default=list)  # What it may name, normalised; while it waits.
    for_debtor = models.BooleanField(default=False)  # It goes out with the invoice.
    filed_at = models.DateTimeField()
    filed_by = models.CharField(max_length=64)

    class Meta:
        db_table = "supporting"
        constraints = [
            models.UniqueConstraint(fields=["document", "invoice"], name="supporting_once"),
            models.CheckConstraint(condition=Q(kind__in=list(Kind)), name="supporting_kind"),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False) | Q(for_debtor=False),
                name="supporting_goes_with_an_invoice",
            ),
        ]
        indexes = [
            models.Index(
                fields=["client", "-filed_at"],
                condition=Q(invoice=None),
                name="supporting_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.name
