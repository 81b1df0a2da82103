"""What a line pays by its payer's advice: sure only where every number and every cent fits."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from usance.domain import payment
from usance.domain.money import Money
from usance.domain.payment import Advice, Awaited, BankLine, OpenItem, OpenItems, Part, Share

DAY = date(2026, 3, 12)
BOLT, OTHER = UUID(int=1), UUID(int=2)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def item(number: str, owed: str, *, at: int, debtor: UUID = BOLT) -> OpenItem:
    return OpenItem(
        invoice=UUID(int=at), number=number, payment_reference=f"INV{at:012d}",
        outstanding=eur(owed), debtor=debtor,
        debtor_name="Bolt AG" if debtor == BOLT else "Other AG",
    )  # fmt: skip


ITEMS = (
    item("70012345", "1000.00", at=11),
    item("70054321", "2500.00", at=12),
    item("RE-70099999", "300.00", at=13),
    item("80000001", "3500.00", at=21, debtor=OTHER),
)


def told(*parts: tuple[str, str], total: str = "3500.00", **more: object) -> Awaited:
    said: dict[str, object] = {"id": UUID(int=99), "on": DAY, "near": payment.NEAR_ITS_DAY} | more
    shares = tuple(Share(numbers=(number,), amount=eur(amount)) for number, amount in parts)
    return Awaited(shares=shares, total=eur(total), **said)  # type: ignore[arg-type]


def line(amount: str = "3500.00", text: str = "", **more: object) -> BankLine:
    said: dict[str, object] = {"counterparty": "Bolt AG", "booked_on": DAY} | more
    return BankLine(amount=eur(amount), texts=(text,) if text else (), **said)  # type: ignore[arg-type]


BOTH = told(("70012345", "1000.00"), ("70054321", "2500.00"))
PAID = {11: 100_000, 12: 250_000}


@pytest.mark.parametrize(
    ("advices", "said", "verdict", "paid"),
    [
        ([BOTH], line(), "certain", PAID),
        ([BOTH], line(booked_on=DAY + timedelta(days=10)), "certain", PAID),
        ([BOTH], line(booked_on=DAY + timedelta(days=11)), "probable", None),
        ([BOTH], line(counterparty="Somebody"), "probable", PAID),  # Who pays is not known.
        ([replace(BOTH, payer="Other AG")], line(), "probable", None),
        ([replace(BOTH, payer_account="DE1")], line(counterparty_account="DE2"), "probable", None),
        ([replace(BOTH, reference="ZR-99812")], line(text="ZR 99812", counterparty="Somebody"),
         "certain", PAID),
        ([BOTH], line(text="80000001"), "certain", {21: 350_000}),  # What it says itself is first.
        ([BOTH, replace(BOTH, id=UUID(int=98))], line(), "certain", PAID),  # Twice the same.
        ([BOTH, told(("70012345", "999.00"), ("70054321", "2501.00"), id=UUID(int=98))], line(),
         "probable", None),
        # Written without its letters; less than is owed on it.
        ([told(("70099999", "100.00"), ("70012345", "1000.00"), total="1100.00")],
         line("1100.00"), "certain", {11: 100_000, 13: 10_000}),
        ([told(("70012345", "1000.01"), ("70054321", "2499.99"))], line(), "certain", PAID),
        ([told(("70012345", "1000.01"), ("70054321", "2399.99"), total="3400.00")],
         line("3400.00"), "none", None),  # More than is owed.
        # The credit note was taken off before: what is owed is the amount to the cent.
        ([told(("70012345", "1200.00"), ("70054321", "2500.00"), ("G-1", "-200.00"))], line(),
         "certain", PAID),
        ([told(("70012345", "1000.00"), ("80000001", "2500.00"))], line(), "probable", None),
        ([told(("70012345", "1000.00"), ("4711-1", "2500.00"))], line(), "probable", None),
    ],
)  # fmt: skip
def test_what_an_advice_makes_of_a_line(
    advices: list[Awaited], said: BankLine, verdict: str, paid: dict[int, int] | None
) -> None:
    found = OpenItems(ITEMS, advices=advices).take(said)
    booked = {one.item.invoice.int: one.amount.minor for one in found.allocations}
    if paid is None:  # As if nobody had said anything.
        plain = OpenItems(ITEMS).take(said)
        assert (found, found.verdict) == (plain, plain.verdict)
        assert found.verdict != "certain"
    else:
        assert (str(found.verdict), booked) == (verdict, paid)


def test_an_advice_is_used_once() -> None:
    book = OpenItems([replace(one, outstanding=eur("9000.00")) for one in ITEMS], advices=[BOTH])
    first, second = book.take_all([line(), line()])
    assert (str(first.verdict), first.advice) == ("certain", BOTH.id)
    assert (second.verdict == "certain", second.advice) == (False, None)


def test_two_clients_use_one_number_and_the_payer_owes_one_of_them() -> None:
    twin = item("70012345", "1000.00", at=31, debtor=OTHER)
    found = OpenItems([*ITEMS, twin], advices=[BOTH]).take(line())
    assert {one.item.invoice.int for one in found.allocations} == {11, 12}


def test_all_faults_of_an_advice_are_told_at_once() -> None:
    part = Part(number="1", amount=Decimal(5))
    advice = Advice(parts=(part, part, replace(part, number="-")), total=Decimal(-1))
    codes = [fault.code for fault in payment.faults(advice)]
    assert codes == ["advice_total", "advice_sum_differs", "advice_number"]


def test_a_deduction_on_a_line_of_its_own_belongs_to_its_invoice() -> None:
    listed = (
        Part(number="4711-1", amount=Decimal("1000.00")),
        Part(number="4711-2", amount=Decimal("50.00")),
        Part(number="47111", amount=Decimal("-20.00"), reason="Skonto"),
    )
    found = payment.merged(Advice(parts=listed, total=Decimal("1030.00")))
    assert found.parts == (
        Part(number="4711-1", amount=Decimal("980.00"), deducted=Decimal("20.00"), reason="Skonto"),
        listed[1],
    )


@pytest.mark.parametrize(
    ("announced", "text", "paid"),
    [
        ((11,), "", {11}),
        ((), "", set()),  # A rent of the same amount each month.
        ((11, 12), "", set()),
        ((11,), "Rechnung 4711", set()),  # It speaks of something that we do not know.
        ((11,), "70000012", {12}),
    ],
)
def test_what_the_buyer_answered_that_it_pays_is_paid_by_its_amount(
    announced: tuple[int, ...], text: str, paid: set[int]
) -> None:
    rents = [
        replace(item(f"700000{at}", "900.00", at=at), announced=at in announced) for at in (11, 12)
    ]
    found = OpenItems(rents).take(line("900.00", text))
    certain = found.verdict is payment.Verdict.CERTAIN
    assert {one.item.invoice.int for one in found.allocations if certain} == paid
