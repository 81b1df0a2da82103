"""The debtors: they get what was delivered to them and pay by their character.

Who behaves how is thrown once for each invoice, from seed, debtor and number. A debtor who sees an
invoice again after it fell due was reminded.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from usance.domain.money import Money, total
from usance.domain.payment import BankLine, Reference, compact

from . import dice
from .agenda import Agenda, banking_day, moment
from .iban import made_up
from .reading import Demand, words

# How often which behaviour, of a hundred invoices.
BEHAVIOURS = {
    "on_time": 52,
    "late": 16,
    "after_reminder": 10,
    "short": 4,  # Takes a discount of 2 % that nobody gave.
    "twice": 2,
    "without_reference": 4,
    "number_in_text": 4,
    "together": 4,  # Several invoices in one payment.
    "dispute": 2,  # Says so, and does not pay.
    "never": 2,
}
DISCOUNTED = Decimal("0.98")
PAYS_AT_HOUR = 10

Pay = Callable[[str, BankLine], None]
Dispute = Callable[[str], None]
Answer = Callable[[str, date | None], None]  # How he behaves, and when he will pay, if he will.


@dataclass(slots=True)
class Bill:
    """One invoice on one debtor's desk."""

    demand: Demand
    who: str
    behaviour: str
    received_at: datetime
    open: Money
    seen: int = 1
    reminded_on: date | None = None
    payments: list[dict[str, str]] = field(default_factory=list)


class Debtors:
    def __init__(self, seed: int, agenda: Agenda, pay: Pay) -> None:
        self.seed, self._agenda, self._pay = seed, agenda, pay
        self.bills: dict[tuple[str, str], Bill] = {}
        self.forced: dict[str, str] = {}  # Invoice number -> behaviour, set by whoever tests.
        self._known: dict[str, Bill] = {}  # Compacted reference or number -> bill.

    def receive(
        self,
        address: str,
        demand: Demand | None,
        text: str,
        at: datetime,
        dispute: Dispute,
        answer: Answer | None = None,
    ) -> None:
        """Something reached this address: an invoice, a credit note, or words about one. `answer`
        is for channels by which a buyer answers a new invoice."""
        if demand is None:
            for word in sorted(words(text) & self._known.keys()):
                self._seen_again(self._known[word], at)
                return
            return
        who = demand.debtor or address
        if demand.credits:
            self._credited(who, demand)
        elif bill := self.bills.get((who, demand.number)):
            self._seen_again(bill, at)
        elif demand.amount.minor > 0 and demand.account:
            pays_on = self._take(who, demand, at, dispute)
            if answer is not None:
                answer(self.bills[who, demand.number].behaviour, pays_on)

    def _take(self, who: str, demand: Demand, at: datetime, dispute: Dispute) -> date | None:
        """When he will pay; None: not by himself."""
        behaviour = self.forced.get(demand.number) or dice.one_of(
            BEHAVIOURS, self.seed, "behaviour", who, demand.number
        )
        bill = Bill(demand, who, behaviour, at, demand.amount)
        self.bills[who, demand.number] = bill
        for word in (demand.reference, demand.number):
            if len(compact(word)) >= 4:
                self._known.setdefault(compact(word), bill)
        due_on = demand.due_on or at.date() + timedelta(days=30)
        if behaviour == "late":
            due_on += timedelta(days=self._days(bill, 2, 35))
        elif behaviour in ("after_reminder", "never", "dispute"):
            if behaviour == "dispute":
                dispute(f"We do not accept invoice {demand.number}: goods were damaged.")
            return None
        else:
            due_on -= timedelta(days=self._days(bill, 0, 3))
        pays_on = self._plan(bill, due_on, "first")
        if behaviour == "twice":
            self._plan(bill, due_on + timedelta(days=self._days(bill, 3, 9)), "again")
        return pays_on

    def _seen_again(self, bill: Bill, at: datetime) -> None:
        bill.seen += 1
        due_on = bill.demand.due_on or bill.received_at.date()
        if at.date() > due_on and bill.reminded_on is None:
            bill.reminded_on = at.date()
            if bill.behaviour == "after_reminder":
                self._plan(bill, at.date() + timedelta(days=self._days(bill, 2, 6)), "reminded")

    def _credited(self, who: str, demand: Demand) -> None:
        """A credit note reduces what is paid, as far as it was not paid yet."""
        bill = self.bills.get((who, demand.credits))
        if bill and bill.open.currency == demand.amount.currency:
            left = bill.open.minor - abs(demand.amount.minor)
            bill.open = Money(max(left, 0), bill.open.currency)

    def _plan(self, bill: Bill, on: date, occasion: str) -> date:
        day = banking_day(max(on, self._agenda.at.date() + timedelta(days=1)))
        name = f"debtor {bill.who} {bill.demand.number} {occasion}"
        self._agenda.add(moment(day, PAYS_AT_HOUR), name, lambda at: self._pays(bill, at, occasion))
        return day

    def _pays(self, bill: Bill, at: datetime, occasion: str) -> None:
        if occasion != "again" and not bill.open:
            return
        bills = [bill]
        if bill.behaviour == "together":
            bills = self._together(bill)
        amounts = [b.demand.amount if occasion == "again" else b.open for b in bills]
        if bill.behaviour == "short":
            amounts = [x.at(DISCOUNTED, rounding=ROUND_DOWN) for x in amounts]
        line = self._line(bill, bills, amounts, at, occasion)
        for paid, amount in zip(bills, amounts, strict=True):
            paid.open = Money(0, amount.currency)
            paid.payments.append({"at": at.isoformat(), "minor": str(amount.minor)})
        self._pay(bill.demand.account, line)

    def _together(self, bill: Bill) -> list[Bill]:
        """This debtor's open invoices of the same kind that fall due in the next ten days."""
        until = (bill.demand.due_on or self._agenda.at.date()) + timedelta(days=10)
        others = [
            other
            for (who, _), other in sorted(self.bills.items())
            if who == bill.who
            and other is not bill
            and other.behaviour == "together"
            and other.open.minor > 0
            and other.open.currency == bill.open.currency
            and other.demand.account == bill.demand.account
            and (other.demand.due_on or date.max) <= until
        ]
        return [bill, *others]

    def _line(
        self, bill: Bill, bills: list[Bill], amounts: list[Money], at: datetime, occasion: str
    ) -> BankLine:
        texts: tuple[str, ...] = ()
        references: tuple[Reference, ...] = ()
        numbers = " ".join(b.demand.number for b in bills)
        has_reference = bool(bill.demand.reference)
        if bill.behaviour == "without_reference":
            texts = ("Payment",)
        elif bill.behaviour == "number_in_text" or not has_reference:
            texts = (f"Invoice {numbers}",)
        elif len(bills) > 1:
            references = tuple(
                Reference(scheme="invoice", value=b.demand.number, amount=amount)
                for b, amount in zip(bills, amounts, strict=True)
            )
        else:
            references = (Reference(scheme="scor", value=bill.demand.reference),)
        thrown = dice.throw(self.seed, "payment", bill.who, bill.demand.number, occasion)
        return BankLine(
            amount=total(amounts, amounts[0].currency),
            booked_on=at.date(),
            value_on=at.date(),
            bank_reference=f"C{thrown:020d}",
            counterparty=bill.who[:70],
            counterparty_account=made_up(bill.demand.account[:2], self.seed, bill.who),
            texts=texts,
            references=references,
            code="PMNT-RCDT-ESCT",
        )

    def _days(self, bill: Bill, low: int, high: int) -> int:
        return dice.between(low, high, self.seed, "days", bill.who, bill.demand.number, str(high))
