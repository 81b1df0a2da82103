"""Which debtors a directory is to be asked about."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from usance import models
from usance.domain.distribution import BANK, Kind

MOST = 2_000  # Debtors in one run of the periodic job.
COLUMNS = {Kind.EINVOICE: "einvoice_id", Kind.MAILBOX: "mailbox_id", Kind.EMAIL: "email",
           Kind.SMS: "phone"}  # fmt: skip


def debtors(ids: Sequence[UUID]) -> list[models.Debtor]:
    return list(models.Debtor.objects.filter(pk__in=ids).order_by("pk"))


def stale(kind: Kind, *, at: datetime) -> list[models.Debtor]:
    """Debtors with an address of this kind of which no answer is fresh."""
    return list(_stale(kind, at).order_by("pk")[:MOST])


def stale_of_invoices(invoices: Sequence[UUID], kind: Kind, *, at: datetime) -> list[models.Debtor]:
    of = models.Invoice.objects.filter(pk__in=invoices).values("debtor")
    return list(_stale(kind, at).filter(pk__in=of).order_by("pk"))


def was_away(kind: Kind, *, since: datetime) -> bool:
    """Whether the directory did not answer when it was last asked, not long ago."""
    last = (
        models.Capability.objects.filter(kind=kind, tried_at__gte=since)
        .order_by("-tried_at", "-pk")
        .first()
    )
    return last is not None and (last.receives is None or last.asked_at < last.tried_at)


def _stale(kind: Kind, at: datetime) -> "QuerySet[models.Debtor]":
    column = COLUMNS[kind]
    fresh = models.Capability.objects.filter(
        debtor=OuterRef("pk"), kind=kind, valid_until__gt=at
    ).annotate(now=OuterRef(column))
    rows = models.Debtor.objects.exclude(**{column: ""})
    if kind is Kind.EINVOICE:  # No directory knows internet banks: they tell by themselves.
        rows = rows.exclude(einvoice_id__startswith=BANK)
    return rows.exclude(Exists(fresh.filter(identifier=F("now"))))
