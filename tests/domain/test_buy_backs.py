"""What it costs to have an invoice back, what may take its place, what who leaves pays."""

from uuid import UUID

import pytest

from usance.domain.money import Money
from usance.domain.settlement import buy_backs as rule
from usance.domain.settlement.buy_backs import Account, Kind, Line, Way

ONE, OTHER = UUID(int=1), UUID(int=2)


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


def line(outstanding: str, reserve: str, *, fees: str = "0", interest: str = "0", vat: str = "0",
         invoice: UUID = ONE) -> Line:  # fmt: skip
    return Line(
        invoice=invoice, outstanding=eur(outstanding), reserve=eur(reserve), fees=eur(fees),
        interest=eur(interest), vat=eur(vat),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "advanced", "price"),
    [
        (line("10000.00", "2000.00", fees="150.00"), "8000.00", "8150.00"),
        (line("10000.00", "2000.00", fees="150.00", interest="71.11", vat="28.50"), "8000.00",
         "8249.61"),
        (line("9000.00", "2000.00", fees="150.00"), "7000.00", "7150.00"),  # A part was paid.
        (line("1000.00", "2000.00", fees="150.00"), "-1000.00", "-850.00"),  # More than lent.
        (line("2000.00", "2000.00"), "0.00", "0.00"),
        (line("0.01", "0.01", fees="0.01"), "0.00", "0.01"),
    ],
)  # fmt: skip
def test_the_price_is_the_open_advance_and_the_charges(
    one: Line, advanced: str, price: str
) -> None:
    assert (one.advanced, one.price) == (eur(advanced), eur(price))


@pytest.mark.parametrize(
    ("claims", "due", "pays"),
    [
        ("0", "0", "8150.00"),
        ("815.00", "1600.00", "7365.00"),
        ("0", "9000.00", "-850.00"),  # We owe it.
        ("500.00", "0", "8650.00"),
    ],
)
def test_a_client_that_leaves_pays_one_sum(claims: str, due: str, pays: str) -> None:
    stands = Account(claims=eur(claims), due=eur(due), on_the_way=eur("77.00"))
    assert rule.to_pay([line("10000.00", "2000.00", fees="150.00")], stands) == eur(pays)


def test_another_invoice_is_over_as_much_or_more() -> None:
    rule.substitutes(eur("10000.00"), outstanding=eur("10000.00"))
    with pytest.raises(rule.SubstituteTooSmall):
        rule.substitutes(eur("9999.99"), outstanding=eur("10000.00"))


def test_a_receipt_brings_the_whole_price() -> None:
    rule.covered(eur("8150.00"), receipt=eur("8150.00"))
    rule.covered(eur("-850.00"), receipt=eur("0"))
    with pytest.raises(rule.NotCovered):
        rule.covered(eur("8150.00"), receipt=eur("8149.99"))


def test_the_content_is_every_cent_and_neither_order_nor_day() -> None:
    one, other = line("10.00", "2.00"), line("20.00", "4.00", invoice=OTHER)

    def said(*lines: Line, kind: Kind = Kind.CHOSEN, way: Way = Way.SET_OFF) -> str:
        return rule.content(ONE, kind, way, lines, quoted_by="user:f")

    assert said(one, other) == said(other, one)
    different = {
        said(one), said(other), said(one, other), said(line("10.00", "2.00", fees="0.01")),
        said(one, kind=Kind.EXIT), said(one, way=Way.RECEIPT),
    }  # fmt: skip
    assert len(different) == 6
