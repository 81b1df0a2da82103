"""A bank line in one currency that pays an invoice in another: at which rate, how much of each.

A person says yes to both amounts. They make the rate: the day's, or the one at which a bank
exchanged the money.

Source: docs/adr/0020-paid-and-bought-back-across.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from ..exchange import LEAST, MOST, Cross, typed
from ..money import Money
from ..refusal import Refusal
from .bank import Ordered

NEAR = Decimal("0.03")  # Apart from the day's rate: what banks take, and the days of a transfer.
FARTHEST = Decimal("0.1")  # Beyond it a slip of the pen is likelier than the rate of a bank.


class RateTooFar(Refusal):
    code = "payment_rate_too_far"
    todo = "Look at the bank's advice again: which amount was exchanged, and into how much."


class TooLittle(Refusal):
    code = "payment_too_little"
    todo = "Explain the line as something else: in the invoice's currency it is not worth a cent."


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """So much of a line pays so much of an invoice in another currency."""

    paid: Money  # Of the line.
    pays: Money  # Of the invoice.
    rate: Cross  # At which the one is the other: the day's, or what both amounts make.
    day: Cross  # The rate that was published last before the line's day.

    @property
    def is_of_day(self) -> bool:
        return self.rate == self.day

    @property
    def at_day(self) -> Money:
        """What it would have paid at the day's rate."""
        return self.day.worth(self.paid)

    @property
    def because(self) -> str:
        """In a sentence, for whoever asks why."""
        shown = f"{self.rate.rate.normalize():f}"
        if self.is_of_day:
            return f"{self.paid} at the rate of {self.day.published_on}, {shown}."
        return (
            f"{self.paid} at {shown}, as its bank exchanged it; at the rate of"
            f" {self.day.published_on} it is worth {self.at_day}."
        )


def at_rate(left: Money, owed: Money, rate: Cross) -> tuple[Money, Money]:
    """How much of the line is used, and how much of the invoice it pays, at a rate.

    All that is left, if it is not worth more than is owed; else what all that is owed comes to.
    """
    worth = rate.worth(left)
    if worth <= owed:
        return left, worth
    needed = backwards(rate).worth(owed)
    return (needed if needed <= left else left), owed


def backwards(rate: Cross) -> Cross:
    """The same rate, the other way round."""
    return Cross(
        of=rate.into, into=rate.of, published_on=rate.published_on, numerator=rate.denominator,
        denominator=rate.numerator,
    )  # fmt: skip


def of_bank(ordered: Ordered | None, whole: Money, day: Cross) -> Cross | None:
    """The rate that the bank tells of a line, between the currencies of `day`. None: it tells none,
    or none that is at most FARTHEST from the day's, or not which way round it is.

    The told rate comes first: amounts may be apart by charges that the banks on the way took.

    :param whole: the amount of the line.
    """
    if ordered is None:
        return None
    made = _made_by(ordered, whole, day)
    told = _near(_told(ordered, day), day)
    if len(told) == 1:
        return told[0]
    if made is None:
        return None
    if told:  # Both ways round are near: that of both which the amounts bear out.
        share = Fraction(made.numerator, made.denominator)
        return min(told, key=lambda one: abs(Fraction(one.numerator, one.denominator) - share))
    return next(iter(_near([made], day)), None)


def _made_by(ordered: Ordered, whole: Money, day: Cross) -> Cross | None:
    """What both amounts make."""
    amount = ordered.amount
    if amount is None or amount.currency != day.into or amount.minor <= 0 or whole.minor <= 0:
        return None
    made = Fraction(amount.minor, whole.minor)
    return replace(day, numerator=made.numerator, denominator=made.denominator)


def _told(ordered: Ordered, day: Cross) -> list[Cross]:
    """The told rate, read in the way that its unit says; else in both."""
    amount, rate = ordered.amount, ordered.rate
    if rate is None or (amount and amount.currency != day.into):
        return []
    if not LEAST / MOST <= rate <= MOST / LEAST:
        return []
    straight, turned = typed(day, rate), backwards(typed(backwards(day), rate))
    by_unit = {day.of: [straight], day.into: [turned]}
    return by_unit.get(ordered.unit, [straight, turned])


def _near(rates: Iterable[Cross], day: Cross) -> list[Cross]:
    share = Fraction(day.numerator, day.denominator)
    return [
        one for one in rates
        if abs(Fraction(one.numerator, one.denominator) - share) <= share * Fraction(FARTHEST)
    ]  # fmt: skip


def agreed(paid: Money, pays: Money, day: Cross) -> Across:
    """What a person says that was paid, as far as it can be so.

    :raises TooLittle: if one of both is nothing.
    :raises RateTooFar: if they are further apart than FARTHEST from the day's rate.
    """
    if paid.minor <= 0 or pays.minor <= 0:
        raise TooLittle(f"{paid} pays nothing in {pays.currency}")
    if not is_near(paid, pays, day, FARTHEST):
        raise RateTooFar(
            f"{paid} is worth {day.worth(paid)} at the rate of {day.published_on}: {pays} is more"
            f" than {FARTHEST:.0%} away"
        )
    if pays == day.worth(paid) or paid == backwards(day).worth(pays):
        return Across(paid=paid, pays=pays, rate=day, day=day)
    made = Fraction(pays.minor, paid.minor)
    own = Cross(
        of=paid.currency, into=pays.currency, published_on=day.published_on,
        numerator=made.numerator, denominator=made.denominator,
    )  # fmt: skip
    return Across(paid=paid, pays=pays, rate=own, day=day)


def is_near(paid: Money, pays: Money, day: Cross, most: Decimal) -> bool:
    """Is what is paid at most so far apart from the day's rate? A unit of either is no distance."""
    worth = paid.minor * day.numerator
    allowed = max(worth * Fraction(most), Fraction(day.numerator), Fraction(day.denominator))
    return abs(pays.minor * day.denominator - worth) <= allowed
