"""The figures of the first screen: one definition for each, every one a sum of rows.

All are of one currency. What hangs on due dates is read in one pass over what is open and kept
until the next entry is booked, so that tiles, charts and lists never disagree.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, Min, Q, Sum

from usance import models
from usance.domain.distribution import ARRIVED, State
from usance.domain.journal import Account
from usance.domain.money import EXPONENTS, Money

DAYS = 120  # Of the line chart, or less in a younger book.
WEEKS = 13  # Of the forecast.
KEPT_SECONDS = 600
BUCKETS = ((0, "Not due"), (15, "1–15"), (30, "16–30"), (60, "31–60"), (90, "61–90"))
LAST_BUCKET = "> 90"
LONG_OVERDUE = 30  # Days.

OPEN_BY_DUE = """
SELECT b.currency, i.due_on, sum(b.debit_minor - b.credit_minor), count(*)
  FROM balance b JOIN invoice i ON i.id = b.invoice_id
 WHERE b.account = '1200' AND b.debit_minor <> b.credit_minor GROUP BY 1, 2 ORDER BY 1, 2
"""

# The same by the day on which the buyer said last that it pays, where it named one. Of what it says
# to pay in part, that part less what came already; nothing, if it does not say how much.
OPEN_BY_PROMISE = """
WITH said AS (
  SELECT DISTINCT ON (d.invoice_id) d.invoice_id, r.pays_on, r.pays, r.reasons ? 'PPD' AS partly
    FROM response r JOIN dispatch d ON d.id = r.dispatch_id
   WHERE r.stance = 'PD' AND r.pays_on IS NOT NULL
   ORDER BY d.invoice_id, r.at DESC, r.response_id DESC),
owed AS (
  SELECT b.currency, i.due_on, s.pays_on, b.debit_minor - b.credit_minor AS minor,
         CASE WHEN s.pays_on IS NULL THEN 0
              WHEN NOT s.partly THEN b.debit_minor - b.credit_minor
              ELSE least(b.debit_minor - b.credit_minor, greatest(0, coalesce(
                round(s.pays * 10 ^ coalesce((%(exponents)s::jsonb ->> b.currency)::int, 2)), 0
                )::bigint - (i.face_minor - (b.debit_minor - b.credit_minor))))
         END AS told
    FROM balance b JOIN invoice i ON i.id = b.invoice_id LEFT JOIN said s ON s.invoice_id = i.id
   WHERE b.account = '1200' AND b.debit_minor <> b.credit_minor)
