"""What currencies were worth by day, what the books still have to value, and their positions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import F, QuerySet, Sum

from usance import models
from usance.domain import exchange
from usance.domain.exchange import Cross, Known, Position
from usance.domain.journal import NAMES, Account
from usance.domain.ledger import MONETARY
from usance.domain.money import Money

SHOWN = 200

# Moves of one currency and day with what each is worth: rounded half up, as Money.over does it.
WORTH = "div(2 * m.amount_minor::numeric * {r}.numerator + {r}.denominator, 2 * {r}.denominator)"

BEHIND = """
SELECT booked.currency, booked.booked_on FROM
 (SELECT currency, booked_on, account, sum(debit_minor) AS debit, sum(credit_minor) AS credit
    FROM day_total WHERE currency <> %s AND booked_on <= %s GROUP BY 1, 2, 3) booked
 LEFT JOIN (SELECT currency, booked_on, account, sum(debit_minor) AS debit,
                   sum(credit_minor) AS credit FROM worth GROUP BY 1, 2, 3) valued
   USING (currency, booked_on, account)
 WHERE booked.debit <> coalesce(valued.debit, 0) OR booked.credit <> coalesce(valued.credit, 0)
 GROUP BY 1, 2 ORDER BY 2, 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A position at the end of a day. Of an account that is not monetary: what it was worth when
    it was booked; no closing rate changes that."""

    account: Account
    units: Money  # Debits less credits.
    carried: Money
    closing: Cross | None  # None: not monetary, or its rate is not known.

    @property
    def name(self) -> str:
        return NAMES[self.account]

    @property
    def rate(self) -> str:
        """The closing rate without zeros behind it; empty: there is none."""
        return f"{self.closing.rate.normalize():f}" if self.closing else ""

    @property
    def worth(self) -> Money:
        return self.closing.worth(self.units) if self.closing else self.carried

    @property
    def unrealised(self) -> Money:
        return self.worth - self.carried


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeRow:
    """An account in the currency of the book; `parts` are what it holds by currency and what each
    is worth. A balance on the debit side is positive."""

    account: Account
    balance: Money
    parts: tuple[tuple[Money, Money], ...]

    @property
    def name(self) -> str:
        return NAMES[self.account]

    @property
    def left(self) -> Money | None:
        return self.balance if self.balance.minor > 0 else None

    @property
    def right(self) -> Money | None:
        return -self.balance if self.balance.minor < 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeTrial:
    """The trial balance of all currencies in that of the book."""

    currency: str
    rows: tuple[HomeRow, ...]
    left: Money
    right: Money
    behind: tuple[tuple[str, date], ...]  # Currencies and days that are not in it yet.


def home() -> str:
    """The currency of the book; empty: none is chosen."""
    return models.Factor.objects.values_list("home_currency", flat=True).first() or ""


def is_home_fixed() -> bool:
    """Whether something was valued: the currency of the book stays from then on."""
    return models.TakenRate.objects.exists()


def in_force(
    *, currencies: Collection[str] | None = None, days: Collection[date] | None = None
) -> "QuerySet[models.ExchangeRate]":
    """The row that holds for each currency and day: the one known last."""
    rows = models.ExchangeRate.objects.filter(state="known")
    rows = rows if currencies is None else rows.filter(currency__in=currencies)
    rows = rows if days is None else rows.filter(published_on__in=days)
    return rows.order_by("currency", "-published_on", "-decided_at", "-id").distinct(
        "currency", "published_on"
    )


def known(pairs: Iterable[tuple[str, date]]) -> Known:
    """The rates that hold for these currencies and days, of the days on which they came out."""
    wanted = {(currency, exchange.published_on(day)) for currency, day in pairs}
    rows = in_force(currencies={one for one, _ in wanted}, days={day for _, day in wanted})
    return {(row.currency, row.published_on): Decimal(row.per_euro) for row in rows}


def known_before(currencies: Collection[str], day: date) -> Known:
    """The rates that these had when the day began."""
    before = day - timedelta(days=1)
    return known([(currency, before) for currency in currencies])


def cross(of: str, into: str, day: date) -> Cross:
    """:raises RateMissing: as domain.exchange.cross says."""
    return exchange.cross(of, into, day, known([(of, day), (into, day)]))


def latest() -> list[models.ExchangeRate]:
    """Of each currency the rate of the last day."""
    rows = models.ExchangeRate.objects.filter(state="known")
    return list(
        rows.order_by("currency", "-published_on", "-decided_at", "-id").distinct("currency")
    )


def waiting() -> "QuerySet[models.ExchangeRate]":
    """Typed rates to which nobody has agreed yet."""
    return models.ExchangeRate.objects.filter(state="proposed").order_by("pk")


def behind(home: str, *, through: date) -> list[tuple[str, date]]:
    """Currencies and days, in their order, with turnover that is not valued yet."""
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [home, through])
        return list(cursor.fetchall())


LEFT = """
SELECT day, sum(minor)::bigint FROM (
  SELECT booked_on AS day,
         CASE WHEN into_currency = %(home)s
         THEN into_due_minor - into_claims_minor + into_paid_minor
         WHEN currency = %(home)s THEN claims_minor - due_minor - paid_minor ELSE 0 END AS minor
    FROM conversion
  UNION ALL SELECT booked_on, home_debit_minor - home_credit_minor FROM worth WHERE account = '1950'
  UNION ALL SELECT split_part(e.key, ':', 2)::date,
         CASE WHEN m.debit = '1950' THEN m.amount_minor ELSE -m.amount_minor END
    FROM entry e JOIN move m ON m.entry_id = e.id WHERE e.key LIKE 'conversions:%%'
) AS one WHERE day <= %(through)s AND (%(day)s::date IS NULL OR day = %(day)s)
 GROUP BY 1 HAVING sum(minor) <> 0 ORDER BY 1
