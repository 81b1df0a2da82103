"""What an invoice would bring and cost if it were paid on a day: the same sums as at settlement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from usance.domain.exchange import Cross
from usance.domain.money import Money, zero

from .cost import Change, Cost, Deal, cost
from .offer import Terms, price
from .rates import ReferenceRate

PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """What is paid in the currency of the facility for an invoice in another one."""

    rate: Cross  # Of the day; what comes later is converted at that of its own day.
    advance: Money
    rebate: Money  # As if the rate stayed.


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    deal: Deal
    paid_on: date  # When the debtor pays all of it, as it is assumed.
    reserve: Money
    cost: Cost
    rebate: Money  # What the client gets after that; below zero it would owe us.
    annual: Decimal | None  # The cost as a share of the advance, a year. None: see `annualised`.
    across: Across | None = None  # None: the invoice is in the currency of the facility.

    def at(self, rate: Cross) -> "Quote":
        """The same, with what is paid in another currency."""
        paid = Across(
            rate=rate, advance=rate.worth(self.deal.advance), rebate=rate.worth(self.rebate)
        )
        return replace(self, across=paid)

    @property
    def draws(self) -> Money:
        """What the advance takes of the facility, in its currency."""
        return self.across.advance if self.across else self.deal.advance

    def fits(self, left: Money) -> bool:
        """:param left: of the facility before it, in its currency."""
        return self.draws <= left

    def paid_now(self, left: Money) -> Money:
        """The advance, or nothing: what goes beyond the facility is not bought in part."""
        return self.draws if self.fits(left) else zero(left.currency)

    @property
    def received(self) -> Money:
        """What the client has of the face in the end."""
        return self.deal.advance + self.rebate


def quote(
    face: Money,
    terms: Terms,
    *,
    purchased_on: date,
    issued_on: date,
    paid_on: date,
    rates: Sequence[ReferenceRate],
    due_on: date | None = None,
) -> Quote:
    """:param due_on: None: the day on which it is paid.
    :raises RateMissing: if the reference rate is not known until the invoice is paid."""
    due_on = due_on or paid_on
    offer = price(face, terms, purchased_on=purchased_on, due_on=due_on)
    deal = Deal(
        face=face, advance=offer.advance, service=offer.fee, purchased_on=purchased_on,
        issued_on=issued_on, due_on=due_on,
    )  # fmt: skip
    charged = cost(
        deal, terms.charges, back=[Change(paid_on, -face.minor)], paid_on=paid_on, through=paid_on,
        rates=rates,
    )  # fmt: skip
    return Quote(
        deal=deal,
        paid_on=paid_on,
        reserve=offer.reserve,
        cost=charged,
        rebate=offer.reserve - charged.total,
        annual=annualised(charged, offer.advance, days=(paid_on - purchased_on).days),
    )


def annualised(charged: Cost, advance: Money, *, days: int) -> Decimal | None:
    """What the money costs a year, without tax: a fee on the face is more on the advance.

    :param days: for which the advance is had.
    :return: a share, 0.3042 is 30.42 %; None where nothing is advanced or no time passes.
    """
    if not advance.minor or days <= 0:
        return None
    paid = charged.fees + charged.interest
    yearly = Decimal(paid.minor) * 365 / (Decimal(advance.minor) * days)
    return yearly.quantize(PLACES, rounding=ROUND_HALF_UP)
