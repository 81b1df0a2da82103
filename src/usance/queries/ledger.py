"""The books as an accountant reads them: trial balance, accounts, entries.

On both axes of time: `on` is the last day that an entry may count for, `known` the last day (in
UTC) on which it may have been written. Without `known`: all that is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from usance import models
from usance.domain.journal import GROWS_BY_DEBIT, NAMES, Account
from usance.domain.money import Money

SIZE = 50
DAYS_AT_ONCE = 40  # Days with turnover that are read for one page of an account.

# What the key of an entry begins with, in the words of domain.ledger → what people call it.
KINDS = {
    "purchase": "Purchases",
    "receipt": "Receipts",
    "allocation": "Payments of invoices",
    "accrual": "Charges for time",
    "allocation_undone": "Payments taken back",
    "explanation": "Bank lines explained",
    "explanation_undone": "Explanations taken back",
    "settlement": "Settlements",
    "settlement_undone": "Settlements taken back",
    "credit_note": "Credit notes",
    "repurchase": "Repurchases",
    "payout_released": "Payouts released",
    "payout_paid": "Payouts executed",
    "payout_said": "Payouts found in debits",
    "payout_unsaid": "Payouts taken out of debits",
    "payout_rejected": "Payouts rejected",
    "payout_after_all": "Payouts executed after all",
    "withdrawal": "Unexplained debits",
    "capital": "Capital",
    "exchange": "Exchange differences",
    "revaluation": "Revaluation at a month's end",
    "correction": "Corrections",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One account of the trial balance. `balance` is on the side on which the account grows."""

    account: str
    name: str
    debit: Money
    credit: Money

    @property
    def balance(self) -> Money:
        grows = Account(self.account) in GROWS_BY_DEBIT
        return self.debit - self.credit if grows else self.credit - self.debit

    @property
    def left(self) -> Money | None:
        """The balance in the debit column; None if it stands in the other."""
        return self.debit - self.credit if self.credit < self.debit else None

    @property
    def right(self) -> Money | None:
        return self.credit - self.debit if self.debit < self.credit else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The trial balance in one currency. It balances by the shape of a move."""

    currency: str
    rows: tuple[Row, ...]
    debit: Money  # Turnover since the beginning.
    credit: Money
    left: Money  # Balances on the debit side.
    right: Money

    @property
    def balances(self) -> bool:
        return self.debit == self.credit and self.left == self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """An account's turnover on a day, and where it stood in the evening."""

    on: date
    debit: Money
    credit: Money
    balance: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A move seen from one of its accounts."""

    id: UUID
    entry: UUID
    on: date
    because: str
    other: str  # The account on the other side.
    other_name: str
    debit: Money | None
    credit: Money | None
    about: str
    invoice: UUID | None


def totals(*, on: date, known: date | None = None) -> "QuerySet[models.DayTotal]":
    """Turnover by account and day, as far as those days go."""
    rows = models.DayTotal.objects.filter(booked_on__lte=on)
    return rows if known is None else rows.filter(written_on__lte=known)


def end_of(day: date) -> datetime:
    """The moment at which the day is over, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def trial(*, on: date, known: date | None = None) -> list[Trial]:
    """The trial balance at the end of a day, by currency, from the totals of days."""
    sums = (
        totals(on=on, known=known)
        .values_list("currency", "account")
        .annotate(Sum("debit_minor"), Sum("credit_minor"))
        .order_by("currency", "account")
    )
    by_currency: dict[str, list[Row]] = {}
    for currency, account, debit, credit in sums:
        by_currency.setdefault(currency, []).append(
            Row(
                account=account,
                name=NAMES[Account(account)],
                debit=Money(int(debit), currency),
                credit=Money(int(credit), currency),
            )
        )
    return [_trial(currency, rows) for currency, rows in by_currency.items()]


def _trial(currency: str, rows: list[Row]) -> Trial:
    def summed(values: list[Money]) -> Money:
        return Money(sum(value.minor for value in values), currency)

    return Trial(
        currency=currency,
        rows=tuple(rows),
        debit=summed([row.debit for row in rows]),
        credit=summed([row.credit for row in rows]),
        left=summed([row.left for row in rows if row.left]),
        right=summed([row.right for row in rows if row.right]),
    )


def row(account: Account, currency: str, *, on: date, known: date | None = None) -> Row:
    """One account at the end of a day."""
    rows = totals(on=on, known=known).filter(account=account, currency=currency)
    sums = rows.aggregate(debit=Sum("debit_minor"), credit=Sum("credit_minor"))
    return Row(
        account=account,
        name=NAMES[account],
        debit=Money(int(sums["debit"] or 0), currency),
        credit=Money(int(sums["credit"] or 0), currency),
    )


