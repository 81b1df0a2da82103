"""Was it sold before? Every way of doing it has its row, and what is honest has its own."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from usance.domain.finding import Severity
from usance.domain.invoice.document import Invoice, Line
from usance.domain.party import Party
from usance.domain.verification.duplicates import (
    KINDS,
    Claimed,
    compare,
    figures_key,
    lines_key,
    orders_of,
    seller_key,
    series_of,
    stem_of,
)

OLD = Claimed(
    invoice=UUID(int=1), client=UUID(int=11), debtor=UUID(int=21), seller="vat:SE1",
    written="R-1001", number="r1001", stem="1001", issued_on=date(2026, 3, 2), face_minor=119_000,
    currency="EUR", lines="goods", file="bytes", bought=True,
)  # fmt: skip
NEW = replace(OLD, invoice=UUID(int=2), bought=False)
ELSE = UUID(int=12)
OTHER = {"written": "R-1002", "number": "r1002", "stem": "1002"}


def codes(mine: Claimed, *others: Claimed) -> list[tuple[str, str]]:
    return [(one.code, one.severity.value) for one in compare(mine, others)]


@pytest.mark.parametrize(
    ("changed", "code", "severity"),
    [
        ({"client": ELSE}, "same_file_from_another_client", "fatal"),
        ({"client": ELSE, "file": "x"}, "double_financed", "fatal"),
        ({"client": ELSE, "file": "x", "face_minor": 1}, "sold_by_another_client", "fatal"),
        ({"client": ELSE, "file": "x", "seller": "vat:SE2"}, "sold_by_another_client", "fatal"),
        ({"client": ELSE, "file": "x", "seller": "vat:SE2", **OTHER}, "sold_by_another_client",
         "fatal"),
        ({"client": ELSE, "file": "x", "seller": "vat:SE2", "lines": "y", **OTHER},
         "same_claim_elsewhere", "warning"),
        ({"number": "1001kopia", "lines": "y"}, "number_spelt_otherwise", "fatal"),
        (OTHER, "renumbered", "fatal"),
        ({**OTHER, "issued_on": date(2026, 3, 9)}, "redated", "fatal"),
        ({**OTHER, "issued_on": date(2026, 4, 2)}, None, ""),  # Rent is due each month.
        ({**OTHER, "lines": "y"}, None, ""),  # Other goods that cost the same.
        ({**OTHER, "face_minor": 1}, None, ""),
        ({**OTHER, "debtor": UUID(int=22)}, None, ""),
        ({**OTHER, "currency": "SEK"}, None, ""),
        ({"number": "r1001x", "issued_on": date(2026, 9, 2)}, None, ""),  # Numbers begin anew.
    ],
)  # fmt: skip
def test_each_way_of_selling_twice_is_found(
    changed: dict[str, object], code: str | None, severity: str
) -> None:
    expected = [(code, severity)] if code else []
    assert codes(replace(NEW, **changed), OLD) == expected  # type: ignore[arg-type] - by name


def test_a_finding_names_the_other_and_what_is_the_same() -> None:
    (found,) = compare(replace(NEW, **OTHER), [OLD])  # type: ignore[arg-type] - by name
    (other,) = found.others
    assert (other.invoice, other.number) == (str(OLD.invoice), "R-1001")
    assert set(other.agrees) >= {"debtor", "amount", "lines", "issue date", "client"}
    assert "R-1001" in found.says
    assert found.todo


def test_a_credited_invoice_that_comes_back_is_found() -> None:
    credited = replace(OLD, credited=True)
    later = replace(NEW, **OTHER, lines="y", issued_on=date(2026, 4, 20))  # type: ignore[arg-type]
    assert codes(later, credited) == [("credited_and_rebilled", "fatal")]
    assert codes(later, OLD) == []


def test_of_two_that_came_together_the_later_is_doubted() -> None:
    first, second = replace(OLD, bought=False), replace(NEW, **OTHER)  # type: ignore[arg-type]
    assert codes(second, first) == [("renumbered", "fatal")]
    assert codes(first, second) == []
    twice = replace(second, client=ELSE, number="r1001")
    assert codes(first, twice) == [("same_file_from_another_client", "fatal")]  # Both.


def test_what_returns_every_week_is_a_custom_and_warns() -> None:
    weeks = [
        replace(OLD, invoice=UUID(int=100 + n), written=f"R-{n}", number=f"r{n}", stem="",
                issued_on=date(2026, 3, 2) - timedelta(weeks=n))
        for n in range(1, 5)
    ]  # fmt: skip
    mine = replace(NEW, invoice=UUID(int=999))
    (found,) = compare(mine, weeks)
    assert (found.code, found.severity) == ("redated", Severity.WARNING)
    assert "4 others" in found.says


def test_copies_that_wait_and_a_day_out_of_rhythm_make_no_custom() -> None:
    weeks = [
        replace(OLD, invoice=UUID(int=100 + n), written=f"R-{n}", number=f"r{n}", stem="",
                issued_on=date(2026, 3, 2) - timedelta(weeks=n))
        for n in range(1, 5)
    ]  # fmt: skip
    held = [replace(one, bought=False) for one in weeks]
    assert codes(replace(NEW, invoice=UUID(int=999)), *held) == [("redated", "fatal")]
    next_day = replace(NEW, invoice=UUID(int=999), issued_on=weeks[0].issued_on + timedelta(days=1))
    assert codes(next_day, *weeks) == [("redated", "fatal")]


REWORDED = {**OTHER, "lines": "y", "figures": "f"}


@pytest.mark.parametrize(
    ("old", "new", "code", "severity"),
    [
        ({}, {}, "reworded", "fatal"),
        ({"figures": ""}, {}, None, ""),  # Lines that tell no amount prove nothing.
        ({"figures": "g"}, {}, None, ""),  # Other goods that cost the same.
        ({}, {"issued_on": date(2026, 4, 2)}, None, ""),  # A subscription: the next month.
        ({}, {"debtor": UUID(int=22)}, None, ""),
        ({"orders": ("BT-13:PO1",)}, {"orders": ("BT-13:PO2",)}, None, ""),  # Two orders.
        ({"orders": ("BT-13:PO1", "BT-16:LS1")}, {"orders": ("BT-13:PO1", "BT-16:LS2")}, None,
         ""),  # Two deliveries of one order.
        ({"orders": ("BT-13:PO1",)}, {"orders": ("BT-13:PO1",)}, "reworded", "fatal"),
        ({"orders": ("BT-13:PO1",)}, {}, "reworded", "fatal"),  # Left out on the copy.
        ({"orders": ("BT-13:PO1",)}, {"orders": ("BT-16:LS2",)}, "reworded", "fatal"),
        ({"orders": ("BT-16:LS1",)}, {"orders": ("BT-16:LS1",), "lines": "goods"}, "renumbered",
         "fatal"),
        ({"orders": ("BT-16:LS1",)}, {"orders": ("BT-16:LS2",), "lines": "goods"}, None, ""),
    ],
)  # fmt: skip
def test_a_copy_in_other_words_is_held_and_a_repeat_is_not(
    old: dict[str, object], new: dict[str, object], code: str | None, severity: str
) -> None:
    first = replace(OLD, **{"figures": "f", **old})  # type: ignore[arg-type] - by name
    second = replace(NEW, **{**REWORDED, **new})  # type: ignore[arg-type] - by name
    assert codes(second, first) == ([(code, severity)] if code else [])


@pytest.mark.parametrize(("days", "severity"), [(3, "warning"), (2, "fatal")])
def test_several_a_day_that_were_bought_are_a_custom(days: int, severity: str) -> None:
    bought = [
        replace(OLD, invoice=UUID(int=100 + n), written=f"R-{n}", number=f"r{n}", stem="",
                lines=f"l{n}", figures="f", issued_on=date(2026, 2, 2) + timedelta(days=n // 2))
        for n in range(2 * days)
    ]  # fmt: skip
    same_day = replace(OLD, figures="f")
    mine = replace(NEW, **REWORDED)  # type: ignore[arg-type] - by name
    assert codes(mine, same_day, *bought) == [("reworded", severity)]


def test_every_kind_says_what_to_do() -> None:
    for kin in KINDS:
        assert kin.says
        assert kin.todo
        assert not kin.needs & kin.differs


@pytest.mark.parametrize(
    ("number", "stem"),
    [("R-1001", "1001"), ("0001001", "1001"), ("2026-1001", "1001"), ("1001 kopia", "1001"),
     ("INV/2026/01001/2", "1001"), ("12", ""), ("", ""), ("2026", "2026"), ("A77-0001", "770001"),
     ("R-1OOl", "1001"), ("R-100O", "1000"), ("O-1001", "1001"),
     ("\uff11\uff10\uff10\uff11", "1001")],
)  # fmt: skip
def test_the_stem_is_what_tells_invoices_apart(number: str, stem: str) -> None:
    assert stem_of(number) == stem


def test_a_series_and_the_place_in_it() -> None:
    assert series_of("NS-2026-01234") == ("ns2026", 1234)
    assert series_of("77A") == ("", 77)
    assert series_of("ABC") == ("", None)
    assert series_of("9" * 40)[1] == int("9" * 12)


def test_lines_are_the_same_in_any_order_and_spelling() -> None:
    one = Line(name="Lax, hel", quantity=Decimal("2.00"), net=Decimal("10.0"))
    two = Line(description="Frakt", quantity=Decimal(1), net=Decimal(5))
    same = replace(one, name="LAX HEL", quantity=Decimal(2), net=Decimal(10))
    assert lines_key(Invoice(lines=(one, two))) == lines_key(Invoice(lines=(two, same)))
    assert lines_key(Invoice(lines=(one,))) != lines_key(Invoice(lines=(one, two)))
    assert lines_key(Invoice()) == lines_key(Invoice(lines=(Line(net=Decimal(1)),))) == ""
    retold = replace(one, name="Torsk", description="filé")
    assert figures_key(Invoice(lines=(one, two))) == figures_key(Invoice(lines=(two, retold)))
    assert figures_key(Invoice(lines=(one,))) != figures_key(Invoice(lines=(one, two)))
    assert figures_key(Invoice()) == figures_key(Invoice(lines=(Line(name="Lax"),))) == ""
    assert figures_key(Invoice(lines=(Line(net=Decimal(1)),))) == ""
    named = Invoice(order="PO 47-11", despatch=" - ", receipt="we 1")
    assert orders_of(named) == ("BT-13:PO4711", "BT-15:WE1")
    assert seller_key(Invoice(seller=Party(vat_id="SE 556677-8899 01"))) == "vat:SE556677889901"
    assert seller_key(Invoice(seller=Party(name="Acme GmbH"))) == "name:acme"
