"""Months of the books: which are closed, and what stands in the way of closing one."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile

from django.db import connection
from django.db.models import Max, Min, Q

from usance import models
from usance.domain.ledger import MONETARY
from usance.domain.money import Money
from usance.domain.periods import CORRECTION, Before, Check, State, month
from usance.domain.vouchers import State as Handed

from . import doctor, exchange, fees

SHOWN = 20  # Rows of a point that are named; the rest is counted.
MONTHS = 24  # That a screen shows, and that are kept ready to be closed.


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month and, if somebody closed it once, its row."""

    first_on: date
    last_on: date
    row: models.Period | None

    @property
    def state(self) -> State:
        return State(self.row.state) if self.row else State.OPEN


def closed_until() -> date | None:
    """The last day of the last month that is closed hard."""
    rows = models.Period.objects.filter(state=State.HARD)
    return rows.aggregate(last=Max("last_on"))["last"]


def closed_months(since: date) -> list[tuple[date, date]]:
    """First and last days of what is closed from that day on. All before a month that is closed
    hard is closed with it."""
    rows = models.Period.objects.exclude(state=State.OPEN).filter(last_on__gte=since)
    return [
        (date.min if state == State.HARD else first_on, last_on)
        for first_on, last_on, state in rows.order_by("last_on").values_list(
            "first_on", "last_on", "state"
        )
    ]


def books_begin() -> date | None:
    """The first day on which something counts that follows from a record; None: nothing does."""
    moves = models.Move.objects.exclude(entry__key__startswith=CORRECTION)
    return moves.order_by("booked_on", "id").values_list("booked_on", flat=True).first()


def before(first_on: date) -> Before:
    """What the rule of closing wants to know about a month."""
    row = models.Period.objects.filter(first_on=first_on).first()
    return Before(
        state=State(row.state) if row else State.OPEN,
        closed_until=closed_until(),
        oldest=models.DayTotal.objects.aggregate(first=Min("booked_on"))["first"],
    )


def months(*, today: date) -> list[Month]:
    """From this month back to the first with entries, at most MONTHS."""
    first = models.DayTotal.objects.aggregate(first=Min("booked_on"))["first"] or today
    rows = {row.first_on: row for row in models.Period.objects.all()}
    found: list[Month] = []
    first_on, last_on = month(today)
    while last_on >= first and len(found) < MONTHS:
        found.append(Month(first_on=first_on, last_on=last_on, row=rows.get(first_on)))
        first_on, last_on = month(first_on - timedelta(days=1))
    return found


def ended_and_open(*, today: date) -> list[Month]:
    """The months behind this one back to the last that is closed, the oldest first."""
    ended = months(today=today)[1:]
    return list(takewhile(lambda one: one.state is State.OPEN, ended))[::-1]


def one(first_on: date) -> Month:
    """The month that begins on that day."""
    _, last_on = month(first_on)
    row = models.Period.objects.filter(first_on=first_on).first()
    return Month(first_on=first_on, last_on=last_on, row=row)


def checklist(first_on: date, *, seed: int) -> list[Check]:
    """What has to be done before the month is closed hard, point by point.

    :param seed: draws the sample of files that are read again.
    """
    _, last_on = month(first_on)
    broken = [one for one in doctor.examine(seed=seed) if not one.kept]
    return [
        Check(
            code="promises", says="Every promise about the books is kept",
            found=tuple(map(_told, (one for one in broken if one.rule not in doctor.POST))),
        ),
        Check(
            code="statements", says="Every bank account has its statements to the month's end",
            found=tuple(_without_statement(last_on)),
        ),
        Check(
            code="failed_vouchers", says="No voucher of the month failed elsewhere",
            found=tuple(_failed(first_on, last_on)),
        ),
        Check(
            code="fees", says="Every charge of the month is on a fee invoice",
            found=tuple(_not_invoiced(last_on)),
        ),
        Check(
            code="positions", says="Positions in other currencies stand at the closing rate",
            found=tuple(_positions(last_on)),
        ),
        Check(
            code="unapplied_cash", says="No money of the month is unapplied", stops=False,
            found=tuple(_unapplied(last_on)),
        ),
        Check(
            code="deliveries", says="Every promise about deliveries is kept", stops=False,
            found=tuple(map(_told, (one for one in broken if one.rule in doctor.POST))),
        ),
        Check(
            code="unexported", says="Every bookkeeping has every entry of the month", stops=False,
            found=tuple(_unexported(last_on)),
        ),
    ]  # fmt: skip


def _told(one: doctor.Answer) -> str:
    return f"{one.rule}: {one.promise} ({one.broken})"


def _positions(last_on: date) -> list[str]:
    """Nothing, where the book has no currency of its own."""
    home = exchange.home()
    if not home:
        return []
    if lacking := exchange.behind(home, through=last_on):
        return [f"{currency} of {day} is not valued" for currency, day in lacking[:SHOWN]]
    said = exchange.revalued(last_on)
    return [
        f"{one.account} {one.name}, {one.units.currency}: not at the closing rate"
        for one in exchange.positions(home, on=last_on)
        if one.account in MONETARY
        and one.unrealised.minor != said.get((one.account, one.units.currency), 0)
    ]


def _without_statement(last_on: date) -> list[str]:
    rows = models.BankAccount.objects.annotate(
        last=Max("statements__closed_on", filter=Q(statements__closing_minor__isnull=False))
    )
    return [
        f"{row}: {f'last statement of {row.last}' if row.last else 'no statement'}"
        for row in rows.order_by("currency")
        if row.last is None or row.last < last_on
    ]


def _not_invoiced(last_on: date) -> list[str]:
    setup = fees.setup()
    if setup is None or setup.since > last_on:
        return []
    # Where the month was invoiced, nobody lacked a least: only what was charged since is waiting.
    is_done = setup.done_through is not None and setup.done_through >= last_on
    asked = fees.waiting if is_done else fees.to_invoice
    rows = asked(since=setup.since, through=last_on)
    names = dict(
        models.Client.objects.filter(pk__in={pk for pk, _ in rows}).values_list("pk", "name")
    )
    return [f"{names[pk]}, {currency}" for pk, currency in rows[:SHOWN]]


def _unapplied(last_on: date) -> list[str]:
    rows = models.BankLine.objects.filter(unapplied_minor__gt=0, booked_on__lte=last_on)
    said = [
        f"{row.booked_on} {Money(row.unapplied_minor, row.currency)} {row.counterparty}".strip()
        for row in rows.order_by("booked_on", "id")[: SHOWN + 1]
    ]
    more = rows.count() - SHOWN
    return said if more <= 0 else [*said[:SHOWN], f"and {more} more"]


def _failed(first_on: date, last_on: date) -> list[str]:
    rows = models.Voucher.objects.filter(
        state=Handed.FAILED, entry__booked_on__gte=first_on, entry__booked_on__lte=last_on
    ).select_related("target")
    return [f"{row.target.name} {row}: {row.error}" for row in rows.order_by("id")[:SHOWN]]


def _unexported(last_on: date) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.name, count(e.id) FROM voucher_target t JOIN entry e"
            " ON e.booked_on BETWEEN t.since AND %s WHERE t.ended_at IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM voucher v WHERE v.entry_id = e.id AND v.target_id = t.id)"
            " GROUP BY t.name ORDER BY t.name",
            [last_on],
        )
        return [f"{name}: {count} entries" for name, count in cursor.fetchall()]
