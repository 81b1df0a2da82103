"""Which column of a client's tables is which field, as somebody confirmed it; and files that wait
for that."""

from django.db import models
from django.db.models import Q

from .batch import ReceivedFile
from .ids import new_id
from .party import Client


class ColumnMapping(models.Model):
    """Holds for every table of the client with these headings, until it is withdrawn."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="mappings")
    fingerprint = models.CharField(max_length=32)  # domain.intake.table.Table.fingerprint
    headings = models.JSONField()  # As they stood in the table that was confirmed.
    columns = models.JSONField()  # Field: column from 0.
    currency = models.CharField(max_length=3, blank=True)  # Of rows that say none.
    decimal = models.CharField(max_length=1, blank=True)
    days = models.CharField(max_length=3, blank=True)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "column_mapping"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "fingerprint"],
                condition=Q(withdrawn_at=None),
                name="column_mapping_one_holds",
            ),
            models.CheckConstraint(
                condition=Q(decimal__in=["", ",", "."]), name="column_mapping_decimal"
            ),
            models.CheckConstraint(
                condition=Q(days__in=["", "dmy", "mdy"]), name="column_mapping_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{len(self.columns)} columns of {len(self.headings)}"


class WaitingTable(models.Model):
    """A file with a table that nobody confirmed yet. `mapping` None and closed: set aside."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.OneToOneField(ReceivedFile, on_delete=models.PROTECT, related_name="waiting")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True)  # None: not said yet.
    fingerprint = models.CharField(max_length=32)
    since = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)
    mapping = models.ForeignKey(ColumnMapping, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "waiting_table"
        indexes = [
            models.Index(
                fields=["client", "fingerprint"],
                condition=Q(closed_at=None),
                name="waiting_table_open",
            )
        ]

    def __str__(self) -> str:
        return str(self.file)
