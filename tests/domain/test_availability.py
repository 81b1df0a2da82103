"""The waterfall to the cent: each line a sum of rows, whatever leaves a part out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.domain.credit import availability
from usance.domain.credit.availability import Waterfall
from usance.domain.credit.eligibility import Agreed, Base, Because, Mark, Standing, reasons
from usance.domain.credit.items import Item, Rulings, facts
from usance.domain.money import Money

ON = date(2026, 6, 30)
RATE = Decimal("0.80")
BOLT = Standing(name="Bolt", country="DE", limit_minor=50_000_00)
LOOSE = Agreed(cross_age_share=None)


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


def item(number: int, amount: str, **more: object) -> Item:
    made = Item(
        invoice=UUID(int=number), number=f"R-{number}", minor=eur(amount).minor,
        issued_on=date(2026, 6, 1), due_on=date(2026, 7, 1),
    )  # fmt: skip
    return made._replace(**more)


AGED = {"due_on": date(2026, 1, 1)}


def fall(
    *ledgers: tuple[list[Item], Standing], agreed: Agreed = LOOSE, in_use: str = "0",
    limit: str = "100000", **more: object,
) -> Waterfall:  # fmt: skip
    return availability.waterfall(
        [availability.judge(items, one, agreed, on=ON)[0] for items, one in ledgers],
        agreed, currency="EUR", advance_rate=RATE, in_use=eur(in_use).minor,
        limit=eur(limit).minor, **more,
    )  # fmt: skip


def lines(said: Waterfall) -> dict[Because, tuple[str, int]]:
    return {line.because: (str(line.amount.decimal), line.invoices) for line in said.out}


def test_a_sound_ledger_that_was_bought_leaves_exactly_nothing() -> None:
    """Each advance was rounded down by itself, and so is what each invoice carries."""
    items = [item(1, "99.99"), item(2, "0.01"), item(3, "10000.00")]
    said = fall((items, BOLT), in_use="8079.99")  # 79.99 + 0.00 + 8000.00
    assert (said.value, said.available) == (eur("8079.99"), eur("0.00"))


def test_an_aged_invoice_leaves_an_over_advance() -> None:
    aged = item(1, "10000.00", **AGED)
    said = fall(([aged, item(2, "5000.00")], BOLT), in_use="12000.00")
    assert lines(said) == {Because.AGED_PAST_DUE: ("10000.00", 1)}
    assert (said.gross, said.eligible, said.value, said.available) == (
        eur("15000.00"), eur("5000.00"), eur("4000.00"), eur("-8000.00"),
    )  # fmt: skip


@pytest.mark.parametrize(("aged", "counts"), [("5000.00", "5000.00"), ("5000.01", "0.00")])
def test_a_debtor_that_is_half_over_age_is_out_from_the_first_cent_more(
    aged: str, counts: str
) -> None:
    items = [item(1, aged, **AGED), item(2, "5000.00")]
    said = fall((items, BOLT), agreed=Agreed(cross_age_share=Decimal("0.5")))
    assert said.eligible == eur(counts)


@pytest.mark.parametrize(
    ("standing", "because", "left_out", "touched"),
    [
        (replace(BOLT, contra_minor=1_000_00), Because.CONTRA, "1000.00", 1),
        (replace(BOLT, contra_minor=99_000_00), Because.CONTRA, "9000.00", 3),
        (replace(BOLT, limit_minor=4_000_00), Because.OVER_LIMIT, "5000.00", 2),
        (replace(BOLT, limit_minor=0), Because.OVER_LIMIT, "9000.00", 3),
        # The limit is shared: 9 000 of 18 000 that it owes us are this client's.
        (replace(BOLT, limit_minor=6_000_00, elsewhere_minor=9_000_00), Because.OVER_LIMIT,
         "6000.00", 2),
    ],
)  # fmt: skip
def test_what_leaves_out_a_part_is_borne_by_the_newest(
    standing: Standing, because: Because, left_out: str, touched: int
) -> None:
    items = [item(n, "3000.00") for n in (1, 2, 3)]
    said = fall((items, standing))
    assert lines(said) == {because: (left_out, touched)}
    rows = list(availability.told(items, standing, LOOSE, on=ON, cap=None, advance_rate=RATE))
    assert rows[-1].primary is because
    assert sum(row.eligible for row in rows) == said.eligible.minor


def test_a_credit_note_that_waits_leaves_out_its_amount() -> None:
    said = fall(([item(1, "1000.00", credited_minor=250_00)], BOLT))
    assert lines(said) == {Because.CREDIT_NOTE: ("250.00", 1)}
    over = fall(([item(1, "1000.00", credited_minor=2_500_00)], BOLT))
    assert lines(over) == {Because.CREDIT_NOTE: ("1000.00", 1)}


def test_concentration_says_what_of_one_debtor_counts() -> None:
    agreed = replace(LOOSE, concentration_share=Decimal("0.4"), concentration_base=Base.REMAINING)
    said = fall(
        ([item(1, "60.00")], BOLT), ([item(2, "20.00")], BOLT), ([item(3, "20.00")], BOLT),
        agreed=agreed,
    )  # fmt: skip
    assert said.largest == eur("26.66")
    assert lines(said) == {Because.CONCENTRATION: ("33.34", 1)}
    assert said.eligible == eur("66.66")


@pytest.mark.parametrize(
    ("in_use", "limit", "over_advance", "available", "spendable"),
    [
        ("5000.00", "100000", "0", "3000.00", "3000.00"),
        ("5000.00", "6000", "0", "1000.00", "1000.00"),  # The facility is the narrower.
        ("9000.00", "100000", "0", "-1000.00", "-1000.00"),
        ("9000.00", "100000", "1500", "-1000.00", "500.00"),
        ("9000.00", "9200", "1500", "-1000.00", "200.00"),  # Never beyond the facility.
    ],
)
def test_what_is_left_to_draw(
    in_use: str, limit: str, over_advance: str, available: str, spendable: str
) -> None:
    said = fall(
        ([item(1, "10000.00")], BOLT), in_use=in_use, limit=limit,
        over_advance=eur(over_advance).minor,
    )  # fmt: skip
    assert (said.available, said.spendable) == (eur(available), eur(spendable))


def test_reserves_are_taken_before_funds_in_use() -> None:
    agreed = replace(LOOSE, retention_minor=500_00, dilution_share=Decimal("0.05"))
    said = fall(([item(1, "10000.00")], BOLT), agreed=agreed, dilution=Decimal("0.08"))
    assert (said.retention, said.dilution) == (eur("500.00"), eur("300.00"))
    assert said.available == eur("7200.00")
    within = fall(([item(1, "10000.00")], BOLT), agreed=agreed, dilution=Decimal("0.05"))
    assert within.dilution == eur("0.00")


FACES = st.integers(1, 10**7)


@given(
    faces=st.lists(st.lists(FACES, min_size=1, max_size=6), max_size=5),
    limit=st.integers(0, 10**7),
    contra=st.integers(0, 10**6),
    percent=st.integers(1, 100),
    base=st.sampled_from(list(Base)),
    aged=st.sets(st.integers(0, 30), max_size=8),
)
def test_lines_are_the_sums_of_their_rows(
    faces: list[list[int]], limit: int, contra: int, percent: int, base: Base, aged: set[int]
) -> None:
    agreed = Agreed(concentration_share=Decimal(percent) / 100, concentration_base=base)
    standing = replace(BOLT, limit_minor=limit, contra_minor=contra, marks=frozenset({Mark.CONTRA}))
    number, ledgers = 0, []
    for one in faces:
        items = []
        for minor in one:
            made = item(number, "1")._replace(minor=minor, credited_minor=minor // 7)
            items.append(made._replace(**AGED) if number in aged else made)
            number += 1
        ledgers.append(items)
    accounts = [availability.judge(items, standing, agreed, on=ON)[0] for items in ledgers]
    said = availability.waterfall(
        accounts, agreed, currency="EUR", advance_rate=RATE, in_use=0, limit=10**12
    )
    cap = availability.largest(accounts, agreed)
    rows = [
        row
        for items in ledgers
        for row in availability.told(items, standing, agreed, on=ON, cap=cap, advance_rate=RATE)
    ]
    for line in said.out:
        parts = [dict(row.parts)[line.because] for row in rows if line.because in dict(row.parts)]
        assert (sum(parts), len(parts)) == (line.amount.minor, line.invoices)
    assert sum(row.eligible for row in rows) == said.eligible.minor
    assert sum(row.value for row in rows) == said.value.minor
    assert said.gross.minor == said.eligible.minor + sum(line.amount.minor for line in said.out)
    assert all(sum(m for _, m in row.parts) + row.eligible == row.item.minor for row in rows)


@given(
    rows=st.lists(
        st.tuples(
            st.dates(date(2025, 11, 1), date(2026, 7, 1)), st.booleans(), FACES, st.booleans(),
            st.sampled_from([frozenset(), frozenset({Mark.EXCLUDED})]),
        ),
        max_size=8,
    ),
    limits=st.lists(st.sampled_from([None, 0, 5_000_00]), min_size=2, max_size=4),
    notice=st.sampled_from([None, 10]),
)  # fmt: skip
def test_judged_beside_others_or_alone_the_reasons_are_the_same(
    rows: list[tuple[date, bool, int, bool, frozenset[Mark]]],
    limits: list[int | None],
    notice: int | None,
) -> None:
    agreed = Agreed(since_issue_days=120, notice_days=notice, confirmed_from_minor=1_000_00)
    together = Rulings(agreed, on=ON)
    items = [
        item(number, "1", issued_on=on, bought_on=on, minor=minor, notified=told, disputed=no,
             confirmed=told, marks=marks)
        for number, (on, no, minor, told, marks) in enumerate(rows)
    ]  # fmt: skip
    for limit in limits:
        debtor = replace(BOLT, limit_minor=limit)
        beside = availability.judge(items, debtor, agreed, on=ON, rulings=together)
        assert beside == availability.judge(items, debtor, agreed, on=ON)
        assert together.of(items, debtor) == [
            reasons(facts(one, debtor, agreed, on=ON, cross_aged=False), agreed) for one in items
        ]
