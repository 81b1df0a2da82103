"""Reports of carriers that a person must place: on nothing that we know, or in an unknown word."""

from uuid import UUID

from django.db.models import Q, QuerySet

from usance import models
from usance.domain.distribution import Outcome
from usance.models.ids import is_key

from .pages import counted

Rows = QuerySet[models.DeliveryEvent]
CANDIDATES = 8
PARKED = Q(dispatch__isnull=True) | Q(outcome=Outcome.UNREADABLE)


def waiting() -> Rows:
    """Those that nobody has placed yet."""
    return models.DeliveryEvent.objects.filter(PARKED, decision__isnull=True).select_related(
        "decision", "dispatch__invoice__debtor"
    )


def placed() -> Rows:
    """Those that a person placed or laid aside."""
    return models.DeliveryEvent.objects.filter(decision__isnull=False).select_related(
        "dispatch__invoice__debtor", "decision__dispatch__invoice__debtor"
    )


def count() -> int:
    return counted(waiting())


def one(pk: UUID) -> models.DeliveryEvent | None:
    """A report as it came, with what a person made of it. None: there is no such report."""
    return (
        models.DeliveryEvent.objects.filter(pk=pk)
        .select_related("dispatch__invoice__debtor", "decision__dispatch__invoice__debtor")
        .prefetch_related("dispatch__events")
        .first()
    )


def meant(words: str) -> list[models.Dispatch]:
    """Deliveries that a person may mean by our key, the carrier's reference or the invoice number,
    the newest first."""
    said = words.strip()
    if not said:
        return []
    rows = models.Dispatch.objects.select_related("invoice__debtor").prefetch_related("events")
    by = Q(reference=said) | Q(invoice__number=said)
    if is_key(said):
        by |= Q(pk=UUID(said))
    return list(rows.filter(by).order_by("-pk")[:CANDIDATES])
