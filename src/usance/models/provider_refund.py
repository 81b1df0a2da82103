"""What is paid back through the payment provider that took it in."""

from django.db import models
from django.db.models import Q

from usance.domain.money import Money
from usance.domain.payment.paid_back import UNDER_WAY, State

from .bank import BankAccount, BankLine
from .ids import new_id


class ProviderRefund(models.Model):
    """A receipt at a provider, or a part of it, goes back to who paid it. Its id is the key by
    which the provider does it once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    receipt = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="provider_refunds")
    payment = models.CharField(max_length=100)  # The provider's name of what it takes it from.
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=200, blank=True)
    content = models.CharField(max_length=64)  # The hash that a release names.
    state = models.CharField(max_length=9, default=State.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=64)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(null=True)  # When the provider was last told.
    reference = models.CharField(max_length=100, blank=True)  # The provider's name of it.
    line = models.OneToOneField(
        BankLine, on_delete=models.PROTECT, null=True, related_name="provider_refund"
    )  # What left our account at the provider.
    closed_at = models.DateTimeField(null=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "provider_refund"
        constraints = [
            models.UniqueConstraint(
                fields=["receipt"], condition=Q(state=State.PROPOSED),
                name="provider_refund_proposed_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(State)), name="provider_refund_state"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="provider_refund_positive"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.PROPOSED, State.WITHDRAWN], released_at=None)
                | ~Q(state__in=[State.PROPOSED, State.WITHDRAWN]) & ~Q(released_by="")
                & Q(released_at__isnull=False),
                name="provider_refund_released",
            ),
            models.CheckConstraint(
                condition=Q(state=State.DONE, line__isnull=False)
                | Q(state=State.FAILED)
                | ~Q(state__in=[State.DONE, State.FAILED]) & Q(line=None),
                name="provider_refund_gone",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(state__in=sorted(UNDER_WAY)),
                name="provider_refund_under_way",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.amount} of {self.payment}"

    @property
    def key(self) -> str:
        """What the provider gets and gives back: 32 characters."""
        return self.id.hex

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
