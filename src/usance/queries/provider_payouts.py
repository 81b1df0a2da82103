"""What payment providers pay on, and which line of our bank it is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from usance import models
from usance.domain.calendars import Calendar, is_open
from usance.domain.money import Money

AROUND = timedelta(days=7)  # A line so long before or after the day that the provider named.
LATE_AFTER = 3  # Banking days after which a statement should show it.
MOST = 20


def _fitting(row: models.ProviderPayout) -> "QuerySet[models.BankLine]":
    """Receipts at our bank of the same amount, of which nothing is explained."""
    return models.BankLine.objects.filter(
        account__provider="", currency=row.currency, amount_minor=row.amount_minor,
        unapplied_minor=F("amount_minor"), booked_on__gte=row.arrives_on - AROUND,
    )  # fmt: skip


def marked(row: models.ProviderPayout) -> UUID | None:
    """The only receipt of its amount that carries a mark of the payout; None: there is none, or
    more than one."""
    found = [
        line.pk
        for line in _fitting(row)[:MOST]
        if any(mark in text for mark in row.marks for text in _words(line))
    ]
    return found[0] if len(found) == 1 else None


def _words(line: models.BankLine) -> tuple[str, ...]:
    said = [one["value"] for one in line.references]
    return (*line.texts, line.end_to_end, line.bank_reference, *said)


def candidates(row: models.ProviderPayout) -> list[models.BankLine]:
    """For a person: receipts that may be it, from around its day."""
    rows = _fitting(row).filter(booked_on__lte=row.arrives_on + AROUND)
    return list(rows.order_by("booked_on", "pk")[:MOST])


def open_ones() -> "QuerySet[models.ProviderPayout]":
    rows = models.ProviderPayout.objects.filter(state__in=["told", "odd"])
    return rows.select_related("account").order_by("arrives_on", "pk")


def tasks(*, today: date) -> list[models.ProviderPayout]:
    """Odd ones, and what the bank should have shown by now."""
    expected, left = today, LATE_AFTER
    while left:
        expected -= timedelta(days=1)
        left -= is_open(expected, frozenset({Calendar.TARGET}))
    return [row for row in open_ones()[:200] if row.state == "odd" or row.arrives_on < expected]


def found() -> "QuerySet[models.ProviderPayout]":
    return models.ProviderPayout.objects.select_related("account", "line").order_by("-pk")


def settled(references: Collection[str], provider: str) -> set[str]:
    """Of a provider's payouts those that need not be asked about again."""
    rows = models.ProviderPayout.objects.filter(
        account__provider=provider, reference__in=references, state__in=["arrived", "failed"]
    )
    return set(rows.values_list("reference", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What we have at a provider in a currency."""

    account: models.BankAccount
    balance: Money
    under_way: Money  # Of it: paid on, and not on our statement yet.
    waiting: int  # Told of payments that we do not know.


def places() -> list[Place]:
    """One for each provider and currency. The doctor compares it with the books."""
    places = []
    for account in models.BankAccount.every.exclude(provider="").order_by("provider", "currency"):
        lines = models.BankLine.objects.filter(account=account)
        rows = models.ProviderPayout.objects.filter(account=account)
        came = lines.aggregate(minor=Sum("amount_minor"))["minor"] or 0
        sums = dict(rows.order_by().values_list("state").annotate(minor=Sum("amount_minor")))
        went, under_way = sums.get("arrived", 0), sums.get("told", 0)
        places.append(
            Place(
                account=account, balance=Money(came - went, account.currency),
                under_way=Money(under_way, account.currency),
                waiting=account.provider_events.filter(taken_at=None).count(),
            )
        )  # fmt: skip
    return places