"""


def uneven(home: str, *, through: date) -> list[date]:
    """Days whose conversions are worth something at home, by the rates of their days. Asked when
    all of them are valued."""
    return [day for day, _ in _left(home, through=through, day=None)]


def left_of_conversions(home: str, day: date) -> Money:
    """Debits less credits of what was converted on a day, at home."""
    return Money(sum(minor for _, minor in _left(home, through=day, day=day)), home)


def _left(home: str, *, through: date, day: date | None) -> list[tuple[date, int]]:
    with connection.cursor() as cursor:
        cursor.execute(LEFT, {"home": home, "through": through, "day": day})
        return list(cursor.fetchall())


def carried(*, through: date | None = None) -> dict[tuple[Account, str], Position]:
    """What each account holds in each other currency, and what that is carried at."""
    gained = realised(through=through)
    rows = models.Worth.objects.all()
    rows = rows if through is None else rows.filter(booked_on__lte=through)
    sums = rows.values_list("account", "currency").annotate(
        units=Sum(F("debit_minor") - F("credit_minor")),
        at=Sum(F("home_debit_minor") - F("home_credit_minor")),
    )
    return {
        (Account(account), currency): Position(
            int(units), int(at) + gained.get((Account(account), currency), 0)
        )
        for account, currency, units, at in sums.order_by()
    }


def realised(*, through: date | None = None) -> dict[tuple[Account, str], int]:
    """What each position realised, in minor units at home; losses are negative."""
    rows = models.Worth.objects.exclude(realised_minor=0)
    rows = rows if through is None else rows.filter(realised_on__lte=through)
    sums = rows.values_list("account", "currency").annotate(Sum("realised_minor"))
    return {
        (Account(account), currency): int(minor) for account, currency, minor in sums.order_by()
    }


def positions(home: str, *, on: date) -> list[Held]:
    """Every position at the end of a day, with its closing rate where that is known."""
    held = {key: one for key, one in carried(through=on).items() if one.units or one.home}
    rates = closing({currency for _, currency in held}, home, on)
    return [
        Held(
            account=account, units=Money(one.units, currency), carried=Money(one.home, home),
            closing=rates.get(currency) if account in MONETARY else None,
        )
        for (account, currency), one in sorted(held.items(), key=lambda item: item[0])
    ]  # fmt: skip


def closing(currencies: Collection[str], home: str, day: date) -> dict[str, Cross]:
    """The rates at the end of a day: what the books took for it, else what is known. Of a currency
    without one: nothing."""
    taken = {
        row.currency: crossed(row)
        for row in models.TakenRate.objects.filter(currency__in=currencies, day=day)
    }
    rates = known([(home, day), *((one, day) for one in currencies)])
    for currency in set(currencies) - taken.keys():
        try:
            taken[currency] = exchange.cross(currency, home, day, rates)
        except exchange.RateMissing:
            continue
    return taken


def crossed(row: models.TakenRate) -> Cross:
    """The rate as the domain knows it."""
    return Cross(
        of=row.currency, into=row.home, published_on=row.published_on,
        numerator=int(row.numerator), denominator=int(row.denominator),
    )  # fmt: skip


def revalued(day: date) -> dict[tuple[Account, str], int]:
    """What was booked as unrealised at the end of that day, by position."""
    rows = models.Revaluation.objects.filter(day=day).values_list("account", "currency")
    return {
        (Account(account), currency): int(minor)
        for account, currency, minor in rows.annotate(Sum("unrealised_minor")).order_by()
    }


def home_trial(home: str, *, on: date) -> HomeTrial:
    """Every account in the currency of the book. What exchange rates changed stands with the
    position that it is about: of the valuation account nothing is left."""
    nets = _own(home, on)
    unrealised = revalued(on)
    changed = sum(realised(through=on).values()) + sum(unrealised.values())
    nets[Account.EXCHANGE_VALUATION] = nets.get(Account.EXCHANGE_VALUATION, 0) - changed
    parts: dict[Account, list[tuple[Money, Money]]] = {
        account: [(Money(net, home), Money(net, home))] for account, net in nets.items() if net
    }
    for key, one in sorted(carried(through=on).items()):
        account, currency = key
        worth = one.home + unrealised.get(key, 0)
        if one.units or worth:
            said = (Money(one.units, currency), Money(worth, home))
            parts.setdefault(account, []).append(said)
    rows = tuple(
        HomeRow(
            account=account, parts=tuple(found),
            balance=Money(sum(worth.minor for _, worth in found), home),
        )
        for account, found in sorted(parts.items())
    )  # fmt: skip
    return HomeTrial(
        currency=home, rows=rows,
        left=Money(sum(row.left.minor for row in rows if row.left), home),
        right=Money(sum(row.right.minor for row in rows if row.right), home),
        behind=tuple(behind(home, through=on)),
    )  # fmt: skip


def _own(home: str, on: date) -> dict[Account, int]:
    """What the accounts hold in the currency of the book itself."""
    rows = models.DayTotal.objects.filter(booked_on__lte=on, currency=home).values_list("account")
    nets = rows.annotate(net=Sum(F("debit_minor") - F("credit_minor"))).order_by()
    return {Account(account): int(net) for account, net in nets}
