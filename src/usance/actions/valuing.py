"""Value what is booked in other currencies than the book's own, and what positions changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from usance import models
from usance.domain import exchange, ledger
from usance.domain.exchange import Cross, Position, RateMissing, turned
from usance.domain.journal import Account, Entry
from usance.domain.ledger import MONETARY
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.periods import PeriodNotOver, State
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.queries import exchange as questions

from .ledger import book

# Two that value at once would both see the same day unvalued: one at a time, to the commit.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.worth'))"

# All turnover of a day less what is valued of it, in one statement: it sees one state of the books.
FRESH = f"""
WITH moved AS (
  SELECT m.debit, m.credit, m.amount_minor, {questions.WORTH.format(r="r")} AS home
    FROM move m JOIN taken_rate r ON r.currency = m.currency AND r.day = m.booked_on
   WHERE m.booked_on = %(day)s AND m.currency = %(currency)s),
side AS (
  SELECT debit AS account, amount_minor AS d, 0::bigint AS c, home AS hd, 0::numeric AS hc
    FROM moved
  UNION ALL SELECT credit, 0, amount_minor, 0, home FROM moved
  UNION ALL SELECT account, -debit_minor, -credit_minor, -home_debit_minor, -home_credit_minor
    FROM worth WHERE booked_on = %(day)s AND currency = %(currency)s)
SELECT account, sum(d), sum(c), sum(hd), sum(hc) FROM side GROUP BY account
HAVING sum(d) <> 0 OR sum(c) <> 0 ORDER BY account
"""  # noqa: S608 - the names are ours


class HomeMissing(Refusal):
    code = "home_currency_missing"
    todo = "Choose the currency of the book: Settings, Exchange rates, or usance rates home."


class PositionsUnvalued(Refusal):
    code = "exchange_positions_unvalued"
    todo = "Bring in the rates that are missing, have the days valued, then ask again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Valued:
    """What was valued. `missing`: of which currencies it stopped, and at which rate."""

    days: int  # Days of currencies that were brought up to date.
    missing: tuple[str, ...] = ()


def value(*, through: date, role: Role | None = None, at: datetime, actor: str) -> Valued:
    """Value every day's turnover in other currencies, up to that day (included), at the day's rate,
    and book what positions realised. Done twice, the second finds nothing left.

    A currency whose rate is missing waits from that day on; the others do not wait for it.

    :param role: None: a job does.
    :raises NotAllowed: if the role may not.
    :raises HomeMissing: if the book has no currency of its own.
    """
    if role is not None:
        require(role, Act.SET_EXCHANGE)
    home = _home()
    done, stopped = 0, dict[str, str]()
    for currency, day in questions.behind(home, through=through):
        if currency in stopped:
            continue
        try:
            done += _value_day(currency, home, day, at=at, actor=actor)
        except RateMissing as no:
            stopped[currency] = str(no)
    if not stopped:
        for day in questions.uneven(home, through=through):
            _even_out(home, day, at=at, actor=actor)
    return Valued(days=done, missing=tuple(sorted(set(stopped.values()))))


@transaction.atomic
def _value_day(currency: str, home: str, day: date, *, at: datetime, actor: str) -> bool:
    """One currency's day; False: somebody was quicker."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    _take(currency, home, day, at=at)
    with connection.cursor() as cursor:
        cursor.execute(FRESH, {"day": day, "currency": currency})
        fresh = cursor.fetchall()
    if not fresh:
        return False
    held, on = questions.carried(), _open_day(day)
    rows, gained = [], []
    for account, *sums in fresh:
        debit, credit, home_debit, home_credit = map(int, sums)
        gain = 0
        if Account(account) in MONETARY:
            before = held.get((Account(account), currency), Position())
            _, gain = turned(before, debit - credit, home_debit - home_credit)
        gained.append(Money(gain, home))
        rows.append(models.Worth(
            account=account, currency=currency, booked_on=day, debit_minor=debit,
            credit_minor=credit, home_debit_minor=home_debit, home_credit_minor=home_credit,
            realised_minor=gain, realised_on=on, valued_at=at,
        ))  # fmt: skip
    turn = models.Entry.objects.filter(key__startswith=f"exchange:{currency}:{day}").count()
    entry = ledger.differences(currency, gained, day=day, on=on, turn=turn)
    book([entry] if entry else [], at=at, actor=actor)
    crashpoint("valuing.booked")
    models.Worth.objects.bulk_create(rows)
    return True


