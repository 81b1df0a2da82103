"""What the payment provider of a history pays on: told before our bank shows it or after, with its
fees; some of it our bank does not take, and some carries no mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from usance import models
from usance.actions import provider_payouts
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.payment.checkouts import MOVES, Sort
from usance.domain.payment.checkouts import Movement as Moved
from usance.plugins.providers import Payout

from .books import Line
from .office import Movement, by

if TYPE_CHECKING:
    from .history import History

PROVIDER = "stripe"
SORTS = {happened.value: sort for sort, happened in MOVES.items()}


@dataclass(slots=True, kw_only=True)
class PaidOn:
    """A payout of the provider."""

    name: str
    amount: Money
    fee: int
    moved: tuple[Moved, ...]
    arrives_on: date
    is_marked: bool
    state: str = "made"
    is_shown: bool = False
    line: Line | None = None  # Of our bank.


class Onward:
    """Draws what is paid on, and tells the model and the office."""

    def __init__(self, of: "History") -> None:
        self.of = of
        self.held: list[Line] = []  # What moved at the provider and is in no payout.
        self.failed: list[Money] = []  # What our bank did not take, and comes again.
        self.paid: list[PaidOn] = []
        self.shown: dict[str, PaidOn] = {}  # By the line that shows it.

    def pays_on(self) -> bool | None:
        """One is made; or one is told of, again or for the first time; or our bank refused it."""
        dice = self.of.dice
        made = [one for one in self.paid if one.state == "made"]
        if not made or dice.random() < 0.5:
            if not (one := self._made()):
                return False
            self.paid.append(one)
            if dice.random() < 0.3:
                return None  # Our bank shows it first.
        else:
            one = dice.choice(made)
        fails = not one.is_shown and dice.random() < 0.15
        self._tells(one, fails=fails)
        return None

    def fails(self) -> bool | None:
        """What was told before."""
        told = [one for one in self.paid if one.state == "told" and not one.is_shown]
        if not told:
            return False
        self._tells(self.of.dice.choice(told), fails=True)
        return None

    def _made(self) -> PaidOn | None:
        dice = self.of.dice
        currencies = sorted({one.currency for one in self.held})
        if not currencies:
            return None
        currency = dice.choice(currencies)
        ours = [one for one in self.held if one.currency == currency]
        lines = ours if dice.random() < 0.6 else dice.sample(ours, dice.randint(1, len(ours)))
        moved = [self._moved(line) for line in lines]
        again = [one for one in self.failed if one.currency == currency]
        none, at = Money(0, currency), self.of.at
        moved += [
            Moved(id=self._id(), sort=Sort.PAYOUT_FAILED, amount=one, fee=none, at=at)
            for one in again
        ]
        if dice.random() < 0.3:
            fee = Money(-dice.randint(1, 300), currency)
            moved.append(Moved(id=self._id(), sort=Sort.FEE, amount=fee, fee=none, at=at))
        minor = sum(one.amount.minor - one.fee.minor for one in moved)
        if minor <= 0:
            return None
        fee_minor = sum(
            one.fee.minor - (one.amount.minor if one.sort is Sort.FEE else 0) for one in moved
        )
        self.held = [one for one in self.held if one not in lines]
        self.failed = [one for one in self.failed if one.currency != currency]
        return PaidOn(
            name=f"PO{self.of.next():06d}", amount=Money(minor, currency), fee=fee_minor,
            moved=tuple(moved), arrives_on=self.of.today + timedelta(days=2),
            is_marked=dice.random() < 0.8,
        )  # fmt: skip

    def _moved(self, line: Line) -> Moved:
        sort, fee = SORTS[line.name.partition(":")[2]], 0
        if sort is Sort.PAYMENT:
            fee = line.minor * self.of.dice.randint(0, 30) // 1000
        return Moved(
            id=self._id(), sort=sort, amount=Money(line.minor, line.currency),
            fee=Money(fee, line.currency), at=self.of.at, told=line.name,
        )  # fmt: skip

    def _id(self) -> str:
        return f"txn_{self.of.next():06d}"

    def _tells(self, one: PaidOn, *, fails: bool) -> None:
        """Twice, as it is asked every few hours."""
        for _ in range(2):
            _take(one, fails=fails, at=self.of.at)
        if one.state == "made":
            self.of.model.provider_keeps(one.fee, one.amount.currency)
        one.state = "failed" if fails else "told"
        self.of.counts[f"provider's payouts {one.state}"] += 1
        if fails:
            self.failed.append(one.amount)
        else:
            self.recognise(one.amount.currency, [one])

    # What our bank shows.

    def arrives(self, name: str, currency: str) -> Movement | None:
        found = [
            one for one in self.paid
            if one.amount.currency == currency and not one.is_shown and one.state != "failed"
        ]  # fmt: skip
        if not found:
            return None
        one = self.of.dice.choice(found)
        self.shown[name], one.is_shown = one, True
        says = f"Auszahlung {one.name}" if one.is_marked else "Auszahlung"
        return Movement(name=name, minor=one.amount.minor, currency=currency, on=self.of.today,
                        says=says)  # fmt: skip

    def recognise(self, currency: str, told: Sequence[PaidOn] = ()) -> None:
        """What is told of and stands on our account, with its mark and none of it used."""
        for name, one in self.shown.items():
            one.line = self.of.model.lines[name]
        for one in told or self.paid:
            if one.is_marked and one.amount.currency == currency and self._fits(one):
                self._arrived(one)

    def says_arrived(self) -> bool | None:
        """A person does, where no mark says it."""
        found = [one for one in self.paid if not one.is_marked and self._fits(one)]
        if not found:
            return False
        one = self.of.dice.choice(found)
        assert one.line is not None
        provider_payouts.arrived(
            models.ProviderPayout.objects.get(reference=one.name).pk,
            models.BankLine.objects.get(bank_reference=one.line.name).pk,
            **by("cash", Role.CASH, self.of.at),
        )  # fmt: skip
        self._arrived(one)
        return None

    def _fits(self, one: PaidOn) -> bool:
        return one.state == "told" and one.line is not None and one.line.left == one.line.minor

    def _arrived(self, one: PaidOn) -> None:
        assert one.line is not None
        one.state = "arrived"
        self.of.model.paid_on(one.line)
        self.of.counts["provider's payouts arrived"] += 1


def _take(one: PaidOn, *, fails: bool, at: datetime) -> None:
    told = Payout(
        id=one.name, amount=one.amount, arrives_on=one.arrives_on, failed=fails,
        marks=(one.name,) if one.is_marked else (),
    )  # fmt: skip
    state = provider_payouts.take(PROVIDER, told, one.moved, at=at, actor="provider")
    assert state in ("told", "arrived", "failed"), state
