"""The real side of a history: batches through our own actions on the database, by the names that
the model uses."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import connection

from tests import belt, world
from usance import models, pipeline
from usance.actions import (
    across,
    allocations,
    explained,
    finance,
    holds,
    parties,
    payment,
    refunds,
    returns,
    undertakings,
    write_offs,
)
from usance.actions.documents import Content
from usance.domain.credit.undertaking import Means
from usance.domain.invoice.document import Tax
from usance.domain.journal import Account
from usance.domain.mandate import Role
from usance.domain.money import Money, exponent
from usance.domain.payment import BankLine, Reference, Statement, Was
from usance.domain.settlement.losses import Cause
from usance.jobs import day
from usance.plugins.payouts import Answer, Verdict
from usance.plugins.statements._camt_write import write_camt053
from usance.queries import across as questions
from usance.queries import cash, doctor, vat_relief

from .books import Order
from .books import Place as Where
from .place import ACCOUNTS, LIMIT, Deal, Place, account_of, build
from .price import half_up

# What is about nobody is kept with the totals of days alone.
STANDING = """
SELECT account, currency, client_id, debtor_id, invoice_id, sum(minor) FROM (
  SELECT account, currency, client_id, debtor_id, invoice_id, debit_minor - credit_minor AS minor
    FROM balance
   UNION ALL SELECT account, currency, NULL, NULL, NULL, credit_minor - debit_minor FROM balance
   UNION ALL SELECT account, currency, NULL, NULL, NULL, debit_minor - credit_minor FROM day_total
) AS one GROUP BY 1, 2, 3, 4, 5 HAVING sum(minor) <> 0
"""
TAX = Fraction(19, 100)
LIST = Content(data=b"[]", media_type="application/json", name="approved.json")
LEFT_OUT = "distribution."  # What the post does moves no money.
# What positions in other currencies are worth at home the promises M34 to M36 hold together.
VALUED = {"1950", "1960", "4300", "4310", "6200", "6210"}
TIMELY = {"M19", "M20", "M24"}  # Promises about the post.


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An invoice or a credit note that a client hands in."""

    number: str
    client: str
    debtor: str
    currency: str
    minor: int
    due: date
    credits: str = ""

    @property
    def net(self) -> int:
        """Of an amount that 19 % of tax on a net make up to the unit; nothing of another."""
        near = self.minor * 100 // 119
        return next((net for net in (near, near + 1) if net + half_up(TAX * net) == self.minor), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A line of the bank's statement."""

    name: str
    minor: int
    currency: str
    on: date
    debtor: str = ""
    quotes: tuple[str, ...] = ()
    key: str = ""  # Of the order that it executes or gives back.
    because: str = ""  # The bank's word for a return.
    says: str = "Payment"


class Office:
    """Does on the database what the model is told."""

    def __init__(self, deals: tuple[Deal, ...]) -> None:
        self.place: Place = build(deals)
        self.client_of = {row.pk: name for name, row in self.place.clients.items()}
        self.debtor_of = {row.pk: name for name, row in self.place.debtors.items()}
        self.closing = dict.fromkeys((deal.currency for deal in deals), 0)
        self.statements = 0
        self.seen: set[UUID] = set()  # Allocations and explanations that were told.

    def drain(self, at: datetime) -> None:
        while jobs := belt.waiting():
            done = [job for job, _, _ in jobs]
            for _, step, subjects in jobs:
                if not step.startswith(LEFT_OUT):
                    pipeline.STEPS[step](subjects, at=at, actor="belt")
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = ANY(%s)", [done]
                )

    def capital(self, minor: int, currency: str) -> None:
        world.capital(str(Money(minor, currency).decimal), currency)
        self.closing[currency] += minor

    def hand_in(self, papers: Sequence[Paper], at: datetime) -> None:
        """Through every step; a person lets pass what only looks odd."""
        belt.receive(*(self._paper(one, at.date()) for one in papers))
        self.drain(at)
        self.let("verification.verify", "credit.assess", "finance.fund", at=at)

    def hand_in_beyond(self, paper: Paper, at: datetime) -> None:
        """It waits for room, since its debtor has none just then."""
        debtor = self.place.debtors[paper.debtor].pk
        for most in (1, LIMIT):
            for currency in self.closing:
                parties.set_limit(
                    debtor, Money(most, currency), source="Test bureau",
                    **by("admin", Role.ADMIN, at),
                )  # fmt: skip
            if most == 1:
                belt.receive(self._paper(paper, at.date()))
                self.drain(at)
                self.let("verification.verify", at=at)

    def let(self, *steps: str, at: datetime) -> None:
        """A person lets pass what waits there."""
        rows = models.Hold.objects.filter(closed_at=None, step__in=steps)
        while asked := list(rows.values_list("pk", flat=True)):
            refused = holds.release_each(
                asked, role=Role.ADMIN, remark="Asked.", at=at, actor="user:credit"
            )
            assert not refused, refused
            self.drain(at)

    def undertakes(self, papers: Sequence[Paper], at: datetime) -> None:
        """Their debtors do, to pay them whatever comes."""
        for one in papers:
            said = undertakings.Approved(
                client=self.place.clients[one.client].pk, number=one.number,
                amount=Money(one.minor, one.currency), due_on=one.due,
            )  # fmt: skip
            (no,) = undertakings.take(
                self.place.debtors[one.debtor].pk, [said], means=Means.API, proof=LIST,
                **by("credit", Role.CREDIT, at),
            )  # fmt: skip
            assert no is None, no

    def _paper(self, one: Paper, today: date) -> Any:
        gross, net = (
            Decimal(minor).scaleb(-exponent(one.currency)) for minor in (one.minor, one.net)
        )
        written = world.paper(
            self.place.clients[one.client], self.place.debtors[one.debtor], number=one.number,
            gross=f"{gross:f}", currency=one.currency, issued_on=today, due_on=one.due,
            credits=one.credits,
        )  # fmt: skip
        if not net:
            return written
        taxed = Tax(taxable=net, tax=gross - net, category="S", rate=Decimal(19))
        (line,) = written.lines
        line = replace(line, net=net, price=net, tax_category="S", tax_rate=Decimal(19))
        totals = replace(written.totals, lines=net, net=net, tax=gross - net)
        return replace(written, lines=(line,), taxes=(taxed,), totals=totals)

    def state(self, lines: Iterable[Movement], at: datetime) -> None:
        """One statement with these lines, all of a currency; matched."""
        told = list(lines)
        currency, amount = told[0].currency, sum(line.minor for line in told)
        self.statements += 1
        opening = Money(self.closing[currency], currency)
        self.closing[currency] += amount
        said = Statement(
            account=ACCOUNTS[currency], currency=currency, reference=f"S{self.statements}",
            opening=opening, closing=opening + Money(amount, currency), opened_on=at.date(),
            closed_on=at.date(), lines=tuple(map(self._line, told)),
        )  # fmt: skip
        data = write_camt053(said, at + timedelta(seconds=self.statements))
        payment.import_statement("statement.xml", data, at=at, actor="bank")
        self.drain(at)

    def _line(self, one: Movement) -> BankLine:
        rows = models.Invoice.objects.filter(number__in=one.quotes).order_by("number")
        return BankLine(
            amount=Money(one.minor, one.currency), booked_on=one.on, bank_reference=one.name,
            end_to_end=one.key, texts=(one.says,), return_reason=one.because,
            references=tuple(Reference(scheme="scor", value=r.payment_reference) for r in rows),
            counterparty_account=account_of(one.debtor) if one.debtor else "",
            counterparty=one.debtor,
        )  # fmt: skip

    def decided(self) -> list[tuple[str, str, int, int, int]]:
        """What lines were let pay since it was asked last: line, invoice, amount, interest, and
        what of the line, where that is in another currency."""
        rows = models.Allocation.objects.exclude(pk__in=self.seen).order_by("at", "pk")
        rows = rows.select_related("line", "invoice")
        self.seen |= {row.pk for row in rows}
        return [
            (
                row.line.bank_reference,
                row.invoice.number,
                row.amount_minor,
                row.interest_minor,
                row.line_minor or 0,
            )
            for row in rows
        ]

    def passed_on(self) -> list[tuple[UUID, str, str, int]]:
        """What was the client's by itself since it was asked last, because it had bought back what
        the line pays: key, line, invoice, amount."""
        rows = models.Explanation.objects.filter(invoice__isnull=False).exclude(pk__in=self.seen)
        found = list(rows.select_related("line", "invoice").order_by("pk"))
        self.seen |= {row.pk for row in found}
        return [
            (row.pk, row.line.bank_reference, row.invoice.number, row.amount_minor)
            for row in found
            if row.invoice
        ]

    def taken_back(self) -> dict[str, str]:
        """Movements that took something back, with what: all of the history."""
        rows = models.Explanation.objects.filter(was="returned", line__amount_minor__lt=0)
        return {r.line.bank_reference: r.other.bank_reference
                for r in rows.select_related("line", "other") if r.other}  # fmt: skip

    # Persons at their desks. Each may be refused, by a Refusal.

    def split(self, line: str, parts: dict[str, int], currency: str, at: datetime) -> None:
        said = {self._invoice(n): Money(minor, currency) for n, minor in parts.items()}
        allocations.split(self._key(line), said, **by("cash", Role.CASH, at))
        self.drain(at)

    def quote_across(self, line: str, number: str) -> tuple[int, int]:
        """What of a line would pay how much of an invoice in another currency."""
        row = models.BankLine.objects.get(bank_reference=line)
        (item,) = cash.items([self._invoice(number)])
        told = questions.quote(row, item)
        return told.paid.minor, told.pays.minor

    def pay_across(self, line: str, number: str, paid: int, pays: int, at: datetime) -> None:
        row = models.BankLine.objects.get(bank_reference=line)
        invoice = models.Invoice.objects.get(number=number)
        across.pay(
            row.pk, invoice.pk, paid=Money(paid, row.currency), pays=Money(pays, invoice.currency),
            **by("cash", Role.CASH, at),
        )  # fmt: skip
        self.drain(at)

    def undo(self, parts: Sequence[tuple[str, str]], at: datetime) -> None:
        found = models.Allocation.objects.filter(undone_at=None)
        pks = [
            found.get(line__bank_reference=line, invoice__number=number).pk
            for line, number in parts
        ]
        allocations.undo(pks, **by("cash", Role.CASH, at))
        self.drain(at)

    def explain(self, line: str, kind: str, amount: Money, whom: str, at: datetime) -> UUID:
        debtor = self.place.debtors[whom].pk if whom in self.place.debtors else None
        client = self.place.clients[whom].pk if whom in self.place.clients else None
        explained.explain(
            self._key(line), Was(kind), amount, debtor=debtor, client=client,
            **by("cash", Role.CASH, at),
        )  # fmt: skip
        return models.Explanation.objects.latest("pk").pk

    def withdraw(self, key: UUID, at: datetime) -> None:
        explained.withdraw(key, **by("cash", Role.CASH, at))

    def give_back(self, out: str, came: str, at: datetime) -> None:
        returns.returned(self._key(out), self._key(came), **by("cash", Role.CASH, at))
        self.drain(at)

    def give_up(self, number: str, cause: str, at: datetime) -> None:
        row = write_offs.propose(
            self._invoice(number), cause=Cause(cause), reason="Tried it all.",
            **by("finance", Role.FINANCE, at),
        )  # fmt: skip
        self._agree(row, at)

    def forgive(self, client: str, amount: Money, at: datetime) -> None:
        row = write_offs.propose_claim(
            self.place.clients[client].pk, amount, cause=Cause.INSOLVENT, reason="Tried it all.",
            **by("finance", Role.FINANCE, at),
        )  # fmt: skip
        self._agree(row, at)

    def _agree(self, row: models.WriteOff, at: datetime) -> None:
        seen = write_offs.digest(row)
        write_offs.agree(row.pk, seen=seen, **by("chief", Role.ADMIN, at))
        self.drain(at)

    def recover(self, line: str, number: str, amount: Money, at: datetime) -> None:
        loss = models.WriteOff.objects.get(invoice__number=number, state="done")
        explained.recovered(self._key(line), loss.pk, amount, **by("cash", Role.CASH, at))

    def refund(self, line: str, amount: Money, at: datetime) -> None:
        refunds.propose(self._key(line), amount, because="Too much.", **by("cash", Role.CASH, at))

    def end_day(self, at: datetime) -> None:
        day.end(at=at)
        self.drain(at)

    def release(self, at: datetime) -> None:
        seen = dict(models.Payout.objects.filter(state="proposed").values_list("pk", "content"))
        files = finance.release_payouts(seen, pay_on=at.date(), **by("releaser", Role.FINANCE, at))
        for file in files:
            finance.hand_over_file(file.pk, at=at, actor="bank")

    def reject(self, keys: Iterable[str], at: datetime) -> None:
        said = [Answer(file="", key=key, verdict=Verdict.REJECTED, code="AC04") for key in keys]
        finance.take_answers(said, at=at, actor="bank")
        self.drain(at)

    def key_of(self, order: Order, known: Collection[str]) -> str:
        """The key of an order that was released just now."""
        rows = models.Payout.objects.filter(
            currency=order.currency, amount_minor=order.pay, set_off_minor=order.set_off,
            state="sent", receipt__bank_reference=order.line.name if order.line else None,
            client=self.place.clients.get(order.client),
        )  # fmt: skip
        (key,) = (row.key for row in rows if row.key not in known)
        return key

    def _key(self, line: str) -> UUID:
        return models.BankLine.objects.get(bank_reference=line).pk

    def _invoice(self, number: str) -> UUID:
        return models.Invoice.objects.get(number=number).pk

    # What stands in the books, in the model's words.

    def standing(self) -> dict[Where, int]:
        numbers = dict(models.Invoice.objects.values_list("pk", "number"))
        with connection.cursor() as cursor:
            cursor.execute(STANDING)
            return {
                (Account(account).value, currency, self.client_of.get(client, ""),
                 self.debtor_of.get(debtor, ""), numbers.get(invoice, "")): int(minor)
                for account, currency, client, debtor, invoice, minor in cursor.fetchall()
                if client or account not in VALUED
            }  # fmt: skip

    def stages(self) -> dict[str, str]:
        rows = models.Invoice.objects.filter(kind="invoice")
        return dict(rows.values_list("number", "stage"))

    def unapplied(self) -> dict[str, int]:
        rows = models.BankLine.objects.exclude(unapplied_minor=0)
        return {name: abs(n) for name, n in rows.values_list("bank_reference", "unapplied_minor")}

    def orders(self) -> list[tuple[str, int, int, str]]:
        """Currency, amount, set off, state."""
        rows = models.Payout.objects.values_list(
            "currency", "amount_minor", "set_off_minor", "state"
        )
        return sorted(rows)

    def relief(self, today: date) -> dict[str, tuple[int, int, int | None]]:
        """What clients lost, what we did, and the tax in the clients' part where it is known."""
        told = [vat_relief.of_client(row, on=today) for row in self.place.clients.values()]
        return {
            one.invoice.number: (
                one.loss.amount.minor, one.ours.minor,
                None if one.invoice.credit_notes.filter(stage="applied").exists()
                else one.found.tax.minor,
            )
            for client in told for one in client.lines
        }  # fmt: skip

    def broken(self) -> list[str]:
        return [
            f"{one.rule} {one.promise}: {one.rows[:3]}"
            for one in doctor.examine(files=0) if not one.kept and one.rule not in TIMELY
        ]  # fmt: skip


def by(who: str, role: Role, at: datetime) -> dict[str, Any]:
    return {"role": role, "at": at, "actor": f"user:{who}"}
