"""A factor in plain Python: dictionaries and integers, no database, none of our rules. It is told
what happens and keeps its own books, which the real ones are held against.

Who pays what is a judgement and is told; what it does to money is worked out here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from .price import DAY, Terms, half_up, steps_fee, use_interest

BANK, OWED, CLAIMS, ACCRUED, UNEXPLAINED = "1000", "1200", "1300", "1400", "1900"
RESERVE, DUE, TRANSIT, UNAPPLIED, VAT, DEBTORS = "2100", "2200", "2250", "2300", "2600", "2400"
CONVERTED = "1950"
FEES, LATE, USED, LOSSES, CHARGES, CAPITAL = "4000", "4100", "4200", "6000", "6100", "3000"
EARNS = {"brackets": FEES, "interest": USED}

Place = tuple[str, str, str, str, str]  # Account, currency, client, debtor, invoice; "": nobody.


@dataclass(slots=True, kw_only=True)
class Bought:
    """An invoice that the factor bought."""

    number: str
    client: str
    debtor: str
    currency: str
    face: int
    due: date
    terms: Terms
    since: date
    stage: str = "funded"
    owed: Counter[date] = field(default_factory=Counter)  # Changes of what is outstanding, by day.
    back: list[tuple[date, int]] = field(default_factory=list)
    accrued: Counter[str] = field(default_factory=Counter)
    accrued_to: date | None = None
    rebate: int = 0
    charged: list[tuple[str, str, int]] = field(default_factory=list)
    into: str = ""  # What is the client's is kept in this currency. Empty: in that of the invoice.
    rate: Callable[[date], Fraction] = lambda _: Fraction(1)
    settled_at: Fraction | None = None
    taken_at: Fraction | None = None

    @property
    def about(self) -> tuple[str, str, str]:
        return self.client, self.debtor, self.number

    @property
    def advance(self) -> int:
        return int(self.face * self.terms.advance)  # A lost cent stays in the reserve.

    @property
    def paid_on(self) -> date | None:
        """From when on nothing was outstanding."""
        left, paid = 0, None
        for day in sorted(self.owed):
            left += self.owed[day]
            paid = None if left else paid or day
        return paid


@dataclass(slots=True, kw_only=True)
class Line:
    """A movement on the bank's statement."""

    name: str
    minor: int
    currency: str
    on: date
    left: int = 0  # Of what came in or went out, nothing says yet what it was.
    is_explained: bool = False


@dataclass(slots=True, kw_only=True)
class Order:
    """A payout: to a client, or of a receipt back to who paid it."""

    client: str
    currency: str
    pay: int
    set_off: int = 0
    line: Line | None = None
    state: str = "proposed"


NOBODY = ("", "", "")


