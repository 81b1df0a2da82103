"""What is quoted and what is meant: the payer, the amount or a date may say that it is another."""

from datetime import date
from uuid import UUID

import pytest

from usance.domain import reference
from usance.domain.money import Money
from usance.domain.payment import BankLine, Match, OpenItem, OpenItems, Reference, Verdict
from usance.domain.payment.reading import is_day

DAY = date(2026, 3, 31)
ACME, BOLT = "Acme GmbH", "Bolt AB"
# Check digits by Luhn do not see that 0 and 9 changed places, nor 22 for 55.
EXCHANGED = (reference.ocr("00059000"), reference.ocr("00050900"))
TWINS = (reference.ocr("00022331"), reference.ocr("00055331"))


def item(number: str, owed: str, debtor: str = ACME, told: str = "") -> OpenItem:
    return OpenItem(
        invoice=UUID(int=hash((number, debtor)) % 2**64), number=number, payment_reference=told,
        outstanding=Money.of(owed, "SEK"), debtor=UUID(int=len(debtor)), debtor_name=debtor,
        due_on=DAY,
    )  # fmt: skip


def taken(paid: str, items: list[OpenItem], *, payer: str, text: str = "", told: str = "") -> Match:
    return OpenItems(items).take(BankLine(
        amount=Money.of(paid, "SEK"), booked_on=DAY, counterparty=payer, texts=(text,),
        references=(Reference(scheme="scor", value=told),) if told else (),
    ))  # fmt: skip


@pytest.mark.parametrize(("own", "other"), [EXCHANGED, TWINS])
@pytest.mark.parametrize(("paid", "owed", "payer", "pays_other"), [
    ("777.70", "888.80", ACME, False),  # His own amount, the other's reference.
    ("777.70", "777.70", ACME, False),  # Both owe it; the references are alike.
    ("888.80", "888.80", ACME, True),  # The other's reference and amount: he pays for him.
    ("100.00", "888.80", ACME, True),
    ("777.70", "888.80", BOLT, True),
    ("777.70", "888.80", "Somebody", True),
])  # fmt: skip
def test_a_reference_that_checks_may_be_another_debtor_s(
    own: str, other: str, paid: str, owed: str, payer: str, pays_other: bool
) -> None:
    assert reference.is_ocr(own)
    assert reference.is_ocr(other)

    found = taken(
        paid, [item("F-1", "777.70", ACME, own), item("F-2", owed, BOLT, other)],
        payer=payer, told=other,
    )  # fmt: skip

    sure = found.allocations if found.verdict is Verdict.CERTAIN else ()
    assert ("F-2" in [one.item.number for one in sure]) is pays_other


@pytest.mark.parametrize(("paid", "verdict"), [
    ("400.00", "probable"), ("500.00", "certain"), ("600.00", "certain"),
])  # fmt: skip
def test_too_little_for_several_debtors_is_nobody_s_first(paid: str, verdict: str) -> None:
    told = (reference.rf("9991"), reference.rf("9992"))
    items = [item("W-1", "300.00", ACME, told[0]), item("W-2", "200.00", BOLT, told[1])]

    assert taken(paid, items, payer="Inkasso", text=" ".join(told)).verdict is Verdict(verdict)


@pytest.mark.parametrize(("paid", "text", "verdict"), [
    ("600.00", "Rg 55132", "probable"),  # Exchanged digits; both owe it.
    ("600.00", "Rg 88721", "certain"),  # Nothing alike: he pays for the other.
    ("980.00", "Rg 46001", "probable"),  # Two per cent less, or all of the next invoice.
    ("980.00", "Rg 46001 abzgl. Skonto", "certain"),
    ("400.00", "Rg 46001", "certain"),
    ("400.00", "Kd.Nr. 46001 Rg 20260099", "probable"),
    ("400.00", "Rg 46001 vom 12.03.2026", "certain"),
    ("55.00", "paid on 20260315", "probable"),
    ("410.00", "paid on 20260315", "certain"),
])  # fmt: skip
def test_a_number_may_mean_something_else(paid: str, text: str, verdict: str) -> None:
    items = [
        item("55123", "600.00"), item("55132", "600.00", BOLT), item("88721", "600.00", BOLT),
        item("46001", "1000.00"), item("46002", "980.00"), item("20260315", "410.00"),
    ]  # fmt: skip

    assert taken(paid, items, payer=ACME, text=text).verdict is Verdict(verdict)


@pytest.mark.parametrize(("text", "is_it"), [
    ("20260315", True), ("15032026", True), ("260315", True), ("150326", True),
    ("20280315", False), ("20261345", False), ("2026031", False), ("A260315", False),
])  # fmt: skip
def test_digits_that_may_be_a_day_of_this_time(text: str, is_it: bool) -> None:
    assert is_day(text, near=DAY) is is_it


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("owed", "of"), [("600.00", BOLT), ("1000.00", ACME)])
@pytest.mark.parametrize(("by", "sure"), [(ACME, True), ("Somebody", False)])
def test_a_rival_is_out_of_the_way_once_its_own_debtor_has_paid_it(
    owed: str, of: str, by: str, sure: bool, first: bool
) -> None:
    """ACME owes 600.00 itself and names another item: each of the two may be mistaken."""
    lines = [
        BankLine(amount=Money.of("600.00", "SEK"), booked_on=DAY, counterparty=payer,
                 texts=(number,), bank_reference=number)
        for number, payer in (("70012345", ACME), ("70012346", by))
    ]  # fmt: skip
    items = [item("70012345", owed, of), item("70012346", "600.00", ACME)]
    alone = OpenItems(items).take(lines[0])
    assert alone.verdict is Verdict.PROBABLE
    found = OpenItems(items).take_all(lines if first else lines[::-1])
    named, rival = found if first else found[::-1]
    assert rival.verdict is Verdict.CERTAIN
    assert (named.verdict is Verdict.CERTAIN) is sure
    assert [one.item.number for one in named.allocations] == ["70012345"]
