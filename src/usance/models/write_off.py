"""What is given up: proposed by one person, agreed to by whom the amount takes."""

import msgspec
from django.db import models
from django.db.models import F, Q

from usance.domain.money import Money
from usance.domain.settlement.losses import Band, Bearer, Cause

from .ids import new_id
from .invoice import Invoice
from .party import Client


class WriteOff(models.Model):
    """Of an invoice, or of a claim on a client."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="write_offs")
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, related_name="write_offs"
    )  # None: a claim on the client, whichever invoices it came from.
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    cause = models.CharField(max_length=11)
    reason = models.CharField(max_length=400)
    client_minor = models.BigIntegerField(default=0)  # Of it, what is charged back to the client.
    bearer = models.CharField(max_length=6)
    people = models.SmallIntegerField()  # As the bands said when it was decided or proposed.
    state = models.CharField(max_length=8, default="proposed")
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    remark = models.CharField(max_length=400, blank=True)
    loss_minor = models.BigIntegerField(null=True)  # Ours. None: none was booked.

    class Meta:
        db_table = "write_off"
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(state__in=["proposed", "done"]),
                name="write_off_once",
            ),
            models.UniqueConstraint(
                fields=["client", "currency"], condition=Q(invoice=None, state="proposed"),
                name="write_off_claim_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "done", "declined"]), name="write_off_state"
            ),
            models.CheckConstraint(condition=Q(cause__in=list(Cause)), name="write_off_cause"),
            models.CheckConstraint(condition=Q(bearer__in=list(Bearer)), name="write_off_bearer"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="write_off_amount"),
            models.CheckConstraint(
                condition=Q(loss_minor=None)
                | Q(
                    loss_minor=F("amount_minor") - F("client_minor"), loss_minor__gt=0,
                    state="done",
                ),
                name="write_off_loss",
            ),
            models.CheckConstraint(
                condition=Q(bearer=Bearer.FACTOR, client_minor=0)
                | Q(bearer=Bearer.CLIENT, client_minor=F("amount_minor"))
                | Q(bearer=Bearer.SHARED, client_minor__gt=0, client_minor__lt=F("amount_minor")),
                name="write_off_parts",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(people=1) | ~Q(proposed_by=F("decided_by")),
                name="write_off_four_eyes",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.amount} {self.state}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def back(self) -> Money:
        """What of it is charged back to the client."""
        return Money(self.client_minor, self.currency)

    @property
    def ours(self) -> Money:
        """What of it is our loss, or will be."""
        return self.amount - self.back


class WriteOffAuthority(models.Model):
    """The bands from a moment on; the last row holds. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    said = models.JSONField()  # A list of domain.settlement.losses.Band.
    reason = models.CharField(max_length=400)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "write_off_authority"
        verbose_name_plural = "write-off authorities"

    def __str__(self) -> str:
        return self.reason

    def bands(self) -> tuple[Band, ...]:
        return msgspec.convert(self.said, tuple[Band, ...])
