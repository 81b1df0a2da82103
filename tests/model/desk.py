"""What people decide in a history: debtors object, losses are agreed to, clients buy back, direct
debits are sent. Each is told to the model and to the office."""

from datetime import timedelta
from typing import TYPE_CHECKING

from usance.domain.mandate import ContentChanged
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.domain.settlement.buy_backs import SubstituteTooSmall, Way
from usance.domain.settlement.losses import NothingToWriteOff

from .books import CLAIMS, DUE, OWED, Bought, Line, Objection
from .clerks import Clerks
from .office import Paper
from .place import DEBTORS

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
        if not (these := self._some()):
            return False
        first = these[0]
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
            one.released, one.is_released = model.stands(OWED, one), True
            model.take_back(one, on=self.of.today)
        if self._owes(first.client, currency) - before != price:
            raise AssertionError(f"{price} was quoted for {[one.number for one in these]}")
        if receipt and price > 0:
            model.claim_paid(receipt, first.client, price)
        self.of.counts["bought back"] += len(these)
        return None

    def _some(self) -> list[Bought]:
        """Open invoices of one client, none of which the bank collects. Empty: there are none."""
        under_way = {one.number for one in self.clerks.at_bank()}
        open_ = [one for one in self._open() if one.number not in under_way]
        if not open_:
            return []
        first = self.of.dice.choice(open_)
        same = [one for one in open_ if one.client == first.client]
        return self.of.dice.sample(same, min(len(same), self.of.dice.randint(1, 3)))

    def substitute(self) -> bool | None:
        """Another invoice, which waited for room, is bought in the place of some."""
        model, dice, these = self.of.model, self.of.dice, self._some()
        if not these or these[0].client in self.of.left:
            return False
        these = [one for one in these if one.currency == these[0].currency]
        first, owed = these[0], sum(model.stands(OWED, one) for one in these)
        (deal,) = [one for one in self.of.deals
                   if (one.client, one.currency) == (first.client, first.currency)]  # fmt: skip
        other = Paper(
            number=self.of.number(deal), client=first.client, debtor=dice.choice(DEBTORS),
            currency=first.currency, minor=max(deal.smallest, owed * dice.randint(90, 150) // 100),
            due=self.of.today + timedelta(days=dice.randint(1, 45)),
        )  # fmt: skip
        if deal.is_confirmed:
            self.of.office.undertakes([other], self.of.at)
        self.of.office.hand_in_beyond(other, self.of.at)
        numbers, way = [one.number for one in these], Way.SET_OFF
        try:
            quote = self.clerks.quotes(first.client, numbers, way, self.of.at, instead=other.number)
        except SubstituteTooSmall:
            assert other.minor < owed, other
            self.of.office.let("credit.assess", "finance.fund", at=self.of.at)
            self.of.bought(other, deal)
            return None
        assert other.minor >= owed, other
        price, currency = self.clerks.price(quote), first.into or first.currency
        before = self._owes(first.client, currency)
        self.clerks.gives_back(quote, "", self.of.at)
        for one in these:
            one.released, one.is_released = model.stands(OWED, one), True
            model.take_back(one, on=self.of.today)
        if self._owes(first.client, currency) - before != price:
            raise AssertionError(f"{price} was quoted for {numbers}")
        self.of.bought(other, deal)
        self.of.counts["substituted"] += len(these)
        return None

    def leave(self) -> bool | None:
        """A client buys all of it back, and its contract ends."""
        model, dice = self.of.model, self.of.dice
        stay = [one for one in self.of.deals if not one.into and one.client not in self.of.left]
        if len(stay) < 2:
            return False
        deal = dice.choice(stay)
        under_way = {one.number for one in self.clerks.at_bank()}
        all_ = [one for one in self._open() if one.client == deal.client]
        if under_way & {one.number for one in all_}:
            return False
        quote, pays = self.clerks.quotes_exit(deal.client, deal.currency, self.of.at)
        receipt = self._receipt(pays, deal.currency) if pays > 0 else None
        if pays > 0 and receipt is None:
            self.clerks.thinks_again(quote, self.of.at)
            return None
        self.clerks.gives_back(quote, receipt.name if receipt else "", self.of.at)
        for one in all_:
            one.released, one.is_released = model.stands(OWED, one), True
            model.take_back(one, on=self.of.today)
        if self._owes(deal.client, deal.currency) != pays:
            raise AssertionError(f"{deal.client} was to pay {pays} to leave")
        if receipt:
            model.claim_paid(receipt, deal.client, pays)
        model.leave(deal.client, deal.currency)
        for one in model.contracts:
            if one.client == deal.client:
                one.last = self.of.today - timedelta(days=1)
        self.of.left.add(deal.client)
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
