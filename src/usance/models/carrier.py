"""How carriers stand: shared by all workers, so that one finds out for everybody."""

from django.db import models
from django.db.models import Q

from usance.domain.carriers import TERMS, Breaker, Standing
from usance.domain.distribution import Kind

from .ids import new_id


class Carrier(models.Model):
    """What was learned of one carrier. Its settings stand in outside.json; moments are by the
    database's clock, whatever the book's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=20, unique=True)  # As outside.json names it.
    breaker = models.CharField(max_length=9, default=Breaker.CLOSED)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)  # Nobody calls before it. None: now.
    pauses = models.IntegerField(default=0)
    recent = models.CharField(max_length=40, blank=True)
    lowered = models.IntegerField(default=0)
    moved_at = models.DateTimeField(null=True)
    spent_until = models.DateTimeField(null=True)  # None: it had no rate limit yet.
    says = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "carrier"
        constraints = [
            models.CheckConstraint(condition=Q(breaker__in=list(Breaker)), name="carrier_breaker"),
            models.CheckConstraint(
                condition=Q(lowered__gte=0, lowered__lt=TERMS.steps), name="carrier_keeps_weight"
            ),
            models.CheckConstraint(
                condition=Q(breaker=Breaker.CLOSED) | Q(until__isnull=False),
                name="carrier_pause_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def facts(self) -> Standing:
        return Standing(
            breaker=Breaker(self.breaker), since=self.since, until=self.until, pauses=self.pauses,
            recent=self.recent, lowered=self.lowered, moved_at=self.moved_at,
            spent_until=self.spent_until, says=self.says,
        )  # fmt: skip

    def take(self, standing: Standing) -> None:
        """Stand so from now on; not saved."""
        for name in FIELDS:
            setattr(self, name, getattr(standing, name))
        self.says = standing.says[:400]


FIELDS = ("breaker", "since", "until", "pauses", "recent", "lowered", "moved_at", "spent_until",
          "says")  # fmt: skip


class CarrierPin(models.Model):
    """A person's word on how much of a kind a carrier gets; without a row the steps decide."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8)
    carrier = models.CharField(max_length=20)
    weight = models.IntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "carrier_pin"
        constraints = [
            models.UniqueConstraint(fields=["kind", "carrier"], name="carrier_pin_once"),
            models.CheckConstraint(condition=Q(kind__in=list(Kind)), name="carrier_pin_kind"),
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=100), name="carrier_pin_weight"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.carrier} {self.weight}"