def currencies() -> list[str]:
    """Every currency that was booked in."""
    rows = models.DayTotal.objects.order_by("currency")
    return list(rows.values_list("currency", flat=True).distinct())


def last_days(
    account: Account, currency: str, *, on: date, known: date | None = None, most: int = 30
) -> list[Day]:
    """The last days with turnover up to `on`, the newest first."""
    rows = (
        totals(on=on, known=known)
        .filter(account=account, currency=currency)
        .values_list("booked_on")
        .annotate(Sum("debit_minor"), Sum("credit_minor"))
        .order_by("-booked_on")
    )
    balance = row(account, currency, on=on, known=known).balance
    days = []
    for day, debit, credit in rows[:most]:
        one = Day(
            on=day,
            debit=Money(int(debit), currency),
            credit=Money(int(credit), currency),
            balance=balance,
        )
        days.append(one)
        grew = one.debit - one.credit
        balance = balance - grew if account in GROWS_BY_DEBIT else balance + grew
    return days


def moves(
    account: Account,
    currency: str,
    *,
    on: date,
    since: date | None,
    after: UUID | None,
    known: date | None = None,
) -> tuple[list[Line], UUID | None]:
    """Moves of an account up to a day, the newest first, and the cursor of the next page.

    The totals say on which days the account moved at all: only those are read.
    """
    mark = models.Move.objects.filter(pk=after).values_list("booked_on", flat=True).first()
    turnover = totals(on=min(on, mark) if mark else on, known=known).filter(
        account=account, currency=currency
    )
    if since is not None:
        turnover = turnover.filter(booked_on__gte=since)
    days = list(
        turnover.order_by("-booked_on")
        .values_list("booked_on", flat=True)
        .distinct()[:DAYS_AT_ONCE]
    )
    rows = models.Move.objects.filter(
        Q(debit=account) | Q(credit=account), currency=currency, booked_on__in=days
    )
    if known is not None:
        rows = rows.filter(entry__at__lt=end_of(known))
    if mark is not None:
        rows = rows.filter(Q(booked_on__lt=mark) | Q(booked_on=mark, id__lt=after))
    found = list(
        rows.select_related("entry", "client", "debtor", "invoice").order_by("-booked_on", "-id")[
            : SIZE + 1
        ]
    )
    more = len(found) > SIZE or (len(days) == DAYS_AT_ONCE and bool(found))
    found = found[:SIZE]
    return [line(move, account) for move in found], found[-1].pk if more else None


def line(move: models.Move, account: Account) -> Line:
    """A move with everything prefetched, seen from the account."""
    amount = Money(move.amount_minor, move.currency)
    debited = move.debit == account
    other = move.credit if debited else move.debit
    return Line(
        id=move.pk,
        entry=move.entry_id,
        on=move.booked_on,
        because=move.entry.because,
        other=other,
        other_name=NAMES[Account(other)],
        debit=amount if debited else None,
        credit=None if debited else amount,
        about=about(move),
        invoice=move.invoice_id,
    )


def about(move: models.Move) -> str:
    """Whom a move is about, in words."""
    parts = (
        move.invoice.number if move.invoice else "",
        move.client.name if move.client else "",
        move.debtor.name if move.debtor else "",
    )
    return " · ".join(part for part in parts if part)


def entries(
    *, kind: str = "", since: date | None = None, until: date | None = None, words: str = ""
) -> "QuerySet[models.Entry]":
    """The journal by what was asked. Days are those the entries count for."""
    rows = models.Entry.objects.prefetch_related("moves")
    if kind in KINDS:
        rows = rows.filter(key__startswith=f"{kind}:")
    if since is not None or until is not None:
        days = models.Move.objects.all()
        days = days.filter(booked_on__gte=since) if since else days
        days = days.filter(booked_on__lte=until) if until else days
        rows = rows.filter(pk__in=days.values("entry_id"))
    if words:
        rows = rows.filter(Q(key=words) | Q(voucher=words) | Q(because__icontains=words))
    return rows


def total(entry: models.Entry) -> Money:
    """What an entry moved in all; its moves are prefetched."""
    rows = list(entry.moves.all())
    return Money(sum(move.amount_minor for move in rows), rows[0].currency)


def entry(pk: UUID) -> models.Entry:
    """:raises Entry.DoesNotExist: if there is none."""
    return models.Entry.objects.get(pk=pk)


def entry_moves(of: models.Entry) -> Sequence[models.Move]:
    rows = models.Move.objects.filter(entry=of).select_related("client", "debtor", "invoice")
    return list(rows.order_by("id"))
