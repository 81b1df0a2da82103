"""What was handed to the bookkeeping of others: each entry once to each, with their answer."""

from django.db import models
from django.db.models import Q

from usance.domain.vouchers import State

from .document import Document
from .ids import new_id
from .ledger import Entry

STATES = [state.value for state in State]


class VoucherTarget(models.Model):
    """A bookkeeping that takes our entries: its format, its chart, its fiscal year."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80, unique=True)
    format = models.CharField(max_length=20)  # Name of the plug-in.
    chart = models.CharField(max_length=10)
    series = models.CharField(max_length=4, default="U")
    year_begins = models.SmallIntegerField(default=1)  # Month in which its fiscal year begins.
    since = models.DateField()  # Entries that count for an earlier day are not its matter.
    numbers = models.JSONField(default=dict)  # Our number → theirs, where the chart's do not do.
    settings = models.JSONField(default=dict)  # As the plug-in's CONFIG names them.
    # Takes all currencies in one file, each amount at its worth in the book's own.
    in_home = models.BooleanField(default=False, db_default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "voucher_target"
        constraints = [
            models.CheckConstraint(
                condition=Q(year_begins__gte=1, year_begins__lte=12),
                name="voucher_target_year",
            )
        ]

    def __str__(self) -> str:
        return self.name


class VoucherBatch(models.Model):
    """One file: entries of one currency and one fiscal year. Never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    target = models.ForeignKey(VoucherTarget, on_delete=models.PROTECT, related_name="batches")
    name = models.CharField(max_length=60, unique=True)
    currency = models.CharField(max_length=3)
    year = models.SmallIntegerField()  # In which the fiscal year begins.
    first_on = models.DateField()
    last_on = models.DateField()
    vouchers = models.IntegerField()
    postings = models.IntegerField()
    total_minor = models.DecimalField(max_digits=25, decimal_places=0)  # Sum of all its postings.
    document = models.ForeignKey(Document, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=64)

    class Meta:
        db_table = "voucher_batch"
        indexes = [models.Index(fields=["target", "-id"], name="voucher_batch_by_target")]

    def __str__(self) -> str:
        return self.name


class Voucher(models.Model):
    """An entry in a batch. Which entry, where and under which number is never changed; only what
    became of it there is, by column rights of the app's role."""

    id = models.BigAutoField(primary_key=True)
    target = models.ForeignKey(
        VoucherTarget, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    batch = models.ForeignKey(VoucherBatch, on_delete=models.PROTECT, db_index=False)
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="handed", db_index=False
    )
    currency = models.CharField(max_length=3)
    year = models.SmallIntegerField()
    number = models.IntegerField()
    state = models.CharField(max_length=8, default=State.PENDING)
    external = models.CharField(max_length=80, blank=True)  # Their id of what they took.
    their_series = models.CharField(max_length=20, blank=True)
    their_number = models.CharField(max_length=40, blank=True)
    their_year = models.CharField(max_length=20, blank=True)
    error = models.CharField(max_length=400, blank=True)
    said_at = models.DateTimeField(null=True)
    said_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "voucher"
        constraints = [
            models.UniqueConstraint(fields=["entry", "target"], name="voucher_once"),
            models.UniqueConstraint(
                fields=["target", "currency", "year", "number"], name="voucher_number_once"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="voucher_state"),
            models.CheckConstraint(
                condition=~Q(state="booked") | ~Q(their_number=""), name="voucher_booked_has_number"
            ),
        ]
        indexes = [models.Index(fields=["batch", "state", "number"], name="voucher_by_batch")]

    def __str__(self) -> str:
        return f"{self.year} {self.currency} {self.number}"