@dataclass(slots=True)
class Factor:
    """The books, and what they are about."""

    books: Counter[Place] = field(default_factory=Counter)  # Debits less credits.
    invoices: dict[str, Bought] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)

    def move(
        self, debit: str, credit: str, minor: int, currency: str, about: tuple[str, str, str]
    ) -> None:
        self.books[debit, currency, *about] += minor
        self.books[credit, currency, *about] -= minor

    def stands(self, account: str, one: Bought) -> int:
        """What a bought invoice has on an account, positive on the side on which it grows."""
        minor = self.books[account, one.currency, *one.about]
        return minor if account[0] in "16" else -minor

    @contextmanager
    def across(self, one: Bought, rate: Fraction | None) -> Iterator[None]:
        """What is done within makes due or owed in the invoice's currency comes to the client's."""
        before = self.stands(DUE, one), self.stands(CLAIMS, one)
        yield
        if not one.into:
            return
        due, claims = self.stands(DUE, one) - before[0], self.stands(CLAIMS, one) - before[1]
        if not due and not claims:
            return
        assert rate is not None, one.number
        self.move(DUE, CONVERTED, due, one.currency, one.about)
        self.move(CONVERTED, DUE, half_up(due * rate), one.into, one.about)
        self.move(CONVERTED, CLAIMS, claims, one.currency, one.about)
        self.move(CLAIMS, CONVERTED, half_up(claims * rate), one.into, one.about)

    def of_client(self, account: str, client: str, currency: str) -> int:
        minor = sum(n for (a, c, of, *_), n in self.books.items()
                    if (a, c, of) == (account, currency, client))  # fmt: skip
        return minor if account[0] in "16" else -minor

    def open(self) -> list[Bought]:
        return [one for one in self.invoices.values() if one.stage == "funded"]

    # Purchase and price.

    def capital(self, minor: int, currency: str) -> None:
        self.move(BANK, CAPITAL, minor, currency, NOBODY)

    def buy(self, one: Bought) -> None:
        self.invoices[one.number] = one
        one.owed[one.since] += one.face
        with self.across(one, one.rate(one.since)):
            self.move(OWED, DUE, one.advance, one.currency, one.about)
            self.move(OWED, RESERVE, one.face - one.advance, one.currency, one.about)

    def price(
        self, one: Bought, *, through: date, ends_on: date | None = None
    ) -> tuple[int, int, int, int]:
        """Brackets, fees in all, interest and tax by the end of a day."""
        paid, terms = ends_on or one.paid_on, one.terms
        service = half_up(one.face * terms.fee)
        brackets = interest = 0
        end = paid or through + DAY
        if terms.steps:
            brackets = steps_fee(one.face, terms.steps, (end - one.since).days)
        if terms.use:
            last = max(paid + terms.use.float_days * DAY, one.since) if paid else end
            interest = use_interest(terms.use, one.advance, one.back, first=one.since, end=last)
        fees = service + brackets
        if paid:
            wanted = max(fees + interest, terms.least)
            wanted = wanted if terms.most is None else min(wanted, terms.most)
            fees += wanted - fees - interest
            if fees < 0:
                fees, interest = 0, interest + fees
        return brackets, fees, interest, half_up(fees * terms.vat)

    def accrue(self, *, through: date) -> None:
        for one in self.open():
            timed = one.terms.steps or one.terms.use
            if not timed or one.since > through or (one.accrued_to or one.since - DAY) >= through:
                continue
            brackets, _, interest, _ = self.price(one, through=through)
            for fee, total in (("brackets", brackets), ("interest", interest)):
                grown, one.accrued[fee] = total - one.accrued[fee], total
                self.move(ACCRUED, EARNS[fee], grown, one.currency, (one.client, "", ""))
            one.accrued_to = through

    # The end of an invoice, and when it is no end.

    def settle(self, one: Bought, *, on: date) -> None:
        if one.stage != "funded" or self.stands(OWED, one):
            return
        one.settled_at = one.rate(on)
        with self.across(one, one.settled_at):
            self._release(one, on=on, ends_on=None)
        one.stage = "settled"

    def _release(self, one: Bought, *, on: date, ends_on: date | None) -> None:
        _, fees, interest, tax = self.price(one, through=on, ends_on=ends_on)
        one.charged, reserve = [], self.stands(RESERVE, one)
        for account, minor in ((FEES, fees), (USED, interest), (VAT, tax)):
            covered = min(minor, reserve)
            reserve -= covered
            one.charged += [(RESERVE, account, covered), (CLAIMS, account, minor - covered)]
        for debit, credit, minor in one.charged:
            self.move(debit, credit, minor, one.currency, one.about)
        one.rebate = reserve
        self.move(RESERVE, DUE, reserve, one.currency, one.about)
        for fee, minor in one.accrued.items():
            self.move(EARNS[fee], ACCRUED, minor, one.currency, (one.client, "", ""))

    def _reopen(self, one: Bought) -> None:
        with self.across(one, one.settled_at):  # It goes back at the rate at which it came.
            for debit, credit, minor in one.charged:
                self.move(credit, debit, minor, one.currency, one.about)
            self.move(CLAIMS, RESERVE, one.rebate, one.currency, one.about)
        for fee, minor in one.accrued.items():
            self.move(ACCRUED, EARNS[fee], minor, one.currency, (one.client, "", ""))
        one.stage = "funded"

    def credit_note(self, one: Bought, minor: int, *, on: date) -> bool:
        """Whether it is applied; else it waits for a person, and nothing moves."""
        if one.stage != "funded" or minor > self.stands(OWED, one):
            return False
        kept = min(minor, self.stands(RESERVE, one))
        with self.across(one, one.rate(on)):
            self.move(RESERVE, OWED, kept, one.currency, one.about)
            self.move(CLAIMS, OWED, minor - kept, one.currency, one.about)
        one.owed[on] -= minor
        one.back.append((on, minor - kept))
        self.settle(one, on=on)
        return True

    def take_back(self, one: Bought, *, on: date) -> None:
        """Recourse: the client takes what is outstanding back."""
        left, one.taken_at = self.stands(OWED, one), one.rate(on)
        kept = min(left, self.stands(RESERVE, one))
        with self.across(one, one.taken_at):
            self.move(RESERVE, OWED, kept, one.currency, one.about)
            self.move(CLAIMS, OWED, left - kept, one.currency, one.about)
            self._release(one, on=on, ends_on=on)
        one.stage = "repurchased"

    def recourse(self, *, today: date) -> list[str]:
        """Invoices later than their contract lets them be go back."""
        late = [
            one for one in self.open()
            if one.terms.recourse_days is not None
            and one.due + one.terms.recourse_days * DAY < today
        ]  # fmt: skip
        for one in late:
            self.take_back(one, on=today)
        return [one.number for one in late]

    def give_up(self, one: Bought, cause: str, *, on: date) -> int:
        """What of it is our own loss: nothing where the client bears it."""
        if one.terms.recourse_days is not None or cause == "dispute":
            self.take_back(one, on=on)
            return 0
        loss = self.stands(OWED, one)
        with self.across(one, one.rate(on)):
            self.move(LOSSES, OWED, loss, one.currency, one.about)
            self._release(one, on=on, ends_on=on)
        one.stage = "written_off"
        return loss

    def forgive(self, client: str, minor: int, currency: str) -> None:
        self.move(LOSSES, CLAIMS, minor, currency, (client, "", ""))

    def shows(self, line: Line) -> None:
        """A movement that is no payout of ours."""
        self.lines[line.name] = line
        line.left = abs(line.minor)
        if line.minor > 0:
            self.move(BANK, UNAPPLIED, line.minor, line.currency, NOBODY)
        else:
            self.move(UNEXPLAINED, BANK, -line.minor, line.currency, NOBODY)

    def pays(self, line: Line, one: Bought, minor: int, interest: int, paid: int = 0) -> None:
        """:param paid: of the line, where it is in another currency."""
        assert one.stage == "funded", one.number
        assert 0 < minor <= self.stands(OWED, one), (one.number, minor)
        line.left -= paid or minor + interest
        assert line.left >= 0, line.name
        self._goes_over(line, one, minor, paid)
        self.move(UNAPPLIED, OWED, minor, one.currency, one.about)
        self.move(UNAPPLIED, LATE, interest, one.currency, one.about)
        one.owed[line.on] -= minor
        one.back.append((line.on, minor))

    def _goes_over(self, line: Line, one: Bought, minor: int, paid: int) -> None:
        """To the invoice's currency; below zero it goes back."""
        self.move(UNAPPLIED, CONVERTED, paid, line.currency, one.about)
        self.move(CONVERTED, UNAPPLIED, minor if paid else 0, one.currency, one.about)

    def unpays(self, parts: Iterable[tuple[Line, Bought, int, int, int]], *, on: date) -> None:
        parts = list(parts)
        for number in {one.number for _, one, _, _, _ in parts}:
            if self.invoices[number].stage == "settled":
                self._reopen(self.invoices[number])
        for line, one, minor, interest, paid in parts:
            owes = {"repurchased": CLAIMS, "written_off": LOSSES}.get(one.stage, OWED)
            with self.across(one, one.taken_at):
                self.move(owes, UNAPPLIED, minor, one.currency, one.about)
            self.move(LATE, UNAPPLIED, interest, one.currency, one.about)
            self._goes_over(line, one, -minor, -paid)
            line.left += paid or minor + interest
            if owes == OWED:
                one.owed[on] += minor
                one.back.append((on, -minor))

    def goes_back(self, came: Line, out: Line) -> None:
        """What came in on one line went out on another; nothing of it pays anything."""
        assert came.left == came.minor == -out.minor == out.left, (came, out)
        came.left = out.left = 0
        self.move(UNAPPLIED, UNEXPLAINED, came.minor, came.currency, NOBODY)

    def was(self, kind: str, line: Line, minor: int, whom: str, *, undone: bool = False) -> None:
        """So much of a line was that: the debtor's, the client's, the bank's."""
        debit, credit, about = {
            "overpaid": (UNAPPLIED, DEBTORS, ("", whom, "")),
            "duplicate": (UNAPPLIED, DEBTORS, ("", whom, "")),
            "misdirected": (UNAPPLIED, DUE, (whom, "", "")),
            "charge": (CHARGES, UNEXPLAINED, NOBODY),
            "refund": (DEBTORS, UNEXPLAINED, ("", whom, "")),
        }[kind]
        if undone:
            debit, credit = credit, debit
        line.left += minor if undone else -minor
        assert 0 <= line.left <= abs(line.minor), line
        self.move(debit, credit, minor, line.currency, about)

    def is_spent(self, kind: str, currency: str, whom: str, minor: int) -> bool:
        """Whether what a line was said to be is not there any more to be said otherwise."""
        if kind == "misdirected":
            return self.of_client(DUE, whom, currency) < minor
        owed = -self.books[DEBTORS, currency, "", whom, ""]
        return kind in ("overpaid", "duplicate") and owed < minor

    def recovered(self, line: Line, one: Bought, minor: int) -> None:
        line.left -= minor
        assert line.left >= 0, line
        self.move(UNAPPLIED, LOSSES, minor, line.currency, one.about)

    def propose(self, currencies: Iterable[str], clients: Iterable[str]) -> None:
        self.orders = [o for o in self.orders if o.state != "proposed" or o.line]
        for currency in currencies:
            for client in clients:
                due = self.of_client(DUE, client, currency)
                if due > 0:
                    set_off = min(due, max(self.of_client(CLAIMS, client, currency), 0))
                    self.orders.append(
                        Order(client=client, currency=currency, pay=due - set_off, set_off=set_off)
                    )

    def proposed(self) -> list[Order]:
        return [order for order in self.orders if order.state == "proposed"]

    def has_changed(self, order: Order) -> bool:
        """Whether a release of it is refused."""
        if order.line:
            return order.pay > order.line.left
        whole, owed = (
            order.pay + order.set_off,
            self.of_client(CLAIMS, order.client, order.currency),
        )
        is_less = whole > self.of_client(DUE, order.client, order.currency)
        return is_less or order.set_off != min(whole, max(owed, 0))

    def release(self) -> None:
        for order in self.proposed():
            about = (order.client, "", "")
            if order.line:
                order.line.left -= order.pay
                self.move(UNAPPLIED, TRANSIT, order.pay, order.currency, NOBODY)
            else:
                self.move(DUE, CLAIMS, order.set_off, order.currency, about)
                self.move(DUE, TRANSIT, order.pay, order.currency, about)
            order.state = "sent" if order.pay else "paid"

    def executed(self, order: Order) -> None:
        order.state = "paid"
        self.move(TRANSIT, BANK, order.pay, order.currency, (order.client, "", ""))

    def rejected(self, order: Order) -> None:
        order.state = "rejected"
        if order.line:
            order.line.left += order.pay
            self.move(TRANSIT, UNAPPLIED, order.pay, order.currency, NOBODY)
        else:
            self.move(TRANSIT, DUE, order.pay, order.currency, (order.client, "", ""))

    def came_back(self, order: Order, line: Line) -> None:
        """A payout that was paid is on our account again."""
        self.shows(line)
        order.state = "returned"
        if not order.line:
            line.left = 0
            self.move(UNAPPLIED, DUE, order.pay, order.currency, (order.client, "", ""))

    def standing(self) -> dict[Place, int]:
        """Every balance that is not nothing."""
        return {place: minor for place, minor in self.books.items() if minor}
