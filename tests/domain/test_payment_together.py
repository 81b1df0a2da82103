"""Collective, split and misspelt payments: certain if what is exact together has one reading."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from usance.domain.money import Money
from usance.domain.payment import BankLine, Match, OpenItem, OpenItems, Reason, Verdict, shortfall
from usance.domain.payment.slips import alike, differs
from usance.domain.payment.subset import only_subset

DAY = date(2026, 3, 31)
ACME, BOLT = UUID(int=1), UUID(int=2)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def item(number: str, owed: str, *, debtor: UUID = ACME) -> OpenItem:
    return OpenItem(
        invoice=UUID(int=int(number)), number=number, payment_reference="", debtor=debtor,
        outstanding=eur(owed), debtor_name={ACME: "Acme GmbH", BOLT: "Bolt AB"}[debtor], due_on=DAY,
    )  # fmt: skip


def line(amount: str, text: str, payer: str = "Acme GmbH", account: str = "") -> BankLine:
    return BankLine(amount=eur(amount), booked_on=DAY, texts=(text,), counterparty=payer,
                    counterparty_account=account)  # fmt: skip


def paid(match: Match) -> list[tuple[str, str]]:
    return [(one.item.number, str(one.amount.decimal)) for one in match.allocations]


OPEN = (
    item("6548466458", "120.10"), item("9894148158", "75.25"), item("3301997745", "310.40"),
    item("7712005836", "99.99", debtor=BOLT),
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        # Numbers one behind the other, from anybody: all are known and their sum is the amount.
        (line("195.35", "65484664589894148158", "Somebody"), "certain"),
        (line("195.34", "65484664589894148158", "Somebody"), "probable"),
        (line("195.34", "65484664589894148158"), "certain"),
        (line("175.24", "98941481587712005836"), "probable"),  # Two debtors.
        # Slips in each number: the payer and the sum bear them out.
        (line("195.35", "654846658, 9894141858"), "certain"),
        (line("505.75", "REF 1: 48466458REF 2: 9894148158 + 3301997475"), "certain"),
        (line("195.35", "654846658, 9894141858", "Somebody"), "none"),
        (line("195.36", "654846658, 9894141858"), "probable"),
        # A wrong sign is rather another number of the series.
        (line("120.10", "6548466459"), "probable"),
        (line("120.10", "654846658"), "certain"),
        # No number at all: a sum is proposed, never booked.
        (line("430.50", "March"), "probable"),
    ],
)
def test_one_payment_for_many_invoices(one: BankLine, verdict: str) -> None:
    assert OpenItems(OPEN).take(one).verdict is Verdict(verdict)


def test_the_only_sum_of_open_items_is_proposed_whole() -> None:
    found = OpenItems(OPEN).take(line("430.50", "March"))

    assert sorted(paid(found)) == [("3301997745", "310.40"), ("6548466458", "120.10")]


def test_a_credit_note_that_is_named_is_taken_off() -> None:
    items = OpenItems([*OPEN, item("5550001112", "-20.10")])

    found = items.take(line("100.00", "6548466458 less 5550001112"))

    assert (found.verdict, found.left) == (Verdict.CERTAIN, eur("0.00"))
    assert sorted(paid(found)) == [("5550001112", "-20.10"), ("6548466458", "120.10")]


def test_two_payments_whose_numbers_have_slips_pay_one_invoice_together() -> None:
    lines = [line("100.10", "654846658"), line("20.00", "65484666458"), line("20.01", "654846458")]

    found = OpenItems(OPEN).take_all(lines)

    assert [one.verdict for one in found] == ["certain", "certain", "probable"]
    assert found[0].allocations[0].because[-1] == (
        "Several payments together are exactly what is outstanding."
    )


def test_a_slip_is_no_evidence_where_the_amount_comes_back_each_month() -> None:
    rent = [item("20260141", "900.00"), item("20260356", "900.00")]

    assert OpenItems(rent).take(line("900.00", "2026041")).verdict is Verdict.PROBABLE


def test_a_part_payment_waits_where_another_number_is_a_slip_away() -> None:
    series = [item("20260141", "900.00"), item("20260142", "410.00")]

    assert OpenItems(series).take(line("300.00", "20260141")).verdict is Verdict.PROBABLE
    assert OpenItems(series[:1]).take(line("300.00", "20260141")).verdict is Verdict.CERTAIN


def test_an_account_that_paid_is_known_from_then_on_unless_it_pays_for_two() -> None:
    items = OpenItems(OPEN)
    for number, amount in (("6548466458", "120.10"), ("9894148158", "5.25")):
        assert items.take(line(amount, number, "Pool", "DE1")).verdict is Verdict.CERTAIN
    items.take(line("99.99", "7712005836", "Pool", "DE1"))

    assert items.take(line("10.00", "3301997745", "Pool", "DE1")).verdict is Verdict.PROBABLE


@pytest.mark.parametrize(("amounts", "target", "places"), [
    ((10, 20, 45), 55, (0, 2)),
    ((10, 20, 30), 30, None),  # Two ways.
    ((10, 20), 31, None),
    ((100, -20, 7), 80, (0, 1)),
    (tuple(range(1, 42)), 5, None),  # Too many to tell.
])  # fmt: skip
def test_only_one_choice_of_amounts_counts(
    amounts: tuple[int, ...], target: int, places: tuple[int, ...] | None
) -> None:
    assert only_subset(amounts, target) == places


@pytest.mark.parametrize(("written", "like", "wrong"), [
    ("654846658", True, False), ("65484664558", True, False), ("6548464658", True, False),
    ("48466458", True, False), ("6548466", True, False), ("654846", False, False),
    ("6548466459", False, True), ("6548466458", False, False), ("1234567890", False, False),
])  # fmt: skip
def test_what_is_a_slip_of_the_pen_and_what_another_number(
    written: str, like: bool, wrong: bool
) -> None:
    assert (alike(written, "6548466458"), differs(written, "6548466458")) == (like, wrong)


@pytest.mark.parametrize(("short", "charges", "reason"), [
    ("1000.00", None, None), ("980.00", None, Reason.DISCOUNT), ("999.99", None, Reason.ROUNDING),
    ("992.50", None, Reason.CHARGES), ("987.65", "12.35", Reason.CHARGES),
    ("600.00", None, Reason.PART),
])  # fmt: skip
def test_why_less_was_paid(short: str, charges: str | None, reason: Reason | None) -> None:
    found = shortfall(eur(short), eur("1000.00"), charges=eur(charges) if charges else None)

    assert (found.reason if found else None) is reason


SOLD = (
    item("20260004711", "431.37"), item("20260004799", "431.38"), item("20260004713", "50.00"),
    item("20260004714", "80.01"), item("20260004715", "80.01"), item("20260004716", "700.00"),
)  # fmt: skip


@pytest.mark.parametrize(("amount", "text", "account", "verdict"), [
    # Account and name say who pays, and the amount is nobody else's: no number is needed.
    ("431.37", "Danke", "DE1", "certain"), ("431.37", "Zahlung 03.02.2026", "DE1", "certain"),
    ("431.37", "Danke", "", "probable"),  # Only the name.
    ("80.01", "Danke", "DE1", "probable"),  # Two of one amount.
    ("700.00", "Danke", "DE1", "probable"),  # A whole hundred.
    ("431.37", "Rg 55123", "DE1", "probable"),  # It speaks of something that we do not know.
    ("431.37", "Rg 20260004712", "DE1", "probable"), ("431.37", "20260004711/2", "DE1", "probable"),
    # The number's end is enough with the payer and all of the amount, also where others owe it.
    ("431.37", "Rg 4711", "", "certain"), ("80.01", "Rg 4714", "", "certain"),
    ("431.37", "Rg 4799", "", "probable"), ("431.36", "Rg 4711", "DE1", "probable"),
    ("50.00", "Rg 4713 Kd 88123", "", "probable"), ("431.37", "2026", "", "probable"),
])  # fmt: skip
def test_what_is_sure_without_a_whole_number(
    amount: str, text: str, account: str, verdict: str
) -> None:
    items = OpenItems(SOLD, paid={"DE1": [ACME]})

    assert items.take(line(amount, text, account=account)).verdict is Verdict(verdict)


@pytest.mark.parametrize(("text", "payer", "verdict"), [
    ("20260004711 abzgl. Skonto", "Somebody", "certain"),
    ("20260004711 abzgl. Kosten", "Somebody", "probable"),
    ("20260004711", "Acme GmbH", "certain"),
])  # fmt: skip
def test_cash_discount_to_the_cent_is_as_good_as_the_amount(
    text: str, payer: str, verdict: str
) -> None:
    found = OpenItems(SOLD).take(line("422.74", text, payer))  # 2 % of 431.37 are 8.63.

    assert found.verdict is Verdict(verdict)


def test_numbers_in_a_row_without_their_letters() -> None:
    items = [
        replace(item(f"100{n}123", owed), number=f"RE-100{n}123")
        for n, owed in ((1, "10.10"), (2, "20.20"))
    ]

    found = OpenItems(items).take(line("30.30", "10011231002123", "Somebody"))

    assert paid(found) == [("RE-1001123", "10.10"), ("RE-1002123", "20.20")]
    assert found.verdict is Verdict.CERTAIN


def test_parts_that_quote_the_number_are_sure_whoever_else_pays_one_of_them() -> None:
    lines = [line("400.00", "20260004711"), line("31.37", "20260004711", "Bolt AB", "DE9")]

    found = OpenItems(SOLD).take_all(lines)

    assert [one.verdict for one in found] == ["certain", "certain"]
