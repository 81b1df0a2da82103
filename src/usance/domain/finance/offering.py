"""An offer to buy invoices: what it comes to in sum, what it says word for word, how it may go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from usance.domain.money import Money

from .extent import FULL, Extent
from .quote import PLACES, Quote


class State(StrEnum):
    ASKED = "asked"  # Above what is offered at once: a person of ours looks.
    PREPARED = "prepared"  # One of our people is for it; another one decides.
    OFFERED = "offered"  # It is the client's turn.
    ACCEPTED = "accepted"  # Bought.
    DECLINED = "declined"  # The client does not want it.
    REFUSED = "refused"  # We do not offer it.
    EXPIRED = "expired"  # Nobody answered in time.


NEXT: dict[State, frozenset[State]] = {
    State.ASKED: frozenset({State.PREPARED, State.DECLINED, State.REFUSED}),
    State.PREPARED: frozenset({State.OFFERED, State.DECLINED, State.REFUSED}),
    State.OFFERED: frozenset({State.ACCEPTED, State.DECLINED, State.EXPIRED}),
    State.ACCEPTED: frozenset(),
    State.DECLINED: frozenset(),
    State.REFUSED: frozenset(),
    State.EXPIRED: frozenset(),
}
assert set(NEXT) == set(State), "every state has its row"
OPEN = frozenset(state for state, then in NEXT.items() if then)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One invoice of an offer."""

    invoice: UUID
    quote: Quote
    recourse_days: int | None  # After the due date. None: without recourse.
    extent: Extent = FULL  # How far recourse goes, where there is any.


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Of all lines. `advance` is paid now, `rebate` when the debtors have paid on time."""

    face: Money
    advance: Money
    reserve: Money
    fees: Money
    interest: Money
    vat: Money
    cost: Money
    rebate: Money
    annual: Decimal | None  # As in Quote. None: nothing is advanced, or for no time.


def sums(lines: Sequence[Line]) -> Sums:
    """:param lines: one at least, of one currency."""
    quotes = [line.quote for line in lines]
    currency = quotes[0].deal.face.currency

    def of(minors: Sequence[Money]) -> Money:
        return Money(sum(one.minor for one in minors), currency)

    fees, interest = of([q.cost.fees for q in quotes]), of([q.cost.interest for q in quotes])
    had = sum(q.deal.advance.minor * max((q.paid_on - q.deal.purchased_on).days, 0) for q in quotes)
    yearly = Decimal((fees + interest).minor) * 365 / had if had else None
    return Sums(
        face=of([q.deal.face for q in quotes]),
        advance=of([q.deal.advance for q in quotes]),
        reserve=of([q.reserve for q in quotes]),
        fees=fees,
        interest=interest,
        vat=of([q.cost.vat for q in quotes]),
        cost=of([q.cost.total for q in quotes]),
        rebate=of([q.rebate for q in quotes]),
        annual=None if yearly is None else yearly.quantize(PLACES, rounding=ROUND_HALF_UP),
    )


def content(client: UUID, facility: UUID, lines: Sequence[Line]) -> str:
    """The hash of what an offer says: the invoices, each with every figure and day. Who approves or
    accepts it sends back the one that he saw."""
    told = [f"{client} {facility}"]
    told += [
        f"{line.invoice} {q.deal.face} {q.deal.advance} {q.reserve} {q.deal.purchased_on}"
        f" {q.paid_on} {q.cost.fees} {q.cost.interest} {q.cost.vat} {q.rebate}"
        f" {line.recourse_days}{_extent(line.extent)}"
        for line in sorted(lines, key=lambda one: one.invoice)
        for q in [line.quote]
    ]
    return sha256("\n".join(told).encode()).hexdigest()


def _extent(extent: Extent) -> str:
    """Nothing where recourse is for all: so offers that were made before it could be limited say
    the same as then."""
    return f" {extent.share} {extent.most}" if extent.limited else ""


def over(valid_through: date, *, today: date) -> bool:
    """Whether an offer can be accepted no more: it holds to the end of its last day."""
    return today > valid_through