@transaction.atomic
def _even_out(home: str, day: date, *, at: datetime, actor: str) -> None:
    """What the conversions of a day left over at home is realised: then they hold nothing."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    left = questions.left_of_conversions(home, day)
    if left:
        turn = models.Entry.objects.filter(key__startswith=f"conversions:{day}").count()
        book([ledger.evened(left, day=day, on=_open_day(day), turn=turn)], at=at, actor=actor)


@transaction.atomic
def revalue(day: date, *, role: Role | None = None, at: datetime, actor: str) -> Sequence[Entry]:
    """Book what open positions are worth at the closing rate of a day beside what they are carried
    at, and take it back on the day after. Done again, only what came in between is booked.

    :param role: None: a job does.
    :raises NotAllowed: if the role may not.
    :raises HomeMissing: if the book has no currency of its own.
    :raises PeriodNotOver: while the day is not over.
    :raises PositionsUnvalued: while turnover up to that day is not valued.
    :raises RateMissing: if a closing rate is not known.
    :raises PeriodClosed: if the month of the day, or of the next one, is closed.
    """
    if role is not None:
        require(role, Act.SET_EXCHANGE)
    home = _home()
    if day >= at.date():
        raise PeriodNotOver(f"{day} is not over")
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    if lacking := questions.behind(home, through=day):
        currency, first = lacking[0]
        raise PositionsUnvalued(f"{currency} of {first} is not valued ({len(lacking)} days in all)")
    before = questions.revalued(day)
    held = {
        key: one for key, one in sorted(questions.carried(through=day).items())
        if key[0] in MONETARY and (one.units or one.home or key in before)
    }  # fmt: skip
    rates = {currency: _take(currency, home, day, at=at) for _, currency in held}
    rows = [
        row
        for key, one in held.items()
        if (row := _revalued(key, one, rates[key[1]], before.get(key, 0), day, at)).unrealised_minor
    ]
    turn = models.Entry.objects.filter(
        key__startswith=f"revaluation:{day}", key__endswith="reversed"
    ).count()
    gained = [Money(row.unrealised_minor, home) for row in rows]
    entries = ledger.revaluation(gained, day=day, turn=turn)
    book(entries, at=at, actor=actor)
    models.Revaluation.objects.bulk_create(rows)
    return entries


def _revalued(
    key: tuple[Account, str], held: Position, rate: Cross, before: int, day: date, at: datetime
) -> models.Revaluation:
    account, currency = key
    worth = rate.worth(Money(held.units, currency)).minor
    return models.Revaluation(
        account=account.value, currency=currency, day=day, units_minor=held.units,
        carried_minor=held.home, worth_minor=worth, before_minor=before,
        unrealised_minor=worth - held.home - before, valued_at=at,
    )  # fmt: skip


def _home() -> str:
    home = questions.home()
    if not home:
        raise HomeMissing("no currency of the book is chosen")
    return home


def _take(currency: str, home: str, day: date, *, at: datetime) -> Cross:
    """The rate of the day, for good: whoever comes later gets the same.

    :raises RateMissing: if it is not known.
    """
    taken = models.TakenRate.objects.filter(currency=currency, day=day).first()
    if taken is not None:
        return questions.crossed(taken)
    pairs = [(currency, day), (home, day)]
    rate = exchange.cross(currency, home, day, questions.known(pairs))
    models.TakenRate(
        currency=currency, day=day, home=home, published_on=rate.published_on,
        numerator=rate.numerator, denominator=rate.denominator, taken_at=at,
    ).save(force_insert=True)  # fmt: skip
    return rate


def _open_day(day: date) -> date:
    """The day itself, or the first after the months from it on that are closed."""
    rows = models.Period.objects.exclude(state=State.OPEN).filter(last_on__gte=day)
    last: date | None = rows.aggregate(last=Max("last_on"))["last"]
    return last + timedelta(days=1) if last is not None else day
