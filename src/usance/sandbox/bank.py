"""Our bank: takes orders and direct debits, answers for each, books, and gives a statement for each
banking day.

A day's statement exists once the day is over. Statements chain: each opens with what the last one
closed with, and their numbers have no gap.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from usance.domain.money import Money, total
from usance.domain.payee import Scheme
from usance.domain.payment import BankLine, Statement
from usance.plugins.payouts import Answer, Order, Verdict

from . import dice
from .agenda import Agenda, banking_day, banking_days, moment
from .debited import Debited
from .iban import is_sound
from .pain001 import OrderFile
from .pain008 import DebitFile

EXECUTES_AT_HOUR = 9
RETURNS_AFTER_DAYS = 2


class NoAccount(LookupError):
    """The bank has no such account."""


class NotClosed(LookupError):
    """The day is not over, or no banking day, or lies before the account."""


class OtherContent(ValueError):
    """A file of this name was handed in before, with other content."""


@dataclass(slots=True)
class Account:
    iban: str
    name: str
    opening: Money
    opened_on: date
    balance: Money
    days: dict[date, list[BankLine]] = field(default_factory=dict)


@dataclass(slots=True)
class HandedIn:
    name: str
    digest: str
    account: str
    answers: dict[str, Answer]
    original: str = "pain.001"  # What it was.
    executed: int = 0  # Orders that moved money; the truth that a test counts.


class Bank:
    def __init__(self, seed: int, agenda: Agenda) -> None:
        self.seed, self._agenda = seed, agenda
        self.accounts: dict[str, Account] = {}
        self._debited = Debited(seed, agenda, lambda iban, line: self.credit(iban, line))
        self.files: dict[tuple[str, str], HandedIn] = {}
        self.strays: list[dict[str, str]] = []  # Payments in a currency that the account has not.

    def open(self, iban: str, *, name: str, balance: Money) -> Account:
        """The account; one that is open stays as it is."""
        if iban not in self.accounts:
            opened_on = banking_day(self._agenda.at.date())
            self.accounts[iban] = Account(iban, name, balance, opened_on, balance)
        return self.accounts[iban]

    def account(self, iban: str) -> Account:
        if iban not in self.accounts:
            raise NoAccount(iban)
        return self.accounts[iban]

    def credit(self, iban: str, line: BankLine) -> None:
        """Money comes in. An account that an invoice names and nobody opened is opened by it."""
        account = self.open(iban, name="", balance=Money(0, line.amount.currency))
        if account.opening.currency != line.amount.currency:
            self.strays.append({"account": iban, "amount": str(line.amount)})
            return
        self._book(account, line)

    def hand_in(
        self, iban: str, data: bytes, blocks: list[OrderFile] | list[DebitFile]
    ) -> HandedIn:
        """Take a file of orders or direct debits; the same bytes again are the same ones.

        :raises NoAccount, OtherContent: and nothing is taken.
        """
        self.account(iban)
        if other := next((block.account for block in blocks if block.account != iban), ""):
            raise NoAccount(f"the file is for {other}")
        name, digest = blocks[0].name, sha256(data).hexdigest()
        known = self.files.get((iban, name))
        if known is None:
            known = self.files[iban, name] = HandedIn(name, digest, iban, {})
            for block in blocks:
                if isinstance(block, DebitFile):
                    known.original = "pain.008"
                    self._debited.take(known, block)
                else:
                    self._take(known, block)
        elif known.digest != digest:
            raise OtherContent(name)
        return known

    def statement(self, iban: str, on: date) -> Statement:
        """:raises NoAccount, NotClosed: if there is none."""
        account = self.account(iban)
        if not account.opened_on <= on < self._agenda.at.date() or banking_day(on) != on:
            raise NotClosed(f"{on} is not over, no banking day, or before {account.opened_on}")
        currency = account.opening.currency
        before = (x.amount for day, lines in account.days.items() if day < on for x in lines)
        opening = account.opening + total(before, currency)
        lines = tuple(account.days.get(on, ()))
        number = banking_days(account.opened_on, on)
        return Statement(
            account=iban,
            currency=currency,
            reference=f"STM-{iban[-8:]}-{on:%Y%m%d}",
            sequence=str(number),
            opening=opening,
            closing=opening + total((line.amount for line in lines), currency),
            opened_on=on,
            closed_on=on,
            lines=lines,
        )

    def _take(self, file: HandedIn, block: OrderFile) -> None:
        day = banking_day(max(block.pay_on, self._agenda.at.date()))
        for order in block.orders:
            if order.scheme is Scheme.IBAN and not is_sound(order.account):
                file.answers[order.key] = _no(file.name, order, "AC01", "The IBAN is wrong.")
                continue
            file.answers[order.key] = Answer(
                file=file.name, key=order.key, verdict=Verdict.ACCEPTED, code="ACCP"
            )
            name = f"order {file.account} {file.name} {order.key}"
            self._agenda.add(moment(day, EXECUTES_AT_HOUR), name, self._executor(file, order))

    def _executor(self, file: HandedIn, order: Order) -> Callable[[datetime], None]:
        return lambda at: self._execute(file, order, at)

    def _execute(self, file: HandedIn, order: Order, at: datetime) -> None:
        account = self.account(file.account)
        if order.amount.currency != account.opening.currency:
            answer = _no(file.name, order, "AM03", "The account has another currency.")
        elif account.balance < order.amount:
            answer = _no(file.name, order, "AM04", "The balance is too low.")
        elif "closed" in order.name.lower():
            answer = _no(file.name, order, "AC04", "The account is closed.")
        else:
            answer = Answer(file=file.name, key=order.key, verdict=Verdict.EXECUTED, code="ACSC")
            self._move(account, file, order, at)
        file.answers[order.key] = answer

    def _move(self, account: Account, file: HandedIn, order: Order, at: datetime) -> None:
        thrown = dice.throw(self.seed, "order", file.account, file.name, order.key)
        line = BankLine(
            amount=-order.amount,
            booked_on=at.date(),
            value_on=at.date(),
            bank_reference=f"D{thrown:020d}",
            end_to_end=order.key,
            counterparty=order.name,
            counterparty_account=order.account,
            texts=(order.text,) if order.text else (),
            code="PMNT-ICDT-ESCT",
        )
        file.executed += 1
        self._book(account, line)
        if "returned" in order.name.lower():
            back = replace(
                line,
                amount=order.amount,
                bank_reference=f"R{thrown:020d}",
                return_reason="AC04",
                code="PMNT-ICDT-RRTN",
            )
            later = moment(banking_day(at.date() + timedelta(days=RETURNS_AFTER_DAYS)), 9)
            name = f"return {file.account} {file.name} {order.key}"
            self._agenda.add(later, name, lambda _: self._book(account, back))

    def _book(self, account: Account, line: BankLine) -> None:
        day = banking_day(max(self._agenda.at.date(), account.opened_on))
        booked = replace(line, booked_on=day, value_on=day)
        account.days.setdefault(day, []).append(booked)
        account.balance += booked.amount


def _no(file: str, order: Order, code: str, reason: str) -> Answer:
    return Answer(file=file, key=order.key, verdict=Verdict.REJECTED, code=code, reason=reason)
