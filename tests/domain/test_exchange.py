"""What an amount is worth in another currency, to the last digit of each."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from usance.domain import ledger
from usance.domain.exchange import (
    Position,
    Published,
    RateImpossible,
    RateMissing,
    cross,
    possible,
    published_on,
    turned,
)
from usance.domain.journal import Account
from usance.domain.money import Money

FRIDAY = date(2026, 3, 20)
KNOWN = {
    (currency, FRIDAY): Decimal(rate)
    for currency, rate in {
        "USD": "1.0826", "SEK": "11.0850", "JPY": "161.25", "KWD": "0.3321", "GBP": "0.8412",
    }.items()
}  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "of", "into", "worth"),
    [
        ("1082.60", "USD", "EUR", "1000.00"),
        ("100.00", "EUR", "SEK", "1108.50"),
        ("100.00", "USD", "SEK", "1023.92"),  # Through the euro: 100 / 1.0826 * 11.085.
        ("10000", "JPY", "EUR", "62.02"),  # No digits → two: 62.0155.
        ("62.02", "EUR", "JPY", "10001"),  # 10000.725 yen.
        ("1.000", "KWD", "EUR", "3.01"),  # Three digits → two: 3.0111.
        ("3.01", "EUR", "KWD", "1.000"),  # 0.999621 dinars.
        ("0.001", "KWD", "JPY", "0"),  # 0.4855 yen.
        ("0.01", "USD", "EUR", "0.01"),
        ("5000.00", "EUR", "EUR", "5000.00"),
        ("-1082.60", "USD", "EUR", "-1000.00"),
    ],
)
def test_an_amount_is_converted_exactly_and_rounded_once(
    amount: str, of: str, into: str, worth: str
) -> None:
    assert cross(of, into, FRIDAY, KNOWN).worth(Money.of(amount, of)) == Money.of(worth, into)


def test_a_half_is_rounded_away_from_zero_on_both_sides() -> None:
    known = {("USD", FRIDAY): Decimal(2)}
    rate = cross("USD", "EUR", FRIDAY, known)
    assert [rate.worth(Money(minor, "USD")).minor for minor in (1, 3, -1, -3)] == [1, 2, -1, -2]
    assert (rate.rate, rate.published_on) == (Decimal("0.5"), FRIDAY)


@pytest.mark.parametrize(
    ("day", "published"),
    [
        (FRIDAY, FRIDAY),
        (date(2026, 3, 21), FRIDAY),  # Saturday.
        (date(2026, 3, 22), FRIDAY),
        (date(2026, 4, 6), date(2026, 4, 2)),  # Easter Monday: Maundy Thursday's rate.
        (date(2026, 12, 27), date(2026, 12, 24)),
        (date(2026, 6, 19), date(2026, 6, 19)),  # Midsummer Eve is a holiday in Sweden alone.
    ],
)
def test_a_day_without_rates_of_its_own_takes_the_last_before(day: date, published: date) -> None:
    assert published_on(day) == published


def test_a_rate_that_should_be_there_is_not_replaced_by_an_older_one() -> None:
    monday = FRIDAY + timedelta(days=3)
    with pytest.raises(RateMissing, match="no rate of USD is known for 2026-03-23") as no:
        cross("USD", "EUR", monday, KNOWN)
    assert (no.value.code, "second" in no.value.todo) == ("exchange_rate_missing", True)
    with pytest.raises(RateMissing, match="NOK is known for 2026-03-20, which holds for 2026-03-2"):
        cross("NOK", "EUR", FRIDAY + timedelta(days=1), KNOWN)


@pytest.mark.parametrize(
    ("currency", "on", "rate", "says"),
    [
        ("EUR", FRIDAY, "1", "EUR has no rate"),
        ("", FRIDAY, "1", "nothing has no rate"),
        ("USD", FRIDAY, "0", "not worth 0 USD"),
        ("USD", FRIDAY, "-1.08", "not worth"),
        ("USD", FRIDAY, "100000000", "not worth"),
        ("USD", date(2026, 3, 24), "1.08", "yet to come"),
        ("USD", date(487, 12, 31), "1.08", "there was no euro"),
        ("USD", date(2026, 3, 21), "1.08", "takes the rates of 2026-03-20"),
    ],
)
def test_what_nobody_can_have_published_is_refused(
    currency: str, on: date, rate: str, says: str
) -> None:
    with pytest.raises(RateImpossible, match=says):
        possible(
            Published(currency=currency, on=on, per_euro=Decimal(rate)), today=date(2026, 3, 23)
        )


@pytest.mark.parametrize(
    ("before", "turnover", "after", "realised"),
    [
        ((0, 0), (100, 90), (100, 90), 0),  # Opened.
        ((100, 90), (50, 50), (150, 140), 0),  # More comes at its own worth.
        ((100, 90), (-40, -44), (60, 54), 8),  # 40 went for 44 and were carried at 36.
        ((100, 90), (-100, -80), (0, 0), -10),  # Closed with a loss.
        ((-100, -90), (100, 80), (0, 0), 10),  # A debt that became cheaper.
        ((-100, -90), (40, 44), (-60, -54), -8),
        ((100, 90), (-150, -165), (-50, -55), 20),  # Through zero: the rest opens anew.
        ((3, 10), (-1, -4), (2, 7), 1),  # 3.33 goes as 3: what is left stays in.
        ((2, 7), (-2, -8), (0, 0), 1),
        ((100, 90), (0, 0), (100, 90), 0),
        ((100, 90), (0, 1), (100, 90), -1),  # In and out on one day, a cent of rounding between.
        ((0, 0), (0, -2), (0, 0), 2),
    ],
)
def test_what_leaves_a_position_takes_its_part_of_the_mean_along(
    before: tuple[int, int], turnover: tuple[int, int], after: tuple[int, int], realised: int
) -> None:
    assert turned(Position(*before), *turnover) == (Position(*after), realised)


@pytest.mark.parametrize("seed", range(20))
def test_worth_and_what_was_realised_explain_every_position(seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - a test, no secret
    position, moved, gained = Position(), 0, 0
    for _ in range(200):
        units = dice.randint(-10_000, 10_000)
        home = round(units * dice.uniform(0.8, 1.2))
        position, gain = turned(position, units, home)
        moved, gained = moved + home, gained + gain
        assert position.home == moved + gained
        assert position.units != 0 or position.home == 0
    _, gain = turned(position, -position.units, -position.units)
    assert position.home - position.units + gain == 0


def test_gains_and_losses_move_the_valuation_account_alone() -> None:
    day = date(2026, 3, 31)
    gained = [Money(500, "EUR"), Money(-200, "EUR"), Money(0, "EUR")]
    entry = ledger.differences("USD", gained, day=day, on=day, turn=0)
    assert entry is not None
    assert [(one.debit, one.credit, one.amount.minor) for one in entry.moves] == [
        (Account.EXCHANGE_VALUATION, Account.EXCHANGE_GAINS, 500),
        (Account.EXCHANGE_LOSSES, Account.EXCHANGE_VALUATION, 200),
    ]
    assert ledger.differences("USD", [Money(0, "EUR")], day=day, on=day, turn=0) is None
    there, back = ledger.revaluation(gained, day=day, turn=1)
    assert (there.booked_on, back.booked_on) == (day, date(2026, 4, 1))
    assert (there.key, back.key) == (
        "revaluation:2026-03-31:1",
        "revaluation:2026-03-31:1:reversed",
    )
    assert [(one.credit, one.debit) for one in back.moves] == [
        (one.debit, one.credit) for one in there.moves
    ]
    assert ledger.revaluation([], day=day, turn=0) == ()
    assert Account.CAPITAL not in ledger.MONETARY
    assert Account.FEE_INCOME not in ledger.MONETARY
