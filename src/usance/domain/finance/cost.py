"""What a contract's charges come to for one invoice by the end of a day.

Everything is computed from the beginning each time: a payment that is booked late changes what was
owed before, and what was accrued too much or too little shows as the difference to the day before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from usance.domain.money import Money, zero

from .charges import Base, Charges, Interest, begins, bracket_fee, taxed
from .days import WHOLE, units
from .rates import SCALE, ReferenceRate, pieces

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """An invoice that was bought, as far as its price is concerned."""

    face: Money
    advance: Money
    service: Money  # The service fee, fixed at the purchase.
    purchased_on: date
    issued_on: date
    due_on: date | None = None  # None: no charge to the due date is asked for.


@dataclass(frozen=True, slots=True)
class Change:
    """So much was drawn (positive) or paid back (negative) on a day, in minor units."""

    on: date
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The charges for one invoice, each rounded once; `total` is what the client pays."""

    service: Money
    brackets: Money
    interest: Money
    adjustment: Money  # Up to the least or down to the most that the contract names.
    vat: Money

    @property
    def fees(self) -> Money:
        """What bears tax."""
        return self.service + self.brackets + self.adjustment

    @property
    def total(self) -> Money:
        return self.fees + self.interest + self.vat


def cost(
    deal: Deal,
    charges: Charges,
    *,
    back: Sequence[Change],
    paid_on: date | None,
    through: date,
    rates: Sequence[ReferenceRate],
) -> Cost:
    """What is owed by the end of a day.

    :param back: what was paid back on the advance, each with its day; negative amounts.
    :param paid_on: the day from which nothing is outstanding. None: something is.
    :param through: the last day that counts, unless all was paid before. For an invoice that is
        paid, all of its cost is told, float days after the payment included.
    :raises RateMissing: if a reference rate is needed for a day that none covers.
    """
    currency = deal.face.currency
    brackets, charge = zero(currency), zero(currency)
    if terms := charges.brackets:
        first = begins(terms.start, purchased_on=deal.purchased_on, issued_on=deal.issued_on)
        end = through + DAY if paid_on is None else paid_on + terms.float_days * DAY
        end += DAY if terms.day_one and paid_on is not None else 0 * DAY
        brackets = bracket_fee(
            deal.advance if terms.base is Base.ADVANCE else deal.face,
            terms,
            days=max((end - first).days, 0),
        )
    if charges.interest:
        charge = interest(
            charges.interest, _drawn(deal, charges.interest, back, paid_on),
            through=None if paid_on is not None else through, rates=rates, currency=currency,
        )  # fmt: skip
    plain = deal.service + brackets
    adjustment = _adjusted(plain + charge, charges) if paid_on is not None else zero(currency)
    if (beyond := plain + adjustment).minor < 0:
        # The most that the contract names is less than the interest alone.
        adjustment, charge = -plain, charge + beyond
    return Cost(
        service=deal.service, brackets=brackets, interest=charge, adjustment=adjustment,
        vat=taxed(plain + adjustment, charges.vat_rate),
    )  # fmt: skip


def discount(deal: Deal, charges: Charges) -> Cost:
    """All that an invoice costs at a flat price, whenever it will be paid."""
    assert charges.flat
    assert deal.due_on is not None
    return cost(deal, charges, back=(), paid_on=deal.due_on, through=deal.due_on, rates=())


def _adjusted(charged: Money, charges: Charges) -> Money:
    if charged.minor < charges.minimum:
        return Money(charges.minimum, charged.currency) - charged
    if charges.maximum is not None and charged.minor > charges.maximum:
        return Money(charges.maximum, charged.currency) - charged
    return zero(charged.currency)


