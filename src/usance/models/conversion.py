"""Invoices in another currency than their facility's, and what was converted for them."""

from django.db import models
from django.db.models import F, Q

from usance.domain.exchange import Cross
from usance.domain.money import Money

from .ids import new_id
from .invoice import Invoice
from .party import Client


class Rated(models.Model):
    """A rate that something was done at: one minor unit of `currency` is numerator / denominator
    minor units of `into_currency`."""

    currency = models.CharField(max_length=3)
    into_currency = models.CharField(max_length=3)  # Of the facility.
    numerator = models.DecimalField(max_digits=40, decimal_places=0)
    denominator = models.DecimalField(max_digits=40, decimal_places=0)
    published_on = models.DateField()

    class Meta:
        abstract = True

    def rate(self) -> Cross:
        return Cross(
            of=self.currency, into=self.into_currency, published_on=self.published_on,
            numerator=int(self.numerator), denominator=int(self.denominator),
        )  # fmt: skip


class Crossing(Rated):
    """A purchase in another currency than the facility's, and the rate of its day. The client's
    own account for it stays in the currency of the facility, whatever terms follow."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="crossing"
    )
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "crossing"
        constraints = [
            models.CheckConstraint(
                condition=~Q(currency=F("into_currency")), name="crossing_of_two"
            ),
            models.CheckConstraint(
                condition=Q(numerator__gt=0, denominator__gt=0), name="crossing_rate"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.currency} {self.into_currency}"


class Conversion(Rated):
    """What one entry made due to a client, or owed by it, and what that came to in the currency of
    its facility; or what of a receipt paid an invoice in another currency, and how much of it. Less
    due, less owed or less paid is below zero."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120, unique=True)  # Of the entry that is converted.
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, related_name="conversions"
    )
    due_minor = models.BigIntegerField()
    claims_minor = models.BigIntegerField()
    into_due_minor = models.BigIntegerField()
    into_claims_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(default=0, db_default=0)  # Of the receipt.
    into_paid_minor = models.BigIntegerField(default=0, db_default=0)  # Of the invoice.
    booked_on = models.DateField(db_index=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "conversion"
        constraints = [
            models.CheckConstraint(
                condition=~Q(currency=F("into_currency")), name="conversion_of_two"
            ),
            models.CheckConstraint(
                condition=Q(numerator__gt=0, denominator__gt=0), name="conversion_rate"
            ),
            models.CheckConstraint(
                condition=Q(paid_minor=0, into_paid_minor=0)
                | ~Q(paid_minor=0)
                & ~Q(into_paid_minor=0)
                & Q(due_minor=0, claims_minor=0, into_due_minor=0, into_claims_minor=0),
                name="conversion_of_one",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def what(self) -> str:
        """What was converted: "purchase", "settlement", "credit note"."""
        return self.key.partition(":")[0].replace("_", " ")

    @property
    def parts(self) -> tuple[tuple[bool, Money, Money], ...]:
        """Whether it is owed by the client, how much of the invoice's currency, and what came."""
        both = (
            (False, self.due_minor, self.into_due_minor),
            (True, self.claims_minor, self.into_claims_minor),
        )
        return tuple(
            (owed, Money(gone, self.currency), Money(came, self.into_currency))
            for owed, gone, came in both
            if gone
        )
