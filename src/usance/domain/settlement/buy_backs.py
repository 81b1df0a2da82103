"""The client buys back what it sold: what that costs, and what another invoice must be worth that
takes the place of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from ..exchange import Cross
from ..money import Money, total
from ..refusal import Refusal


class Kind(StrEnum):
    CHOSEN = "chosen"  # Some invoices, as the client asked.
    SUBSTITUTION = "substitution"  # Another invoice is bought instead, in the same moment.
    EXIT = "exit"  # All of them: the contract ends.


class Way(StrEnum):
    """How it is paid."""

    SET_OFF = "set_off"  # Against what is due to the client, now and later.
    RECEIPT = "receipt"  # By money that has come in.


class State(StrEnum):
    QUOTED = "quoted"
    DONE = "done"
    DECLINED = "declined"


TWO_PEOPLE = frozenset({Kind.SUBSTITUTION, Kind.EXIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one invoice costs to be had back."""

    invoice: UUID
    outstanding: Money
    reserve: Money  # Kept back of it, by now.
    fees: Money
    interest: Money
    vat: Money
    rate: Cross | None = None  # Where it was bought in another currency than its facility's.

    @property
    def charges(self) -> Money:
        return self.fees + self.interest + self.vat

    @property
    def advanced(self) -> Money:
        """What is open of the advance. Below zero: the debtor has paid more than it."""
        return self.outstanding - self.reserve

    @property
    def price(self) -> Money:
        """What is open of the advance, and our charges. Below zero the client gets it."""
        return self.advanced + self.charges

    @property
    def counted(self) -> "Sums":
        """In the currency of the facility. The price is converted as its settlement is, and the
        charges are what is left between it and the others."""
        if self.rate is None:
            return Sums(
                outstanding=self.outstanding, reserve=self.reserve, charges=self.charges,
                price=self.price,
            )  # fmt: skip
        price, outstanding, reserve = map(
            self.rate.worth, (self.price, self.outstanding, self.reserve)
        )
        return Sums(
            outstanding=outstanding, reserve=reserve, charges=price - outstanding + reserve,
            price=price,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    outstanding: Money
    reserve: Money
    charges: Money
    price: Money


def sums(lines: Sequence[Line], currency: str) -> Sums:
    """:param currency: of the facility, by which all of them count."""
    counted = [one.counted for one in lines]
    return Sums(
        outstanding=total((one.outstanding for one in counted), currency),
        reserve=total((one.reserve for one in counted), currency),
        charges=total((one.charges for one in counted), currency),
        price=total((one.price for one in counted), currency),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How we stand with a client besides its invoices, in one currency."""

    claims: Money  # It owes us.
    due: Money  # We owe it, and no payout of it was released.
    on_the_way: Money  # Released, and not on a statement of the bank yet: it is paid.


def to_pay(lines: Sequence[Line], account: Account) -> Money:
    """The one sum of a client that leaves: the price of all, our claims, less what is due to it.
    Below zero we owe it. What is on the way was taken from what is due when it was released."""
    return sums(lines, account.claims.currency).price + account.claims - account.due


def content(
    client: UUID, kind: Kind, way: Way, lines: Sequence[Line], *, instead: UUID | None = None,
    account: Account | None = None, quoted_by: str,
) -> str:  # fmt: skip
    """The hash of what is quoted, to the cent. Days are not in it: where time costs nothing a quote
    holds until money moves, or a rate of exchange that it needs, else for its day.

    :param instead: the invoice that takes their place.
    :param account: of a client that leaves.
    """
    told = [f"{client} {kind} {way} {instead} {quoted_by}"]
    if account is not None:
        told.append(f"{account.claims} {account.due}")
    told += [
        f"{one.invoice} {one.outstanding} {one.reserve} {one.fees} {one.interest} {one.vat}"
        + (f" {one.rate.numerator}/{one.rate.denominator}" if one.rate else "")
        for one in sorted(lines, key=lambda line: line.invoice)
    ]
    return sha256("\n".join(told).encode()).hexdigest()


class SubstituteTooSmall(Refusal):
    code = "substitute_too_small"
    todo = "Choose an invoice over as much or more, or let the client buy back."


def substitutes(face: Money, *, outstanding: Money) -> None:
    """:raises SubstituteTooSmall: if the other invoice is over less than what is given back."""
    assert face.currency == outstanding.currency, (face, outstanding)
    if face < outstanding:
        raise SubstituteTooSmall(f"{face} takes the place of {outstanding}")


class NotCovered(Refusal):
    code = "buy_back_not_paid"
    todo = "Wait for the money, or name the receipt that brings it."


def covered(price: Money, *, receipt: Money) -> None:
    """:raises NotCovered: if what came in is less than the price."""
    if receipt < price:
        raise NotCovered(f"{receipt} came in, {price} is to be paid")
