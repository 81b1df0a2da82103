"""Controls refuse: each is tried by whom it is meant for."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests import world
from tests.belt import drain, receive
from usance import models
from usance.actions import accounts, finance, holds, ledger, movements, payment
from usance.domain import ledger as recipes
from usance.domain.mandate import ContentChanged, NotAllowed, Role, SecondPersonNeeded
from usance.domain.money import Money
from usance.domain.payment import BankLine, Statement
from usance.plugins.statements._camt_write import write_camt053
from usance.queries import doctor

pytestmark = pytest.mark.django_db

BALANCE = re.compile(rb"<Bal>.*?</Bal>", re.S)
APPEND_ONLY = ("entry", "move", "diary", "document", "delivery_event", "diary_block")
WAYS = ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE")


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("way", WAYS)
def test_what_is_only_added_is_never_changed(table: str, way: str) -> None:
    statement = way.format(table)
    if table == "document":
        statement = statement.replace("id = id", "name = name")
    with pytest.raises(DatabaseError, match=r"refused|denied"), transaction.atomic():
        connection.cursor().execute(statement)


def _proposed() -> models.Payout:
    place = world.build()
    world.capital("50000", "EUR")
    receive(world.paper(place.acme, place.bolt))
    drain(send=False)
    (payout,) = finance.propose_payouts(at=world.NOW, actor="user:first")
    return payout


def _release(payout: models.Payout, **changed: object) -> None:
    how = {"role": Role.FINANCE, "pay_on": world.TODAY, "at": world.NOW, "actor": "user:second"}
    seen = {payout.pk: changed.pop("content", payout.content)}
    finance.release_payouts(seen, **(how | changed))


def test_who_proposed_a_payout_does_not_release_it() -> None:
    payout = _proposed()
    with pytest.raises(SecondPersonNeeded):
        _release(payout, actor="user:first")
    with pytest.raises(NotAllowed):
        _release(payout, role=Role.CASH)
    with pytest.raises(ContentChanged):
        _release(payout, content="what was never shown")
    assert models.Payout.objects.get().state == "proposed"
    _release(payout)
    assert models.Payout.objects.get().state == "released"
    with pytest.raises(ContentChanged):
        _release(payout)


def test_nothing_goes_to_an_account_that_changed_or_that_nobody_verified() -> None:
    payout = _proposed()
    row = accounts.enter(
        payout.client_id, number="DE02100500000054540402", currency="EUR", role=Role.ADMIN,
        at=world.NOW, actor="user:clerk",
    )  # fmt: skip
    with pytest.raises(finance.AccountNotVerified):
        _release(payout)
    with pytest.raises(SecondPersonNeeded):
        accounts.verify(row.pk, world.CALLED, role=Role.ADMIN, at=world.NOW, actor="user:clerk")
    assert finance.propose_payouts(at=world.NOW, actor="day") == []


def test_one_key_with_two_contents_is_our_own_bug() -> None:
    world.build()
    world.capital("1", "EUR")
    world.capital("1", "EUR")
    with pytest.raises(ledger.KeyReused):
        world.capital("2", "EUR")
    entry = recipes.capital(Money.of("1", "EUR"), on=world.TODAY, voucher="deed-EUR")
    assert ledger.book([entry], at=world.NOW, actor="x") == 0
    assert models.Entry.objects.count() == 1


def test_over_the_limit_is_held_and_a_person_may_let_it_pass_but_not_everything() -> None:
    place = world.build()
    receive(
        world.paper(place.acme, place.bolt, gross="50000.01"),
        world.without_buyer_ids(world.paper(place.acme, place.bolt, number="R-2"), "Nobody AG"),
    )
    drain(send=False)
    over, lost = models.Hold.objects.order_by("invoice__number")
    assert [f["code"] for f in over.findings] == ["inside_the_debtor_limit"]
    assert [f["code"] for f in lost.findings] == ["debtor_unknown"]
    how = {"remark": "Seen.", "at": world.NOW, "actor": "user:credit"}
    with pytest.raises(NotAllowed):
        holds.release(over.pk, role=Role.CASH, **how)
    for one in (over, lost):
        holds.release(one.pk, role=Role.CREDIT, **how)
    with pytest.raises(holds.HoldClosed):
        holds.release(over.pk, role=Role.CREDIT, **how)
    drain(send=False)
    stages = dict(models.Invoice.objects.values_list("number", "stage"))
    assert stages == {"R-1": "funded", "R-2": "received"}
    assert models.Hold.objects.filter(closed_at=None).count() == 1


def test_a_copy_in_another_spelling_or_the_same_batch_is_not_taken() -> None:
    place = world.build()
    paper = world.paper(place.acme, place.bolt, number="RE-0042")
    receive(paper, replace(paper, number="re 0042"))
    receive(replace(paper, number="RE0042"))
    assert models.Invoice.objects.count() == 1


def test_one_bad_invoice_does_not_stop_the_batch() -> None:
    place = world.build()
    good = world.paper(place.acme, place.bolt)
    receive(replace(good, number="9" * 300), replace(good, number="R-9", currency="EURO"), good)
    assert models.Invoice.objects.filter(number="R-1").exists()


def _statement(*lines: BankLine, opening: int = 0, **changed: object) -> Statement:
    total = opening + sum(line.amount.minor for line in lines)
    told = Statement(
        account=world.OUR_EUR, currency="EUR", reference="S1", opening=Money(opening, "EUR"),
        closing=Money(total, "EUR"), opened_on=world.TODAY, closed_on=world.TODAY, lines=lines,
    )  # fmt: skip
    return replace(told, **changed)


def _bring(statement: Statement) -> payment.Imported:
    data = write_camt053(statement, world.NOW)
    return payment.import_statement("s.xml", data, at=world.NOW, actor="bank")


def _line(minor: int, reference: str, entry: str = "") -> BankLine:
    return BankLine(
        amount=Money(minor, "EUR"), booked_on=world.TODAY, bank_reference=reference,
        entry_reference=entry or reference, texts=(reference,),
    )  # fmt: skip


def test_a_statement_that_cannot_be_right_books_nothing() -> None:
    world.build()
    with pytest.raises(payment.StatementBroken):
        _bring(_statement(_line(100, "B1"), closing=Money(1, "EUR")))
    with pytest.raises(payment.AccountUnknown):
        _bring(_statement(_line(100, "B1"), account="DE02120300000000202051"))
    dollars = b":20:X\n:25:%b\n:60F:C260302USD0,\n:61:260302C1,NTRFNONREF\n:62F:C260302USD1,\n-\n"
    with pytest.raises(payment.AccountCurrency, match=r"is kept in EUR, and .* in USD"):
        payment.import_statement(
            "s.sta", dollars % world.OUR_EUR.encode(), at=world.NOW, actor="bank"
        )
    _bring(_statement(_line(100, "B1")))
    older = b":20:X\n:25:37040044/532013000\n:60F:C%bEUR0,\n:61:%bC1,NTRF//B1\n:62F:C%bEUR1,\n-\n"
    day = world.TODAY.strftime("%y%m%d").encode()
    again = payment.import_statement("s.sta", older % (day, day, day), at=world.NOW, actor="bank")
    assert (again.lines, again.known) == (0, 1), "the same movement, by our account's older number"
    later = world.TODAY.replace(day=20)
    with pytest.raises(payment.StatementGap):
        _bring(_statement(_line(5, "B2"), opening=999, opened_on=later, closed_on=later))
    assert models.BankLine.objects.count() == 1
    assert models.Entry.objects.count() == 1


def test_what_statements_told_of_their_days_is_whole() -> None:
    """Their movements may be told again, what came before all of them is added, and a longer one
    goes on; but no other movement of their days comes in."""
    world.build()
    first, middle, last = (world.TODAY.replace(day=day) for day in (10, 11, 12))
    known = replace(_line(100, "B1"), booked_on=middle)
    _bring(_statement(known, opening=50, opened_on=first, closed_on=last))
    new = replace(_line(5, "B2"), booked_on=middle)
    inside = {"opening": 50, "opened_on": first, "closed_on": middle}
    before = replace(_line(20, "B0"), booked_on=first - timedelta(days=1))
    past = {"opened_on": before.booked_on, "closed_on": before.booked_on}
    with pytest.raises(payment.StatementGap, match=r"closes with 0\.55 EUR, but the statement of"):
        _bring(_statement(new, reference="S2", **inside))
    with pytest.raises(payment.StatementGap):
        _bring(_statement(before, reference="S3", **past))
    assert _bring(_statement(known, reference="S4", **inside)).known == 1
    assert _bring(_statement(before, reference="S5", opening=30, **past)).lines == 1
    with pytest.raises(movements.ToldDifferently, match=r"2026-03-11 it tells of 0\.05 EUR"):
        _bring(_statement(new, reference="S6", **inside))
    longer = {"opening": 50, "opened_on": first, "closed_on": last + timedelta(days=1)}
    after = replace(_line(7, "B3"), booked_on=last + timedelta(days=1))
    with pytest.raises(movements.ToldDifferently, match=r"it ought to be 0\.12 EUR"):
        _bring(_statement(replace(_line(100, "B9"), booked_on=middle), new, after,
                          reference="S7", **longer))  # fmt: skip
    week = _bring(_statement(known, after, reference="S8", **longer))
    assert (week.lines, week.known) == (1, 1)
    assert [answer.rule for answer in doctor.examine() if not answer.kept] == ["M12"], "30 before"


def test_a_person_says_of_which_account_a_table_is_that_does_not_say_it() -> None:
    world.build()
    table = b"Date;Text;Payer;Amount\n2026-03-02;R-1;Bolt;1.50\n"
    said = {"at": world.NOW, "actor": "user:cash"}
    with pytest.raises(payment.StatementBroken, match="nothing says the currency: name the acc"):
        payment.import_statement("bank.csv", table, **said)
    with pytest.raises(payment.AccountUnknown):
        payment.import_statement("bank.csv", table, of_account="DE02120300000000202051", **said)
    payment.import_statement("bank.csv", table, of_account=world.OUR_EUR.lower(), **said)
    line = models.BankLine.objects.get()
    assert (line.account.iban, line.amount) == (world.OUR_EUR, Money(150, "EUR"))
    crowns = table.replace(b"Amount", b"Amount SEK")
    with pytest.raises(payment.AccountCurrency):
        payment.import_statement("b.csv", crowns, of_account=world.OUR_EUR, **said)
    nameless = table.replace(b"Amount", b"Amount EUR")
    with pytest.raises(payment.AccountUnknown, match="names no account"):
        payment.import_statement("c.csv", nameless, **said)


def test_a_number_that_is_left_out_stops_a_bank_that_counts() -> None:
    """Though the balances follow on each other: what is missing may have been nothing together."""
    world.build()

    def bring(number: str, day: int, *, gap_known: bool = False) -> None:
        on = world.TODAY.replace(day=day)
        told = _statement(sequence=number, reference=number, opened_on=on, closed_on=on)
        data = write_camt053(told, world.NOW)
        payment.import_statement(
            f"{day}.xml", data, gap_known=gap_known, at=world.NOW, actor="bank"
        )

    bring("12", 3)
    bring("14", 4)  # Nothing says yet that it counts one by one.
    bring("15", 5)
    with pytest.raises(payment.StatementNumberGap, match="numbers 16 to 17 are missing"):
        bring("18", 9)
    bring("16", 6)
    with pytest.raises(payment.StatementNumberGap, match="number 17 is missing"):
        bring("18", 9)
    bring("18", 9, gap_known=True)
    bring("1", 10)  # It began anew.


@pytest.mark.parametrize("details_first", [True, False])
def test_a_batch_and_its_details_are_one_movement(details_first: bool) -> None:
    world.build()
    whole = _statement(_line(300, "E1"))
    parts = _statement(_line(100, "E1/1", "E1"), _line(200, "E1/2", "E1"), reference="S2")
    first, second = (parts, whole) if details_first else (whole, parts)
    assert _bring(first).lines == len(first.lines)
    assert _bring(second).lines == 0
    assert sum(models.BankLine.objects.values_list("amount_minor", flat=True)) == 300
    if not details_first:
        assert {"E1/1", "E1/2"} <= set(models.BankLine.objects.get().texts)
    assert [answer.rule for answer in doctor.examine() if not answer.kept] == []


def test_two_files_that_contradict_each_other_are_for_a_person() -> None:
    world.build()
    _bring(_statement(_line(300, "E1")))
    with pytest.raises(movements.ToldDifferently):
        _bring(_statement(_line(100, "E1/1", "E1"), _line(150, "E1/2", "E1"), reference="S2"))


def test_a_reference_that_the_bank_gives_again_is_another_movement() -> None:
    """A payment, its reversal, and the reversal of that in a later file, all called the same. What
    is told once more stays one, in whichever file and on whichever day."""
    world.build()

    def told(day: int, opening: int, *minors: int, number: str = "", bare: bool = False) -> int:
        """How many movements were new. Bare: a report of the day, without balances."""
        on = world.TODAY.replace(day=day)
        lines = tuple(replace(_line(minor, "X1"), booked_on=on) for minor in minors)
        statement = _statement(
            *lines, opening=opening, reference=number or f"S{day}", opened_on=on, closed_on=on
        )
        data = write_camt053(statement, world.NOW)
        if bare:
            data = BALANCE.sub(b"", data)
        return payment.import_statement("s.xml", data, at=world.NOW, actor="bank").lines

    def kept() -> bool:
        return [answer.rule for answer in doctor.examine() if not answer.kept] == []

    assert told(3, 0, 100, bare=True) == 1
    assert told(4, 0, 100) == 0, "the bank's statement has another day than its report"
    assert told(5, 100, -100) == 1
    assert told(6, 0, 100, bare=True) == 0, "a report without balances proves nothing"
    assert told(6, 0, 100) == 1
    assert told(7, 100, 50, bare=True) == 1
    assert kept(), "the report of a day comes before its statement"
    assert told(6, 0, 100, number="another name") == 0
    assert told(6, 0, 100, bare=True, number="late") == 0
    assert told(7, 100, 50, -50) == 1
    assert told(9, 100, -100) == told(9, 0, 100, number="evening") == 1
    assert told(9, 100, -100, 100, number="the whole day") == 0
    sums = models.BankLine.objects.values_list("booked_on__day", "amount_minor")
    assert sorted(sums) == [
        (3, 100), (5, -100), (6, 100), (7, -50), (7, 50), (9, -100), (9, 100),
    ]  # fmt: skip
    assert kept()
