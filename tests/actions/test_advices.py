"""Payment advices: a line and an advice in any order give one result; exact cents."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests import world
from tests.actions.test_cash import BOLT, STRANGER, Bank, bought, kept, line, paid
from tests.belt import drain
from usance import models
from usance.actions import advices, allocations, mails
from usance.actions.mails import Came
from usance.domain.mandate import NotAllowed, Role
from usance.domain.payment import BankLine
from usance.queries import advices as questions
from usance.queries import cash

pytestmark = pytest.mark.django_db

BY = {"role": Role.CASH, "at": world.NOW, "actor": "user:cash"}
LIST = """Invoice;Amount paid EUR;Discount;Reason
70012345;980.00;20.00;Skonto 2 %
70054321;2500.00;;
70099999;150.00;150.00;Goods damaged
Total;3630.00;170.00;
"""
PAYS = {"70012345": 98_000, "70054321": 250_000, "70099999": 15_000}
OWED = (("70012345", "1000.00"), ("70054321", "2500.00"), ("70099999", "300.00"))


def advise(text: str = LIST, **more: object) -> advices.Received:
    found = advices.receive("list.csv", text.encode(), way="office", **(BY | more))  # type: ignore[arg-type]
    drain(send=False)
    return found


def run(amount: str = "3630.00", **said: object) -> BankLine:
    return line(amount, "Sammelüberweisung", **said)


@pytest.mark.parametrize("first", ["advice", "line"])
def test_a_line_and_an_advice_in_any_order_give_one_result(first: str) -> None:
    bought(*OWED)
    bank = Bank()
    if first == "advice":
        advise()
        assert questions.waiting().count() == 1
        (row,) = bank.shows(run())
    else:
        (row,) = bank.shows(run())
        assert (row.verdict, paid(row)) == ("probable", {})
        advise()
        row.refresh_from_db()

    assert (row.verdict, paid(row), row.unapplied_minor) == ("certain", PAYS, 0)
    assert row.short == {
        "minor": 17_000, "reason": "part",
        "says": "170.00 EUR less than owed, the payer says: Skonto 2 %; Goods damaged",
    }  # fmt: skip
    left = {i.number: i.outstanding.minor for i in cash.items(_all())}
    assert left == {"70012345": 2_000, "70099999": 15_000}  # The third is settled.
    (used,) = models.PaymentAdvice.objects.all()
    assert (used.line_id, questions.waiting().count()) == (row.pk, 0)
    because = models.Allocation.objects.filter(line=row).first().because  # type: ignore[union-attr]
    assert "The payer's advice lists it with this amount." in because
    assert kept() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LIST, {"amount": "3629.99"}),  # Not its money: a cent is missing.
        (LIST.replace("70099999", "70099998"), {}),  # A number that is none of ours.
        (LIST.replace("150.00;150", "300.01;0").replace("3630.00", "3780.01"),
         {"amount": "3780.01"}),  # A cent more than is owed on one of them.
        (LIST, {"booked_on": world.TODAY + timedelta(days=31)}),  # Long after it came.
        (LIST, {"texts": ("70012345 und mehr",), "amount": "3630.01"}),
    ],
)  # fmt: skip
def test_an_advice_that_does_not_fit_books_nothing(text: str, said: dict[str, object]) -> None:
    bought(*OWED)
    advise(text)
    (row,) = Bank().shows(run(**said))  # type: ignore[arg-type]
    assert paid(row) == {}
    assert questions.waiting().count() == 1


def test_an_advice_of_a_payer_whom_nobody_knows_is_proposed_whole() -> None:
    bought(*OWED)
    advise()
    (row,) = Bank().shows(run(counterparty="Holding 17", counterparty_account=STRANGER))
    assert (row.verdict, paid(row)) == ("probable", {})
    assert row.says == "An advice of the payer says so; a person decides."
    seen = cash.seen(cash.best(row))
    assert allocations.confirm({row.pk: seen}, **BY) == {}  # type: ignore[arg-type]
    assert paid(row) == PAYS


def test_a_reference_that_the_line_quotes_tells_whose_advice_it_is() -> None:
    bought(*OWED)
    text = LIST.replace("Reason", "Payment reference").replace(";Skonto 2 %", ";ZR-99812")
    text = text.replace("2500.00;;", "2500.00;;ZR-99812").replace("Goods damaged", "ZR-99812")
    advise(text)
    strange = {"counterparty": "Holding 17", "counterparty_account": STRANGER}
    (row,) = Bank().shows(run(texts=("ZR-99812",), **strange))
    assert paid(row) == PAYS


@pytest.mark.parametrize("first", ["advice", "line"])
def test_an_advice_of_what_the_line_says_itself_waits_for_nothing(first: str) -> None:
    bought(*OWED)
    bank, told = Bank(), "Invoice;Amount paid EUR\n70012345;1000.00\n70054321;2500.00\n"
    if first == "advice":
        advise(told)
    (row,) = bank.shows(line("3500.00", "70012345 70054321"))
    if first == "line":
        advise(told)
    assert paid(row) == {"70012345": 100_000, "70054321": 250_000}
    assert [one.line_id for one in models.PaymentAdvice.objects.all()] == [row.pk]


def test_a_match_that_a_person_took_back_is_not_made_again_by_its_advice() -> None:
    bought(*OWED)
    advise()
    bank = Bank()
    (row,) = bank.shows(run())
    allocations.undo(list(row.allocations.values_list("pk", flat=True)), **BY)  # type: ignore[arg-type]
    bank.shows(line("1.00", "more of the payer"))
    row.refresh_from_db()
    assert (row.verdict, paid(row), row.unapplied_minor) == ("probable", {}, 363_000)
    assert kept() == []


def test_the_same_advice_twice_is_one_and_a_withdrawn_one_books_nothing() -> None:
    bought(*OWED)
    first = advise()
    again = advise()
    assert (len(first.new), first.known, len(again.new), again.known) == (1, 0, 0, 1)
    with pytest.raises(NotAllowed):
        advices.withdraw(first.new[0], because="", **(BY | {"role": Role.FINANCE}))  # type: ignore[arg-type]
    advices.withdraw(first.new[0], because="The payer took it back.", **BY)  # type: ignore[arg-type]
    (row,) = Bank().shows(run())
    assert paid(row) == {}
    with pytest.raises(advices.AdviceGone):
        advices.withdraw(first.new[0], because="", **BY)  # type: ignore[arg-type]
    advices.restore(first.new[0], **BY)  # type: ignore[arg-type]
    drain(send=False)
    row.refresh_from_db()
    assert (row.verdict, row.unapplied_minor) == ("certain", 0)  # As if it had stayed.
    with pytest.raises(advices.AdviceGone):
        advices.restore(first.new[0], **BY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hello", "No list of invoices"),
        (LIST.replace("Total;3630.00", "Total;3631.00"), "its own sum is 3631.00"),
        ("Invoice;Amount paid\nA-1;-10.00\n", "Its total is -10.00, and no payment"),
        ("Invoice;Amount paid\n;10.00\n", "an amount without an invoice"),
    ],
)
def test_what_is_no_advice_is_refused_and_nothing_is_kept(text: str, says: str) -> None:
    world.build()
    with pytest.raises(advices.AdviceUnreadable, match=says):
        advise(text)
    assert not models.PaymentAdvice.objects.exists()


def test_without_a_currency_the_invoices_say_it_or_it_is_refused() -> None:
    bought(*OWED)
    advise("Invoice;Amount paid\n70012345;1000.00\n")
    assert models.PaymentAdvice.objects.get().currency == "EUR"
    with pytest.raises(advices.CurrencyUnknown):
        advise("Invoice;Amount paid\n555555;1000.00\n")
    (row,) = Bank().shows(run("1000.00", counterparty_account=BOLT))
    assert paid(row) == {"70012345": 100_000}


def test_a_mail_to_the_address_for_advices_is_read_by_itself(settings: object) -> None:
    bought(*OWED)
    (row,) = Bank().shows(run())
    place = Path(settings.OUTSIDE)  # type: ignore[attr-defined]
    said = json.loads(place.read_text()) if place.exists() else {}
    inbound = {"inbound": {"advices": "avis@in.factor.example", "carrier": "mail"}}
    carriers = {"carriers": {"mail": {"plugin": "smtp", "config": {"domain": "in.factor.example"}}}}
    place = place.with_name("advices.json")
    place.write_text(json.dumps(said | inbound | carriers))
    settings.OUTSIDE = str(place)  # type: ignore[attr-defined]
    text = "\n".join(f"{n}  {a}" for n, a in (("70012345", "980.00"), ("70054321", "2500.00"),
                                              ("70099999", "150.00")))  # fmt: skip
    head = "From: ap@bolt.example\nTo: avis@in.factor.example\nMessage-ID: <9@b.example>\n"
    for body in (f"{head}Subject: Avis\n\n{text}\nTotal EUR 3630.00\n",
                 f"{head}Subject: Frage\n\nWas ist das?\n"):  # fmt: skip
        for _ in range(2):  # Carried twice.
            mails.take("mail", [Came(body.encode(), "avis@in.factor.example")], at=world.NOW,
                       actor="inbox")  # fmt: skip
    drain(send=False)
    row.refresh_from_db()
    assert paid(row) == PAYS
    read, waits = models.InboundMail.objects.order_by("pk")
    assert (read.closed_by, read.remark) == ("inbox", "Payment advice: 1 new, 0 known before.")
    assert (waits.closed_at, waits.remark) == (
        None, "No payment advice: No list of invoices with amounts was found in it.",
    )  # fmt: skip


def _all() -> list[UUID]:
    return list(models.Invoice.objects.values_list("pk", flat=True))
