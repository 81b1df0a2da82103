"""Entries by hand: what may be moved, into which month, and that a reversal takes it back once."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.actions.test_races import kept
from usance import models
from usance.actions import corrections, periods
from usance.actions.ledger import book
from usance.domain import ledger
from usance.domain.exchange import RateMissing
from usance.domain.journal import Account
from usance.domain.ledger import FREE, KeptByRecord, NotACorrection
from usance.domain.mandate import NotAllowed, Role
from usance.domain.money import Money
from usance.domain.periods import PeriodClosed, RemarkMissing, State
from usance.domain.refusal import Refusal
from usance.queries import trial

pytestmark = pytest.mark.django_db
MARCH, APRIL = date(2026, 3, 5), date(2026, 4, 2)
BY: dict[str, Any] = {
    "role": Role.FINANCE, "at": datetime(2026, 5, 4, 9, tzinfo=UTC), "actor": "user:books",
}  # fmt: skip


def correct(minor: int = 1250, *, on: date = MARCH, **more: Any) -> models.Entry:
    said: dict[str, Any] = {"because": "Charges", "proof": "invoice 4711"} | BY | more
    return corrections.correct(
        said.pop("debit", Account.BANK_CHARGES), said.pop("credit", Account.UNEXPLAINED_DEBITS),
        Money(minor, "EUR"), on=on, **said,
    )  # fmt: skip


def test_a_correction_is_a_further_entry_and_its_reversal_another() -> None:
    row = correct()
    back = corrections.reverse(row.pk, on=APRIL, because="Booked twice.", **BY)
    assert (back.key, back.voucher, back.booked_on) == (
        f"{row.key}:reversed", f"entry:{row.pk}", APRIL,
    )  # fmt: skip
    assert {debit - credit for debit, credit in trial.balance().values()} == {0}
    assert trial.balance(as_of=MARCH)[Account.BANK_CHARGES, "EUR"] == (1250, 0)
    with pytest.raises(corrections.AlreadyReversed):
        corrections.reverse(row.pk, on=APRIL, because="Again.", **BY)
    assert kept() == []


@pytest.mark.parametrize(("more", "refusal"), [
    ({"role": Role.CASH}, NotAllowed),
    ({"because": " "}, RemarkMissing),
    ({"proof": ""}, RemarkMissing),
    ({"minor": 0}, corrections.AmountImpossible),
    ({"minor": -5}, corrections.AmountImpossible),
    ({"debit": Account.UNEXPLAINED_DEBITS}, corrections.AmountImpossible),
    ({"on": date(2026, 5, 5)}, corrections.DayAhead),
    ({"on": date(1900, 1, 1)}, corrections.DayTooEarly),
    ({"on": date(2024, 12, 31)}, corrections.DayTooEarly),
])  # fmt: skip
def test_a_correction_that_cannot_be_is_refused(
    more: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        correct(**more)
    assert not models.Entry.objects.exists()


def test_the_end_of_the_year_before_the_books_is_the_first_day_of_a_correction() -> None:
    paid = ledger.capital(Money(100, "EUR"), on=date(2025, 7, 1), voucher="deed")
    book([paid], at=BY["at"], actor="test")
    with pytest.raises(corrections.DayTooEarly) as no:
        correct(on=date(2023, 12, 31))
    assert "2025-07-01" in str(no.value)
    row = correct(on=date(2024, 12, 31))
    with pytest.raises(corrections.DayTooEarly):
        corrections.reverse(row.pk, on=date(1900, 1, 1), because="x", **BY)


def test_a_currency_that_could_never_be_valued_is_not_booked() -> None:
    models.Factor.objects.create(name="Factor Nord AB", country="SE", home_currency="SEK")
    with pytest.raises(RateMissing) as no:
        correct()
    assert (no.value.code, bool(no.value.todo)) == ("exchange_rate_missing", True)
    assert not models.Entry.objects.exists()


@pytest.mark.parametrize("account", sorted(set(Account) - FREE))
def test_what_a_record_says_is_not_moved_by_hand(account: Account) -> None:
    with pytest.raises(KeptByRecord):
        correct(debit=account)
    with pytest.raises(KeptByRecord):
        correct(credit=account)


def test_what_follows_from_a_record_is_not_reversed_by_hand() -> None:
    paid = ledger.capital(Money(100, "EUR"), on=MARCH, voucher="deed")
    book([paid], at=BY["at"], actor="test")
    with pytest.raises(NotACorrection):
        corrections.reverse(models.Entry.objects.get().pk, on=APRIL, because="x", **BY)


def test_a_correction_counts_for_a_month_closed_softly_and_for_none_closed_hard() -> None:
    models.BankAccount.objects.all().delete()
    periods.close(MARCH, State.SOFT, **BY)
    row = correct()
    periods.close(MARCH, State.HARD, **BY)
    with pytest.raises(PeriodClosed):
        correct(on=date(2026, 3, 31))
    with pytest.raises(PeriodClosed):
        corrections.reverse(row.pk, on=MARCH, because="Into the closed month.", **BY)
    assert corrections.reverse(row.pk, on=APRIL, because="Into the open one.", **BY).pk
