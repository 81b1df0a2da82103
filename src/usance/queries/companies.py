"""Clients and debtors as the office sees them: what they owe, what they may, how they behave."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from usance import models
from usance.domain.invoice import OPEN
from usance.domain.journal import GROWS_BY_DEBIT, Account
from usance.domain.money import Money
from usance.domain.party import identifier_key, name_key

from . import facilities, same

LATEST_PAYMENTS = 1_000  # Of a debtor, for how late it pays.
LATE = (("≤ 0", None, 0), ("1–7", 1, 7), ("8–15", 8, 15), ("16–30", 16, 30), ("31–60", 31, 60),
        ("> 60", 61, None))  # fmt: skip
OF_CLIENTS = (
    Account.FACTORED_RECEIVABLES,
    Account.CLIENT_RESERVES,
    Account.CLIENT_CLAIMS,
    Account.DUE_TO_CLIENTS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFigures:
    """A client in one currency. Each figure is a sum of moves of the account named."""

    currency: str
    receivables: Money  # 1200
    reserve: Money  # 2100
    claims: Money  # 1300
    due: Money  # 2200
    facility: Money | None = None  # None: no terms hold today.
    advance_rate: Decimal | None = None
    fee_rate: Decimal | None = None

    @property
    def in_use(self) -> Money:
        """Funds in use: receivables bought, less the reserve kept back, plus our claims."""
        return self.receivables - self.reserve + self.claims

    @property
    def available(self) -> Money | None:
        """What of the facility is left."""
        return None if self.facility is None else self.facility - self.in_use


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedClient:
    row: models.Client
    figures: tuple[ClientFigures, ...]
    open_invoices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorFigures:
    """A debtor in one currency: what it owes on bought invoices, against its limit."""

    currency: str
    exposure: Money
    limit: Money | None  # None: it was never assessed.
    source: str = ""

    @property
    def left(self) -> Money | None:
        return None if self.limit is None else self.limit - self.exposure

    @property
    def used_part(self) -> int | None:
        """Per cent of the limit, as a whole number."""
        if self.limit is None or self.limit.minor <= 0:
            return None
        return round(100 * self.exposure.minor / self.limit.minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDebtor:
    row: models.Debtor
    figures: tuple[DebtorFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How a debtor paid its last invoices: days between due date and the money's arrival."""

    payments: int
    median_days: int | None  # Negative: before the due date. None: it has not paid yet.
    buckets: tuple[tuple[str, int], ...]


def clients(words: str = "") -> "QuerySet[models.Client]":
    return models.Client.objects.filter(_named(words))


def debtors(words: str = "", *, view: str = "all") -> "QuerySet[models.Debtor]":
    """Debtors by a part of the name or an identifier; `view` "insolvent", or "unassessed": no
    limit holds today."""
    rows = models.Debtor.objects.filter(_named(words))
    if not words:  # Whoever looks for the old name finds the row; a list has each company once.
        rows = rows.filter(same_as=None)
    if view == "insolvent":
        rows = rows.filter(insolvent_on__isnull=False)
    if view == "unassessed":
        rows = rows.exclude(limits__valid_to=None, limits__isnull=False)
    return rows


def _named(words: str) -> Q:
    key, identifier = name_key(words), identifier_key(words)
    if not key:
        return Q()
    return Q(name_key__contains=key) | Q(vat_id=identifier) | Q(legal_id=identifier)


def listed_clients(rows: Iterable[models.Client], *, on: date) -> list[ListedClient]:
    """The clients with their figures: three queries for a page of them."""
    found = list(rows)
    figures = client_figures([row.pk for row in found], on=on)
    waiting = dict(
        models.Invoice.objects.filter(client__in=found, stage__in=OPEN)
        .values_list("client_id")
        .annotate(Count("pk"))
    )
    return [
        ListedClient(row=row, figures=figures[row.pk], open_invoices=waiting.get(row.pk, 0))
        for row in found
    ]


def client_figures(clients: Collection[UUID], *, on: date) -> dict[UUID, tuple[ClientFigures, ...]]:
    """What stands in the books about each client, and the terms of the day. Two queries."""
    sums: dict[tuple[UUID, str], dict[str, int]] = defaultdict(dict)
    rows = (
        models.Balance.objects.exclude(debit_minor=F("credit_minor"))
        .filter(client_id__in=clients, account__in=OF_CLIENTS)
        .values_list("client_id", "currency", "account")
        .annotate(minor=Sum(F("debit_minor") - F("credit_minor")))
    )
    for client, currency, account, minor in rows:
        sign = 1 if Account(account) in GROWS_BY_DEBIT else -1
        sums[client, currency][account] = sign * int(minor)
    terms = {(row.client_id, row.currency): row for row in facilities.holding(clients, on=on)}
    found: dict[UUID, list[ClientFigures]] = {client: [] for client in clients}
    for client, currency in sorted(sums.keys() | terms.keys(), key=str):
        held, holds = sums.get((client, currency), {}), terms.get((client, currency))
        found[client].append(
            ClientFigures(
                currency=currency,
                receivables=Money(held.get(Account.FACTORED_RECEIVABLES, 0), currency),
                reserve=Money(held.get(Account.CLIENT_RESERVES, 0), currency),
                claims=Money(held.get(Account.CLIENT_CLAIMS, 0), currency),
                due=Money(held.get(Account.DUE_TO_CLIENTS, 0), currency),
                facility=holds.limit if holds else None,
                advance_rate=holds.advance_rate if holds else None,
                fee_rate=holds.fee_rate if holds else None,
            )
        )
    return {client: tuple(these) for client, these in found.items()}


