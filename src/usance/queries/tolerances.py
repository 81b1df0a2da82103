"""What was agreed about small differences, and what was borne by it."""

from datetime import date

from django.db.models import Q, QuerySet

from usance import models
from usance.domain.payment import Tolerance


def in_force(on: date) -> list[Tolerance]:
    """All that hold on a day."""
    rows = models.Tolerance.objects.filter(valid_from__lte=on)
    return [row.agreed() for row in rows.filter(Q(valid_to=None) | Q(valid_to__gte=on))]


def found() -> "QuerySet[models.Tolerance]":
    """Also those that are over, the newest first."""
    return models.Tolerance.objects.select_related("client", "debtor").order_by("-pk")


def current(today: date) -> list[models.Tolerance]:
    """Those that hold or will."""
    rows = found().filter(Q(valid_to=None) | Q(valid_to__gte=today))
    return list(rows.order_by("currency", "client__name", "debtor__name", "valid_from")[:200])


def of_line(row: models.BankLine) -> "QuerySet[models.Difference]":
    rows = models.Difference.objects.filter(line=row, undone_at=None)
    return rows.select_related("invoice").order_by("pk")
