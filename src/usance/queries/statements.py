"""Bank statements and their lines, as the cash desk reads them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Sum, Value, When

from usance import models
from usance.domain import payment
from usance.domain.invoice import Stage
from usance.domain.money import Money
from usance.domain.party import name_key

from . import cash
from .pages import counted

Rows = QuerySet[models.BankLine]
AGES = (0, 3, 7, 14, 30)  # Days since the money came, each bucket from here to the next.
VIEWS = ("decide", "proposed", "matched", "debits")
MOST_HITS = 20
LEAST_BEGUN = 3  # Signs of a number that somebody began to type.


@dataclass(frozen=True, slots=True, kw_only=True)
class Controlled:
    """A statement with its control: opening and entries give closing."""

    id: UUID
    account: str
    iban: str
    reference: str
    closed_on: date | None
    document: str
    lines: int
    open_lines: int
    opening: Money | None
    entries: Money  # Of the lines that were new with this statement.
    closing: Money | None

    @property
    def gap(self) -> Money | None:
        """What the new lines leave unexplained: they stood in a statement before. None: the
        format states no balances."""
        if self.opening is None or self.closing is None:
            return None
        return self.closing - self.opening - self.entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    says: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An open invoice that a line may pay, with a mark for each clue."""

    invoice: UUID
    number: str
    debtor: str
    due_on: date | None
    outstanding: Money
    pays: Money  # What would be allocated: the smaller of the two.
    left: Money  # Of the line, after it.
    still_owed: Money  # On the invoice, after it.
    score: str
    clues: tuple[Clue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A bank line with what it may pay and what it has paid."""

    row: models.BankLine
    amount: Money
    left: Money
    proposals: tuple[Proposal, ...] = ()
    seen: str = ""  # Of what would be booked if a person said yes, see cash.seen.
    yes: tuple[Proposal, ...] = ()  # What that is.
    paid: tuple[models.Allocation, ...] = ()


def statements(account: str = "") -> "QuerySet[models.Statement]":
    """Of banks; what a payment provider tells has no balances to control."""
    rows = models.Statement.objects.select_related("account").filter(account__provider="")
    return rows.filter(account__iban=account) if account else rows


def controlled(rows: Iterable[models.Statement]) -> list[Controlled]:
    """The statements with their control, in one more query."""
    found = list(rows)
    sums = {
        pk: (count, left, minor or 0)
        for pk, count, left, minor in models.BankLine.objects.filter(statement__in=found)
        .values_list("statement_id")
        .annotate(
            all=Count("pk"),
            left=Count("pk", filter=~Q(unapplied_minor=0)),
            minor=Sum("amount_minor"),
        )
    }
    return [
        Controlled(
            id=row.pk,
            account=row.account.name,
            iban=row.account.iban,
            reference=row.reference or row.sequence,
            closed_on=row.closed_on,
            document=row.document_id,
            lines=sums.get(row.pk, (0, 0, 0))[0],
            open_lines=sums.get(row.pk, (0, 0, 0))[1],
            opening=_money(row.opening_minor, row.account.currency),
            entries=Money(sums.get(row.pk, (0, 0, 0))[2], row.account.currency),
            closing=_money(row.closing_minor, row.account.currency),
        )
        for row in found
    ]


def found(*, view: str, statement: UUID | None = None, words: str = "") -> Rows:
    """Bank lines of a saved view. What waits is found by the index of open lines."""
    rows: Rows = models.BankLine.objects.select_related("account", "statement")
    waits = {
        "decide": Q(amount_minor__gt=0) & ~Q(unapplied_minor=0) & ~Q(verdict="probable"),
        "proposed": Q(amount_minor__gt=0, verdict="probable") & ~Q(unapplied_minor=0),
        "matched": Q(unapplied_minor=0),
        "debits": Q(amount_minor__lt=0) & ~Q(unapplied_minor=0),
    }
    rows = rows.filter(waits[view])
    if statement is not None:
        rows = rows.filter(statement_id=statement)
    if words:
        rows = rows.filter(
            Q(counterparty__icontains=words)
            | Q(bank_reference=words)
            | Q(counterparty_account=words.replace(" ", "").upper())
        )
    return rows


def counts(statement: UUID | None = None) -> dict[str, int]:
    return {view: counted(found(view=view, statement=statement)) for view in VIEWS}


def lines(rows: Sequence[models.BankLine]) -> list[Line]:
    """The lines with their proposals as they stand now, and what they paid: five queries."""
    wanted = {UUID(one["invoice"]) for row in rows for one in row.proposals if row.unapplied_minor}
    items = {item.invoice: item for item in cash.items(wanted)} if wanted else {}
    paid: dict[UUID, list[models.Allocation]] = defaultdict(list)
    for allocation in (
        models.Allocation.objects.filter(line__in=rows, undone_at=None)
        .select_related("invoice__debtor")
        .order_by("at", "id")
    ):
        paid[allocation.line_id].append(allocation)
    return [_line(row, items, tuple(paid[row.pk])) for row in rows]


def _line(
    row: models.BankLine,
    items: Mapping[UUID, payment.OpenItem],
    paid: tuple[models.Allocation, ...],
) -> Line:
    fits = tuple(
        proposal(row, items[pk])
        for one in row.proposals
        if (pk := UUID(one["invoice"])) in items and items[pk].outstanding.minor > 0
        and items[pk].outstanding.currency == row.currency
    ) if row.unapplied_minor > 0 else ()  # fmt: skip
    parts = cash.best_of(row, items) if fits else {}
    return Line(
        row=row,
        amount=row.amount,
        left=Money(row.unapplied_minor, row.currency),
        proposals=fits,
        seen=cash.seen(parts),
        yes=tuple(one for one in fits if one.invoice in parts),
        paid=paid,
    )


def proposal(row: models.BankLine, item: payment.OpenItem) -> Proposal:
    """How well an open item fits the line: every clue, whether it holds or not."""
    line = cash.as_line(row)
    read = payment.said(line)
    clues = tuple(
        Clue(says=(clue.__doc__ or "").rstrip("."), holds=clue(read, item))
        for clue, _ in payment.CLUES
    )
    left = Money(row.unapplied_minor, row.currency)
    pays = left if left <= item.outstanding else item.outstanding
    scored = payment.score(line, [item])
    return Proposal(
        invoice=item.invoice,
        number=item.number,
        debtor=item.debtor_name,
        due_on=item.due_on,
        outstanding=item.outstanding,
        pays=pays,
        left=left - pays,
        still_owed=item.outstanding - pays,
        score=str(scored[0].score if scored else 0),
        clues=clues,
    )


def open_items(row: models.BankLine, words: str) -> list[Proposal]:
    """Open invoices in the line's currency by number, payment reference or debtor's name; if there
    is none, by how their number begins."""
    where, key = wanted(words), payment.compact(words)
    if where is None:
        return []
    hits = models.Invoice.objects.filter(stage=Stage.FUNDED, currency=row.currency)
    hits = hits.order_by("due_on").values_list("pk", flat=True)
    pks = list(hits.filter(where)[:MOST_HITS])
    if not pks and len(key) >= LEAST_BEGUN:
        pks = list(hits.filter(number_key__startswith=key)[:MOST_HITS])
    fits = [proposal(row, item) for item in cash.items(pks) if item.outstanding.minor > 0]
    return sorted(fits, key=lambda fit: (-Decimal(fit.score), fit.due_on or date.max))


def wanted(words: str) -> Q | None:
    """Invoices by number, payment reference or debtor's name. None: the words are none."""
    key, name = payment.compact(words), name_key(words)
    if not key:
        return None
    debtors = models.Debtor.objects.filter(name_key__startswith=name) if len(name) > 2 else None
    where = Q(payment_reference=words.replace(" ", "")) | Q(number_key=key)
    if debtors is not None:
        where |= Q(debtor__in=debtors.values("pk")[:50])
    return where


def chosen(row: models.BankLine, invoices: Collection[UUID]) -> list[Proposal]:
    """Proposals for these invoices, whatever speaks for them."""
    return [proposal(row, item) for item in cash.items(invoices)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """Money that came and is not explained, by the days since it came."""

    first: int
    last: int | None  # None: and older.
    amount: Money
    lines: int


def ages(*, today: date) -> list[Age]:
    """Unapplied receipts by age and currency. Every bucket is there, empty ones too."""
    whens = [
        When(booked_on__lte=_before(today, first), then=Value(place))
        for place, first in reversed(list(enumerate(AGES)))
    ]
    rows = (
        models.BankLine.objects.exclude(unapplied_minor=0)
        .filter(amount_minor__gt=0)
        .annotate(bucket=Case(*whens, default=Value(0), output_field=IntegerField()))
        .values_list("currency", "bucket")
        .annotate(minor=Sum("unapplied_minor"), count=Count("pk"))
    )
    sums = {(currency, bucket): (minor, count) for currency, bucket, minor, count in rows}
    return [
        Age(
            first=first,
            last=AGES[place + 1] - 1 if place + 1 < len(AGES) else None,
            amount=Money(sums.get((currency, place), (0, 0))[0], currency),
            lines=sums.get((currency, place), (0, 0))[1],
        )
        for currency in sorted({currency for currency, _ in sums})
        for place, first in enumerate(AGES)
    ]


def oldest() -> date | None:
    """The day of the oldest receipt that is not explained."""
    rows = models.BankLine.objects.exclude(unapplied_minor=0).filter(amount_minor__gt=0)
    return rows.aggregate(day=Min("booked_on"))["day"]


def _before(today: date, days: int) -> date:
    return date.fromordinal(today.toordinal() - days)


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
