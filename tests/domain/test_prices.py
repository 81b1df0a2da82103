"""Prices over time: brackets, interest, day counts, rates. Worked by hand, to the cent."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.domain import finance
from usance.domain.finance import (
    Base,
    Bracket,
    Brackets,
    Change,
    Charges,
    DayCount,
    Deal,
    Interest,
    RateMissing,
    ReferenceRate,
    Start,
    Terms,
)
from usance.domain.money import Money

MARCH = date(2026, 3, 2)
DAY = timedelta(days=1)


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


def deal(face: str = "10000", advance: str = "8000", service: str = "0") -> Deal:
    return Deal(
        face=eur(face), advance=eur(advance), service=eur(service), purchased_on=MARCH,
        issued_on=MARCH - 5 * DAY,
    )  # fmt: skip


def interest(terms: Interest, days: int, *, back: tuple[Change, ...] = ()) -> str:
    paid_on = MARCH + days * DAY
    cost = finance.cost(
        deal(), Charges(interest=terms), back=back, paid_on=paid_on, through=paid_on, rates=()
    )
    return str(cost.interest.decimal)


@pytest.mark.parametrize(
    ("start", "end", "count", "part"),
    [
        ((2026, 3, 2), (2026, 4, 11), "ACT/360", "40/360"),
        ((2026, 3, 2), (2026, 4, 11), "ACT/365F", "40/365"),
        ((2027, 12, 31), (2028, 1, 2), "ACT/ACT", "1/365+1/366"),
        ((2027, 7, 1), (2029, 7, 1), "ACT/ACT", "184/365+1/1+181/365"),
        ((2026, 1, 31), (2026, 2, 28), "30E/360", "28/360"),
        ((2026, 2, 28), (2026, 3, 31), "30E/360", "32/360"),
        ((2026, 3, 30), (2026, 3, 31), "30E/360", "0/1"),
        ((2024, 2, 29), (2025, 2, 28), "30E/360", "359/360"),
    ],
)
def test_a_part_of_a_year_is_exact(
    start: tuple[int, int, int], end: tuple[int, int, int], count: str, part: str
) -> None:
    wanted = sum(Fraction(one) for one in part.split("+"))
    assert finance.year_part(date(*start), date(*end), finance.day_count(count)) == wanted


def test_an_unknown_way_to_count_days_is_refused() -> None:
    with pytest.raises(finance.UnknownDayCount) as no:
        finance.day_count("30/365")
    assert no.value.code == "day_count_unknown"


@given(
    st.lists(st.dates(date(2019, 1, 1), date(2034, 1, 1)), min_size=3, max_size=3),
    st.sampled_from(list(DayCount)),
)
def test_parts_of_a_span_are_the_span(days: list[date], count: DayCount) -> None:
    a, b, c = sorted(days)
    parts = finance.year_part(a, b, count) + finance.year_part(b, c, count)
    assert parts == finance.year_part(a, c, count)


@pytest.mark.parametrize(
    ("terms", "days", "charge"),
    [
        ({"margin": "0.08"}, 40, "71.11"),  # 8 000 × 8 % × 40/360
        ({"margin": "0.08", "count": DayCount.ACT_365F}, 40, "70.14"),
        ({"margin": "0.08", "count": DayCount.THIRTY_E_360}, 40, "69.33"),  # To 11 April: 39 days.
        ({"margin": "0.08", "day_one": True}, 40, "72.89"),
        ({"margin": "0.08", "float_days": 3}, 40, "76.44"),
        ({"margin": "0.08", "minimum_days": 45}, 40, "80.00"),
        ({"margin": "0.08", "minimum_days": 30}, 40, "71.11"),
        ({"margin": "0.08", "base": Base.FACE}, 40, "88.89"),
        ({"margin": "0.08", "start": Start.INVOICE}, 40, "80.00"),
        ({"margin": "0.08", "start": Start.FUNDING}, 40, "69.33"),
        ({"margin": "0.08"}, 0, "0.00"),
        # Of March 53.33, of April on 8 053.33 then 53.69, of May on 8 107.02 then 54.05.
        ({"margin": "0.08", "monthly": True}, 90, "161.07"),
        ({"margin": "0.08"}, 90, "160.00"),
    ],
)
def test_interest_on_funds_in_use(terms: dict[str, object], days: int, charge: str) -> None:
    said = {**terms, "margin": Decimal(str(terms["margin"]))}
    assert interest(Interest(**said), days) == charge  # type: ignore[arg-type]  # A table of words.


def test_what_is_paid_back_bears_no_interest_from_that_day_on() -> None:
    back = (Change(MARCH + 10 * DAY, -300_000),)
    # 8 000 for 10 days and 5 000 for 30 at 8 %: 17.78 + 33.33, rounded once.
    assert interest(Interest(margin=Decimal("0.08")), 40, back=back) == "51.11"


STEPS = (Bracket(days=30, rate=Decimal("0.015")), Bracket(days=30, rate=Decimal("0.01")))
TENS = tuple(Bracket(days=10, rate=Decimal("0.02")) for _ in range(10))


@pytest.mark.parametrize(
    ("brackets", "days", "fee"),
    [
        (Brackets(steps=STEPS), 1, "150.00"),
        (Brackets(steps=STEPS), 30, "150.00"),
        (Brackets(steps=STEPS), 31, "250.00"),
        (Brackets(steps=STEPS), 60, "250.00"),
        (Brackets(steps=STEPS), 95, "450.00"),  # Two more periods began.
        (Brackets(steps=STEPS, repeats=False), 95, "250.00"),
        (Brackets(steps=STEPS, whole=False), 45, "200.00"),
        (Brackets(steps=STEPS, whole=False), 95, "366.67"),
        (Brackets(steps=STEPS, base=Base.ADVANCE), 31, "200.00"),
        (Brackets(steps=STEPS, minimum_days=40), 5, "250.00"),
        (Brackets(steps=TENS, repeats=False), 45, "1000.00"),
        (Brackets(steps=TENS, repeats=False), 91, "2000.00"),  # Over 90 days: 20 %.
        (Brackets(steps=TENS, repeats=False), 400, "2000.00"),
        (Brackets(steps=STEPS, day_one=True), 30, "250.00"),
        (Brackets(steps=STEPS, float_days=3), 30, "250.00"),
        (Brackets(steps=STEPS, start=Start.INVOICE), 26, "250.00"),
    ],
)
def test_a_fee_in_brackets(brackets: Brackets, days: int, fee: str) -> None:
    paid_on = MARCH + days * DAY
    cost = finance.cost(
        deal(), Charges(brackets=brackets), back=(), paid_on=paid_on, through=paid_on, rates=()
    )
    assert cost.brackets == eur(fee)


RATES = (
    ReferenceRate(name="EURIBOR3M", first=date(2026, 1, 1), last=date(2026, 3, 31),
                  rate=Decimal("0.02")),
    ReferenceRate(name="OTHER", first=date(2026, 1, 1), last=date(2027, 1, 1), rate=Decimal("0.5")),
    ReferenceRate(name="EURIBOR3M", first=date(2026, 4, 1), last=date(2026, 6, 30),
                  rate=Decimal("-0.01")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("floor", "charge"),
    [
        (None, "47.22"),  # 10 000 for 30 days at 5 % and 10 at 2 %: 41.67 + 5.56.
        ("0", "50.00"),
        ("0.03", "66.67"),
    ],
)
def test_a_reference_rate_changes_and_has_a_floor(floor: str | None, charge: str) -> None:
    terms = Interest(
        margin=Decimal("0.03"), reference="EURIBOR3M",
        floor=None if floor is None else Decimal(floor), base=Base.FACE,
    )  # fmt: skip
    changes = [Change(MARCH, 1_000_000), Change(MARCH + 40 * DAY, -1_000_000)]
    found = finance.interest(terms, changes, through=None, rates=RATES, currency="EUR")
    assert found == eur(charge)


def test_a_day_without_a_rate_is_named() -> None:
    terms = Interest(margin=Decimal("0.03"), reference="EURIBOR3M")
    with pytest.raises(RateMissing) as no:
        finance.interest(
            terms, [Change(date(2026, 6, 29), 100)], through=date(2026, 7, 2), rates=RATES,
            currency="EUR",
        )  # fmt: skip
    assert (no.value.code, no.value.day) == ("reference_rate_missing", date(2026, 7, 1))


@pytest.mark.parametrize(
    ("charges", "days", "fees", "interest_", "vat"),
    [
        (Charges(minimum=25000), 40, "250.00", "0.00", "0.00"),
        (Charges(minimum=10000), 40, "150.00", "0.00", "0.00"),
        (Charges(maximum=10000), 40, "100.00", "0.00", "0.00"),
        (Charges(vat_rate=Decimal("0.19")), 40, "150.00", "0.00", "28.50"),
        (Charges(vat_rate=Decimal("0.25"), interest=Interest(margin=Decimal("0.08"))), 40,
         "150.00", "71.11", "37.50"),
        (Charges(maximum=5000, interest=Interest(margin=Decimal("0.08"))), 40,
         "0.00", "50.00", "0.00"),
        (Charges(minimum=30000, interest=Interest(margin=Decimal("0.08"))), 40,
         "228.89", "71.11", "0.00"),
    ],
)  # fmt: skip
def test_the_least_the_most_and_the_tax(
    charges: Charges, days: int, fees: str, interest_: str, vat: str
) -> None:
    paid_on = MARCH + days * DAY
    cost = finance.cost(
        deal(service="150"), charges, back=(Change(paid_on, -800_000),), paid_on=paid_on,
        through=paid_on, rates=(),
    )  # fmt: skip
    assert (cost.fees, cost.interest, cost.vat) == (eur(fees), eur(interest_), eur(vat))


def test_the_worked_example_of_the_handbook() -> None:
    """10 000 at 80 %: service 1.5 %, 8 % ACT/360 for 40 days; the rebate is 1 778.89."""
    terms = Terms(
        advance_rate=Decimal("0.80"), fee_rate=Decimal("0.015"),
        charges=Charges(interest=Interest(margin=Decimal("0.08"))),
    )  # fmt: skip
    told = finance.quote(
        eur("10000"), terms, purchased_on=MARCH, issued_on=MARCH, paid_on=MARCH + 40 * DAY, rates=()
    )
    assert (told.deal.advance, told.rebate, told.cost.total) == (
        eur("8000"), eur("1778.89"), eur("221.11"),
    )  # fmt: skip
    assert told.annual == Decimal("0.2522")


def test_two_per_cent_for_thirty_days_is_not_two_per_cent_a_year() -> None:
    told = finance.quote(
        eur("10000"), Terms(advance_rate=Decimal("0.80"), fee_rate=Decimal("0.02")),
        purchased_on=MARCH, issued_on=MARCH, paid_on=MARCH + 30 * DAY, rates=(),
    )  # fmt: skip
    assert told.annual == Decimal("0.3042")


@st.composite
def histories(draw: st.DrawFn) -> tuple[Deal, Charges, tuple[Change, ...], date]:
    """An invoice that is paid back in parts, at any terms, in a currency of 0, 2 or 3 digits."""
    currency = draw(st.sampled_from(["JPY", "EUR", "BHD"]))
    face = draw(st.integers(1, 10**11))
    offer = finance.price(
        Money(face, currency), Terms(advance_rate=Decimal("0.8"), fee_rate=Decimal("0.01"))
    )
    days = draw(st.integers(1, 400))
    parts = draw(st.lists(st.tuples(st.integers(0, days), st.integers(1, face)), max_size=4))
    back = tuple(sorted((Change(MARCH + on * DAY, -minor) for on, minor in parts),
                        key=lambda one: one.on))  # fmt: skip
    numbers = st.integers(0, 10)
    charges = Charges(
        brackets=draw(st.none() | st.builds(
            Brackets, steps=st.just(STEPS), whole=st.booleans(), repeats=st.booleans(),
            minimum_days=numbers,
        )),
        interest=draw(st.none() | st.builds(
            Interest, margin=st.decimals("0", "0.3", places=4), count=st.sampled_from(DayCount),
            monthly=st.booleans(), day_one=st.booleans(), float_days=numbers, minimum_days=numbers,
        )),
    )  # fmt: skip
    bought = Deal(
        face=Money(face, currency), advance=offer.advance, service=offer.fee, purchased_on=MARCH,
        issued_on=MARCH,
    )  # fmt: skip
    return bought, charges, back, MARCH + days * DAY


@given(histories())
def test_the_accruals_of_all_days_are_the_whole(
    history: tuple[Deal, Charges, tuple[Change, ...], date],
) -> None:
    """Day by day up to the payment, and what settlement adds: never less than before, in the sum
    exactly what is computed in one go."""
    bought, charges, back, paid_on = history
    before, day = 0, MARCH
    while day < paid_on:
        owed = finance.cost(bought, charges, back=back, paid_on=None, through=day, rates=())
        minor = owed.brackets.minor + owed.interest.minor
        assert minor >= before
        before, day = minor, day + DAY
    end = finance.cost(bought, charges, back=back, paid_on=paid_on, through=paid_on, rates=())
    assert end.brackets.minor + end.interest.minor >= before
    assert end.total == end.service + end.brackets + end.interest


def test_interest_joins_at_the_end_of_a_month_in_which_nothing_was_in_use_any_more() -> None:
    """8 000 for the ten days to 12 March, paid back, and in use again from 2 April for ten days:
    16.00 of March bears interest in April, of 0.03."""
    terms = Interest(margin=Decimal("0.072"), monthly=True)
    april = date(2026, 4, 2)
    back = (Change(MARCH + 10 * DAY, -800_000), Change(april, 800_000))
    owed = finance.interest(
        terms, [Change(MARCH, 800_000), *back], through=april + 9 * DAY, rates=(), currency="EUR"
    )
    assert str(owed) == "32.03 EUR"


@given(
    st.integers(1, 10**9), st.integers(0, 100), st.integers(-3, 400),
    st.sampled_from(Start), st.sampled_from(DayCount), st.booleans(), st.integers(0, 40),
)  # fmt: skip
def test_a_meter_tells_what_the_whole_computation_does(
    face: int, share: int, days: int, start: Start, count: DayCount, whole: bool, least: int
) -> None:
    rates = (
        ReferenceRate(name="R", first=MARCH - 9 * DAY, last=date(2026, 5, 9), rate=Decimal("0.02")),
        ReferenceRate(name="R", first=date(2026, 5, 10), last=date(2028, 1, 1), rate=Decimal("-1")),
    )  # fmt: skip
    bought = Deal(
        face=Money(face, "EUR"), advance=Money(face * share // 100, "EUR"), service=eur("0"),
        purchased_on=MARCH, issued_on=MARCH - 5 * DAY,
    )  # fmt: skip
    terms = Charges(
        brackets=Brackets(
            steps=(Bracket(days=10, rate=Decimal("0.01")), Bracket(days=30, rate=Decimal("0.007"))),
            whole=whole, start=start, minimum_days=least,
        ),
        interest=Interest(
            margin=Decimal("0.08"), reference="R", floor=Decimal(0), count=count, start=start
        ),
    )  # fmt: skip
    through = MARCH + days * DAY
    cost = finance.cost(bought, terms, back=(), paid_on=None, through=through, rates=rates)
    assert finance.Meter(rates).earned(bought, terms, through=through) == {
        "brackets": cost.brackets.minor, "interest": cost.interest.minor,
    }  # fmt: skip


def test_a_payment_taken_back_before_it_counts_was_never_one() -> None:
    """8 000 for ten days at 9 %. 3 000 come on the fifth, to count two days later, and are taken
    back the day after."""
    terms = Interest(margin=Decimal("0.09"), float_days=2)
    fifth = MARCH + 5 * DAY
    back = (Change(fifth, -300_000), Change(fifth + DAY, 300_000))
    changes = [Change(MARCH, 800_000), *back]
    owed = finance.interest(terms, changes, through=MARCH + 9 * DAY, rates=(), currency="EUR")
    assert str(owed) == "20.00 EUR"
