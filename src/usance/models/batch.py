"""What a client handed in at one time: files, and what we read in each."""

from django.db import models
from django.db.models import Q

from .document import Document
from .ids import new_id
from .party import Client

WAYS = ["office", "client", "cli", "api", "folder", "sftp", "email", "issued", "demo"]


class Batch(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.BigIntegerField(unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True)  # None: by the seller.
    way = models.CharField(max_length=8)
    received_at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=64)
    control_count = models.IntegerField(null=True)  # The client's own totals,
    control_totals = models.JSONField(default=dict)  # and theirs: minor units by currency.
    findings = models.JSONField(default=list)

    class Meta:
        db_table = "batch"
        verbose_name_plural = "batches"
        constraints = [models.CheckConstraint(condition=Q(way__in=WAYS), name="batch_way")]

    def __str__(self) -> str:
        return f"#{self.number}"


class ReceivedFile(models.Model):
    """One file of a batch. Findings are of the file, or of invoices that did not become one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="files")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, db_index=False)
    within = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="members", db_index=False
    )  # None: it was handed in itself, and not in an archive or a mail.
    name = models.CharField(max_length=255)  # With those of the wrappings around it, by "/".
    format = models.CharField(max_length=20, blank=True)  # Empty: it could not be read.
    taken = models.IntegerField(default=0)  # Invoices that came out of it.
    findings = models.JSONField(default=list)

    class Meta:
        db_table = "received_file"
        indexes = [models.Index(fields=["document"], name="received_file_document")]

    def __str__(self) -> str:
        return self.name
