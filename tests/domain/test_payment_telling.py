"""What an amount proves that is nobody else's: slips whoever pays, wrong signs, rests; and not."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from usance.domain import reference
from usance.domain.money import Money
from usance.domain.payment import BankLine, OpenItem, OpenItems, Verdict

DAY = date(2026, 3, 31)
ACME, BOLT = UUID(int=1), UUID(int=2)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def item(number: str, owed: str, *, debtor: UUID = ACME) -> OpenItem:
    return OpenItem(
        invoice=UUID(int=int(number)), number=number, debtor=debtor, outstanding=eur(owed),
        payment_reference=reference.rf(f"7{number}"), due_on=DAY,
        debtor_name={ACME: "Acme GmbH", BOLT: "Bolt AB"}[debtor],
    )  # fmt: skip


def line(amount: str, text: str, payer: str = "Somebody", *, days: int = 0) -> BankLine:
    return BankLine(amount=eur(amount), booked_on=DAY + timedelta(days=days), texts=(text,),
                    counterparty=payer)  # fmt: skip


# Acme has many invoices, no two of one amount, and all numbers begin with 202600047; Bolt owes two
# of the same amount.
BOOK = (
    *(item(f"202600047{n}", f"{n}1.37") for n in range(11, 21)),
    item("20260005500", "950.50", debtor=BOLT), item("20260005600", "950.50", debtor=BOLT),
    item("20260004722", "88.20", debtor=BOLT), item("20260005700", "700.00", debtor=BOLT),
)  # fmt: skip
RF = reference.rf("720260005500")


@pytest.mark.parametrize(("amount", "text", "payer", "verdict"), [
    # Nobody else owes the amount: slips and the number's end are enough, whoever pays.
    ("111.37", "Rg 2026000711", "Somebody", "certain"),
    ("111.37", "Rg 20260007411", "Somebody", "certain"),
    ("111.37", "Rg 04711", "Bolt AB", "certain"), ("111.38", "Rg 04711", "Bolt AB", "probable"),
    ("111.37", "Rg 4711", "Somebody", "probable"),  # Four digits stand in many numbers.
    ("111.37", "Rg 04711 Kd 88123", "Somebody", "probable"),
    ("111.37", "Rg 2026000471199", "Somebody", "probable"), ("111.37", "Danke", "Somebody", "none"),
    ("950.50", "Rg 2026000550", "Somebody", "none"),
    ("700.00", "Rg 2026000570", "Somebody", "probable"),  # Whole hundreds.
    # A wrong sign where none of the payer's many numbers differ; not where the next ones will.
    ("111.37", "Rg 20270004711", "Acme GmbH", "certain"),
    ("111.37", "Rg 20270004711", "Somebody", "certain"),
    ("111.37", "Rg 20260004731", "Acme GmbH", "probable"),
    ("111.38", "Rg 20270004711", "Acme GmbH", "probable"),
    # Nor where the payer has few numbers, or two of one amount; unless it is another's number.
    ("88.20", "Rg 20270004722", "Bolt AB", "probable"),
    ("121.37", "Rg 20260004722", "Acme GmbH", "certain"),
    ("88.20", "Rg 20260004712", "Bolt AB", "certain"),
    # Check digits prove a slip in our own reference, even where the amount recurs.
    ("950.50", RF.replace("5500", "5501"), "Bolt AB", "certain"),
    ("950.50", RF.replace("5500", "550"), "Bolt AB", "certain"),
    ("950.51", RF.replace("5500", "5501"), "Bolt AB", "probable"),
])  # fmt: skip
def test_an_amount_that_is_nobody_elses_is_a_witness(
    amount: str, text: str, payer: str, verdict: str
) -> None:
    assert OpenItems(BOOK).take(line(amount, text, payer)).verdict is Verdict(verdict)


def test_of_part_of_the_book_it_is_told_which_amounts_are_alone() -> None:
    one = line("111.37", "Rg 2026000711")

    assert OpenItems(BOOK, alone=()).take(one).verdict is Verdict.NONE
    assert OpenItems(BOOK, alone=[BOOK[0].invoice]).take(one).verdict is Verdict.CERTAIN


def test_a_wrong_sign_proves_nothing_where_one_amount_comes_twice() -> None:
    twice = [*BOOK, replace(item("20260004733", "121.37"), invoice=UUID(int=9))]
    found = OpenItems(twice).take(line("111.37", "Rg 20270004711", "Acme GmbH"))

    assert found.verdict is Verdict.PROBABLE


@pytest.mark.parametrize(("rest", "text", "verdict"), [
    ("71.37", "Rest 2026000711", "certain"),  # Whoever pays what the debtor's part leaves.
    ("71.36", "Rest 2026000711", "probable"),
    ("71.37", "Rest", "probable"),
])  # fmt: skip
def test_the_rest_of_a_part_with_slips_may_come_from_anybody(
    rest: str, text: str, verdict: str
) -> None:
    lines = [line("40.00", "Teil 2026000711", "Acme GmbH"), line(rest, text, days=3)]

    assert OpenItems(BOOK).take_all(lines)[0].verdict is Verdict(verdict)
