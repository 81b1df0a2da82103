"""What we pay now, what we keep back, what we earn."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from usance.domain.money import Money, least, zero

from .charges import NOTHING, Charges
from .cost import Deal, discount


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    advance_rate: Decimal  # Part of the face paid at once, 0 <= rate <= 1.
    fee_rate: Decimal  # Part of the face kept as our service fee.
    charges: Charges = NOTHING  # What comes to it with time.

    def __post_init__(self) -> None:
        assert 0 <= self.advance_rate <= 1
        assert self.fee_rate >= 0
        assert self.advance_rate + self.fee_rate <= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    advance: Money
    reserve: Money
    fee: Money


def at_once(face: Money, advance_rate: Decimal) -> Money:
    """The part of a face that is paid at once, before a price is kept back."""
    return face.at(advance_rate, rounding=ROUND_DOWN)


def price(
    face: Money, terms: Terms, *, purchased_on: date | None = None, due_on: date | None = None
) -> Offer:
    """Split a face value into advance and reserve; the fee is later taken out of the reserve.

    The advance is rounded down: a lost cent stays in the reserve and returns to the client. At a
    flat price the reserve is all that the invoice costs at least.

    :param purchased_on, due_on: between them a flat price counts the days; others need neither.
    """
    assert face.minor > 0
    advance = at_once(face, terms.advance_rate)
    fee = face.at(terms.fee_rate, rounding=ROUND_HALF_UP)
    if terms.charges.flat:
        assert purchased_on is not None, "a flat price counts from the purchase"
        deal = Deal(
            face=face, advance=advance, service=fee, purchased_on=purchased_on,
            issued_on=purchased_on, due_on=due_on,
        )  # fmt: skip
        left = face - discount(deal, terms.charges).total
        advance = least(advance, left) if left.minor > 0 else zero(face.currency)
    offer = Offer(advance=advance, reserve=face - advance, fee=fee)
    assert offer.advance + offer.reserve == face
    return offer


def payout(*, due: Money, claims: Money) -> tuple[Money, Money]:
    """What a client is paid of what is due, and what of it is set off against our claims.

    Nothing is paid before the client's debt to us is covered.
    """
    assert due.minor >= 0
    assert claims.minor >= 0
    set_off = claims if claims <= due else due
    return due - set_off, set_off
