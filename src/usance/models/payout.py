"""What we pay out: to clients, and back to who paid too much."""

from django.db import models
from django.db.models import F, Q

from usance.domain.money import Money

from .bank import BankAccount, BankLine
from .document import Document
from .ids import new_id
from .party import Client

PAYOUT_STATES = ["proposed", "released", "sent", "paid", "rejected", "returned"]


class PayoutFile(models.Model):
    """An order file to the bank."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=35, unique=True)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    document = models.ForeignKey(Document, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    pay_on = models.DateField()
    handed_at = models.DateTimeField(null=True)  # None: the bank has not got it yet.
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payout_file"

    def __str__(self) -> str:
        return self.name


class Payout(models.Model):
    """Money on its way to a client, or back to who paid too much. Prepared by one, released by
    another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="payouts", null=True
    )  # None: it is a refund.
    receipt = models.ForeignKey(
        BankLine, on_delete=models.PROTECT, related_name="refunds", null=True
    )  # What is paid back. None: it is due to a client.
    name = models.CharField(max_length=200)
    iban = models.CharField(max_length=34)  # Or the number of the giro that `scheme` names.
    scheme = models.CharField(max_length=8, default="iban", db_default="iban")
    reference = models.CharField(max_length=35, blank=True, default="", db_default="")
    bic = models.CharField(max_length=11, blank=True)
    amount_minor = models.BigIntegerField()
    set_off_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, default="proposed")
    content = models.CharField(max_length=64)  # Hash of what is paid to whom.
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=64)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=64, blank=True)
    file = models.ForeignKey(PayoutFile, on_delete=models.PROTECT, null=True)
    closed_on = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    return_line = models.OneToOneField(
        BankLine, on_delete=models.PROTECT, related_name="returned_payout", null=True
    )  # What came back.

    class Meta:
        db_table = "payout"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "currency"],
                condition=Q(state="proposed"),
                name="payout_proposed_once",
            ),
            models.UniqueConstraint(
                fields=["receipt"],
                condition=Q(state="proposed"),
                name="payout_refund_proposed_once",
            ),
            models.CheckConstraint(
                condition=Q(client__isnull=False, receipt=None)
                | Q(client=None, receipt__isnull=False, set_off_minor=0, amount_minor__gt=0),
                name="payout_of_one_kind",
            ),
            models.CheckConstraint(condition=Q(state__in=PAYOUT_STATES), name="payout_state"),
            models.CheckConstraint(
                condition=Q(return_line=None) | Q(state="returned"), name="payout_returned"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, set_off_minor__gte=0), name="payout_signs"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed")
                | (~Q(released_by="") & ~Q(released_by=F("proposed_by"))),
                name="payout_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.amount}"

    @property
    def key(self) -> str:
        """What the bank gets and gives back: 32 characters."""
        return self.id.hex

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def set_off(self) -> Money:
        return Money(self.set_off_minor, self.currency)


class MissingPayout(models.Model):
    """A person says that the bank never executed a payout, and what shows it. Another one agrees,
    and it is rejected."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="missing")
    because = models.CharField(max_length=400)
    proof = models.CharField(max_length=400)  # Such as the bank's letter and its day.
    state = models.CharField(max_length=9, default="said")
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    line = models.ForeignKey(
        BankLine, on_delete=models.PROTECT, null=True, related_name="missing_payouts"
    )  # What shows that the bank executed it after all.

    class Meta:
        db_table = "missing_payout"
        constraints = [
            models.UniqueConstraint(
                fields=["payout"], condition=~Q(state="withdrawn"), name="missing_payout_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["said", "agreed", "withdrawn"]), name="missing_payout_state"
            ),
            models.CheckConstraint(
                condition=Q(state="said", decided_at=None, decided_by="")
                | ~Q(state="said") & Q(decided_at__isnull=False) & ~Q(decided_by=""),
                name="missing_payout_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | ~Q(decided_by=F("said_by")),
                name="missing_payout_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(because="") & ~Q(proof=""), name="missing_payout_says_why"
            ),
            models.CheckConstraint(
                condition=Q(line=None) | Q(state="agreed"), name="missing_payout_found"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id} {self.state}"
