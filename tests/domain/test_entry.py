"""An invoice by hand: what is rounded, when, and what is never rounded twice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from usance.domain.intake.entry import Entry, EntryAllowance, EntryLine, paper
from usance.domain.party import Party

EMPTY = Entry(
    is_credit_note=False, number="1", issued_on=date(2026, 3, 2), due_on=date(2026, 4, 1),
    currency="EUR", seller=Party(name="A"), buyer=Party(name="B"), lines=(),
)  # fmt: skip


def line(
    quantity: str, price: str, rate: str = "25", off: str = "0", category: str = "S"
) -> EntryLine:
    return EntryLine(
        text="Work", quantity=Decimal(quantity), price=Decimal(price), rate=Decimal(rate),
        allowance=Decimal(off), category=category,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "currency", "net", "tax", "gross"),
    [
        ([("1", "100")], "EUR", "100.00", "25.00", "125.00"),
        # Each line is rounded (0.335 to 0.34), the tax once over their sum.
        ([("0.5", "0.67"), ("0.5", "0.67")], "EUR", "0.68", "0.17", "0.85"),
        # Three lines of 0.10 at 25 %: 0.075 is rounded up once, not three times 0.03.
        ([("1", "0.10"), ("1", "0.10"), ("1", "0.10")], "EUR", "0.30", "0.08", "0.38"),
        # Two rates: two taxes, each rounded.
        ([("1", "9.99", "25"), ("1", "9.99", "12")], "EUR", "19.98", "3.70", "23.68"),
        ([("3", "33.333", "25", "0.99")], "EUR", "99.01", "24.75", "123.76"),
        ([("1", "1234.5")], "JPY", "1235", "309", "1544"),
        ([("1", "1.2345")], "KWD", "1.235", "0.309", "1.544"),
        ([("-1", "100")], "EUR", "-100.00", "-25.00", "-125.00"),
        ([], "EUR", "0.00", "0.00", "0.00"),
    ],
)
def test_sums_to_the_last_cent(
    lines: list[tuple[str, ...]], currency: str, net: str, tax: str, gross: str
) -> None:
    totals = paper(replace(EMPTY, currency=currency, lines=[line(*one) for one in lines])).totals
    assert (str(totals.net), str(totals.tax), str(totals.gross)) == (net, tax, gross)
    assert totals.payable == totals.gross


def off(
    amount: str = "0", percent: str = "0", rate: str = "25", charge: bool = False
) -> EntryAllowance:
    return EntryAllowance(
        is_charge=charge, text="Rabatt", amount=Decimal(amount), percent=Decimal(percent),
        rate=Decimal(rate),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("allowances", "allowed", "charged", "net", "tax", "gross"),
    [
        ([off("10")], "10.00", "None", "140.00", "28.50", "168.50"),
        # Two per cent of what lies under 25 %, the 50.00 under 12 % left alone.
        ([off(percent="2")], "2.00", "None", "148.00", "30.50", "178.50"),
        ([off(percent="3.333")], "3.33", "None", "146.67", "30.17", "176.84"),
        ([off("9.90", charge=True)], "None", "9.90", "159.90", "33.48", "193.38"),
        ([off("10"), off("4", rate="12", charge=True)], "10.00", "4.00", "144.00", "28.98",
         "172.98"),
        # A rate that no line has makes its own tax; a share of nothing is nothing.
        ([off("5", rate="6", charge=True)], "None", "5.00", "155.00", "31.30", "186.30"),
        ([off(percent="10", rate="6")], "None", "None", "150.00", "31.00", "181.00"),
    ],
)  # fmt: skip
def test_what_is_off_the_whole_is_taxed_under_its_rate(
    allowances: list[EntryAllowance], allowed: str, charged: str, net: str, tax: str, gross: str
) -> None:
    lines = [line("1", "100"), line("1", "50", "12")]
    made = paper(replace(EMPTY, lines=lines, allowances=allowances))
    totals = made.totals
    said = (totals.lines, totals.allowances, totals.charges, totals.net, totals.tax, totals.gross)
    assert tuple(map(str, said)) == ("150.00", allowed, charged, net, tax, gross)
    assert sum(row.taxable or 0 for row in made.taxes) == totals.net


def test_what_is_not_taxed_says_why() -> None:
    made = paper(
        replace(
            EMPTY, lines=[line("1", "10", "0", category="AE"), line("1", "5", "0", category="O")]
        )
    )
    assert [(t.category, t.rate, t.exemption_code, str(t.tax)) for t in made.taxes] == [
        ("AE", Decimal(0), "VATEX-EU-AE", "0.00"), ("O", None, "VATEX-EU-O", "0.00"),
    ]  # fmt: skip


def test_a_credit_note_names_what_it_credits_and_falls_due_on_no_day() -> None:
    made = paper(replace(EMPTY, is_credit_note=True, credited="R-1", lines=[line("1", "10")]))
    assert (made.is_credit_note, made.due_on, made.preceding[0].number) == (True, None, "R-1")
    assert made.totals.payable == Decimal("12.50")


def test_a_transfer_needs_an_account_and_a_reference_alone_is_no_transfer() -> None:
    with_account = paper(replace(EMPTY, account="DE89370400440532013000", reference="RF18"))
    assert with_account.payment_means[0].code == "30"
    assert paper(replace(EMPTY, reference="RF18")).payment_means[0].code == "1"
    assert paper(EMPTY).payment_means == ()
