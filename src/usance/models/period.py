"""Months of the books that somebody closed. A month without a row is open."""

from django.db import models
from django.db.models import F, Q

from usance.domain.periods import State

from .ids import new_id

LOCK = 1_886_547_055  # Of the books of a schema, for who books (shared) and who closes.
REFUSED = "UP001"  # SQLSTATE of an entry into a closed month.


class Period(models.Model):
    """How the month stands now; what was done to it before is in the diary. Entries into a closed
    month are refused by a trigger on `entry`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    first_on = models.DateField(unique=True)
    last_on = models.DateField()
    state = models.CharField(max_length=4, default=State.OPEN)
    checks = models.JSONField(default=list)  # The checklist as it stood at closing.
    remark = models.CharField(max_length=400, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)
    # A first person asks, a second one reopens.
    asked_by = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(null=True)
    asked_because = models.CharField(max_length=400, blank=True)
    reopened_by = models.CharField(max_length=64, blank=True)
    reopened_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "period"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="period_state"
            ),
            models.CheckConstraint(condition=Q(last_on__gt=F("first_on")), name="period_days"),
            models.CheckConstraint(
                condition=Q(reopened_by="") | ~Q(reopened_by=F("asked_by")),
                name="period_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_on:%Y-%m} {self.state}"
