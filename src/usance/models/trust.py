"""What is compared of each invoice, thresholds of suspicion, and others' fingerprints."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models import Q

from .ids import new_id
from .invoice import Invoice
from .party import Client, Debtor


class Trait(models.Model):
    """What does not change about an invoice, keyed for comparison: apart from the invoice, whose
    indexes are written again with every stage. See domain.verification.duplicates."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="trait",
        db_constraint=False,
    )  # fmt: skip
    # The invoice holds its client and debtor, and parties are never deleted: to check both for each
    # trait again is dear.
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    debtor = models.ForeignKey(
        Debtor, on_delete=models.PROTECT, null=True, related_name="+", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    kind = models.CharField(max_length=12)
    seller = models.CharField(max_length=80)  # Number or name of the seller on the paper.
    number = models.CharField(max_length=80)  # intake.normalised
    stem = models.CharField(max_length=80)  # Its digits without what people add and drop.
    series = models.CharField(max_length=80)
    ordinal = models.BigIntegerField(null=True)  # The place in the series; None: no digits.
    issued_on = models.DateField()
    terms_days = models.IntegerField()  # From issue to due.
    face_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    lines = models.CharField(max_length=64)  # Hash of the lines; empty: it has none.
    file = models.CharField(max_length=64)  # Hash of the kept file.
    figures = models.CharField(
        max_length=64, default="", db_default=""
    )  # Hash of quantities and amounts of lines; empty: no line of goods has one.
    orders = ArrayField(
        models.CharField(max_length=90), default=list, db_default=[]
    )  # The order, receipt and delivery note that the paper names.
    cleaned = models.JSONField()  # Changes: what was written, what it is read as, by which rule.
    written_at = models.DateTimeField()

    class Meta:
        db_table = "trait"
        indexes = [
            models.Index(fields=["debtor", "face_minor", "issued_on"], name="trait_by_claim"),
            models.Index(fields=["debtor", "lines"], name="trait_by_lines"),
            models.Index(fields=["debtor", "client"], name="trait_by_pair"),
            models.Index(fields=["client", "series", "ordinal"], name="trait_by_series"),
            models.Index(fields=["client", "issued_on"], name="trait_by_issue"),
            models.Index(fields=["seller", "number"], name="trait_by_number"),
            HashIndex(fields=["file"], name="trait_by_file"),
        ]

    def __str__(self) -> str:
        return f"trait of {self.invoice_id}"


class TrustSetting(models.Model):
    """Thresholds of one client, or of all."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.OneToOneField(
        Client, on_delete=models.PROTECT, null=True, related_name="trust_setting"
    )  # None: of all clients that have none of their own.
    said = models.JSONField()  # Only what differs from domain.verification.signals.Thresholds.
    reason = models.CharField(max_length=400)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=64)

    class Meta:
        db_table = "trust_setting"
        constraints = [
            models.UniqueConstraint(
                fields=["client"], nulls_distinct=False, name="trust_setting_once"
            )
        ]

    def __str__(self) -> str:
        return f"of {self.client_id or 'all'}"


class ForeignPrint(models.Model):
    """A keyed hash that another factor of the circle holds. It names no invoice of theirs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.CharField(max_length=40)
    key_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=8)
    hash = models.CharField(max_length=64)
    bucket = models.CharField(max_length=7)  # The month of issue, for forgetting it in time.
    factor = models.CharField(max_length=80)  # Who sent it.
    imported_at = models.DateTimeField()

    class Meta:
        db_table = "foreign_print"
        constraints = [
            models.UniqueConstraint(
                fields=["hash", "kind", "circle", "key_id", "factor"], name="foreign_print_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["exact", "number", "month"]), name="foreign_print_kind"
            ),
        ]
        indexes = [models.Index(fields=["circle", "bucket"], name="foreign_print_old")]

    def __str__(self) -> str:
        return f"{self.kind} {self.hash[:8]} of {self.factor}"
