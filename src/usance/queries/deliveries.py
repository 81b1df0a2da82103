"""Dispatches that wait for somebody."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from usance import models
from usance.domain.carriers import TERMS
from usance.domain.distribution import State

from . import carriers, outside

AT_MOST = 5_000


def unknown() -> list[UUID]:
    """Nobody knows what became of them."""
    return list(
        models.Dispatch.objects.filter(state=State.UNKNOWN)
        .order_by("planned_at")
        .values_list("pk", flat=True)[:AT_MOST]
    )


def due() -> list[UUID]:
    """Queued again after a failure or a pause, and it is over. What was just planned has its job.

    Of a carrier that nobody may call now only what another one of the kind can carry; of one whose
    pause is over only a few, which try whether it is back.
    """
    waiting = (
        models.Dispatch.objects.filter(state=State.QUEUED)
        .filter(Q(attempt__gt=0) | Q(not_before__isnull=False))
        .filter(Q(not_before=None) | Q(not_before__lte=Now()))
        .order_by("planned_at")
    )
    rests, to_try, now = carriers.resting(), carriers.to_try(), carriers.present()
    found = _first(waiting.exclude(carrier__in=rests + to_try), AT_MOST)
    for name in to_try:
        found += _first(waiting.filter(carrier=name), TERMS.probe)
    for kind, weights in outside.kinds().items():
        if any(weights.values()) and not all(now.is_paused(name) for name in weights):
            paused = [name for name in weights if now.is_paused(name)]
            found += _first(waiting.filter(kind=kind, carrier__in=paused, attempt=0), AT_MOST)
    return list(dict.fromkeys(found))


def _first(rows: QuerySet[models.Dispatch], most: int) -> list[UUID]:
    return list(rows.values_list("pk", flat=True)[:most])


def late(*, at: datetime) -> list[UUID]:
    """Their time is over and nobody has looked at it. A call under way ends with its lease."""
    return list(
        models.Dispatch.objects.filter(judged_at=None, deadline_at__lte=at)
        .exclude(state=State.CALLING)
        .order_by("deadline_at")
        .values_list("pk", flat=True)[:AT_MOST]
    )