SELECT currency, day, sum(minor), count(*) FROM (
  SELECT currency, pays_on AS day, told AS minor FROM owed WHERE told <> 0
  UNION ALL SELECT currency, due_on, minor - told FROM owed WHERE minor <> told) part
 GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Due:
    """What falls due on a day: outstanding in minor units, and on how many invoices."""

    on: date
    minor: int
    invoices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The books at the end of a day."""

    on: date
    funds: Money  # Receivables bought, less reserves, plus claims on clients.
    limits: Money  # Of the facilities that held.

    @property
    def availability(self) -> Money:
        return self.limits - self.funds


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchases:
    face: Money
    invoices: int
    clients: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unapplied:
    amount: Money
    lines: int
    oldest: date | None  # None: there is no line.


@dataclass(frozen=True, slots=True)
class Sent:
    """Deliveries by one kind of channel."""

    kind: str
    begun: int
    arrived: int  # Confirmed by the receiver's side.
    failed: int  # Or of unknown outcome.


def open_by_due() -> dict[str, tuple[Due, ...]]:
    """Outstanding by due date, in each currency. Read anew when something was booked."""
    stamp = models.Entry.objects.order_by("-pk").values_list("pk", flat=True).first()
    return _open(OPEN_BY_DUE, f"open_by_due:{stamp}")


def expected(currency: str) -> tuple[Due, ...]:
    """Outstanding by the day it is expected: as the buyer said, else the due date."""
    booked = models.Entry.objects.order_by("-pk").values_list("pk", flat=True).first()
    said = models.Response.objects.order_by("-pk").values_list("pk", flat=True).first()
    if said is None:
        return open_by_due().get(currency, ())
    return _open(OPEN_BY_PROMISE, f"open_by_promise:{booked}:{said}").get(currency, ())


def _open(question: str, key: str) -> dict[str, tuple[Due, ...]]:
    known = cache.get(key)
    if known is not None:
        return dict(known)
    found: dict[str, list[Due]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(question, {"exponents": json.dumps(EXPONENTS)})
        for currency, on, minor, invoices in cursor.fetchall():
            found[currency].append(Due(on, int(minor), invoices))
    result = {currency: tuple(rows) for currency, rows in found.items()}
    cache.set(key, result, KEPT_SECONDS)
    return result


def currencies(open_: dict[str, tuple[Due, ...]]) -> list[str]:
    """The currencies of the book; that with the most open receivables (by number) first."""
    counted = {name: sum(due.invoices for due in rows) for name, rows in open_.items()}
    for name in models.BankAccount.objects.values_list("currency", flat=True):
        counted.setdefault(name, 0)
    return sorted(counted, key=lambda name: (-counted[name], name))


def course(currency: str, *, until: date, days: int = DAYS) -> list[Day]:
    """Funds in use and facility limits at the end of each of the last days, from day totals."""
    # Reserves have a credit balance: debits less credits takes them off.
    accounts = [Account.FACTORED_RECEIVABLES, Account.CLIENT_RESERVES, Account.CLIENT_CLAIMS]
    first = until - timedelta(days=days - 1)
    turnover: dict[date, int] = defaultdict(int)
    rows = (
        models.DayTotal.objects.filter(
            account__in=accounts, currency=currency, booked_on__lte=until
        )
        .values_list("booked_on")
        .annotate(net=Sum(F("debit_minor") - F("credit_minor")))
    )
    for on, net in rows:
        turnover[max(on, first)] += int(net)
    limits = list(
        models.Facility.objects.filter(
            currency=currency, valid_from__lte=until, known_to=None
        ).values_list("valid_from", "valid_to", "limit_minor")
    )
    course, funds = [], 0
    for n in range(days):
        on = first + timedelta(days=n)
        funds += turnover[on]
        held = sum(m for start, end, m in limits if start <= on and (end is None or end >= on))
        course.append(Day(on=on, funds=Money(funds, currency), limits=Money(held, currency)))
    return course


def purchases(currency: str, *, on: date) -> Purchases:
    found = models.Funding.objects.filter(currency=currency, funded_on=on).aggregate(
        face=Sum("face_minor"), invoices=Count("pk"),
        clients=Count("invoice__client", distinct=True),
    )  # fmt: skip
    return Purchases(
        face=Money(int(found["face"] or 0), currency),
        invoices=found["invoices"],
        clients=found["clients"],
    )


def unapplied(currency: str) -> Unapplied:
    """Receipts, or parts of them, that pay nothing yet."""
    rows = models.BankLine.objects.filter(currency=currency, amount_minor__gt=0)
    found = rows.exclude(unapplied_minor=0).aggregate(
        minor=Sum("unapplied_minor"), lines=Count("pk"), oldest=Min("booked_on")
    )
    return Unapplied(
        amount=Money(int(found["minor"] or 0), currency),
        lines=found["lines"],
        oldest=found["oldest"],
    )


def days_sales_outstanding(currency: str, *, until: date, most: int = 365) -> Decimal | None:
    """Count-back: the days of latest purchases that make up what is receivable today.

    None: nothing was bought, or the receivables are more than a year of purchases.
    """
    rows = (
        models.DayTotal.objects.filter(
            account=Account.FACTORED_RECEIVABLES, currency=currency, booked_on__lte=until
        )
        .values_list("booked_on")
        .annotate(bought=Sum("debit_minor"), net=Sum(F("debit_minor") - F("credit_minor")))
    )
    bought, left = {}, Decimal(0)
    for on, debit, net in rows:
        bought[on] = int(debit)
        left += int(net)
    if left <= 0:
        return Decimal(0) if bought else None
    for n in range(most):
        of_day = bought.get(until - timedelta(days=n), 0)
        if of_day >= left:
            return n + left / of_day
        left -= of_day
    return None


def ageing(rows: Sequence[Due], *, today: date) -> list[tuple[str, int]]:
    """Outstanding by days after the due date, partial payments taken off, in minor units."""
    sums = [0] * (len(BUCKETS) + 1)
    for due in rows:
        late = (today - due.on).days
        place = next((n for n, (most, _) in enumerate(BUCKETS) if late <= most), len(BUCKETS))
        sums[place] += due.minor
    names = [name for _, name in BUCKETS] + [LAST_BUCKET]
    return list(zip(names, sums, strict=True))


def overdue(rows: Sequence[Due], *, today: date, more_than: int) -> tuple[int, int]:
    """Outstanding (minor units) and invoices that are overdue by more than so many days."""
    late = [due for due in rows if (today - due.on).days > more_than]
    return sum(due.minor for due in late), sum(due.invoices for due in late)


def forecast(rows: Sequence[Due], *, today: date) -> list[tuple[date, int]]:
    """Outstanding that is expected in each of the next weeks: (Monday, minor units). What is late
    already is not in it."""
    monday = today - timedelta(days=today.weekday())
    weeks = [monday + timedelta(weeks=n) for n in range(WEEKS)]
    sums = dict.fromkeys(weeks, 0)
    for due in rows:
        start = due.on - timedelta(days=due.on.weekday())
        if due.on >= today and start in sums:
            sums[start] += due.minor
    return list(sums.items())


def deliveries(*, since: datetime) -> list[Sent]:
    """Deliveries planned since a moment, by kind of channel, the busiest first."""
    rows = (
        models.Dispatch.objects.filter(planned_at__gte=since)
        .values_list("kind")
        .annotate(
            begun=Count("pk"),
            arrived=Count("pk", filter=Q(state__in=[state.value for state in ARRIVED])),
            failed=Count("pk", filter=Q(state__in=[State.FAILED, State.UNKNOWN])),
        )
    )
    return sorted((Sent(*row) for row in rows), key=lambda sent: -sent.begun)
