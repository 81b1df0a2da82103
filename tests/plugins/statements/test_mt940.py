"""MT940: what ten years of bug reports about other readers complain of."""

import pytest

from usance.domain.payment import BankLine
from usance.plugins import Unreadable
from usance.plugins.statements import mt940


def line(entry: str, text: str = "") -> BankLine:
    body = (
        f":20:X\n:25:A/1\n:28C:1\n:60F:C260101EUR0,00\n:61:{entry}\n:86:{text}\n:62F:C260101EUR0,00"
    )
    return mt940.read(body.encode())[0].lines[0]


@pytest.mark.parametrize(("dates", "booked", "valued"), [
    ("2512310102", "2026-01-02", "2025-12-31"),
    ("2601021231", "2025-12-31", "2026-01-02"),
    ("2602280301", "2026-03-01", "2026-02-28"),
    ("2402290229", "2024-02-29", "2024-02-29"),
    ("260331", "2026-03-31", "2026-03-31"),
    ("260230", "2026-02-28", "2026-02-28"),  # 30-day interest month.
])  # fmt: skip
def test_the_entry_date_has_the_year_nearest_to_the_value_date(
    dates: str, booked: str, valued: str
) -> None:
    found = line(f"{dates}C1,00NTRFNONREF")

    assert (str(found.booked_on), str(found.value_on)) == (booked, valued)


@pytest.mark.parametrize(("mark", "minor", "reversal", "pending"), [
    ("C", 100, False, False), ("D", -100, False, False),
    ("RC", -100, True, False), ("RD", 100, True, False),
    ("EC", 100, False, True), ("ED", -100, False, True),
    ("CR", 100, False, False), ("DR", -100, False, False),  # R is the third letter of EUR.
])  # fmt: skip
def test_marks(mark: str, minor: int, reversal: bool, pending: bool) -> None:
    found = line(f"260331{mark}1,00NTRFNONREF")

    assert (found.amount.minor, found.reversal, found.pending) == (minor, reversal, pending)


@pytest.mark.parametrize(("amount", "minor"), [
    ("100,", 10000), ("0,5", 50), ("1234,56", 123456), ("000000000147,64", 14764), (",01", 1),
])  # fmt: skip
def test_amounts(amount: str, minor: int) -> None:
    assert line(f"260331C{amount}NTRFNONREF").amount.minor == minor


@pytest.mark.parametrize("entry", [
    "260331C1,234,56NTRFNONREF", "260331C1,234NTRFNONREF", "260331X1,00NTRF", "261331C1,00NTRF",
    "2603311399C1,00NTRF", "",
])  # fmt: skip
def test_an_unreadable_entry_is_an_error_with_its_line(entry: str) -> None:
    with pytest.raises(Unreadable, match="line 5"):
        line(entry)


def test_a_long_text_is_not_cut() -> None:
    words = "\n".join(f"word{n:04d} of a long remittance text that goes on" for n in range(40))

    assert line("260331C1,00NTRFNONREF", words).texts == (words,)


def test_a_text_after_the_closing_balance_belongs_to_no_entry() -> None:
    data = (
        b":20:X\n:25:A/1\n:60F:C260101EUR0,00\n:61:260101C1,00NTRFNONREF\n:86:mine\n"
        b":62F:C260101EUR1,00\n:86:the statement's\n"
    )

    assert mt940.read(data)[0].lines[0].texts == ("mine",)


def test_a_time_in_a_wrapped_text_is_no_field() -> None:
    assert line("260331C1,00NTRFNONREF", "at 13\n:12:11 o'clock").texts == (
        "at 13\n:12:11 o'clock",
    )
