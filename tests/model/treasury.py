"""What the bank of a history does with our orders beyond executing each by its key, what people say
of it, small differences that people let pass, the accountant's hand, and months that close."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from usance.domain.money import Money
from usance.domain.payment import Follows, Reason
from usance.domain.periods import State
from usance.domain.settlement.losses import AboveAuthority

from .books import CAPITAL as OWNERS
from .books import CHARGES, FEES, LATE, LOSSES, OWED, UNEXPLAINED, USED, Line, Order
from .ledgers import Ledgers
from .office import Movement
from .small import Difference

if TYPE_CHECKING:
    from .history import History

BY_HAND = (UNEXPLAINED, OWNERS, FEES, USED, LATE, LOSSES, CHARGES)
UNDONE_WITHIN = 14


class Treasury:
    """The words of a history about what was ordered, and the books."""

    def __init__(self, of: "History") -> None:
        self.of, self.ledgers = of, Ledgers(of.office)
        self.sums: dict[str, list[Order]] = {}  # Orders that a line executes in one sum.
        self.said: list[tuple[Line, list[Order], date]] = []
        self.closed = of.today.replace(day=1) - timedelta(days=1)

    # What the bank shows.

    def draws(self, kind: str, name: str, currency: str) -> Movement | None:
        bank, dice, today = self.of.bank, self.of.dice, self.of.today
        ours = {
            key: one for key, one in bank.keys.items()
            if one.pay and one.currency == currency and key not in bank.told
        }  # fmt: skip
        if kind == "executes_file":
            return self._file(name, currency, ours)
        fits = [
            (key, one) for key, one in ours.items()
            if (one.is_missing if kind == "after_all"
                else one.state == ("paid" if kind == "comes_back" else "sent"))
        ]  # fmt: skip
        if not fits:
            return None
        key, order = dice.choice(fits)
        minor = order.pay if kind == "comes_back" else -order.pay
        because = "AC04" if kind == "comes_back" else ""
        if kind == "untold":  # Neither the order nor who got it; with the bank's charge.
            return Movement(name=name, minor=minor - dice.choice((0, 0, 25)), currency=currency,
                            on=today)  # fmt: skip
        bank.told.add(key)
        return Movement(name=name, minor=minor, currency=currency, on=today, key=key,
                        because=because)  # fmt: skip

    def _file(self, name: str, currency: str, ours: dict[str, Order]) -> Movement | None:
        """All of a file that is under way, as one sum that names the file."""
        files = self.ledgers.due_files(self.of.today)
        sent = {key for key, one in ours.items() if one.state == "sent"}
        whole = {file: keys for file, keys in files.items() if set(keys) <= sent}
        if not whole:
            return None
        file = self.of.dice.choice(sorted(whole))
        orders = [ours[key] for key in whole[file]]
        self.of.bank.told |= set(whole[file])
        self.sums[name] = orders
        self.of.counts["payouts in one sum"] += len(orders)
        return Movement(name=name, minor=-sum(one.pay for one in orders), currency=currency,
                        on=self.of.today, says=f"Sammler {file}")  # fmt: skip

    # What people say of it.

    def says_missing(self) -> bool | None:
        """Two do: the bank never executed it."""
        late = self.ledgers.late(self.of.at)
        keys = [key for key, one in self.of.bank.keys.items() if key in late
                and one.state == "sent"]  # fmt: skip
        if not keys:
            return False
        key = self.of.dice.choice(keys)
        self.ledgers.says_missing(key, self.of.at)
        order = self.of.bank.keys[key]
        self.of.model.rejected(order)
        order.is_missing = True
        return None

    def says_paid(self) -> bool | None:
        """A person says which orders a debit is that says nothing."""
        bank, dice = self.of.bank, self.of.dice
        debits = [one for one in self.of.model.lines.values()
                  if one.minor < 0 and one.left and not one.at_provider]  # fmt: skip
        sent = [(key, one) for key, one in bank.keys.items() if one.state == "sent"
                and key not in bank.told]  # fmt: skip
        fits = [
            (line, key, one) for line in debits for key, one in sent
            if one.currency == line.currency and one.pay <= line.left
            and line.name not in {name.name for name, *_ in self.said}
        ]  # fmt: skip
        if not fits:
            return False
        line, key, one = dice.choice(fits)
        more = [(k, o) for ln, k, o in fits if ln is line and o is not one
                and o.pay + one.pay <= line.left][:1]  # fmt: skip
        these = [(key, one), *more]
        self.ledgers.says_paid(line.name, [key for key, _ in these], self.of.at)
        for _, order in these:
            self.of.model.said_paid(order, line)
        self.said.append((line, [order for _, order in these], self.of.today))
        return None

    def unsays_paid(self) -> bool | None:
        young = [
            one for one in self.said
            if (self.of.today - one[2]).days < UNDONE_WITHIN
            and all(order.state == "paid" for order in one[1])
        ]  # fmt: skip
        if not young:
            return False
        one = self.of.dice.choice(young)
        line, orders, _ = one
        self.ledgers.unsays_paid(line.name, self.of.at)
        for order in orders:
            self.of.model.said_paid(order, line, undone=True)
        self.said.remove(one)
        return None

    # What people let pass.

    def bears(self) -> bool | None:
        """Of what a payment left open, a part or all, for us or for the client."""
        model, dice = self.of.model, self.of.dice
        held = [(one.line, one.one) for one in model.differences]
        short = [
            part for part in self.of.bank.paid
            if part.one.stage == "funded" and model.stands(OWED, part.one)
            and part.line.currency == part.one.currency
            and not any(line is part.line and one is part.one for line, one in held)
        ]  # fmt: skip
        if not short:
            return False
        part = dice.choice(short)
        line, one = part.line, part.one
        owed = model.stands(OWED, one)
        minor = dice.choice((owed, dice.randint(1, owed)))
        is_clients = dice.random() < 0.6 and not one.terms.undertaken
        reason = Reason.DISCOUNT if is_clients else Reason.ROUNDING
        follows = Follows.CHARGE_BACK if is_clients else Follows.WRITE_OFF
        try:
            self.ledgers.bears(line.name, one.number, reason, follows,
                               Money(minor, one.currency), self.of.at)  # fmt: skip
        except AboveAuthority:
            return False
        model.borne(line, one, minor, one.client if is_clients else "", on=self.of.today)
        model.settle(one, on=self.of.today)
        return None

    def unbears(self) -> bool | None:
        young = [
            one for one in self.of.model.differences
            if not one.over and one.one.stage in ("funded", "settled")
            and (self.of.today - one.on).days < UNDONE_WITHIN
        ]  # fmt: skip
        if not young:
            return False
        one: Difference = self.of.dice.choice(young)
        self.ledgers.unbears(one.line.name, one.one.number, self.of.at)
        if one.one.stage == "settled":
            self.of.model.reopen(one.one)
        self.of.model.unshort(one, on=self.of.today)
        return None

    # The books themselves.

    def corrects(self) -> bool | None:
        """An accountant moves something by hand, or takes it back."""
        dice = self.of.dice
        debit, credit = dice.sample(BY_HAND, 2)
        minor, currency = dice.randint(1, 50_000), dice.choice(self.of.deals).currency
        self.ledgers.corrects(debit, credit, Money(minor, currency), self.of.at)
        if dice.random() < 0.4:
            self.ledgers.reverses(self.of.at)
        else:
            self.of.model.by_hand(debit, credit, minor, currency)
        return None

    def closes(self) -> None:
        """The month before, some day once its last statements are in and after the day's end: hard
        if its checklist lets it, which only a statement that is missing may keep it from."""
        last = self.of.today.replace(day=1) - timedelta(days=1)
        if self.closed >= last or self.of.today.day < 6 or self.of.dice.random() < 0.5:
            return
        state = self.ledgers.closes(last, self.of.at)
        self.closed = last
        self.of.counts[f"months closed {'hard' if state is State.HARD else 'softly'}"] += 1
