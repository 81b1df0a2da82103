"""The till of the model: what lines are that pay no invoice, and payouts."""

from collections.abc import Iterable
from dataclasses import dataclass

from .books import (
    AT_PROVIDERS,
    BANK,
    CHARGES,
    CLAIMS,
    DEBTORS,
    DUE,
    LOSSES,
    NOBODY,
    TRANSIT,
    UNAPPLIED,
    UNEXPLAINED,
    Books,
    Bought,
    Line,
    Order,
)


@dataclass(slots=True)
class Till(Books):
    """Movements on the bank's statement, and what is ordered from it."""

    def shows(self, line: Line) -> None:
        """A movement that is no payout of ours."""
        self.lines[line.name] = line
        line.left = abs(line.minor)
        if line.minor > 0:
            self.move(line.place, UNAPPLIED, line.minor, line.currency, NOBODY)
        else:
            self.move(UNEXPLAINED, line.place, -line.minor, line.currency, NOBODY)

    def goes_back(self, came: Line, out: Line) -> None:
        """What came in on one line went out on another; nothing of it pays anything."""
        assert came.left == came.minor == -out.minor == out.left, (came, out)
        came.left, out.left, came.final_on = 0, 0, None
        self.move(UNAPPLIED, UNEXPLAINED, came.minor, came.currency, NOBODY)

    def part_goes_back(self, came: Line, out: Line, minor: int) -> None:
        """What it pays it pays still: only what was too much went out again."""
        came.left -= minor
        out.left = 0
        assert came.left >= 0, came
        self.move(UNAPPLIED, UNEXPLAINED, minor, came.currency, NOBODY)

    def paid_on(self, line: Line) -> None:
        """A payout of the payment provider: what it had for us is on our account."""
        assert line.left == line.minor, line
        line.left = 0
        self.move(UNAPPLIED, AT_PROVIDERS, line.minor, line.currency, NOBODY)

    def provider_keeps(self, minor: int, currency: str) -> None:
        self.move(CHARGES, AT_PROVIDERS, minor, currency, NOBODY)

    def back_released(self, line: Line, minor: int) -> None:
        """The provider is to pay so much of a line back."""
        line.left -= minor
        assert line.left >= 0, line
        self.move(UNAPPLIED, TRANSIT, minor, line.currency, NOBODY)

    def back_failed(self, line: Line, minor: int) -> None:
        line.left += minor
        self.move(TRANSIT, UNAPPLIED, minor, line.currency, NOBODY)

    def back_done(self, out: Line, minor: int) -> None:
        """By a movement of its own, which explains itself."""
        out.left = 0
        self.move(TRANSIT, UNEXPLAINED, minor, out.currency, NOBODY)

    def was(self, kind: str, line: Line, minor: int, whom: str, *, undone: bool = False) -> None:
        """So much of a line was that: the debtor's, the client's, the bank's."""
        debit, credit, about = {
            "overpaid": (UNAPPLIED, DEBTORS, ("", whom, "")),
            "duplicate": (UNAPPLIED, DEBTORS, ("", whom, "")),
            "misdirected": (UNAPPLIED, DUE, (whom, "", "")),
            "claim_paid": (UNAPPLIED, CLAIMS, (whom, "", "")),
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

    def claim_paid(self, line: Line, client: str, minor: int) -> None:
        """The client pays what it owes, by what came in."""
        line.left -= minor
        assert line.left >= 0, line
        self.move(UNAPPLIED, CLAIMS, minor, line.currency, (client, "", ""))

    def leave(self, client: str, currency: str) -> None:
        """What is left on both sides is set off."""
        both = min(self.of_client(CLAIMS, client, currency), self.of_client(DUE, client, currency))
        self.move(DUE, CLAIMS, max(both, 0), currency, (client, "", ""))

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

    def said_paid(self, order: Order, line: Line, *, undone: bool = False) -> None:
        """A person finds the order in what the bank debited; or it was not in it."""
        line.left += order.pay if undone else -order.pay
        assert 0 <= line.left <= -line.minor, line
        order.state = "sent" if undone else "paid"
        debit, credit = (UNEXPLAINED, TRANSIT) if undone else (TRANSIT, UNEXPLAINED)
        self.move(debit, credit, order.pay, order.currency, (order.client, "", ""))

    def after_all(self, order: Order, line: Line) -> None:
        """The bank executed what it never would: the client owes it, as it is due again or paid.
        Of a refund somebody says what it is."""
        self.shows(line)
        order.is_missing = False
        if not order.line:
            line.left, order.state = 0, "paid"
            self.move(CLAIMS, UNEXPLAINED, order.pay, order.currency, (order.client, "", ""))

    def by_hand(self, debit: str, credit: str, minor: int, currency: str) -> None:
        """An accountant moves it; nobody was charged."""
        self.books[debit, currency, *NOBODY] += minor
        self.books[credit, currency, *NOBODY] -= minor

    def came_back(self, order: Order, line: Line) -> None:
        """A payout that was paid is on our account again."""
        self.shows(line)
        order.state = "returned"
        if not order.line:
            line.left = 0
            self.move(UNAPPLIED, DUE, order.pay, order.currency, (order.client, "", ""))
