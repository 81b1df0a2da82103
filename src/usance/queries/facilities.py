"""Which terms hold with a client on a day, and how much of a debtor we may take."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from usance import models


def holding(clients: Collection[UUID], *, on: date) -> "QuerySet[models.Facility]":
    return models.Facility.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), client_id__in=clients, valid_from__lte=on
    )


def currencies(clients: Collection[UUID], *, on: date) -> dict[UUID, frozenset[str]]:
    """The currencies in which each client has a facility that day."""
    found: dict[UUID, set[str]] = defaultdict(set)
    for client, currency in holding(clients, on=on).values_list("client_id", "currency"):
        found[client].add(currency)
    return {client: frozenset(these) for client, these in found.items()}


def limits(debtors: Collection[UUID], *, on: date) -> dict[tuple[UUID, str], models.CreditLimit]:
    """The limit that holds for each debtor and currency that day; the newest, if two overlap."""
    rows = models.CreditLimit.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), debtor_id__in=debtors, given_on__lte=on
    ).order_by("given_on", "pk")
    return {(row.debtor_id, row.currency): row for row in rows}
