"""Which terms hold with a client on a day, and how much of a debtor we may take."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from usance import models
from usance.domain import finance
from usance.domain.finance import Agreement
from usance.domain.finance.rates import unpublished
from usance.domain.finding import Finding


def holding(
    clients: Collection[UUID], *, on: date, known_at: datetime | None = None
) -> "QuerySet[models.Facility]":
    """The terms that held on a day.

    :param known_at: as we knew it at that moment. None: as we know it now.
    """
    if known_at is None:
        known = Q(known_to=None)
    else:
        known = Q(known_from__lte=known_at) & (Q(known_to=None) | Q(known_to__gt=known_at))
    return models.Facility.objects.filter(
        known, Q(valid_to=None) | Q(valid_to__gte=on), client_id__in=clients, valid_from__lte=on
    )


def known(client: UUID) -> "QuerySet[models.Facility]":
    """All terms of a client as we know them now."""
    return models.Facility.objects.filter(client_id=client, known_to=None)


def past(client: UUID) -> list[models.Facility]:
    """What we took for true before, the newest knowledge first."""
    rows = models.Facility.objects.filter(client_id=client, known_to__isnull=False)
    return list(rows.order_by("-known_to", "-valid_from")[:50])


def waiting(client: UUID | None = None) -> "QuerySet[models.FacilityProposal]":
    """Terms that wait for a second person, the oldest first."""
    rows = models.FacilityProposal.objects.filter(decision="").select_related("client")
    return rows.filter(client_id=client) if client else rows


def faults(said: Agreement) -> list[Finding]:
    """Everything that keeps terms from being put in force; a reference rate that nobody publishes
    and nobody entered, too."""
    found = finance.faults(said)
    if said.charges.interest and (name := said.charges.interest.reference):
        entered = models.ReferenceRate.objects.filter(name=name, known_to=None)
        found += unpublished(name, entered=set(entered.values_list("name", flat=True)))
    return found


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
