"""Which accounts each event moves: an accountant's table, to the cent."""

from datetime import date
from uuid import UUID

import pytest

from usance.domain import finance, ledger, settlement
from usance.domain.journal import GROWS_BY_DEBIT, About, Account, Entry, Move
from usance.domain.money import Money

ON = date(2026, 3, 2)
WHO = About(client=UUID(int=1), debtor=UUID(int=2), invoice=UUID(int=3))


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


OFFER = finance.Offer(advance=eur("8000.00"), reserve=eur("2000.00"), fee=eur("150.00"))
RELEASE = settlement.Release(fee=eur("150.00"), rebate=eur("1850.00"), claim=eur("0.00"))
SHORT = settlement.Release(fee=eur("150.00"), rebate=eur("0.00"), claim=eur("50.00"))
PART = settlement.Reduction(from_reserve=eur("2000.00"), claim=eur("1000.00"))

ENTRIES: dict[str, tuple[Entry | None, list[tuple[str, str, str]]]] = {
    "capital": (
        ledger.capital(eur("500.00"), on=ON, voucher="deed"), [("1000", "3000", "500.00")],
    ),
    "purchase": (
        ledger.purchase("R-1", OFFER, about=WHO, on=ON, voucher="v"),
        [("1200", "2200", "8000.00"), ("1200", "2100", "2000.00")],
    ),
    "loan against a pledge": (
        ledger.purchase("R-1", OFFER, about=WHO, on=ON, basis="pledge"),
        [("1200", "2200", "8000.00"), ("1200", "2100", "2000.00"), ("1250", "1210", "8000.00"),
         ("2110", "1210", "2000.00")],
    ),
    "pledged claim paid": (
        ledger.beside(
            ledger.allocation("R-1", eur("9000.00"), interest=eur("1.10"), about=WHO, on=ON,
                              line="l"), {WHO.invoice},
        ),
        [("2300", "1200", "9000.00"), ("2300", "4100", "1.10"), ("1210", "1250", "9000.00")],
    ),
    "pledged claim settled": (
        ledger.beside(ledger.settlement("R-1", RELEASE, about=WHO, on=ON), {WHO.invoice}),
        [("2100", "4000", "150.00"), ("2100", "2200", "1850.00"), ("1250", "2110", "2000.00")],
    ),
    "pledged claim given back": (
        ledger.beside(ledger.repurchase("R-1", PART, SHORT, about=WHO, on=ON), {WHO.invoice}),
        [("2100", "1200", "2000.00"), ("1300", "1200", "1000.00"), ("2100", "4000", "100.00"),
         ("1300", "4000", "50.00"), ("1210", "1250", "900.00"), ("1210", "2110", "2100.00")],
    ),
    "receipt": (ledger.receipt(eur("99.99"), on=ON, line="l"), [("1000", "2300", "99.99")]),
    "withdrawal": (ledger.withdrawal(eur("5.00"), on=ON, line="l"), [("1900", "1000", "5.00")]),
    "allocation": (
        ledger.allocation(
            "R-1", eur("99.99"), interest=None, about=WHO, on=ON, line="l"
        ),
        [("2300", "1200", "99.99")],
    ),
    "allocation with late interest": (
        ledger.allocation("R-1", eur("99.99"), interest=eur("1.10"), about=WHO, on=ON, line="l"),
        [("2300", "1200", "99.99"), ("2300", "4100", "1.10")],
    ),
    "reduction": (
        ledger.reduction("C-1", PART, about=WHO, on=ON, voucher="v"),
        [("2100", "1200", "2000.00"), ("1300", "1200", "1000.00")],
    ),
    "settlement": (
        ledger.settlement("R-1", RELEASE, about=WHO, on=ON),
        [("2100", "4000", "150.00"), ("2100", "2200", "1850.00")],
    ),
    "settlement of a reserve too small": (
        ledger.settlement("R-1", SHORT, about=WHO, on=ON),
        [("2100", "4000", "100.00"), ("1300", "4000", "50.00")],
    ),
    "repurchase": (
        ledger.repurchase("R-1", PART, SHORT, about=WHO, on=ON),
        [("2100", "1200", "2000.00"), ("1300", "1200", "1000.00"), ("2100", "4000", "100.00"),
         ("1300", "4000", "50.00")],
    ),
    "payout released": (
        ledger.payout_released("p", eur("70.00"), eur("30.00"), about=WHO, on=ON),
        [("2200", "1300", "30.00"), ("2200", "2250", "70.00")],
    ),
    "payout paid": (
        ledger.payout_paid("p", eur("70.00"), about=WHO, on=ON, line="l"),
        [("2250", "1000", "70.00")],
    ),
    "payout found in a sum": (
        ledger.payout_found("p", eur("70.00"), about=WHO, on=ON, line="l"),
        [("2250", "1900", "70.00")],
    ),
    "payout found by a person": (
        ledger.payout_said("p", eur("70.00"), turn=0, about=WHO, on=ON, line="l"),
        [("2250", "1900", "70.00")],
    ),
    "payout not found after all": (
        ledger.payout_said("p", eur("70.00"), turn=0, about=WHO, on=ON, line="l", undone=True),
        [("1900", "2250", "70.00")],
    ),
    "payout rejected": (
        ledger.payout_rejected("p", eur("70.00"), about=WHO, on=ON, why="AC04"),
        [("2250", "2200", "70.00")],
    ),
    "payout never executed": (
        ledger.payout_rejected("p", eur("70.00"), about=WHO, on=ON, why="Lost.", missing=True),
        [("2250", "2200", "70.00")],
    ),
    "payout executed after all": (
        ledger.payout_after_all("p", eur("70.00"), about=WHO, on=ON, line="l"),
        [("1300", "1900", "70.00")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("event", ENTRIES)
def test_each_event_moves_these_accounts(event: str) -> None:
    entry, rows = ENTRIES[event]
    assert entry is not None
    assert [(m.debit.value, m.credit.value, str(m.amount.decimal)) for m in entry.moves] == rows
    assert entry.booked_on == ON
    assert entry.voucher
    assert entry.because


def test_keys_say_the_event_and_are_told_apart() -> None:
    keys = [entry.key for entry, _ in ENTRIES.values() if entry]
    assert len(set(keys)) == len(keys) - 8  # Six stand twice above, two of them thrice.


def test_with_nothing_to_move_there_is_no_entry() -> None:
    nothing = settlement.Release(fee=eur("0.00"), rebate=eur("0.00"), claim=eur("0.00"))
    assert ledger.settlement("R-1", nothing, about=WHO, on=ON) is None


@pytest.mark.parametrize(
    ("debit", "credit", "minor"),
    [(Account.BANK, Account.BANK, 1), (Account.BANK, Account.CAPITAL, 0),
     (Account.BANK, Account.CAPITAL, -1)],
)  # fmt: skip
def test_a_move_goes_somewhere_and_is_positive(debit: Account, credit: Account, minor: int) -> None:
    with pytest.raises(AssertionError):
        Move(debit, credit, Money(minor, "EUR"))


def test_what_grows_by_debit() -> None:
    assert {account.value for account in GROWS_BY_DEBIT} == {
        "1000", "1050", "1200", "1210", "1250", "1300", "1400", "1900", "1950", "1960", "6000",
        "6100", "6150", "6200", "6210",
    }  # fmt: skip
