"""Direct debits: who signs, who is told, what is ordered, what comes, goes back, and is final."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from tests import world
from tests.belt import drain, receive
from usance import models
from usance.actions import (
    allocations,
    collected,
    debit_files,
    debit_mandates,
    debits,
    paying,
    payment,
)
from usance.domain.collection.debits import Finality
from usance.domain.collection.signed import Scheme
from usance.domain.mandate import ContentChanged, NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.domain.payment import BankLine, Reference, Statement
from usance.jobs import day
from usance.plugins.payouts import Answer, Verdict
from usance.plugins.statements._camt_write import write_camt053
from usance.queries import debits as query
from usance.queries import doctor, overdue
from usance.queries.parcels import stored
from usance.sandbox import pain008

pytestmark = pytest.mark.django_db

CREDITOR = "DE98ZZZ09999999999"
BOLTS = "DE75512108001245126199"
OTHER = "DE02100500000054540402"
DAY = timedelta(days=1)
DUE = date(2026, 3, 20)


def collects(finality: Finality = Finality.REFUND) -> models.BankAccount:
    """Our account in euro may collect from now on."""
    account = models.BankAccount.objects.get(currency="EUR")
    return paying.set_debits(
        account.pk, creditor_id=CREDITOR, version="08", finality=finality, role=Role.OPERATIONS,
        at=world.NOW, actor="user:ops",
    )  # fmt: skip


def entered(place: world.World, **more: Any) -> models.DebitMandate:
    said: dict[str, Any] = {
        "reference": "M-2026/17", "scheme": Scheme.CORE, "iban": BOLTS,
        "signed_on": date(2026, 1, 15), "evidence": "Folder 7", "role": Role.COLLECTION,
        "at": world.NOW, "actor": "user:clerk",
    }  # fmt: skip
    return debit_mandates.enter(place.bolt.pk, **said | more)


def confirmed(row: models.DebitMandate) -> models.DebitMandate:
    return debit_mandates.confirm(
        row.pk, seen=row.iban, role=Role.CREDIT, at=world.NOW, actor="user:second"
    )


def ready(*, gross: str = "10000.00", count: int = 1, **more: Any) -> world.World:
    """Bought invoices of Bolt, due on 20 March, and a mandate that two people agreed on."""
    place = world.build()
    collects()
    for n in range(count):
        receive(world.paper(place.acme, place.bolt, number=f"R-{n}", gross=gross, due_on=DUE))
    drain(send=False)
    confirmed(entered(place, **more))
    return place


def planned(*, at: datetime = world.NOW) -> list[models.Debit]:
    return debits.plan(at=at, actor="day")


def announced(*, at: datetime = world.NOW) -> list[models.Debit]:
    rows = planned(at=at)
    debits.announce(
        [row.pk for row in rows], how="letter", role=Role.COLLECTION, at=at, actor="user:clerk"
    )
    return rows


def release(
    seen: Mapping[UUID, str], *, at: datetime = world.NOW, actor: str = "user:releaser"
) -> list[models.DebitFile]:
    return debit_files.release(seen, role=Role.FINANCE, at=at, actor=actor)


def sent(*, at: datetime = world.NOW) -> models.DebitFile:
    (file,) = release({row.pk: row.content for row in announced(at=at)}, at=at)
    debit_files.hand_over(file.pk, at=at, actor="bank")
    return file


class Bank:
    """Statements that follow on each other."""

    def __init__(self) -> None:
        self.balance, self.told = Money(0, "EUR"), 0

    def says(self, *lines: tuple[Money, str, str], on: date) -> bytes:
        """(amount, key, reason of a return) for each movement of a day."""
        self.told += 1
        opening = self.balance
        for amount, _, _ in lines:
            self.balance += amount
        statement = Statement(
            account=world.OUR_EUR, currency="EUR", reference=f"S{self.told}", opening=opening,
            closing=self.balance, opened_on=on, closed_on=on,
            lines=tuple(
                BankLine(
                    amount=amount, booked_on=on, bank_reference=f"B{self.told}-{n}",
                    end_to_end=key, counterparty="Bolt Maschinenbau AG",
                    counterparty_account=BOLTS, return_reason=reason,
                )
                for n, (amount, key, reason) in enumerate(lines)
            ),
        )  # fmt: skip
        at = datetime.combine(on, world.NOW.timetz()) + timedelta(seconds=self.told)
        data = write_camt053(statement, at)
        payment.import_statement("statement.xml", data, at=at, actor="bank")
        drain(send=False, at=at)
        return data


def broken() -> list[str]:
    wrong = (one for one in doctor.examine() if not one.kept and one.rule != "M24")
    return [f"{one.rule} {one.rows}" for one in wrong]


def stage() -> str:
    return models.Invoice.objects.get().stage


def test_an_invoice_is_collected_once_when_it_is_due_and_the_debtor_was_told() -> None:
    ready()
    (row,) = planned()
    assert planned() == []
    assert (row.collect_on, row.amount) == (DUE, Money.of("10000.00", "EUR"))
    notice = models.DebitNotice.objects.get()
    assert notice.address == "rechnung@bolt.example"
    assert all(part in notice.text for part in ("R-0", "10.000,00", "6199", "M-2026/17", CREDITOR))
    assert BOLTS not in notice.text
    with pytest.raises(debit_files.NotAnnounced):
        release({row.pk: row.content})
    with pytest.raises(debits.ToldTooLate):
        debits.announce(
            [row.pk], how="letter", role=Role.COLLECTION, at=world.NOW + 5 * DAY, actor="user:x"
        )
    assert not debits.mailed(row.pk, "x", at=world.NOW + 5 * DAY, actor="notices")
    assert debits.mailed(row.pk, "rechnung@bolt.example", at=world.NOW + 4 * DAY, actor="notices")
    with pytest.raises(DatabaseError), transaction.atomic():
        models.Debit.objects.create(
            mandate=row.mandate, invoice=row.invoice, amount_minor=1, currency="EUR",
            collect_on=DUE, notice_days=14, planned_at=world.NOW, planned_by="x", content="x",
        )  # fmt: skip


def test_the_file_says_what_was_agreed_and_closes_by_the_statement() -> None:
    ready()
    file = sent()
    ((block,),) = [pain008.read(stored(file.document_id))]
    assert (block.sequence, block.scheme, block.creditor, block.collect_on) == (
        "FRST", "CORE", CREDITOR, DUE,
    )  # fmt: skip
    row = models.Debit.objects.get()
    assert [(one.key, one.amount, one.account, one.mandate) for one in block.debits] == [
        (row.key, row.amount, BOLTS, "M-2026/17")
    ]
    assert overdue.due_for_reminder(today=DUE + 6 * DAY) == []

    bank = Bank()
    data = bank.says((row.amount, row.key, ""), on=DUE)
    row.refresh_from_db()
    assert (row.state, row.final_on) == ("collected", DUE + timedelta(weeks=8, days=4))
    assert stage() == "funded"  # Paid, and the reserve waits.
    payment.import_statement("again.xml", data, at=world.NOW, actor="bank")
    assert models.Allocation.objects.count() == 1
    assert broken() == []

    at = datetime.combine(row.final_on, world.NOW.timetz())
    assert day.end(at=at - DAY).reserves_freed == 0
    assert day.end(at=at).reserves_freed == 1
    assert stage() == "settled"
    assert broken() == []


def test_who_planned_it_or_saw_another_content_does_not_release_it() -> None:
    ready()
    (row,) = announced()
    models.Debit.objects.update(planned_by="user:releaser")
    with pytest.raises(SecondPersonNeeded):
        release({row.pk: row.content})
    models.Debit.objects.update(planned_by="day")
    with pytest.raises(NotAllowed):
        debit_files.release(
            {row.pk: row.content}, role=Role.COLLECTION, at=world.NOW, actor="user:x"
        )
    with pytest.raises(ContentChanged):
        release({row.pk: "0" * 64})
    models.DebitMandate.objects.update(iban=OTHER)
    with pytest.raises(ContentChanged):
        release({row.pk: row.content})
    assert models.DebitFile.objects.count() == 0


def test_what_was_paid_meanwhile_is_not_released_but_cancelled() -> None:
    ready()
    (row,) = announced()
    bank = Bank()
    bank.says((Money.of("4000.00", "EUR"), "", ""), on=world.TODAY)
    invoice = models.Invoice.objects.get()
    line = models.BankLine.objects.get()
    if line.unapplied_minor:
        payment.allocate(
            line.pk, invoice.pk, line.amount, role=Role.CASH, at=world.NOW, actor="user:cash"
        )
    with pytest.raises(ContentChanged):
        release({row.pk: row.content})
    assert debits.look_after(at=world.NOW, actor="day") == 1
    (again,) = planned()
    assert again.amount == Money.of("6000.00", "EUR")


def test_what_nobody_releases_in_time_is_announced_anew() -> None:
    ready()
    (row,) = announced()
    late = datetime(2026, 3, 19, 14, tzinfo=world.NOW.tzinfo)  # 15:00 in Berlin, past the cut-off.
    with pytest.raises(debit_files.TooLateForDay):
        release({row.pk: row.content}, at=late)
    done = day.end(at=late)
    assert (done.debits_dropped, done.debits_planned) == (1, 1)
    new = models.Debit.objects.get(state="planned")
    assert new.collect_on == date(2026, 4, 7)  # 3 April is Good Friday.


@pytest.mark.parametrize(("code", "live", "again"), [("AM04", True, 1), ("MD01", False, 0),
                                                      ("MS03", True, 0)])  # fmt: skip
def test_what_the_bank_rejects_is_a_task_and_the_reason_decides(
    code: str, live: bool, again: int
) -> None:
    ready()
    file = sent()
    row = models.Debit.objects.get()
    answer = Answer(file=file.name, key=row.key, verdict=Verdict.REJECTED, code=code)
    assert debit_files.take_answers([answer], raw=b"<x/>", at=world.NOW, actor="bank") == 1
    assert debit_files.take_answers([answer], at=world.NOW, actor="bank") == 0
    row.refresh_from_db()
    assert (row.state, row.reason) == ("rejected", code)
    assert query.to_act() == [row]
    assert (models.DebitMandate.objects.get().state == "live") is live
    assert len(planned()) == again
    assert broken() == []


@pytest.mark.parametrize("days", [1, 60])  # Before the reserve was released, and after.
def test_what_is_returned_is_owed_again(days: int) -> None:
    ready()
    sent()
    row = models.Debit.objects.get()
    bank = Bank()
    bank.says((row.amount, row.key, ""), on=DUE)
    back_on = DUE + days * DAY
    at = datetime.combine(back_on, world.NOW.timetz())
    day.end(at=at)
    assert (stage() == "settled") is (days == 60)
    bank.says((-row.amount, row.key, "MD01"), on=back_on)
    row.refresh_from_db()
    assert (row.state, row.reason[:4]) == ("returned", "MD01")
    assert stage() == "funded"
    assert query.to_act() == [row]
    assert models.DebitMandate.objects.get().closed_because.startswith("the bank: MD01")
    assert broken() == []

    bank.says((row.amount, row.key, "MD01"), on=back_on + DAY)  # The bank was wrong.
    row.refresh_from_db()
    assert (row.state, row.line_id) == ("collected", models.BankLine.objects.latest("pk").pk)
    assert broken() == []


def test_the_reserve_waits_for_the_money_wherever_a_person_puts_it() -> None:
    ready(count=2)
    sent()
    row = models.Debit.objects.order_by("pk")[0]
    Bank().says((row.amount, row.key, ""), on=DUE)
    (paid,) = models.Allocation.objects.all()
    other = models.Invoice.objects.exclude(pk=row.invoice_id).get()
    at = datetime.combine(DUE, world.NOW.timetz()) + timedelta(hours=1)
    signed: dict[str, Any] = {"role": Role.CASH, "at": at, "actor": "user:cash"}
    allocations.undo([paid.pk], **signed)
    allocations.allocate(paid.line_id, other.pk, row.amount, **signed)
    drain(send=False, at=at)
    other.refresh_from_db()
    assert other.stage == "funded"
    day.end(at=at + 60 * DAY)
    other.refresh_from_db()
    assert other.stage == "settled"
    assert broken() == []


def test_what_comes_in_another_amount_or_for_nothing_waits_for_a_person() -> None:
    ready()
    sent()
    row = models.Debit.objects.get()
    bank = Bank()
    invoice = models.Invoice.objects.get()
    bank.says((Money.of("9999.99", "EUR"), row.key, ""), on=DUE)
    assert models.Debit.objects.get().state == "sent"
    line = models.BankLine.objects.get()
    if line.unapplied_minor:
        payment.allocate(
            line.pk, invoice.pk, line.amount, role=Role.CASH, at=world.NOW, actor="user:cash"
        )
    bank.says((row.amount, row.key, ""), on=DUE + DAY * 3)
    line = models.BankLine.objects.latest("pk")
    assert (line.unapplied_minor, line.says) == (999_999, collected.MOVED_ON)
    assert models.Debit.objects.get().state == "collected"
    assert broken() == []


def test_what_no_statement_shows_is_told() -> None:
    ready()
    sent()
    shown = {n: len(query.late(today=DUE + n * DAY)) for n in (0, 3, 4, 5)}
    assert shown == {0: 0, 3: 0, 4: 0, 5: 1}  # The 20th is a Friday.


def test_a_reference_of_another_invoice_does_not_lead_a_collection_astray() -> None:
    """Our key decides, before any word of the line is read."""
    ready(count=2)
    sent()
    row = models.Debit.objects.order_by("pk")[0]
    other = models.Invoice.objects.exclude(pk=row.invoice_id).get()
    line = BankLine(
        amount=row.amount, booked_on=DUE, bank_reference="B1", end_to_end=row.key,
        references=(Reference(scheme="scor", value=other.payment_reference),),
    )  # fmt: skip
    told = Statement(
        account=world.OUR_EUR, currency="EUR", reference="S1", opening=Money(0, "EUR"),
        closing=row.amount, opened_on=DUE, closed_on=DUE, lines=(line,),
    )  # fmt: skip
    at = datetime.combine(DUE, world.NOW.timetz())
    payment.import_statement("s.xml", write_camt053(told, at), at=at, actor="bank")
    drain(send=False, at=at)
    assert models.Allocation.objects.get().invoice_id == row.invoice_id
