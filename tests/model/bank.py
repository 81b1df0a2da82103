"""The bank of a history: what its statements show, what they pay, and what becomes of orders."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from usance.domain.mandate import ContentChanged
from usance.domain.money import Money

from .books import OWED, Bought, Line, Order
from .office import Movement
from .place import FINAL

if TYPE_CHECKING:
    from .history import History


@dataclass(slots=True, kw_only=True, eq=False)
class Paid:
    """A line pays so much of an invoice."""

    line: Line
    one: Bought
    minor: int
    interest: int
    on: date  # When it was decided.
    paid: int = 0  # Of the line, where it is in another currency than the invoice.

    @property
    def of_line(self) -> int:
        return self.paid or self.minor + self.interest


class Bank:
    """Draws movements, and tells the model what came of them."""

    def __init__(self, of: "History") -> None:
        self.of, self.paid, self.lines = of, list[Paid](), 0
        self.keys: dict[str, Order] = {}  # Orders at the bank, by their keys.
        self.told: set[str] = set()  # Movements that took something back.
        self.collected: dict[str, str] = {}  # Invoices by the keys of their direct debits.
        self.debit_of: dict[str, str] = {}  # Keys of direct debits, by the lines that show them.
        self.quoted: dict[str, tuple[str, ...]] = {}

    def states(self, currency: str) -> bool:
        """A statement of some lines. False: there was nothing to state."""
        drawn = [self._draw(currency) for _ in range(self.of.dice.randint(1, 7))]
        movements = [one for one in drawn if one]
        if not movements:
            return False
        plain = self._plain(movements)
        self.of.office.state(movements, self.of.at)
        for one in movements:
            self._shown(one)
        self.of.onward.recognise(currency)
        paid = self.take_decisions()
        for name, (number, minor) in plain.items():
            if (number, minor) not in {
                (p.one.number, p.minor) for p in paid if p.line.name == name
            }:
                raise AssertionError(f"seed {self.of.seed}: {name} quotes {number} and pays it not")
        self._take_returns()
        self.settle_paid({one.one.number for one in paid})
        return True

    def _shown(self, one: Movement) -> None:
        line = Line(name=one.name, minor=one.minor, currency=one.currency, on=one.on)
        self.quoted[one.name] = one.quotes
        if one.key in self.collected and one.minor > 0:
            line.final_on = one.on + FINAL[self.of.model.invoices[self.collected[one.key]].debtor]
        order = self.keys.get(one.key)
        if sums := self.of.treasury.sums.get(one.name):
            for each in sums:
                self.of.model.executed(each)
        elif order and order.is_missing:
            self.of.model.after_all(order, line)
        elif order and one.minor < 0:
            self.of.model.executed(order)
        elif order and order.state == "paid":
            self.of.model.came_back(order, line)
        else:
            self.of.model.shows(line)

    def _plain(self, movements: Sequence[Movement]) -> dict[str, tuple[str, int]]:
        """Lines that quote one open invoice, alone in the statement, and pay it or a part."""
        quotes = [number for one in movements for number in one.quotes]
        quotes += [self.collected[one.key] for one in movements if one.key in self.collected]
        found = {}
        for one in movements:
            if len(one.quotes) != 1 or one.minor < 0 or quotes.count(one.quotes[0]) > 1:
                continue
            owed = self.of.model.invoices[one.quotes[0]]
            if owed.stage == "funded" and one.minor == self.of.model.stands(OWED, owed):
                found[one.name] = (owed.number, one.minor)
        return found

    def _draw(self, currency: str) -> Movement | None:
        dice, self.lines = self.of.dice, self.lines + 1
        kind = dice.choices(list(KINDS), list(KINDS.values()))[0]
        name, on = (
            f"B{self.lines:07d}",
            self.of.today - timedelta(days=dice.choice((0, 0, 0, 1, 3))),
        )
        if kind in ORDERED:
            return self.of.treasury.draws(kind, name, currency)
        if kind == "paid_on":
            return self.of.onward.arrives(name, currency)
        if kind in ("collects", "disowns"):
            return self._debit(kind, name, currency)
        if kind == "taken_back":
            return self._taken_back(name, currency)
        if kind in ("unknown", "charge"):
            minor = dice.randint(1, 400_000) if kind == "unknown" else -dice.randint(1, 900)
            return Movement(name=name, minor=minor, currency=currency, on=on)
        return self._payment(kind, name, currency, on)

    def _debit(self, kind: str, name: str, currency: str) -> Movement | None:
        """What was collected comes in; or the debtor has it back, while it may."""
        if kind == "collects":
            sent = [
                one for one in self.of.desk.clerks.at_bank()
                if one.on <= self.of.today and one.key not in self.collected and currency == "EUR"
            ]  # fmt: skip
            if not sent:
                return None
            one = self.of.dice.choice(sent)
            self.collected[one.key], self.debit_of[name] = one.number, one.key
            return Movement(name=name, minor=one.minor, currency=currency, on=self.of.today,
                            key=one.key)  # fmt: skip
        found = [
            line for line in self.of.model.lines.values()
            if line.name in self.debit_of and line.currency == currency
            and line.name not in self.told
        ]  # fmt: skip  # Also when it is final: whoever never signed may have it back for long.
        if not found:
            return None
        line = self.of.dice.choice(found)
        self.told.add(line.name)
        return Movement(name=name, minor=-line.minor, currency=currency, on=self.of.today,
                        key=self.debit_of[line.name],
                        because=self.of.dice.choice(("AM04", "MD06")))  # fmt: skip

    def _payment(self, kind: str, name: str, currency: str, on: date) -> Movement | None:
        dice = self.of.dice
        stages = ENDED.get(kind, ("funded",))
        found = [
            one for one in self.of.model.invoices.values()
            if one.stage in stages and one.currency == currency and one.since <= on
            and (kind == "again" or one.released > 0 or self.of.model.stands(OWED, one))
        ]  # fmt: skip
        if not found:
            return None
        one = dice.choice(found)
        these = [one]
        if kind == "two":
            these += [other for other in found if other.debtor == one.debtor and other is not one][
                :2
            ]
        owed = sum(self.of.model.stands(OWED, other) for other in these)
        if kind == "again":
            owed = one.face
        if kind == "released":
            owed = one.released
        if kind == "over":
            owed += dice.randint(1, 5_000)
        if kind == "short":
            owed -= min(dice.randint(1, 2_500), owed - 1)
        if kind == "part":
            owed = dice.randint(1, owed)
        return Movement(name=name, minor=owed, currency=currency, on=on, debtor=one.debtor,
                        quotes=tuple(other.number for other in these))  # fmt: skip

    def _taken_back(self, name: str, currency: str) -> Movement | None:
        found = [
            line for line in self.of.model.lines.values()
            if line.minor > 0 and line.currency == currency and line.name not in self.told
            and not line.at_provider
        ]  # fmt: skip
        if not found:
            return None
        line = self.of.dice.choice(found)
        self.told.add(line.name)
        because = self.of.dice.choice(("AC06", "MD06", ""))
        return Movement(name=name, minor=-line.minor, currency=currency, on=self.of.today,
                        quotes=self.quoted[line.name], because=because)  # fmt: skip

    # What lines pay.

    def take_decisions(self, *, bears: bool = True) -> list[Paid]:
        """What the engine or a person decided since is told to the model.

        :param bears: whether little differences are borne.
        """
        fresh = []
        for line, number, minor, interest, paid in self.of.office.decided():
            part = Paid(
                line=self.of.model.lines[line], one=self.of.model.invoices[number], minor=minor,
                interest=interest, on=self.of.today, paid=paid,
            )  # fmt: skip
            self.of.model.pays(part.line, part.one, minor, interest, paid)
            fresh.append(part)
        if bears:
            lines = [(part.line, part.one, bool(part.paid)) for part in fresh
                     if not self._was_collected(part)]  # fmt: skip
            self.of.counts["small differences"] += self.of.model.bear(lines, on=self.of.today)
        self.paid += fresh
        for key, name, number, minor in self.of.office.passed_on():
            one = self.of.model.invoices[number]
            one.released -= minor
            self.of.was(key, "misdirected", self.of.model.lines[name], minor, one.client)
            self.of.counts["passed on by itself"] += 1
        self.of.counts["payments of invoices"] += len(fresh)
        self.of.counts["payments with late interest"] += sum(bool(p.interest) for p in fresh)
        return fresh

    def _was_collected(self, part: Paid) -> bool:
        """For this invoice: what is beyond it the debtor may have back, and nobody bears it."""
        key = self.debit_of.get(part.line.name, "")
        return self.collected.get(key) == part.one.number

    def settle_paid(self, numbers: Iterable[str]) -> None:
        for number in numbers:
            self.of.model.settle(self.of.model.invoices[number], on=self.of.today)

    def pays_now(self, line: Line, one: Bought) -> bool:
        return any(part.line is line and part.one is one for part in self.paid)

    def unpay(self, parts: Collection[Paid]) -> None:
        self.of.counts["reopened"] += len({p.one.number for p in parts if p.one.stage == "settled"})
        self.of.model.unpays(
            [(p.line, p.one, p.minor, p.interest, p.paid) for p in parts], on=self.of.today
        )
        self.paid = [part for part in self.paid if part not in parts]

    def _take_returns(self) -> None:
        """Returns that the engine was sure of."""
        for out, came in self.of.office.taken_back().items():
            if out not in self.told:
                self.went_back(out, came)

    def went_back(self, out: str, came: str) -> None:
        self.told.add(out)
        line = self.of.model.lines[came]
        self.unpay([part for part in self.paid if part.line is line])
        self.of.model.goes_back(line, self.of.model.lines[out])
        self.of.counts["receipts that went back"] += 1

    def given_back(self) -> bool | None:
        """A person says of an unexplained movement which receipt it took back."""
        lines = self.of.model.lines.values()
        pairs = [
            (out, came) for out in lines for came in lines
            if came.minor == -out.minor > 0 and came.currency == out.currency
            and came.at_provider == out.at_provider
            and out.left == -out.minor and self.is_whole(came)
        ]  # fmt: skip
        if not pairs:
            return False
        out, came = self.of.dice.choice(pairs)
        self.of.office.give_back(out.name, came.name, self.of.at)
        self.went_back(out.name, came.name)
        return None

    def is_whole(self, came: Line) -> bool:
        """All of it pays invoices or is open; nothing of it is anything else."""
        pays = sum(part.of_line for part in self.paid if part.line is came)
        return came.left + pays + self.of.model.over_on(came) == came.minor

    # What is ordered.

    def refunds(self, line: Line | None) -> bool | None:
        if not line or not self._knows_payer(line):
            return False
        minor = self.of.dice.choice((line.left, self.of.dice.randint(1, line.left)))
        model = self.of.model
        self.of.office.refund(line.name, Money(minor, line.currency), self.of.at)
        model.orders = [o for o in model.orders if o.line is not line or o.state != "proposed"]
        model.orders.append(Order(client="", currency=line.currency, pay=minor, line=line))
        return None

    def _knows_payer(self, line: Line) -> bool:
        return bool(self.quoted[line.name])

    def releases(self) -> bool | None:
        model = self.of.model
        if not (proposed := model.proposed()):
            return False
        if any(model.has_changed(order) for order in proposed):
            try:
                self.of.office.release(self.of.at)
            except ContentChanged:
                self.of.counts["refused releases"] += 1
                return None
            raise AssertionError("payouts were released although what is due had changed")
        self.of.office.release(self.of.at)
        model.release()
        for order in proposed:
            if order.pay:
                self.keys[self.of.office.key_of(order, self.keys)] = order
        return None

    def rejects(self) -> bool | None:
        sent = [key for key, order in self.keys.items() if order.state == "sent"]
        if not sent:
            return False
        key = self.of.dice.choice(sent)
        self.of.office.reject([key], self.of.at)
        self.of.model.rejected(self.keys[key])
        return None


ORDERED = ("executes", "executes_file", "untold", "after_all", "comes_back")
ENDED = {"again": ("settled", "repurchased", "written_off"), "released": ("repurchased",)}
KINDS = {
    "exact": 10, "part": 5, "short": 4, "over": 3, "two": 3, "again": 2, "released": 2,
    "unknown": 2, "charge": 1, "executes": 6, "comes_back": 1, "taken_back": 3, "collects": 8,
    "disowns": 1, "executes_file": 2, "untold": 1, "after_all": 1, "paid_on": 3,
}  # fmt: skip
