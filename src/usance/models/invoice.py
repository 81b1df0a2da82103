"""The invoice as a row: the claim in columns, the paper beside it."""

from django.db import models
from django.db.models import Q

from usance.domain.invoice import Kind, Receivable, Stage
from usance.domain.money import Money

from .batch import ReceivedFile
from .ids import new_id
from .party import Client, Debtor


class Invoice(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Every index is written again whenever the stage changes: no column stands first in two.
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="invoices", db_index=False
    )
    debtor = models.ForeignKey(
        Debtor, on_delete=models.PROTECT, null=True, related_name="invoices", db_index=False
    )  # None: not resolved yet.
    file = models.ForeignKey(ReceivedFile, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=12)
    number = models.CharField(max_length=80)
    number_key = models.CharField(max_length=80)  # payment.compact(number)
    issued_on = models.DateField()
    due_on = models.DateField()
    face_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payment_reference = models.CharField(max_length=27)
    credits = models.CharField(max_length=80, blank=True)
    credited = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credit_notes", db_index=False
    )
    fingerprint = models.CharField(max_length=160)
    stage = models.CharField(max_length=12, default=Stage.RECEIVED)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "invoice"
        constraints = [
            models.UniqueConstraint(fields=["fingerprint"], name="invoice_seen_once"),
            models.UniqueConstraint(
                fields=["payment_reference"],
                opclasses=["varchar_pattern_ops"],  # Also finds by its beginning.
                name="invoice_payment_reference",
            ),
            models.CheckConstraint(condition=Q(stage__in=list(Stage)), name="invoice_stage"),
            models.CheckConstraint(condition=Q(kind__in=list(Kind)), name="invoice_kind"),
            models.CheckConstraint(condition=Q(face_minor__gte=0), name="invoice_face"),
            models.CheckConstraint(
                condition=~Q(stage=Stage.APPLIED) | Q(kind=Kind.CREDIT_NOTE),
                name="invoice_applied_is_credit_note",
            ),
            models.CheckConstraint(
                condition=Q(debtor__isnull=False) | Q(stage__in=[Stage.RECEIVED, Stage.REJECTED]),
                name="invoice_debtor_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["number_key"], opclasses=["varchar_pattern_ops"], name="invoice_by_number"
            ),
            models.Index(
                fields=["credited"], condition=Q(credited__isnull=False), name="invoice_credited"
            ),
            models.Index(fields=["stage", "-id"], name="invoice_by_stage"),
            models.Index(fields=["client", "-id"], name="invoice_by_client"),
            models.Index(fields=["debtor", "issued_on", "face_minor"], name="invoice_twins"),
            models.Index(fields=["due_on", "id"], name="invoice_by_due"),
            models.Index(fields=["issued_on", "id"], name="invoice_by_issue"),
            models.Index(fields=["face_minor", "id"], name="invoice_by_face"),
            models.Index(
                fields=["due_on"], condition=Q(stage=Stage.FUNDED), name="invoice_funded_due"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def face(self) -> Money:
        return Money(self.face_minor, self.currency)

    def claim(self) -> Receivable:
        """The row as a value that the rules can read."""
        return Receivable(
            kind=Kind(self.kind),
            number=self.number,
            face=self.face,
            issued_on=self.issued_on,
            due_on=self.due_on,
            credits=self.credits,
        )


class Paper(models.Model):
    """The semantic model of the invoice, as it was read."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="paper"
    )
    content = models.JSONField()  # domain.invoice.Invoice, empty fields left out.
    findings = models.JSONField(default=list)  # What was odd when it was read.

    class Meta:
        db_table = "paper"

    def __str__(self) -> str:
        return f"paper of {self.invoice_id}"
