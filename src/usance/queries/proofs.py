"""Deliveries of which the carrier may hold proof that we have not got yet."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from usance import models
from usance.domain.distribution import ARRIVED, State

LEFT = frozenset({State.SENT, *ARRIVED})
AT_ONCE = 200  # Of one carrier in one visit.
SINCE = timedelta(days=30)  # Older ones are not asked for: carriers do not keep them for ever.


def missing(carrier: str, *, at: datetime) -> list[tuple[UUID, str]]:
    """Key and carrier's reference, those that waited longest first."""
    rows = models.Dispatch.objects.filter(
        Q(proof=None) | Q(proof__ask_at__lte=at),
        carrier=carrier,
        state__in=sorted(LEFT),
        handed_at__gt=at - SINCE,
    ).exclude(reference="")
    return list(rows.order_by("proof__ask_at", "pk").values_list("pk", "reference")[:AT_ONCE])
