"""A client's own ledger beside ours: every kind of difference, and when a list is due."""

from datetime import date
from uuid import UUID

import pytest

from usance.domain.finance import Keeping, ask_from, tell_from
from usance.domain.finance.client_ledger import (
    SAYS,
    Difference,
    Differs,
    Ours,
    Theirs,
    compare,
    wanted,
)
from usance.domain.money import Money

ISSUED, DUE = date(2026, 3, 2), date(2026, 4, 1)
PK = UUID(int=1)


def ours(amount: str = "100.00") -> Ours:
    return Ours(
        invoice=PK, number="R-1", open=Money.of(amount, "EUR"), issued_on=ISSUED, due_on=DUE
    )


def theirs(
    amount: str = "100.00", currency: str = "EUR", *, issued_on: date | None = ISSUED,
    due_on: date | None = DUE, credits: bool = False,
) -> Theirs:  # fmt: skip
    return Theirs(
        number="R-1", open=Money.of(amount, currency), issued_on=issued_on, due_on=due_on,
        credits=credits,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("own", "listed", "kinds"),
    [
        (ours(), theirs(), []),
        (ours(), theirs(issued_on=None, due_on=None), []),  # A list without days says nothing.
        (ours(), None, [Differs.MISSING]),
        (ours(), theirs("99.99"), [Differs.PAID]),
        (ours(), theirs("0.00"), [Differs.PAID]),
        (ours(), theirs("100.01"), [Differs.AMOUNT]),
        (ours(), theirs(currency="SEK"), [Differs.CURRENCY]),
        (ours(), theirs(issued_on=date(2026, 3, 31)), [Differs.DATES]),
        (ours(), theirs("50.00", due_on=date(2026, 6, 30)), [Differs.PAID, Differs.DATES]),
        (None, theirs(), [Differs.NOT_OURS]),
        (None, theirs("0.00"), []),  # Paid there, and not open here.
        (None, theirs(credits=True), [Differs.CREDIT]),
    ],
)
def test_each_difference_is_found(
    own: Ours | None, listed: Theirs | None, kinds: list[Differs]
) -> None:
    found = compare(
        {"r1": own} if own else {}, {"r1": listed} if listed else {}, credited=frozenset()
    )
    assert [one.kind for one in found] == kinds
    for one in found:
        assert one == Difference(
            kind=one.kind, number="R-1", invoice=PK if own else None,
            ours=own.open if own else None, theirs=listed.open if listed else None,
        )  # fmt: skip
        assert all(SAYS[one.kind])


def test_a_credit_note_that_we_have_is_no_difference() -> None:
    assert not compare({}, {"c1": theirs(credits=True)}, credited={"c1"})


@pytest.mark.parametrize(
    ("on", "month_end"),
    [
        (date(2026, 4, 10), date(2026, 2, 28)),  # March has until the end of this day.
        (date(2026, 4, 11), date(2026, 3, 31)),
        (date(2026, 1, 11), date(2025, 12, 31)),
    ],
)
def test_a_month_is_wanted_when_its_days_are_over(on: date, month_end: date) -> None:
    assert wanted(on=on, days=10) == month_end


@pytest.mark.parametrize(
    ("ask", "tell", "asked_from", "told_from"),
    [
        (7, 10, date(2026, 4, 8), date(2026, 4, 18)),
        (0, 1, date(2026, 4, 1), date(2026, 4, 2)),  # On its due date, and told the day after.
    ],
)
def test_the_client_is_asked_and_the_debtor_told_by_the_days_of_the_terms(
    ask: int, tell: int, asked_from: date, told_from: date
) -> None:
    agreed = Keeping(list_days=5, ask_days=ask, tell_days=tell)
    assert ask_from(DUE, agreed) == asked_from
    assert tell_from(asked_from, agreed) == told_from
