"""Addresses that wait for a person: spoilt ones, corrected ones; and papers that came twice."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from usance import models

from . import ladders


def suppressions(
    *, debtor: models.Debtor | None = None, lifted: bool = False
) -> "QuerySet[models.Suppression]":
    """The newest first. `lifted`: those that a person lifted; else those in force."""
    rows = models.Suppression.objects.filter(lifted_at__isnull=not lifted)
    if debtor is not None:
        has = Q(pk=None)
        for kind, key in ladders.keys(debtor).items():
            has |= Q(kind=kind, address=key)
        rows = rows.filter(has)
    return rows.select_related("dispatch__invoice__debtor").order_by("-pk")


def proposals(
    *, debtor: UUID | None = None, decided: bool = False
) -> "QuerySet[models.AddressProposal]":
    """The newest first. `decided`: those that were accepted or declined; else the open ones."""
    rows = models.AddressProposal.objects.all()
    rows = rows.exclude(decision="") if decided else rows.filter(decision="")
    if debtor is not None:
        rows = rows.filter(debtor=debtor)
    return rows.select_related("debtor", "event__dispatch__invoice").order_by("-pk")


def doubles(*, since: datetime | None = None) -> "QuerySet[models.DoubleDelivery]":
    rows = models.DoubleDelivery.objects.select_related("invoice__debtor", "first", "second")
    if since is not None:
        rows = rows.filter(found_at__gte=since)
    return rows.order_by("-pk")


def parked_responses() -> "QuerySet[models.Response]":
    """Answers of buyers to no invoice that we know."""
    return models.Response.objects.filter(invoice=None).order_by("-pk")
