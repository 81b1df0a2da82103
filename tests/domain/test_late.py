"""What is found out about a day after its month was closed."""

from datetime import date

import pytest

from usance.domain.journal import About, Account, Entry, Move
from usance.domain.ledger import in_open_months
from usance.domain.money import Money

MOVES = (Move(Account.BANK, Account.CAPITAL, Money(1, "EUR"), About()),)
CLOSED = ((date.min, date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 4, 30)))


@pytest.mark.parametrize(("key", "day", "counts_for"), [
    ("allocation:l:i", date(2026, 2, 27), date(2026, 5, 1)),  # Closed hard, then softly.
    ("allocation:l:i", date(2026, 5, 2), date(2026, 5, 2)),
    ("converted_from:allocation:l:i", date(2026, 4, 30), date(2026, 5, 1)),
    ("explanation:x", date(2026, 4, 1), date(2026, 5, 1)),
    ("payout_said:x:0", date(2026, 4, 1), date(2026, 5, 1)),
    ("accrual:x", date(2026, 4, 1), date(2026, 5, 1)),
    ("explanation_undone:x", date(2026, 4, 1), date(2026, 4, 1)),  # Dated by who takes it back.
    ("correction:x", date(2026, 4, 1), date(2026, 4, 1)),  # A person chose the day.
    ("receipt:l", date(2026, 4, 1), date(2026, 4, 1)),  # The bank's balance is of that day.
])  # fmt: skip
def test_only_what_nobody_dated_moves_on(key: str, day: date, counts_for: date) -> None:
    entry = Entry(key=key, booked_on=day, because="x", voucher="x", moves=MOVES)
    (moved,) = in_open_months([entry], CLOSED)
    assert moved.booked_on == counts_for
