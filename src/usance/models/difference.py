"""Payments short of what was owed or over it: what was agreed about small ones, what became of
each."""

from django.db import models
from django.db.models import F, Q

from usance.domain.money import Money
from usance.domain.payment import Bears, Follows, Reason
from usance.domain.payment import Tolerance as Agreed

from .bank import BankLine, Explanation
from .decision import Dispute
from .ids import new_id
from .invoice import Invoice
from .party import Client, Debtor

REASONS = [one.value for one in Reason]


class Tolerance(models.Model):
    """For which days so much is borne, and by whom. A new one ends the one before."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, related_name="+")
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    most_minor = models.BigIntegerField()
    share = models.DecimalField(max_digits=7, decimal_places=6, null=True)  # Of what was owed.
    bears = models.CharField(max_length=6)
    reason = models.CharField(max_length=400)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # The last day. None: until further notice.
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "tolerance"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "debtor", "currency"], condition=Q(valid_to=None),
                nulls_distinct=False, name="tolerance_open_once",
            ),
            models.CheckConstraint(
                condition=Q(most_minor__gt=0)
                & (Q(share=None) | Q(share__gt=0, share__lte=1)), name="tolerance_amounts",
            ),
            models.CheckConstraint(
                condition=Q(bears=Bears.FACTOR) | Q(bears=Bears.CLIENT, client__isnull=False),
                name="tolerance_bears",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="tolerance_span",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.most} {self.bears} from {self.valid_from}"

    @property
    def most(self) -> Money:
        return Money(self.most_minor, self.currency)

    def agreed(self) -> Agreed:
        return Agreed(
            id=self.pk, most=self.most, share=self.share, bears=Bears(self.bears),
            client=self.client_id, debtor=self.debtor_id,
        )  # fmt: skip


class Difference(models.Model):
    """What of an invoice a payment left open, or paid beyond it, for which reason; and what
    followed. What follows without money has its dispute, or is collected."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="differences")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="differences")
    reason = models.CharField(max_length=19)
    follows = models.CharField(max_length=11)
    over = models.BooleanField(default=False)  # Paid more, not less.
    amount_minor = models.BigIntegerField()
    client_minor = models.BigIntegerField(default=0)  # Of it, what the client bears or gets.
    reserve_minor = models.BigIntegerField(default=0)  # Of that, what its reserve bore.
    currency = models.CharField(max_length=3)
    tolerance = models.ForeignKey(
        Tolerance, on_delete=models.PROTECT, null=True, related_name="+"
    )  # None: a person chose, with the authority that it takes.
    explanation = models.OneToOneField(
        Explanation, on_delete=models.PROTECT, null=True, related_name="difference"
    )  # Of what was paid over.
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, null=True, related_name="+")
    because = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "difference"
        constraints = [
            models.UniqueConstraint(
                fields=["line", "invoice"], condition=Q(undone_at=None), name="difference_once"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=REASONS, follows__in=list(Follows)),
                name="difference_words",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, client_minor__gte=0, reserve_minor__gte=0)
                & Q(client_minor__lte=F("amount_minor"), reserve_minor__lte=F("client_minor")),
                name="difference_amounts",
            ),
            models.CheckConstraint(
                condition=Q(follows=Follows.WRITE_OFF, client_minor=0)
                | Q(follows=Follows.CHARGE_BACK, client_minor=F("amount_minor"))
                | ~Q(follows__in=[Follows.WRITE_OFF, Follows.CHARGE_BACK]) & Q(client_minor=0),
                name="difference_borne",
            ),
            models.CheckConstraint(
                condition=Q(over=True, explanation__isnull=False)
                | Q(over=False, explanation=None),
                name="difference_over",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.amount} {self.reason}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
