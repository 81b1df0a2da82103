"""Accounts that clients hold in trust for us: which count on a day, and whose are missing."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from usance import models
from usance.domain.finance import TrustAccount

from .standings import end_of


def checked(*, on: date) -> "QuerySet[models.TrustAccount]":
    """Those that count at the end of a day: checked by another person, and not closed."""
    end = end_of(on)
    return models.TrustAccount.objects.filter(
        Q(closed_at=None) | Q(closed_at__gte=end), checked_at__lt=end
    )


def lacking(terms: Iterable[models.Facility], *, on: date) -> frozenset[tuple[UUID, str]]:
    """Of these terms the client and currency of those that require an account that is not there."""
    asked = {
        (one.client_id, one.currency) for one in terms if one.trust_account == TrustAccount.REQUIRED
    }
    if not asked:
        return frozenset()
    there = checked(on=on).filter(client_id__in={client for client, _ in asked})
    return frozenset(asked - set(there.values_list("client_id", "currency")))


def missing(*, today: date) -> "QuerySet[models.Facility]":
    """Terms of today that want or require an account that is not there."""
    there = checked(on=today).filter(client=OuterRef("client"), currency=OuterRef("currency"))
    return (
        models.Facility.objects.filter(
            ~Exists(there), Q(valid_to=None) | Q(valid_to__gte=today), valid_from__lte=today,
            known_to=None, trust_account__in=[TrustAccount.WANTED, TrustAccount.REQUIRED],
        )
        .select_related("client")
        .order_by("client__name", "currency")
    )  # fmt: skip


def listed() -> "QuerySet[models.TrustAccount]":
    """All that are open, by client."""
    rows = models.TrustAccount.objects.filter(closed_at=None).select_related("client")
    return rows.order_by("client__name", "currency", "pk")


def of(clients: Collection[UUID]) -> "QuerySet[models.TrustAccount]":
    """Those of these clients, also closed ones."""
    return models.TrustAccount.objects.filter(client_id__in=clients)
