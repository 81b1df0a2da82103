"""Rows of the register that are one company: which row stays, and which rows went into it.

A row that went points to the row that stays, in one step (`Debtor.same_as`). Invoices and moves
keep the row that they were written with; whoever asks what a company owes asks all its rows.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from usance import models

Register = type[models.Client] | type[models.Debtor]


def companies(register: Register, rows: Iterable[UUID]) -> dict[UUID, UUID]:
    """The row that stays for each of these: itself, unless it went into another."""
    found = {pk: pk for pk in rows}
    if found and register is models.Debtor:
        went = models.Debtor.objects.filter(pk__in=found, same_as__isnull=False)
        found |= dict(went.values_list("pk", "same_as_id"))
    return found


def rows_of(register: Register, companies: Collection[UUID]) -> "QuerySet[models.Party]":
    """The rows of these companies, each with its `company`; the row that stays comes first."""
    if register is models.Client:
        return models.Client.objects.filter(pk__in=companies).annotate(company=F("pk"))
    rows = models.Debtor.objects.filter(Q(pk__in=companies) | Q(same_as__in=companies))
    return rows.annotate(company=Coalesce("same_as_id", "pk")).order_by(
        F("same_as_id").asc(nulls_first=True), "pk"
    )


def company(debtor: UUID) -> UUID:
    """The row that stays for this one."""
    return companies(models.Debtor, [debtor])[debtor]


def members(debtors: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """All rows of the company of each of these, by the row that stays. Two queries."""
    stays = set(companies(models.Debtor, debtors).values())
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for pk, of in rows_of(models.Debtor, stays).values_list("pk", "company"):
        found[of].append(pk)
    return found


def waiting() -> "QuerySet[models.Merger]":
    """Mergers that wait for a second person, the oldest first."""
    rows = models.Merger.objects.filter(state="proposed").select_related("goes", "stays")
    return rows.order_by("pk")


def mergers_of(debtor: UUID) -> list[models.Merger]:
    """What was said about a debtor and others, the newest first."""
    rows = models.Merger.objects.filter(Q(goes=debtor) | Q(stays=debtor))
    return list(rows.select_related("goes", "stays").order_by("-pk")[:20])


def owners(members: Mapping[UUID, Iterable[UUID]]) -> dict[UUID, UUID]:
    """The row that stays for each row of `members`."""
    return {row: stays for stays, rows in members.items() for row in rows}


def summed(by_row: Mapping[UUID, int], owner: Mapping[UUID, UUID]) -> dict[UUID, int]:
    """What stands with each row, as one figure for each company."""
    found: dict[UUID, int] = defaultdict(int)
    for row, minor in by_row.items():
        found[owner[row]] += minor
    return found
