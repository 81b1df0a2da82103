"""Which browsers of a debtor are told, and the key that they subscribe to."""

from collections.abc import Iterable
from uuid import UUID

from usance import models
from usance.domain.distribution import Kind

from . import outside


def browsers(debtors: Iterable[UUID]) -> dict[UUID, models.PushSubscription]:
    """Each debtor's newest browser, of those that have one. One query."""
    rows = models.PushSubscription.objects.filter(debtor_id__in=list(debtors), ended_at=None)
    newest = rows.order_by("debtor_id", "-created_at", "-id").distinct("debtor_id")
    return {row.debtor_id: row for row in newest}


def is_carried() -> bool:
    """Whether somebody carries push messages here."""
    return _carrier() is not None


def public_key() -> str:
    """What a browser subscribes to, base64url; nothing: nobody carries push messages here."""
    carrier = _carrier()
    if carrier is None:
        return ""
    from usance.plugins.channels import _push_secret

    key = _push_secret.private_key(carrier.config["private_key"])
    return _push_secret.encode(_push_secret.point(key))


def services() -> str:
    """Push services that are believed, as the channel's setting has them."""
    carrier = _carrier()
    return carrier.config.get("services", "") if carrier else ""


def _carrier() -> outside.Carrier | None:
    from usance.plugins.channels import webpush  # Channels load their libraries when they are used.

    try:
        found = outside.carrier(outside.carrier_of(Kind.PUSH))
    except outside.NotConfigured:
        return None
    return found if found.channel is webpush else None
