"""What goes back through payment providers: what waits for whom, and what came of it."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from usance import models
from usance.domain.payment.paid_back import UNDER_WAY, State

ASKED_AFTER = timedelta(minutes=1)  # Whoever told the provider writes its answer down by then.
UNHEARD_AFTER = timedelta(hours=1)
SHOWN = 50


def found() -> "QuerySet[models.ProviderRefund]":
    rows = models.ProviderRefund.objects.select_related("account", "receipt", "line")
    return rows.order_by("-pk")


def proposed() -> list[models.ProviderRefund]:
    """Those that a second person releases, the oldest first."""
    return list(found().filter(state=State.PROPOSED).order_by("pk")[:SHOWN])


def under_way() -> "QuerySet[models.ProviderRefund]":
    return found().filter(state__in=sorted(UNDER_WAY)).order_by("pk")


def to_send() -> list[models.ProviderRefund]:
    return list(under_way().filter(state=State.RELEASED)[:SHOWN])


def to_ask(*, at: datetime) -> list[models.ProviderRefund]:
    rows = under_way().filter(state=State.ASKED, asked_at__lte=at - ASKED_AFTER)
    return list(rows.order_by("asked_at", "pk")[:SHOWN])


def to_act(*, at: datetime) -> list[models.ProviderRefund]:
    """Of the last month: what failed and is unapplied still; and what was released and has no end
    for an hour."""
    late = under_way().filter(released_at__lte=at - UNHEARD_AFTER)
    failed = found().filter(
        state=State.FAILED, closed_at__gte=at - timedelta(days=31), receipt__unapplied_minor__gt=0
    )
    return [*late[:SHOWN], *failed[:SHOWN]]


def of_line(row: models.BankLine) -> list[models.ProviderRefund]:
    """Those of a receipt, the newest first."""
    return list(found().filter(receipt=row).exclude(state=State.WITHDRAWN)[:SHOWN])