def listed_debtors(rows: Iterable[models.Debtor], *, on: date) -> list[ListedDebtor]:
    """The debtors with exposure and limit: two queries for a page of them."""
    found = list(rows)
    figures = debtor_figures([row.pk for row in found], on=on)
    return [ListedDebtor(row=row, figures=figures[row.pk]) for row in found]


def debtor_figures(debtors: Collection[UUID], *, on: date) -> dict[UUID, tuple[DebtorFigures, ...]]:
    """What each owes, against its limit. Rows of one company owe one sum and have one limit."""
    members = same.members(debtors)
    owner = same.owners(members)
    sums: dict[tuple[UUID, str], int] = defaultdict(int)
    for debtor, currency, minor in (
        models.Balance.objects.exclude(debit_minor=F("credit_minor"))
        .filter(debtor_id__in=owner.keys(), account=Account.FACTORED_RECEIVABLES)
        .values_list("debtor_id", "currency")
        .annotate(minor=Sum(F("debit_minor") - F("credit_minor")))
    ):
        sums[owner[debtor], currency] += int(minor)
    limits = facilities.limits(members.keys(), on=on)
    found: dict[UUID, list[DebtorFigures]] = {debtor: [] for debtor in members}
    for debtor, currency in sorted(sums.keys() | limits.keys(), key=str):
        limit = limits.get((debtor, currency))
        found[debtor].append(
            DebtorFigures(
                currency=currency,
                exposure=Money(sums.get((debtor, currency), 0), currency),
                limit=limit.limit if limit else None,
                source=f"{limit.source}, {limit.given_on}" if limit else "",
            )
        )
    return {debtor: tuple(found[owner[debtor]]) for debtor in debtors}


def invoices(
    *, client: UUID | None = None, debtor: UUID | None = None, most: int = 10
) -> list[models.Invoice]:
    """The newest invoices of a client or of a debtor."""
    rows = models.Invoice.objects.select_related("client", "debtor")
    rows = rows.filter(client_id=client) if client else rows.filter(debtor_id=debtor)
    return list(rows.order_by("-id")[:most])


def stages(*, client: UUID | None = None, debtor: UUID | None = None) -> dict[str, int]:
    """How many invoices stand in each stage."""
    where = Q(client_id=client) if client else Q(debtor_id=debtor)
    rows = models.Invoice.objects.filter(where).values_list("stage").annotate(Count("pk"))
    return dict(rows)


def history(subject: UUID, *, most: int = 30) -> list[models.Diary]:
    """What was changed about a party, the newest first."""
    return list(models.Diary.objects.filter(subject_id=subject).order_by("-id")[:most])


def terms(client: models.Client) -> list[models.Facility]:
    """Every agreement with the client, the newest first."""
    return list(client.facilities.filter(known_to=None).order_by("currency", "-valid_from"))


def limits(debtor: models.Debtor) -> list[models.CreditLimit]:
    return list(debtor.limits.select_related("report").order_by("currency", "-given_on", "-id"))


def behaviour(debtor: UUID) -> Behaviour:
    """Of the debtor's last payments: days late, in buckets and in the middle."""
    rows = (
        models.Allocation.objects.filter(invoice__debtor_id=debtor, undone_at=None)
        .order_by("-id")
        .values_list("line__booked_on", "invoice__due_on")[:LATEST_PAYMENTS]
    )
    days = sorted((paid - due).days for paid, due in rows)
    return Behaviour(
        payments=len(days),
        median_days=days[len(days) // 2] if days else None,
        buckets=tuple(
            (
                name,
                sum(
                    (first is None or late >= first) and (last is None or late <= last)
                    for late in days
                ),
            )
            for name, first, last in LATE
        ),
    )


def concentration(client: UUID, *, most: int = 6) -> list[tuple[models.Debtor, Money]]:
    """Who owes most on this client's bought invoices."""
    rows = list(
        models.Balance.objects.exclude(debit_minor=F("credit_minor"))
        .filter(client_id=client, account=Account.FACTORED_RECEIVABLES, debtor__isnull=False)
        .values_list("debtor_id", "currency")
        .annotate(minor=Sum(F("debit_minor") - F("credit_minor")))
        .order_by("-minor")[:most]
    )
    names = models.Debtor.objects.in_bulk([debtor for debtor, _, _ in rows])
    return [(names[debtor], Money(int(minor), currency)) for debtor, currency, minor in rows]
