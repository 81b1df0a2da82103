"""A random history by seed: it tells the model and the office the same, and after each step every
balance, stage, open amount and payout of both must be equal."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from random import Random
from uuid import UUID

from usance.actions.write_offs import WriteOffWaits
from usance.domain.money import Money
from usance.domain.refusal import Refusal

from .bank import Bank
from .books import CLAIMS, LOSSES, OWED, Bought, Line
from .books import DEBTORS as OWED_TO_DEBTORS
from .desk import Desk
from .factor import Factor
from .office import Office, Paper
from .online import Online
from .onward import Onward
from .place import DEALS, DEBTORS, SINCE, Deal
from .price import half_up
from .treasury import Treasury

BEGINS, UNDONE_WITHIN = date(2026, 3, 2), 14
CAPITAL = 10**12


@dataclass(slots=True, kw_only=True)
class Said:
    """What a person said that a line was."""

    key: UUID
    line: Line
    kind: str
    minor: int
    whom: str
    on: date


class Differs(AssertionError):
    """The books are not the model's."""


class History:
    """Both sides, and the dice."""

    def __init__(self, seed: int, deals: tuple[Deal, ...] = DEALS, *, every: int = 1) -> None:
        self.seed, self.deals, self.every = seed, deals, every
        self.dice = Random(seed)  # noqa: S311 - the same history each time
        self.model, self.office = Factor(), Office(deals)
        self.today, self.clock, self.numbers = BEGINS, 0, 0
        self.counts: Counter[str] = Counter()
        self.steps = 0
        self.said: list[Said] = []
        self.left: set[str] = set()  # Clients whose contracts ended.
        self.bank, self.desk, self.online = Bank(self), Desk(self), Online(self)
        self.treasury, self.onward = Treasury(self), Onward(self)
        self.model.today, self.model.billed_to = BEGINS, SINCE - timedelta(days=1)
        self.model.tolerances = tuple(deal.tolerance() for deal in deals if deal.small)
        self.model.contracts = [deal.promise() for deal in deals]
        for deal in deals:
            self.model.capital(CAPITAL, deal.currency)
            self.office.capital(CAPITAL, deal.currency)

    @property
    def rooms(self) -> tuple[object, ...]:
        return self, self.desk, self.online, self.onward, self.treasury

    @property
    def at(self) -> datetime:
        """Each step is a second later than the one before."""
        self.clock += 1
        return datetime.combine(self.today, time(9), UTC) + timedelta(seconds=self.clock % 30_000)

    def run(self, steps: int) -> None:
        """So many steps, days passing in between; then all that the books promise."""
        chances = list(WEIGHTS)
        last = self.steps + steps
        while self.steps < last:
            word = self.dice.choices(chances, [WEIGHTS[one] for one in chances])[0]
            at = next(one for one in self.rooms if hasattr(one, word))
            told: Callable[[], bool | None] = getattr(at, word)
            if told() is False:
                continue
            self.counts[word] += 1
            self.steps += 1
            if self.steps % self.every == 0:
                self.compare(word)
        self.end_day()
        self.compare("end")
        self._differ("losses and their tax", self.model.relief(), self.office.relief(self.today))
        if broken := self.office.broken():
            raise Differs(f"seed {self.seed}, after {self.steps} steps: {broken}")

    def compare(self, word: str) -> None:
        """:raises Differs: with what is not the same, and after which step."""
        for what, ours, theirs in self._views():
            self._differ(f"{what} after {word}", ours, theirs)

    def _differ(self, what: str, ours: dict, theirs: dict) -> None:
        if ours != theirs:
            places = sorted(k for k in {*ours, *theirs} if ours.get(k) != theirs.get(k))
            rows = [f"{k}: model {ours.get(k)}, books {theirs.get(k)}" for k in places[:12]]
            raise Differs(
                f"seed {self.seed}, step {self.steps} of {self.today}: {what}\n" + "\n".join(rows)
            )

    def _views(self) -> Iterator[tuple[str, dict, dict]]:
        yield "balances", self.model.standing(), self.office.standing()
        yield (
            "stages",
            {n: one.stage for n, one in self.model.invoices.items()},
            (self.office.stages()),
        )
        left = {name: line.left for name, line in self.model.lines.items() if line.left}
        yield "open amounts of lines", left, self.office.unapplied()
        model, clerks = self.model, self.desk.clerks
        objections = {n: model.objected(one) for n, one in model.invoices.items() if one.objection}
        yield "what is disputed", objections, clerks.objections()
        yield "losses that wait", model.waiting(), clerks.asked()
        orders = Counter((o.currency, o.pay, o.set_off, o.state) for o in self.model.orders)
        yield "payouts", orders, Counter(self.office.orders())

    # What clients do.

    def hand_in(self) -> bool | None:
        if not (deals := [deal for deal in self.deals if deal.client not in self.left]):
            return False
        deal, papers = self.dice.choice(deals), []
        for _ in range(self.dice.randint(1, 5)):
            debtor = self.dice.choice(DEBTORS)
            minor = self.dice.choice(
                (self.dice.randint(1, 99), self.dice.randint(20_000, 3_000_000))
            )
            due = self.today + timedelta(days=self.dice.randint(0, 45))
            papers.append(
                Paper(number=self.number(deal), client=deal.client, debtor=debtor, due=due,
                      currency=deal.currency, minor=max(minor, deal.smallest))
            )  # fmt: skip
        notes = [self._note(one) for one in papers if self.dice.random() < 0.08]
        if deal.is_confirmed:
            self.office.undertakes(papers, self.at)
        self.office.hand_in([*papers, *notes], self.at)
        for one in papers:
            self.bought(one, deal)
        self._credited(notes)
        return None

    def bought(self, one: Paper, deal: Deal) -> None:
        self.model.buy(
            Bought(number=one.number, client=one.client, debtor=one.debtor, face=one.minor,
                   currency=one.currency, due=one.due, terms=deal.terms(), since=self.today,
                   into=deal.into, rate=deal.rate, net=one.net)
        )  # fmt: skip

    def credit_note(self) -> bool | None:
        if not self.model.invoices:
            return False
        one = self.dice.choice(list(self.model.invoices.values()))
        note = self._note(one)
        self.office.hand_in([note], self.at)
        self._credited([note])
        return None

    def _note(self, one: Bought | Paper) -> Paper:
        most = one.face if isinstance(one, Bought) else one.minor
        minor = self.dice.choice((most, self.dice.randint(1, most), self.dice.randint(1, most)))
        number = f"G{one.number}-{self.next()}"
        return Paper(number=number, client=one.client, debtor=one.debtor, currency=one.currency,
                     minor=minor, due=self.today, credits=one.number)  # fmt: skip

    def _credited(self, notes: list[Paper]) -> None:
        for note in notes:
            is_applied = self.model.credit_note(
                self.model.invoices[note.credits], note.minor, on=self.today
            )
            self.counts["credit notes applied" if is_applied else "credit notes held"] += 1

    # What the bank shows.

    def statement(self) -> bool:
        return self.bank.states(self.dice.choice(self.deals).currency)

    def reject(self) -> bool | None:
        return self.bank.rejects()

    # What people do at their desks.

    def split(self) -> bool | None:
        line = self._open_line(came_in=True)
        items = [
            one for one in self.model.open()
            if line and one.currency == line.currency and self.model.stands(OWED, one)
            and not self.bank.pays_now(line, one)
        ]  # fmt: skip
        if not line or not items:
            return False
        parts: dict[str, int] = {}
        left = line.left
        for one in self.dice.sample(items, min(len(items), self.dice.randint(1, 3))):
            most = min(left, self.model.stands(OWED, one))
            if most:
                parts[one.number] = self.dice.choice((most, self.dice.randint(1, most)))
                left -= parts[one.number]
        self.office.split(line.name, parts, line.currency, self.at)
        self.bank.take_decisions()
        self.bank.settle_paid(parts)
        return None

    def pay_across(self) -> bool | None:
        """A person lets a line pay an invoice in another currency: at the rate of its day, which
        must be ours, or at one that a bank made of it."""
        rates = [deal.rate for deal in self.deals if deal.into]
        line = self._open_line(came_in=True)
        if line and line.at_provider:  # What a provider has pays in its own currency alone.
            return False
        items = [
            one for one in self.model.open()
            if line and one.currency != line.currency and self.model.stands(OWED, one)
            and not self.bank.pays_now(line, one)
        ]  # fmt: skip
        if not rates or not line or not items:
            return False
        one = self.dice.choice(items)
        rate, owed = rates[0](line.on), self.model.stands(OWED, one)  # Cents for a yen.
        rate = rate if line.currency == "JPY" else 1 / rate
        paid, pays = line.left, half_up(line.left * rate)
        if pays > owed:
            paid, pays = min(line.left, half_up(owed / rate)), owed
        if not paid or not pays:
            return False
        quoted = self.office.quote_across(line.name, one.number)
        if quoted != (paid, pays):
            raise Differs(f"{line} pays {(paid, pays)} of {one.number}, quoted is {quoted}")
        if self.dice.random() < 0.5:
            pays = min(owed, max(1, half_up(pays * Fraction(self.dice.randint(93, 107), 100))))
        self.office.pay_across(line.name, one.number, paid, pays, self.at)
        self.bank.take_decisions()
        self.bank.settle_paid([one.number])
        return None

    def undo(self) -> bool | None:
        young = [
            part for part in self.bank.paid
            if (self.today - part.on).days < UNDONE_WITHIN and part.line.minor > 0
        ]  # fmt: skip
        if not young:
            return False
        one = self.dice.choice(young)
        parts = [p for p in young if p.line is one.line] if self.dice.random() < 0.4 else [one]
        self.office.undo([(p.line.name, p.one.number) for p in parts], self.at)
        self.bank.unpay(parts)
        return None

    def explain(self) -> bool | None:
        came_in = self.dice.random() < 0.6
        line = self._open_line(came_in=came_in)
        if not line:
            return False
        kinds = ("charge", "refund")
        if came_in:
            kinds = ("overpaid", "duplicate", "misdirected", "claim_paid")
        kind, most, whom = self.dice.choice(kinds), line.left, ""
        if kind in ("misdirected", "claim_paid"):
            (whom,) = [deal.client for deal in self.deals if deal.currency == line.currency]
            if kind == "claim_paid":
                most = min(most, self.model.of_client(CLAIMS, whom, line.currency))
        elif kind != "charge":
            whom = self.dice.choice(DEBTORS)
        if kind == "refund":
            most = min(most, -self.model.books[OWED_TO_DEBTORS, line.currency, "", whom, ""])
        if most <= 0:
            return False
        minor = self.dice.choice((most, self.dice.randint(1, most)))
        key = self.office.explain(line.name, kind, Money(minor, line.currency), whom, self.at)
        self.was(key, kind, line, minor, whom)
        return None

    def was(self, key: UUID, kind: str, line: Line, minor: int, whom: str) -> None:
        """So much of a line was that, and may be taken back by its key."""
        self.model.was(kind, line, minor, whom)
        self.said.append(Said(key=key, line=line, kind=kind, minor=minor, whom=whom, on=self.today))

    def withdraw(self) -> bool | None:
        young = [one for one in self.said if (self.today - one.on).days < UNDONE_WITHIN]
        if not young:
            return False
        one = self.dice.choice(young)
        if self.model.is_spent(one.kind, one.line.currency, one.whom, one.minor):
            try:
                self.office.withdraw(one.key, self.at)
            except Refusal:
                self.counts["refused withdrawals"] += 1
                return None
            raise Differs(f"{one} was taken back although the money is gone")
        self.office.withdraw(one.key, self.at)
        self.model.was(one.kind, one.line, one.minor, one.whom, undone=True)
        self.said.remove(one)
        return None

    def give_back(self) -> bool | None:
        """A person says which receipt a movement took back."""
        return self.bank.given_back()

    def give_up(self) -> bool | None:
        if not (found := [one for one in self.model.open() if self.model.stands(OWED, one)]):
            return False
        one, cause = self.dice.choice(found), self.dice.choice(("insolvent", "dispute", "default"))
        if one.number in self.model.waiting():
            try:
                self.office.give_up(one.number, cause, self.at)
            except WriteOffWaits:
                self.counts["refused losses"] += 1
                return None
            raise Differs(f"{one.number} is given up twice")
        self.office.give_up(one.number, cause, self.at)
        self.model.give_up(one, cause, on=self.today)
        return None

    def recover(self) -> bool | None:
        line = self._open_line(came_in=True)
        found = [
            one for one in self.model.invoices.values()
            if line and self.model.stands(LOSSES, one) > 0 and one.currency == line.currency
        ]  # fmt: skip
        if not line or not found:
            return False
        one = self.dice.choice(found)
        most = min(line.left, self.model.stands(LOSSES, one))
        minor = self.dice.choice((most, self.dice.randint(1, most)))
        self.office.recover(line.name, one.number, Money(minor, line.currency), self.at)
        self.model.recovered(line, one, minor)
        line.is_explained = True
        return None

    def forgive(self) -> bool | None:
        deal = self.dice.choice(self.deals)
        owes = self.model.of_client(CLAIMS, deal.client, deal.currency)
        if owes <= 0:
            return False
        minor = self.dice.randint(1, owes)
        self.office.forgive(deal.client, Money(minor, deal.currency), self.at)
        self.model.forgive(deal.client, minor, deal.currency)
        return None

    def refund(self) -> bool | None:
        return self.bank.refunds(self._open_line(came_in=True))

    def _open_line(self, *, came_in: bool) -> Line | None:
        found = [
            line for line in self.model.lines.values() if line.left and (line.minor > 0) is came_in
        ]
        return self.dice.choice(found) if found else None

    # Time.

    def end_day(self) -> None:
        """The day's end, and a night or some more."""
        self.office.end_day(self.at)
        self.model.settle_final(today=self.today)
        self.model.accrue(through=self.today - timedelta(days=1))
        self.counts += self.model.invoice_fees(today=self.today)
        self.counts += self.model.recourse(today=self.today)
        self.model.propose(
            [deal.currency for deal in self.deals], {deal.client: 0 for deal in self.deals}
        )
        self.treasury.closes()
        self.today += timedelta(days=self.dice.choice((1, 1, 1, 2, 4)))
        self.model.today = self.today

    def release(self) -> bool | None:
        return self.bank.releases()

    def number(self, deal: Deal) -> str:
        return f"{deal.client[0]}{self.next():06d}"

    def next(self) -> int:
        self.numbers += 1
        return self.numbers


WEIGHTS = {
    "hand_in": 14, "credit_note": 5, "statement": 26, "reject": 1, "split": 8, "pay_across": 6,
    "undo": 6, "explain": 7, "withdraw": 4, "give_back": 3, "give_up": 2, "recover": 2,
    "forgive": 1, "refund": 3, "object": 4, "give_way": 2, "agree": 4, "decline": 1, "buy_back": 1,
    "substitute": 1, "leave": 0.15, "collect": 6, "end_day": 14, "release": 8,
    "pays_online": 5, "pay_back_online": 4, "hear_of_refund": 4, "takes_back_online": 2,
    "pays_on": 4, "says_arrived": 1, "fails": 0.5, "says_missing": 2, "says_paid": 3,
    "unsays_paid": 1, "corrects": 1, "bears": 4, "unbears": 2,
}  # fmt: skip
