"""What debtors begin at payment providers to pay, what these tell of it, and what they pay on."""

from django.db import models
from django.db.models import Q

from usance.domain.money import Money
from usance.domain.payment.checkouts import WAITING, Happened, Sort, State

from .bank import BankAccount, BankLine
from .dispatch import Dispatch
from .document import Document
from .ids import new_id
from .invoice import Invoice

PASSED_ON = ["told", "arrived", "failed", "odd"]


class Checkout(models.Model):
    """A payment of an invoice at a provider. Its id is the key by which the provider knows it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="checkouts")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="checkouts")
    dispatch = models.ForeignKey(
        Dispatch, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # On whose page it was begun.
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    back = models.CharField(max_length=300)  # Where the debtor returns to.
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=8, default=State.BEGUN)
    reference = models.CharField(max_length=100, blank=True)  # The provider's. Empty: not told yet.
    url = models.CharField(max_length=1000, blank=True)
    payment = models.CharField(max_length=100, blank=True)  # The provider's, once it is paid.
    begun_at = models.DateTimeField()
    until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    line = models.OneToOneField(
        BankLine, on_delete=models.PROTECT, null=True, related_name="checkout"
    )  # What came in.
    return_line = models.OneToOneField(
        BankLine, on_delete=models.PROTECT, null=True, related_name="returned_checkout"
    )  # What took the whole of it back.
    final_on = models.DateField(null=True)  # The reserve waits for this day.
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "checkout"
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(state__in=sorted(WAITING)),
                name="checkout_open_once",
            ),
            models.UniqueConstraint(
                fields=["account", "payment"], condition=~Q(payment=""), name="checkout_payment"
            ),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="checkout_state"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="checkout_positive"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["paid", "returned"], line__isnull=False, final_on__isnull=False
                )
                & ~Q(payment="")
                | ~Q(state__in=["paid", "returned"]) & Q(line=None),
                name="checkout_paid",
            ),
            models.CheckConstraint(
                condition=Q(return_line=None) | Q(state="returned"), name="checkout_returned"
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"], condition=Q(state__in=sorted(WAITING)), name="checkout_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.invoice_id}"

    @property
    def key(self) -> str:
        """What the provider gets and gives back: 32 characters."""
        return self.id.hex

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class ProviderEvent(models.Model):
    """What a provider told, each once. It is taken when what it is about is known."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="provider_events", db_index=False
    )
    event = models.CharField(max_length=120)  # The same by whichever way it is told.
    happened = models.CharField(max_length=10)
    key = models.CharField(max_length=40, blank=True)
    payment = models.CharField(max_length=100, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    detail = models.CharField(max_length=40, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True)
    told_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)  # None: it waits for what it is about.

    class Meta:
        db_table = "provider_event"
        constraints = [
            models.UniqueConstraint(fields=["account", "event"], name="provider_event_once"),
            models.CheckConstraint(
                condition=Q(happened__in=list(Happened)), name="provider_event_happened"
            ),
        ]
        indexes = [
            models.Index(
                fields=["account"], condition=Q(taken_at=None), name="provider_event_waiting"
            )
        ]

    def __str__(self) -> str:
        return self.event


class ProviderPayout(models.Model):
    """What a provider pays on to our bank: the sum of its movements."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=100)  # The provider's.
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    arrives_on = models.DateField()
    marks = models.JSONField(default=list)  # The bank's line carries one of these.
    state = models.CharField(max_length=7)
    detail = models.CharField(max_length=200, blank=True)
    told_at = models.DateTimeField()
    line = models.OneToOneField(
        BankLine, on_delete=models.PROTECT, null=True, related_name="provider_payout"
    )  # On our bank's statement.

    class Meta:
        db_table = "provider_payout"
        constraints = [
            models.UniqueConstraint(fields=["account", "reference"], name="provider_payout_once"),
            models.CheckConstraint(condition=Q(state__in=PASSED_ON), name="provider_payout_state"),
            models.CheckConstraint(
                condition=Q(state="arrived", line__isnull=False)
                | ~Q(state="arrived") & Q(line=None),
                name="provider_payout_arrived",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, fee_minor__gte=0), name="provider_payout_amounts"
            ),
        ]
        indexes = [
            models.Index(
                fields=["arrives_on"],
                condition=Q(state__in=["told", "odd"]),
                name="provider_payout_open",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)


class ProviderMovement(models.Model):
    """A line of a provider's payout, and the line of ours that it is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payout = models.ForeignKey(ProviderPayout, on_delete=models.PROTECT, related_name="movements")
    reference = models.CharField(max_length=100)
    sort = models.CharField(max_length=13)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    line = models.OneToOneField(
        BankLine, on_delete=models.PROTECT, null=True, related_name="provider_movement"
    )  # None: it moved nothing between us and a debtor.

    class Meta:
        db_table = "provider_movement"
        constraints = [
            models.UniqueConstraint(fields=["payout", "reference"], name="provider_movement_once"),
            models.CheckConstraint(
                condition=Q(sort__in=sorted(set(Sort) - {Sort.OTHER})),
                name="provider_movement_sort",
            ),
            models.CheckConstraint(
                condition=Q(sort__in=["fee", "payout_failed"]) | Q(line__isnull=False),
                name="provider_movement_line",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
