"""What a person made of a carrier's report that we could not place or read."""

from django.db import models
from django.db.models import Q

from usance.domain.distribution import Outcome

from .dispatch import DeliveryEvent, Dispatch


class ReportDecision(models.Model):
    """A parked report was put beside its delivery, or laid aside. Rows are only added."""

    event = models.OneToOneField(
        DeliveryEvent, on_delete=models.PROTECT, primary_key=True, related_name="decision"
    )
    dispatch = models.ForeignKey(
        Dispatch, on_delete=models.PROTECT, null=True, related_name="decisions"
    )  # None: it is about nothing of ours.
    means = models.CharField(max_length=10, blank=True)  # Empty: laid aside.
    remark = models.CharField(max_length=400, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64)

    class Meta:
        db_table = "report_decision"
        constraints = [
            models.CheckConstraint(
                condition=Q(means__in=["", *Outcome]), name="report_decision_means"
            ),
            models.CheckConstraint(
                condition=Q(means="", dispatch__isnull=True)
                | (~Q(means="") & Q(dispatch__isnull=False)),
                name="report_decision_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.means}"
