"""Payouts of which people say that the bank never executed them, and what became of that."""

from collections import defaultdict
from uuid import UUID

from django.db.models import QuerySet

from usance import models
from usance.domain.journal import Account

from . import amounts

STATES = ("said", "agreed", "withdrawn")


def rows() -> "QuerySet[models.MissingPayout]":
    return models.MissingPayout.objects.select_related("payout__client", "payout__file", "line")


def waiting() -> "QuerySet[models.MissingPayout]":
    """Said, and neither agreed to nor shown by the bank meanwhile."""
    return models.MissingPayout.objects.filter(state="said", payout__state="sent")


def unseen() -> "QuerySet[models.MissingPayout]":
    """Agreed to, and no statement shows the opposite."""
    return models.MissingPayout.objects.filter(state="agreed", line=None, payout__state="rejected")


def after_all() -> list[models.MissingPayout]:
    """Those that the bank executed after all, as long as the client owes us anything, or the debit
    is not explained; the newest first."""
    found = list(rows().filter(line__isnull=False).order_by("-pk")[:200])
    clients = defaultdict[str, set[UUID]](set)
    for row in found:
        if row.payout.client_id:
            clients[row.payout.currency].add(row.payout.client_id)
    owes = {
        (client, currency): minor
        for currency, these in clients.items()
        for client, minor in amounts.of_clients(Account.CLIENT_CLAIMS, these, currency).items()
    }
    return [
        row for row in found
        if row.line is not None
        and (
            owes.get((row.payout.client_id, row.payout.currency), 0) > 0
            if row.payout.client_id
            else row.line.unapplied_minor
        )
    ]  # fmt: skip
