"""Entries of the books with their moves, as bookkeeping programs fetch them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from usance import models

from .ledger import end_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """None: not narrowed by this."""

    booked_from: date | None = None
    booked_to: date | None = None
    client: UUID | None = None
    debtor: UUID | None = None
    invoice: UUID | None = None
    known_on: date | None = None  # Written by the end of that day, in UTC.


def matching(chosen: Filter) -> "QuerySet[models.Entry]":
    """Entries with all their moves, where one of the moves is about whom the filter names."""
    rows = models.Entry.objects.prefetch_related("moves")
    if chosen.booked_from is not None:
        rows = rows.filter(booked_on__gte=chosen.booked_from)
    if chosen.booked_to is not None:
        rows = rows.filter(booked_on__lte=chosen.booked_to)
    if chosen.known_on is not None:
        rows = rows.filter(at__lt=end_of(chosen.known_on))
    about = {
        f"{name}_id": value
        for name in ("client", "debtor", "invoice")
        if (value := getattr(chosen, name)) is not None
    }
    if about:
        rows = rows.filter(Exists(models.Move.objects.filter(entry=OuterRef("pk"), **about)))
    return rows
