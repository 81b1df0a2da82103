"""Dispatches that wait for somebody."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from usance import models
from usance.domain.distribution import State

AT_MOST = 5_000


def unknown() -> list[UUID]:
    """Nobody knows what became of them."""
    return list(
        models.Dispatch.objects.filter(state=State.UNKNOWN)
        .order_by("planned_at")
        .values_list("pk", flat=True)[:AT_MOST]
    )


def due() -> list[UUID]:
    """Queued again after a failure, and their pause is over. What was just planned has its job."""
    return list(
        models.Dispatch.objects.filter(state=State.QUEUED, attempt__gt=0)
        .filter(Q(not_before=None) | Q(not_before__lte=Now()))
        .order_by("planned_at")
        .values_list("pk", flat=True)[:AT_MOST]
    )


def late(*, at: datetime) -> list[UUID]:
    """Their time is over and nobody has looked at it. A call under way ends with its lease."""
    return list(
        models.Dispatch.objects.filter(judged_at=None, deadline_at__lte=at)
        .exclude(state=State.CALLING)
        .order_by("deadline_at")
        .values_list("pk", flat=True)[:AT_MOST]
    )
