"""Our own invoices to clients: since when we write them, what stands on each, whom it was sent."""

from django.db import models
from django.db.models import F, Q

from usance.domain.money import Money

from .document import Document
from .ids import new_id
from .ledger import Move
from .party import Client


class FeeInvoicing(models.Model):
    """Since when, and with which numbers. One row; without it no fees are invoiced."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    since = models.DateField()  # The first day of a month.
    pattern = models.CharField(max_length=40)
    credit_pattern = models.CharField(max_length=40)
    done_through = models.DateField(null=True)  # The last month that is wholly invoiced.
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "fee_invoicing"
        verbose_name_plural = "fee invoicing"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="fee_invoicing_one_row")]

    def __str__(self) -> str:
        return f"since {self.since}"


class FeeInvoice(models.Model):
    """An invoice of ours, or a credit note. Amounts have the sign that they have in our books: what
    is given back is negative."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=11)
    number = models.CharField(max_length=30, unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="fee_invoices")
    currency = models.CharField(max_length=3)
    first_on = models.DateField()
    last_on = models.DateField()
    issued_on = models.DateField()
    lines = models.JSONField()
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    taken_minor = models.BigIntegerField()  # Deducted before, tax included.
    least_minor = models.BigIntegerField(default=0)  # Of the net: what lacked of minima.
    due_minor = models.BigIntegerField()  # Set off against the next payout; below zero: paid out.
    credits = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="credited_by"
    )
    is_credited = models.BooleanField(default=False)
    reason = models.CharField(max_length=400, blank=True)  # Why it was taken back.
    pdf = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", db_index=False)
    xml = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "fee_invoice"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["invoice", "credit_note"]), name="fee_invoice_kind"
            ),
            models.CheckConstraint(
                condition=Q(due_minor=F("net_minor") + F("vat_minor") - F("taken_minor")),
                name="fee_invoice_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(first_on__lte=F("last_on"), last_on__lt=F("issued_on")),
                name="fee_invoice_days",
            ),
            models.UniqueConstraint(
                fields=["client", "currency", "last_on"],
                condition=Q(credits=None, is_credited=False),
                name="fee_invoice_once",
            ),
        ]
        indexes = [models.Index(fields=["client", "-id"], name="fee_invoice_by_client")]

    def __str__(self) -> str:
        return self.number

    @property
    def gross(self) -> Money:
        return Money(self.net_minor + self.vat_minor, self.currency)

    @property
    def net(self) -> Money:
        return Money(self.net_minor, self.currency)

    @property
    def vat(self) -> Money:
        return Money(self.vat_minor, self.currency)

    @property
    def taken(self) -> Money:
        return Money(self.taken_minor, self.currency)

    @property
    def due(self) -> Money:
        return Money(self.due_minor, self.currency)


class FeeCharge(models.Model):
    """A move that charged the client, on exactly one invoice of ours."""

    move = models.OneToOneField(Move, on_delete=models.PROTECT, primary_key=True)
    fee_invoice = models.ForeignKey(FeeInvoice, on_delete=models.PROTECT, related_name="charges")

    class Meta:
        db_table = "fee_charge"

    def __str__(self) -> str:
        return f"{self.move_id} on {self.fee_invoice_id}"


class FeeNotice(models.Model):
    """The mail that brings a client its fee invoice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fee_invoice = models.OneToOneField(FeeInvoice, on_delete=models.PROTECT, related_name="notice")
    address = models.EmailField()
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    state = models.CharField(max_length=7, default="due")
    detail = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fee_notice"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["due", "calling", "sent", "refused", "unknown"]),
                name="fee_notice_state",
            )
        ]
        indexes = [
            models.Index(
                fields=["made_at"], condition=Q(state__in=["due", "calling"]),
                name="fee_notice_due",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.address} {self.state}"
