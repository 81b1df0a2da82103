"""What people decide in a history: debtors object, losses are agreed to, clients buy back, direct
debits are sent. Each is told to the model and to the office."""

from typing import TYPE_CHECKING

from usance.domain.mandate import ContentChanged
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.domain.settlement.buy_backs import Way
from usance.domain.settlement.losses import NothingToWriteOff

from .books import CLAIMS, DUE, OWED, Bought, Line, Objection
from .clerks import Clerks

if TYPE_CHECKING:
    from .history import History


class Desk:
    """The words of a history that need a person's yes."""

    def __init__(self, of: "History") -> None:
        self.of, self.clerks = of, Clerks(of.office)

    def object(self) -> bool | None:
        """A debtor does, to all of an invoice or to a part; or to another part than before."""
        found = [one for one in self._open() if self.of.model.stands(OWED, one) > 1]
        if not found:
            return False
        one = self.of.dice.choice(found)
        most = self.of.model.stands(OWED, one) - 1
        part = None if self.of.dice.random() < 0.25 else self.of.dice.randint(1, most)
        told = None if part is None else Money(part, one.currency)
        self.clerks.objects(one.number, told, self.of.at, again=one.objection is not None)
        one.objection = Objection(part=part)
        return None

    def give_way(self) -> bool | None:
        found = [one for one in self.of.model.open() if one.objection]
        if not found:
            return False
        one = self.of.dice.choice(found)
        self.clerks.gives_way(one.number, self.of.at)
        one.objection = None
        return None

    def agree(self) -> bool | None:
        """To a loss that the day's end proposed, if it is as it was shown."""
        model = self.of.model
        if not model.waiting():
            return False
        number = self.of.dice.choice(sorted(model.waiting()))
        one, minor = model.invoices[number], model.asked[number].minor
        owed = model.stands(OWED, one) if one.stage == "funded" else 0
        if owed == minor:
            self.clerks.agrees(number, self.of.at)
            model.give_up(one, "default", on=self.of.today)
            del model.asked[number]
            self.of.counts["losses shared"] += 1
            return None
        wanted: type[Refusal] = ContentChanged if owed else NothingToWriteOff
        try:
            self.clerks.agrees(number, self.of.at)
        except wanted:
            self.of.counts["refused losses"] += 1
            return None
        raise AssertionError(f"{minor} of {number} was given up, {owed} is outstanding")

    def decline(self) -> bool | None:
        model = self.of.model
        if not model.waiting():
            return False
        number = self.of.dice.choice(sorted(model.waiting()))
        self.clerks.declines(number, self.of.at)
        model.asked[number].declined_on = self.of.today
        return None

    def buy_back(self) -> bool | None:
        """A client takes some back at the price that was quoted, set off or by what came in."""
        model, dice = self.of.model, self.of.dice
        under_way = {one.number for one in self.clerks.at_bank()}
        open_ = [one for one in self._open() if one.number not in under_way]
        if not open_:
            return False
        first = dice.choice(open_)
        same = [one for one in open_ if one.client == first.client]
        these = dice.sample(same, min(len(same), dice.randint(1, 3)))
        way = dice.choice(tuple(Way))
        quote = self.clerks.quotes(first.client, [one.number for one in these], way, self.of.at)
        price, currency = self.clerks.price(quote), first.into or first.currency
        receipt = self._receipt(price, currency) if way is Way.RECEIPT else None
        if way is Way.RECEIPT and receipt is None:
            self.clerks.thinks_again(quote, self.of.at)
            return None
        self.clerks.gives_back(quote, receipt.name if receipt else "", self.of.at)
        before = self._owes(first.client, currency)
        for one in these:
            model.take_back(one, on=self.of.today)
        if self._owes(first.client, currency) - before != price:
            raise AssertionError(f"{price} was quoted for {[one.number for one in these]}")
        if receipt and price > 0:
            model.claim_paid(receipt, first.client, price)
        self.of.counts["bought back"] += len(these)
        return None

    def collect(self) -> None:
        self.clerks.collects(self.of.at)

    def _open(self) -> list[Bought]:
        return [one for one in self.of.model.open() if self.of.model.stands(OWED, one)]

    def _receipt(self, price: int, currency: str) -> Line | None:
        lines = self.of.model.lines.values()
        found = [one for one in lines
                 if one.minor > 0 and one.currency == currency and one.left >= price]  # fmt: skip
        return self.of.dice.choice(found) if found else None

    def _owes(self, client: str, currency: str) -> int:
        of = self.of.model.of_client
        return of(CLAIMS, client, currency) - of(DUE, client, currency)
