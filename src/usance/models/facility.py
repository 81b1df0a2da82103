"""What was agreed with a client, and how much of a debtor's promise we take."""

from django.db import models
from django.db.models import F, Q

from usance.domain.finance import Terms
from usance.domain.money import Money

from .ids import new_id
from .party import Client, Debtor


class Facility(models.Model):
    """Terms for one client and currency, for a time. No two hold on the same day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="facilities")
    currency = models.CharField(max_length=3)
    advance_rate = models.DecimalField(max_digits=7, decimal_places=6)
    fee_rate = models.DecimalField(max_digits=7, decimal_places=6)
    limit_minor = models.BigIntegerField()
    legal_basis = models.CharField(max_length=8, default="sale")
    recourse_days = models.IntegerField(null=True)  # After the due date. None: without recourse.
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # The last day. None: until further notice.

    class Meta:
        db_table = "facility"
        verbose_name_plural = "facilities"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "currency"],
                condition=Q(valid_to=None),
                name="facility_open_once",
            ),
            models.CheckConstraint(
                condition=Q(advance_rate__gt=0, advance_rate__lte=1, fee_rate__gte=0),
                name="facility_rates",
            ),
            models.CheckConstraint(
                condition=Q(advance_rate__lte=1 - F("fee_rate")), name="facility_fee_covered"
            ),
            models.CheckConstraint(condition=Q(limit_minor__gte=0), name="facility_limit"),
            models.CheckConstraint(
                condition=Q(legal_basis__in=["sale", "pledge"]), name="facility_legal_basis"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="facility_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.currency} from {self.valid_from}"

    @property
    def limit(self) -> Money:
        return Money(self.limit_minor, self.currency)

    def terms(self) -> Terms:
        return Terms(advance_rate=self.advance_rate, fee_rate=self.fee_rate)


class CreditLimit(models.Model):
    """How much we let a debtor owe us, who says so, and until when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, related_name="limits")
    currency = models.CharField(max_length=3)
    limit_minor = models.BigIntegerField()
    source = models.CharField(max_length=80)
    given_on = models.DateField()
    valid_to = models.DateField(null=True)
    actor = models.CharField(max_length=64)
    report = models.ForeignKey("Document", on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "credit_limit"
        constraints = [
            models.UniqueConstraint(
                fields=["debtor", "currency"],
                condition=Q(valid_to=None),
                name="credit_limit_open_once",
            ),
            models.CheckConstraint(condition=Q(limit_minor__gte=0), name="credit_limit_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.limit}"

    @property
    def limit(self) -> Money:
        return Money(self.limit_minor, self.currency)
