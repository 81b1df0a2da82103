"""What an amount is worth in another currency: rates by day, and positions that they move.

A rate says how many units of a currency one euro was worth on the day on which it was published;
two of them give the rate between two other currencies, through the euro. An amount is converted
exactly and rounded once, half up and away from zero, to whole minor units of the other currency.

Source: ECB, framework for the euro foreign exchange reference rates (published on every TARGET
business day, against the euro, as "1 euro = x"); IAS 21.21-23 and 21.28 (the day's rate for what
is booked, the closing rate for monetary items, differences in the result).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from math import gcd

from .calendars import Calendar, is_open
from .money import Money, exponent
from .refusal import Refusal

BASE = "EUR"
EURO = date(1999, 1, 1)  # Since then others have had a rate against it.
DIGITS = 10  # Of a rate behind the decimal point, when it is shown.
LEAST, MOST = Decimal("0.000001"), Decimal(10_000_000)  # Units of any currency for one euro.
TARGET = frozenset({Calendar.TARGET})

Known = Mapping[tuple[str, date], Decimal]  # Units of a currency for one euro, by day.


class RateMissing(Refusal):
    code = "exchange_rate_missing"
    todo = (
        "Import the European Central Bank's file of that day, or type the rate and have a second"
        " person agree to it."
    )


class RateImpossible(Refusal):
    code = "exchange_rate_impossible"
    todo = "Type how many units of the currency one euro was worth on a day that is not to come."


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What one euro was worth on a day."""

    currency: str
    on: date
    per_euro: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cross:
    """One minor unit of `of` is numerator / denominator minor units of `into`."""

    of: str
    into: str
    published_on: date  # The day of the rates behind it.
    numerator: int
    denominator: int

    def worth(self, amount: Money) -> Money:
        """The amount in the other currency, rounded once."""
        assert amount.currency == self.of, (amount, self)
        return Money.over(amount.minor * self.numerator, self.denominator, self.into)

    @property
    def rate(self) -> Decimal:
        """Units of `into` for one unit of `of`, to be shown; amounts are not computed with it."""
        exact = Decimal(self.numerator) / Decimal(self.denominator)
        return exact.scaleb(exponent(self.of) - exponent(self.into)).quantize(
            Decimal(1).scaleb(-DIGITS)
        )


def published_on(day: date) -> date:
    """The day whose rates hold for this one: itself, or the last before it on which banks of the
    euro area were open. On the others nothing is published."""
    while not is_open(day, TARGET):
        day -= timedelta(days=1)
    return day


def cross(of: str, into: str, day: date, known: Known) -> Cross:
    """The rate between two currencies that holds for a day.

    :raises RateMissing: if one of both is not known for the day on which it was to be published.
        An older one is never taken in its place.
    """
    on = published_on(day)
    mine, theirs = _per_euro(of, on, day, known), _per_euro(into, on, day, known)
    (up, under), (down, over) = theirs.as_integer_ratio(), mine.as_integer_ratio()
    digits = exponent(into) - exponent(of)
    numerator, denominator = up * over * 10 ** max(digits, 0), under * down * 10 ** max(-digits, 0)
    shared = gcd(numerator, denominator)
    return Cross(
        of=of, into=into, published_on=on, numerator=numerator // shared,
        denominator=denominator // shared,
    )  # fmt: skip


def dealt(of: str, into: str, day: date, known: Known) -> Cross:
    """The rate at which we convert for clients on a day: the one published last before it. It is
    known when the day begins and holds all of it, so what is quoted is what is paid.

    :raises RateMissing: if one of both is not known for the day on which it was to be published.
    """
    return cross(of, into, day - timedelta(days=1), known)


def typed(day: Cross, rate: Decimal) -> Cross:
    """A rate between the same currencies, as a person read it off a bank's advice.

    :param rate: units of `day.into` for one unit of `day.of`.
    :raises RateImpossible: if nobody exchanges at that.
    """
    if not LEAST / MOST <= rate <= MOST / LEAST:
        raise RateImpossible(f"one {day.of} is not worth {rate} {day.into}")
    up, under = rate.scaleb(exponent(day.into) - exponent(day.of)).as_integer_ratio()
    return replace(day, numerator=up, denominator=under)


def _per_euro(currency: str, on: date, day: date, known: Known) -> Decimal:
    if currency == BASE:
        return Decimal(1)
    rate = known.get((currency, on))
    if rate is None:
        says = f"no rate of {currency} is known for {on}"
        raise RateMissing(says if on == day else f"{says}, which holds for {day} as well")
    return rate


def possible(rate: Published, *, today: date) -> None:
    """:raises RateImpossible: if nobody can have published this."""
    if rate.currency == BASE or len(rate.currency) != 3 or not rate.currency.isalpha():
        raise RateImpossible(f"{rate.currency or 'nothing'} has no rate against the euro")
    if not LEAST <= rate.per_euro <= MOST:
        raise RateImpossible(f"one euro is not worth {rate.per_euro} {rate.currency}")
    if rate.on < EURO:
        raise RateImpossible(f"there was no euro on {rate.on}")
    if rate.on > today:
        raise RateImpossible(f"{rate.on} is yet to come")
    if not is_open(rate.on, TARGET):
        raise RateImpossible(f"{rate.on} takes the rates of {published_on(rate.on)}")


@dataclass(frozen=True, slots=True)
class Position:
    """What an account holds in a currency and what that is carried at, in minor units; debits are
    positive. It is carried at the mean of the rates at which it came in."""

    units: int = 0
    home: int = 0


def turned(position: Position, units: int, home: int) -> tuple[Position, int]:
    """The position after a day's turnover, and the difference realised; gains are positive.

    What comes on top comes at its own worth. What goes takes its part of what the position is
    carried at along: the difference to its own worth is realised. What goes beyond zero opens the
    position on the other side, at the day's worth; what is left of a division stays in. Moves that
    cancel each other may be worth a cent of rounding: that is realised, and never carried.

    :param units: debits less credits of the day.
    :param home: what they are worth at the day's rate.
    """
    if units == 0:
        return position, -home
    if position.units == 0 or (units > 0) == (position.units > 0):
        return Position(position.units + units, position.home + home), 0
    closed = min(abs(units), abs(position.units))
    gone = _part(position.home, closed, abs(position.units))
    rest = home - _part(home, closed, abs(units))  # Of the day's worth, what opens anew.
    after = Position(position.units + units, position.home - gone + rest)
    return after, after.home - position.home - home


def _part(whole: int, part: int, of: int) -> int:
    return Money.over(whole * part, of, "").minor