def _drawn(
    deal: Deal, terms: Interest, back: Sequence[Change], paid_on: date | None
) -> list[Change]:
    """What bears interest, as changes: the base is drawn, then paid back."""
    first = begins(terms.start, purchased_on=deal.purchased_on, issued_on=deal.issued_on)
    if terms.to_due:
        assert deal.due_on is not None, "a discount to the due date knows the day"
        paid_on = deal.due_on
    if terms.base is Base.IN_USE:
        whole = deal.advance.minor
        changes = [Change(first, whole), *(Change(max(one.on, first), one.minor) for one in back)]
    else:
        whole = (deal.advance if terms.base is Base.ADVANCE else deal.face).minor
        changes = [Change(first, whole)]
    if paid_on is not None:
        changes.append(Change(max(paid_on, first), -whole))
    return changes


def in_use(changes: Sequence[Change], terms: Interest) -> list[Change]:
    """The balance that bears interest, from each day on; never below zero, nor above what was drawn
    first: a payment may be taken back before its float days are over.

    :param changes: the draw, then what was paid back and taken back again, in any order.
    What is paid back counts after the float days, where day one counts on the day after that, and
    never before the contract's least number of days is over.
    """
    if not changes:
        return []
    lag = (terms.float_days + int(terms.day_one)) * DAY
    least = min(one.on for one in changes) + terms.minimum_days * DAY
    moved = sorted(
        (one if one.minor >= 0 else Change(max(one.on + lag, least), one.minor) for one in changes),
        key=lambda one: one.on,
    )
    balance, steps = 0, list[Change]()
    for one in moved:
        balance += one.minor
        if steps and steps[-1].on == one.on:
            steps.pop()
        steps.append(Change(one.on, min(max(balance, 0), changes[0].minor)))
    return steps


def interest(
    terms: Interest,
    changes: Sequence[Change],
    *,
    through: date | None,
    rates: Sequence[ReferenceRate],
    currency: str,
) -> Money:
    """Interest on what is in use, to the end of a day, rounded once, half up.

    :param through: None: until nothing is in use any more.
    :raises RateMissing: if the reference rate is not known for a day with something in use.
    """
    steps = in_use(changes, terms)
    if not steps:
        return zero(currency)
    end = steps[-1].on if through is None else through + DAY
    whole = WHOLE[terms.count] * 10**SCALE
    exact, added = 0, 0  # Minor units times `whole`; interest that bears interest, minor units.
    for start, until, balance in _spans(steps, end, monthly=terms.monthly):
        # Without anything in use nothing bears; what was earned before still joins at month's end.
        if balance:
            exact += (balance + added) * rate_days(terms, rates, start, until)
        if terms.monthly and until.day == 1:
            added = Money.over(exact, whole, currency).minor
    return Money.over(exact, whole, currency)


def rate_days(terms: Interest, rates: Sequence[ReferenceRate], start: date, end: date) -> int:
    """What one minor unit earns from start (included) to end (excluded), in parts of a year and of
    10 ** SCALE.

    :raises RateMissing: if the reference rate is not known for a day.
    """
    return sum(
        rate * units(here, there, terms.count)
        for here, there, rate in _rates(terms, rates, start, end)
    )


def _spans(
    steps: Sequence[Change], end: date, *, monthly: bool
) -> Iterator[tuple[date, date, int]]:
    """Stretches of one balance, and of one month if asked: (from, to, balance)."""
    for place, step in enumerate(steps):
        last = min(steps[place + 1].on, end) if place + 1 < len(steps) else end
        start = step.on
        while start < last:
            until = min(_next_month(start), last) if monthly else last
            yield start, until, step.minor
            start = until


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _rates(
    terms: Interest, rates: Sequence[ReferenceRate], start: date, end: date
) -> Iterator[tuple[date, date, int]]:
    """The whole rate in each stretch, in 10 ** -SCALE; never below zero."""
    if not terms.reference:
        yield start, end, max(_scaled(terms.margin), 0)
        return
    for here, there, rate in pieces(terms.reference, rates, start, end):
        floored = rate if terms.floor is None else max(rate, terms.floor)
        yield here, there, max(_scaled(floored + terms.margin), 0)


def _scaled(rate: Decimal) -> int:
    return int(rate.scaleb(SCALE))
