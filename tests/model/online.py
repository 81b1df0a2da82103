"""The payment provider of a history: debtors pay there, it takes back, it pays back for us."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction

from usance import models
from usance.actions import checkouts, online, provider_refunds
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.payment.checkouts import Happened, State
from usance.plugins.providers import Told

from .books import OWED, Line
from .office import Office, by

if TYPE_CHECKING:
    from .history import History

PROVIDER = "stripe"


@dataclass(slots=True, kw_only=True)
class Refund:
    """What we let the provider pay back of a line."""

    key: UUID
    line: Line
    minor: int
    state: str = "released"
    name: str = ""  # Of the movement that did it.


class Online:
    """Draws what happens there, and tells the model and the office."""

    def __init__(self, of: "History") -> None:
        self.of, self.counter, self.happened = of, Counter(of.office), 0
        self.refunds: list[Refund] = []
        self.stands: dict[str, Line] = {}  # Where a payment is: as it came, or was given back.

    def pays_online(self) -> bool | None:
        """All of an invoice; or what it asks no more by the time it is paid, or a part that it
        asked for then."""
        model, dice = self.of.model, self.of.dice
        found = [one for one in model.open() if model.stands(OWED, one)]
        if not found:
            return False
        one = dice.choice(found)
        owed = model.stands(OWED, one)
        minor = dice.choice((owed, owed, owed + dice.randint(1, 5_000), dice.randint(1, owed)))
        name = self._name("paid")
        self.counter.paid(one.number, Money(minor, one.currency), name, self.of.at)
        line = self._shows(name, minor, one.currency)
        self.stands[self.counter.payment_of[name]] = line
        line.final_on = self.of.today + timedelta(days=self.counter.final_days(one.currency))
        self.of.bank.take_decisions(bears=False)  # Whoever paid by card has it back by card.
        self.of.bank.settle_paid([one.number])
        return None

    def pay_back_online(self) -> bool | None:
        """One proposes, another releases."""
        if not (lines := [one for one in self._receipts() if one.left]):
            return False
        line = self.of.dice.choice(lines)
        minor = self.of.dice.choice((line.left, self.of.dice.randint(1, line.left)))
        key = self.counter.releases(line.name, Money(minor, line.currency), self.of.at)
        self.refunds.append(Refund(key=key, line=line, minor=minor))
        self.of.model.back_released(line, minor)
        return None

    def hear_of_refund(self) -> bool | None:
        """The provider did it; or it would not; or what it did comes back."""
        waits = [one for one in self.refunds if one.state in ("released", "done")]
        if not waits:
            return False
        one, dice = self.of.dice.choice(waits), self.of.dice
        amount, payment = (
            Money(one.minor, one.line.currency),
            self.counter.payment_of[one.line.name],
        )
        if one.state == "done":
            if dice.random() < 0.5:
                return False
            one.state, name = "back", one.name.replace("taken_back", "given_back")
            self.counter.tells(
                Happened.GIVEN_BACK, name, "", self.of.at, payment=payment, amount=amount
            )
            self.counter.payment_of[name] = payment
            line = self._shows(name, one.minor, one.line.currency)
            line.final_on = self.counter.final_on(name)
            if line.final_on:
                self.stands[payment] = line
        elif dice.random() < 0.3:
            one.state = "failed"
            self.counter.tells(Happened.ENDED, self._name("ended"), one.key.hex, self.of.at)
            self.of.model.back_failed(one.line, one.minor)
        else:
            one.state, one.name = "done", self._name("taken_back")
            self.counter.tells(Happened.TAKEN_BACK, one.name, one.key.hex, self.of.at,
                               payment=payment, amount=amount)  # fmt: skip
            out = self._shows(one.name, -one.minor, one.line.currency)
            self.of.model.back_done(out, one.minor)
        self.of.counts[f"online refunds {one.state}"] += 1
        return None

    def takes_back_online(self) -> bool | None:
        """Of its own accord: all of a payment, or a part."""
        model, dice = self.of.model, self.of.dice
        if not (lines := list(self.stands.values())):
            return False
        line = dice.choice(lines)
        minor = dice.choice((line.minor, dice.randint(1, line.minor)))
        whole = minor == line.minor and self.of.bank.is_whole(line)
        name = self._name("taken_back")
        self.counter.tells(
            Happened.TAKEN_BACK, name, "", self.of.at,
            payment=self.counter.payment_of[line.name], amount=Money(minor, line.currency),
        )  # fmt: skip
        out = self._shows(name, -minor, line.currency)
        if whole:
            self.of.bank.went_back(name, line.name)
        elif minor <= line.left:
            self.of.bank.told.add(name)
            model.part_goes_back(line, out, minor)
        self.of.bank.take_decisions()
        return None

    def _receipts(self) -> list[Line]:
        return [self.of.model.lines[name] for name in self.counter.payment_of]

    def _shows(self, name: str, minor: int, currency: str) -> Line:
        line = Line(name=name, minor=minor, currency=currency, on=self.of.today, at_provider=True)
        self.of.bank.quoted[name] = ()
        self.of.model.shows(line)
        self.of.onward.held.append(line)
        return line

    def _name(self, word: str) -> str:
        self.happened += 1
        return f"ev_{self.happened:06d}:{word}"


class Counter:
    """The real side: checkouts that debtors began, and what the provider tells of them."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.payment_of: dict[str, str] = {}  # The provider's names, by the lines.
        plugin = {"plugin": PROVIDER, "config": {}}
        Path(settings.OUTSIDE).write_text(json.dumps({"providers": {PROVIDER: plugin}}))

    def paid(self, number: str, amount: Money, name: str, at: datetime) -> None:
        row = self._begun(number, amount, at)
        self.payment_of[name] = f"pi_{name.partition(':')[0]}"
        self.tells(Happened.PAID, name, row.key, at, payment=self.payment_of[name], amount=amount)

    def tells(
        self, happened: Happened, name: str, key: str, at: datetime, *, payment: str = "",
        amount: Money | None = None,
    ) -> None:  # fmt: skip
        """Twice, as it does."""
        said = Told(id=name, happened=happened, at=at, key=key, payment=payment, amount=amount)
        for _ in range(2):
            online.take(PROVIDER, [said], at=at, actor="provider")
        self.office.drain(at)

    def releases(self, line: str, amount: Money, at: datetime) -> UUID:
        receipt = models.BankLine.objects.get(bank_reference=line)
        row = provider_refunds.propose(
            receipt.pk, amount, because="Too much.", **by("cash", Role.CASH, at)
        )
        released = provider_refunds.release(
            row.pk, seen=row.content, **by("releaser", Role.FINANCE, at)
        )
        return released.pk

    def final_on(self, line: str) -> date | None:
        """Of what was given back, if it is a payment that a debtor began with us."""
        found = models.Checkout.objects.filter(line__bank_reference=line)
        return found.values_list("final_on", flat=True).first()

    def final_days(self, currency: str) -> int:
        return models.BankAccount.every.get(provider=PROVIDER, currency=currency).final_days

    @transaction.atomic
    def _begun(self, number: str, amount: Money, at: datetime) -> models.Checkout:
        """As the debtor's page writes it down."""
        invoice = models.Invoice.objects.get(number=number)
        sent = models.Dispatch.objects.create(
            invoice=invoice, paper="invoice", rung=0, kind="email", carrier="post",
            because="First on the ladder", address={}, planned_at=at, state="delivered",
        )  # fmt: skip
        return models.Checkout.objects.create(
            account=checkouts.lock(PROVIDER, amount.currency), invoice=invoice, dispatch=sent,
            amount_minor=amount.minor, currency=amount.currency, back="https://factor.example/i/x",
            language="de", state=State.OPEN, reference=f"cs_{number}", begun_at=at,
            until=at + timedelta(hours=1),
        )  # fmt: skip
