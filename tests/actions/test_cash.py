"""Bank lines on the belt: what the engine finds, people decide, banks take back; exact cents."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests import world
from tests.belt import drain, receive
from usance import models
from usance.actions import allocations, explained, payers, payment, returns
from usance.domain.journal import Account
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.domain.payment import BankLine, By, NotThat, Statement, Was
from usance.domain.refusal import Refusal
from usance.plugins.statements._camt_write import write_camt053
from usance.queries import amounts, cash, doctor
from usance.queries import explained as questions

pytestmark = pytest.mark.django_db

BOLT = "DE75512108001245126199"  # An account that the world knows.
STRANGER = "DE02100500000054540402"
BY = {"role": Role.CASH, "at": world.NOW, "actor": "user:cash"}


def bought(*papers: tuple[str, str]) -> world.World:
    """Bolt owes these: numbers and amounts."""
    place = world.build()
    world.capital("100000.00", "EUR")
    receive(*(world.paper(place.acme, place.bolt, number=n, gross=gross) for n, gross in papers))
    drain(send=False)
    return place


class Bank:
    """Sends statements that follow on each other."""

    def __init__(self) -> None:
        self.balance, self.days = Money.of("100000.00", "EUR"), 0

    def shows(self, *lines: BankLine) -> list[models.BankLine]:
        """Sends them, and the belt goes on."""
        reference = self.sends(*lines)
        drain(send=False)
        return list(models.BankLine.objects.filter(statement__reference=reference))

    def sends(self, *lines: BankLine) -> str:
        data = self.writes(*lines)
        payment.import_statement("s.xml", data, at=world.NOW, actor="b")
        return f"S{self.days}"

    def writes(self, *lines: BankLine) -> bytes:
        self.days += 1
        day = world.TODAY + timedelta(days=self.days)
        opening = self.balance
        for line in lines:
            self.balance += line.amount
        told = Statement(
            account=world.OUR_EUR, currency="EUR", reference=f"S{self.days}", opening=opening,
            closing=self.balance, opened_on=day, closed_on=day, lines=lines,
        )  # fmt: skip
        return write_camt053(told, world.NOW)


def line(amount: str, text: str = "", **said: object) -> BankLine:
    line.count += 1  # type: ignore[attr-defined]  # Each movement has its own reference.
    told = {
        "counterparty": "Bolt Maschinenbau AG", "counterparty_account": BOLT,
        "texts": (text,) if text else (), "bank_reference": f"B{line.count:06d}",  # type: ignore[attr-defined]
        "booked_on": world.TODAY,
    } | said  # fmt: skip
    return BankLine(amount=Money.of(amount, "EUR"), **told)  # type: ignore[arg-type]


line.count = 0  # type: ignore[attr-defined]


def paid(row: models.BankLine) -> dict[str, int]:
    found = row.allocations.filter(undone_at=None)
    return dict(found.values_list("invoice__number", "amount_minor"))


def kept() -> list[str]:
    return [answer.rule for answer in doctor.examine() if not answer.kept]


@pytest.mark.parametrize(
    ("text", "amount", "pays"),
    [
        ("Rechnung 70012345", "1000.00", {"70012345": 100_000}),
        ("Rechnung 7001245", "1000.00", {"70012345": 100_000}),  # A sign is lost.
        ("7001234570054321", "3500.00", {"70012345": 100_000, "70054321": 250_000}),
        ("7001245 70054321", "3500.00", {"70012345": 100_000, "70054321": 250_000}),
        ("Rechnung 70012346", "1000.00", {}),  # A wrong sign may be another invoice.
        ("Danke", "1000.00", {}),
    ],
)
def test_the_belt_finds_what_the_engine_finds(text: str, amount: str, pays: dict[str, int]) -> None:
    bought(("70012345", "1000.00"), ("70054321", "2500.00"))
    (row,) = Bank().shows(line(amount, text))
    assert paid(row) == pays
    assert kept() == []


def test_what_a_payer_owes_without_its_legal_form_is_proposed_and_never_sure() -> None:
    bought(("70012345", "1000.17"), ("70054321", "2500.00"))
    stranger = {"counterparty_account": STRANGER}
    rows = Bank().shows(
        line("1000.17", counterparty="BOLT MASCHINENBAU", **stranger),
        line("1000.17", "5432 danke", counterparty="Bolt-Maschinenbau GmbH", **stranger),
        line("1000.17", counterparty="Bolt", **stranger),
    )
    proposed = [[one["number"] for one in row.proposals][:1] for row in rows]
    assert proposed == [["70012345"], ["70012345"], []]
    assert [row.verdict for row in rows] == ["probable", "probable", "none"]
    assert [paid(row) for row in rows] == [{}, {}, {}]


def test_the_reference_of_somebody_else_s_invoice_does_not_take_the_payer_s_own_amount() -> None:
    place = bought(("70012345", "777.70"))
    receive(world.paper(place.acme, place.kaufmann, number="80054321", gross="888.80"))
    drain(send=False)
    other = models.Invoice.objects.get(number="80054321")
    bank = Bank()
    for amount, pays in (("777.70", {}), ("888.80", {"80054321": 888_80})):
        (row,) = bank.shows(line(amount, other.payment_reference))
        assert paid(row) == pays
    assert kept() == []


def test_a_number_with_slips_is_not_sure_where_the_amount_recurs() -> None:
    bought(("70012345", "1000.00"), ("70054321", "1000.00"))
    (row,) = Bank().shows(line("1000.00", "Rechnung 7001245"))
    assert (row.verdict, paid(row)) == ("probable", {})


@pytest.mark.parametrize(
    ("text", "amount", "pays"),
    [
        ("Rechnung 7001245", "1000.37", {"70012345": 100_037}),  # A sign is lost.
        ("Rechnung 12345", "1000.37", {"70012345": 100_037}),
        ("Rechnung 12345", "1000.36", {}),
        ("Rechnung 7005421", "250.10", {}),  # Another invoice has the amount.
    ],
)
def test_a_stranger_pays_what_number_and_amount_say_that_is_nobody_elses(
    text: str, amount: str, pays: dict[str, int]
) -> None:
    bought(("70012345", "1000.37"), ("70054321", "250.10"), ("70098765", "250.10"))
    (row,) = Bank().shows(
        line(amount, text, counterparty="Treuhand KG", counterparty_account=STRANGER)
    )
    assert paid(row) == pays
    assert kept() == []


def test_two_statements_pay_one_invoice_together() -> None:
    """Each part names it with slips only; the second makes both certain."""
    bought(("70012345", "1000.00"), ("70054321", "2500.00"))
    bank = Bank()
    (first,) = bank.shows(line("400.00", "Teil 7001245"))
    assert (first.verdict, paid(first)) == ("probable", {})
    (second,) = bank.shows(line("600.00", "Rest 7001245"))
    assert (paid(first), paid(second)) == ({"70012345": 40_000}, {"70012345": 60_000})
    assert models.Invoice.objects.get(number="70012345").stage == "settled"
    assert kept() == []


def test_why_less_was_paid_is_kept_with_the_line() -> None:
    bought(("70012345", "1000.00"))
    (row,) = Bank().shows(line("980.00", "70012345"))
    assert row.short == {
        "minor": 2_000, "reason": "discount",
        "says": "20.00 EUR less than owed: 2 % cash discount.",
    }  # fmt: skip


def test_a_choice_is_remembered_and_can_be_withdrawn() -> None:
    place = bought(("70012345", "1000.00"), ("70054321", "2500.00"), ("70099999", "300.00"))
    bank = Bank()
    payer = {"counterparty": "Holding 17 SE", "counterparty_account": STRANGER}
    (row,) = bank.shows(line("1000.00", "who knows", **payer))
    assert row.verdict == "none"
    one = models.Invoice.objects.get(number="70012345")
    allocations.allocate(row.pk, one.pk, Money.of("1000.00", "EUR"), **BY)
    rule = models.PayerRule.objects.get()
    assert (rule.by, rule.value, rule.debtor_id) == ("account", STRANGER, place.bolt.pk)
    allocations.undo([row.allocations.get().pk], **BY)  # What was learned is not only the payment.

    (known,) = bank.shows(line("2500.00", "Rg 7005421", **payer))
    assert paid(known) == {"70054321": 250_000}
    because = known.allocations.get().because
    assert "A person said that this payer pays for the debtor." in because

    payers.withdraw(rule.pk, **BY)
    models.Allocation.objects.filter(line=known).update(undone_at=world.NOW)  # Nor paid before.
    (again,) = bank.shows(line("300.00", "Rg 7009999", **payer))
    assert paid(again) == {}
    with pytest.raises(payers.RuleGone):
        payers.withdraw(rule.pk, **BY)


def test_a_payer_of_whom_people_said_two_things_is_known_for_none() -> None:
    place = bought(("70012345", "1000.00"))
    payers.write(By.ACCOUNT, STRANGER, debtor=place.bolt.pk, **BY)
    payers.write(By.ACCOUNT, "DE02 1005 0000 0054 5404 02", debtor=place.kaufmann.pk, **BY)
    payer = {"counterparty": "Holding 17 SE", "counterparty_account": STRANGER}
    (row,) = Bank().shows(line("1000.00", "Rg 7001245", **payer))
    assert paid(row) == {}
    with pytest.raises(payers.RuleThere):
        payers.write(By.ACCOUNT, STRANGER, debtor=place.bolt.pk, **BY)


def test_a_return_undoes_and_its_reversal_pays_again() -> None:
    bought(("70012345", "1000.00"))
    bank = Bank()
    (row,) = bank.shows(line("1000.00", "70012345", end_to_end="E2E-1"))
    (back,) = bank.shows(line("-1000.00", end_to_end="E2E-1", return_reason="AC06"))
    invoice = models.Invoice.objects.get()
    assert (invoice.stage, paid(row)) == ("funded", {})
    row.refresh_from_db()
    assert (row.unapplied_minor, back.unapplied_minor) == (0, 0)
    assert back.says == "Takes back what came on 2026-03-02: AC06."
    (again,) = bank.shows(line("1000.00", end_to_end="E2E-1", reversal=True))
    assert paid(again) == {"70012345": 100_000}
    invoice.refresh_from_db()
    assert invoice.stage == "settled"
    assert amounts.of_invoices(Account.FEE_INCOME, [invoice.pk]) == {invoice.pk: 1_500}
    assert kept() == []


def test_a_return_that_fits_two_receipts_waits_for_a_person() -> None:
    bought(("70012345", "1000.00"), ("70054321", "1000.00"))
    bank = Bank()
    first, _ = bank.shows(line("1000.00", "70012345"), line("1000.00", "70054321"))
    (back,) = bank.shows(line("-1000.00", return_reason="MD06"))
    assert back.unapplied_minor == -100_000
    offered = [one.other for one in questions.suggestions(back) if one.was is Was.RETURNED]
    assert len(offered) == 2
    returns.returned(back.pk, first.pk, **BY)
    assert paid(first) == {}
    with pytest.raises(NotThat):
        returns.returned(back.pk, first.pk, **BY)
    assert kept() == []


def test_a_return_at_the_bank_takes_back_nothing_that_came_to_a_provider() -> None:
    bought(("70012345", "1000.00"))
    (out,) = Bank().shows(line("-1000.00", "70012345", end_to_end="K-1", return_reason="AC06"))
    held = models.BankAccount.every.create(
        name="Stripe", iban="stripe:EUR", currency="EUR", provider="stripe"
    )
    told = models.Statement.objects.create(
        account=held, document=out.statement.document, reference="evt_1", imported_at=world.NOW,
        actor="stripe",
    )  # fmt: skip
    came = models.BankLine.objects.create(
        account=held, statement=told, identity="evt_1", ordinal=0, amount_minor=100_000,
        unapplied_minor=100_000, currency="EUR", booked_on=out.booked_on, end_to_end="K-1",
    )  # fmt: skip
    assert Was.RETURNED not in {one.was for one in questions.suggestions(out)}
    with pytest.raises(NotThat, match="another account"):
        returns.returned(out.pk, came.pk, **BY)


def test_the_same_payment_once_more_is_told_to_be_a_duplicate() -> None:
    place = bought(("70012345", "1000.00"))
    bank = Bank()
    bank.shows(line("1000.00", "70012345"))
    (twice,) = bank.shows(line("1000.00", "70012345"))
    (told,) = questions.suggestions(twice)
    assert (told.was, told.debtor, told.amount) == (
        Was.DUPLICATE, place.bolt, Money.of("1000.00", "EUR"),
    )  # fmt: skip
    explained.explain(twice.pk, Was.DUPLICATE, told.amount, debtor=place.bolt.pk, **BY)
    owed = amounts.of_debtors(Account.DUE_TO_DEBTORS, [place.bolt.pk], "EUR")
    assert owed == {place.bolt.pk: 100_000}

    (back,) = bank.shows(line("-1000.00", "refund"))
    refund = [one for one in questions.suggestions(back) if one.was is Was.REFUND]
    explained.explain(back.pk, Was.REFUND, refund[0].amount, debtor=place.bolt.pk, **BY)
    assert amounts.of_debtors(Account.DUE_TO_DEBTORS, [place.bolt.pk], "EUR") == {}
    assert kept() == []
    models.Explanation.objects.get(was="refund")
    with pytest.raises(allocations.NotOpen):
        explained.explain(back.pk, Was.REFUND, refund[0].amount, debtor=place.bolt.pk, **BY)


def test_money_of_the_client_goes_to_the_client_and_the_payer_is_remembered() -> None:
    place = bought(("70012345", "1000.00"))
    payers.write(By.TEXT, "Mietkonto Hafen", client=place.acme.pk, **BY)
    (row,) = Bank().shows(
        line("77.00", "Miete, Mietkonto-Hafen", counterparty="X", counterparty_account="")
    )
    (told,) = questions.suggestions(row)
    assert (told.was, told.client) == (Was.MISDIRECTED, place.acme)
    before = amounts.of_clients(Account.DUE_TO_CLIENTS, [place.acme.pk], "EUR")[place.acme.pk]
    explained.explain(row.pk, told.was, told.amount, client=place.acme.pk, **BY)
    after = amounts.of_clients(Account.DUE_TO_CLIENTS, [place.acme.pk], "EUR")[place.acme.pk]
    assert after - before == 7_700
    explained.withdraw(row.explanations.get().pk, **BY)
    row.refresh_from_db()
    assert row.unapplied_minor == 7_700
    assert kept() == []


@pytest.mark.parametrize(
    ("was", "amount", "whose"),
    [
        (Was.CHARGE, "10.00", ""), (Was.REFUND, "10.00", "debtor"), (Was.OVERPAID, "10.00", ""),
        (Was.OVERPAID, "10.01", "debtor"), (Was.OVERPAID, "0.00", "debtor"),
        (Was.MISDIRECTED, "10.00", "debtor"), (Was.RETURNED, "10.00", ""),
    ],
)  # fmt: skip
def test_what_a_receipt_cannot_be_is_refused(was: Was, amount: str, whose: str) -> None:
    place = bought(("70012345", "1000.00"))
    (row,) = Bank().shows(line("10.00", "nothing"))
    debtor: UUID | None = place.bolt.pk if whose == "debtor" else None
    with pytest.raises(Refusal):
        explained.explain(row.pk, was, Money.of(amount, "EUR"), debtor=debtor, **BY)
    assert models.Explanation.objects.count() == 0


def test_a_line_is_split_whole_or_not_at_all() -> None:
    bought(("70012345", "1000.00"), ("70054321", "2500.00"))
    (row,) = Bank().shows(line("3000.00", "thanks"))
    one, two = models.Invoice.objects.order_by("face_minor")
    with pytest.raises(allocations.NotOpen):
        allocations.split(
            row.pk, {one.pk: Money.of("1000.01", "EUR"), two.pk: Money.of("1.00", "EUR")}, **BY
        )
    assert paid(row) == {}
    allocations.split(
        row.pk, {one.pk: Money.of("1000.00", "EUR"), two.pk: Money.of("2000.00", "EUR")}, **BY
    )
    assert paid(row) == {"70012345": 100_000, "70054321": 200_000}


def test_proposals_are_confirmed_as_they_were_seen() -> None:
    bought(("70012345", "1000.00"), ("70054321", "2500.00"))
    (row,) = Bank().shows(line("3500.00", "thanks"))
    parts = cash.best(row)
    assert sorted(amount.minor for amount in parts.values()) == [100_000, 250_000]
    refused = allocations.confirm({row.pk: "another"}, **BY)
    assert [no.code for no in refused.values()] == ["nothing_to_allocate"]
    assert allocations.confirm({row.pk: cash.seen(parts)}, **BY) == {}
    assert paid(row) == {"70012345": 100_000, "70054321": 250_000}


def test_undo_has_its_time_and_its_role() -> None:
    bought(("70012345", "1000.00"))
    (row,) = Bank().shows(line("1000.00", "70012345"))
    (one,) = row.allocations.all()
    with pytest.raises(NotAllowed):
        allocations.undo([one.pk], **BY | {"role": Role.CREDIT})
    with pytest.raises(allocations.TooLate):
        allocations.undo([one.pk], **BY | {"at": world.NOW + timedelta(days=15)})
    allocations.undo([one.pk], **BY)
    with pytest.raises(allocations.UndoneBefore):
        allocations.undo([one.pk], **BY)
    row.refresh_from_db()
    assert (row.unapplied_minor, row.verdict) == (100_000, "probable")
    again = {one.invoice_id: Money.of("1000.00", "EUR")}
    allocations.split(row.pk, again, **BY)
    drain(send=False)
    assert models.Invoice.objects.get().stage == "settled"
    assert kept() == []


def test_a_batch_takes_a_handful_of_queries_however_many_lines(
    django_assert_max_num_queries: object,
) -> None:
    bought(*((f"7{n:07d}", f"{100 + n}.00") for n in range(12)))
    lines = [line(f"{100 + n}.00", f"Rg 7{n:07d}") for n in range(12)]
    told = [cash.as_line(models.BankLine(amount_minor=x.amount.minor, currency="EUR",
                                         counterparty_account=BOLT, counterparty=x.counterparty,
                                         texts=["no number"], booked_on=world.TODAY))
            for x in lines]  # fmt: skip
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        cash.open_for(told * 4, cash.named(told * 4).invoices)
