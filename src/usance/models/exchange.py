"""What currencies were worth, what positions in them are carried at, and at a month's end."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from usance.domain.exchange import LEAST, MOST, Published

from .ids import new_id

STATES = ("proposed", "known", "declined")


class ExchangeRate(models.Model):
    """What one euro was worth on a day. The row known last holds; the others stay.

    A published one is known as it comes. A typed one is proposed, and known when another person
    agrees to it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    currency = models.CharField(max_length=3)
    published_on = models.DateField()
    per_euro = models.DecimalField(max_digits=20, decimal_places=10)
    source = models.CharField(max_length=24)  # The plug-in's name, or "typed".
    says = models.CharField(max_length=200, blank=True)  # Where a typed one is from.
    document = models.CharField(max_length=64, blank=True)  # The file it came in.
    state = models.CharField(max_length=8, default="proposed")
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "exchange_rate"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="exchange_rate_state"),
            models.CheckConstraint(
                condition=Q(per_euro__gte=LEAST, per_euro__lte=MOST), name="exchange_rate_possible"
            ),
            models.CheckConstraint(
                condition=~Q(source="typed", state="known") | ~Q(said_by=F("decided_by")),
                name="exchange_rate_four_eyes",
            ),
        ]
        indexes = [
            models.Index(fields=["currency", "-published_on"], name="exchange_rate_by_day"),
        ]

    def __str__(self) -> str:
        return f"1 EUR = {self.plain} {self.currency} on {self.published_on}"

    @property
    def plain(self) -> str:
        """The rate without zeros behind it."""
        return f"{Decimal(self.per_euro).normalize():f}"

    def published(self) -> Published:
        return Published(currency=self.currency, on=self.published_on, per_euro=self.per_euro)


class TakenRate(models.Model):
    """The rate by which the books value a currency's moves of a day, once and for good. A rate that
    is corrected afterwards changes nothing that was valued; the difference comes out at the next
    closing rate. One minor unit is numerator / denominator minor units at home."""

    id = models.BigAutoField(primary_key=True)
    currency = models.CharField(max_length=3)
    day = models.DateField()
    home = models.CharField(max_length=3)
    published_on = models.DateField()
    numerator = models.DecimalField(max_digits=40, decimal_places=0)
    denominator = models.DecimalField(max_digits=40, decimal_places=0)
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "taken_rate"
        constraints = [
            models.UniqueConstraint(fields=["currency", "day"], name="taken_rate_once"),
            models.CheckConstraint(
                condition=Q(numerator__gt=0, denominator__gt=0), name="taken_rate_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day}"


class Worth(models.Model):
    """Turnover of an account in a currency on a day, what it is worth at home, what it realised.
    Rows are only added: what is booked late is valued by a further row. The sum of all is what the
    position is carried at."""

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=8)
    currency = models.CharField(max_length=3)
    booked_on = models.DateField()
    debit_minor = models.BigIntegerField()
    credit_minor = models.BigIntegerField()
    home_debit_minor = models.BigIntegerField()
    home_credit_minor = models.BigIntegerField()
    realised_minor = models.BigIntegerField(default=0)  # Gains are positive.
    realised_on = models.DateField()  # Later than booked_on where the month was closed.
    valued_at = models.DateTimeField()

    class Meta:
        db_table = "worth"
        verbose_name_plural = "worth"
        indexes = [models.Index(fields=["currency", "booked_on"], name="worth_by_day")]

    def __str__(self) -> str:
        return f"{self.account} {self.currency} {self.booked_on}"


class Revaluation(models.Model):
    """What a position was worth at the closing rate of a day, beside what it was carried at. Said
    again for the same day only when something was booked late, with what is more or less."""

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=8)
    currency = models.CharField(max_length=3)
    day = models.DateField()
    units_minor = models.BigIntegerField()  # Debits less credits.
    carried_minor = models.BigIntegerField()
    worth_minor = models.BigIntegerField()
    before_minor = models.BigIntegerField()  # What was said for this day before.
    unrealised_minor = models.BigIntegerField()
    valued_at = models.DateTimeField()

    class Meta:
        db_table = "revaluation"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    worth_minor=F("carried_minor") + F("before_minor") + F("unrealised_minor")
                ),
                name="revaluation_adds_up",
            ),
        ]
        indexes = [models.Index(fields=["day", "currency"], name="revaluation_by_day")]

    def __str__(self) -> str:
        return f"{self.account} {self.currency} {self.day}"
