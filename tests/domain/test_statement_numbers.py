"""Which numbers are missing before a statement."""

from datetime import date

import pytest

from usance.domain import payment
from usance.domain.calendars import Calendar

DAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("number", "before", "missing"),
    [
        ("14", ("12", "11"), (13, 13)),
        ("00016", ("00012", "00011"), (13, 15)),
        ("14", ("12", "12", "11"), (13, 13)),  # Two pages of one statement.
        ("13", ("12", "11"), None),
        ("12", ("12", "11"), None),  # Another page.
        ("1", ("12", "11"), None),  # It began anew.
        ("14", ("12", "10"), None),  # It does not count one by one.
        ("14", ("12",), None),
        ("14", (), None),
        ("20260331", ("20260327", "20260326"), None),
        ("X14", ("12", "11"), None),
        ("", ("12", "11"), None),
        ("90", ("86", "85"), None),  # The days of the year.
    ],
)
def test_numbers_of_statements_that_are_left_out(
    number: str, before: tuple[str, ...], missing: tuple[int, int] | None
) -> None:
    days = [DAY.replace(day=27), DAY.replace(day=26), DAY.replace(day=25)]
    told = list(zip(before, days, strict=False))
    assert payment.left_out(number, DAY, told) == missing


def test_a_new_year_begins_to_count_anew() -> None:
    before = [("12", date(2025, 12, 30)), ("11", date(2025, 12, 29))]
    assert payment.left_out("14", DAY, before) is None


def _of(*told: str) -> list[tuple[str, date]]:
    """Numbers and days of 2026, the newest first: "43 03-05"."""
    return [(n, date.fromisoformat(f"2026-{day}")) for n, day in (one.split() for one in told)]


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        # Banking days, of which those without movements have no statement.
        (("46 03-10", "44 03-06", "43 03-05", "41 03-03"), None),
        (("46 03-10", "44 03-06", "43 03-05", "42 03-04"), (45, 45)),  # Nobody has said so yet.
        (("47 03-10", "44 03-06", "43 03-05", "41 03-03"), (45, 46)),
        (("48 03-10", "44 03-06", "43 03-05", "41 03-03"), None),  # Days, weekends too.
        (("10 03-10", "6 03-06", "5 03-05", "3 03-03"), None),  # Of the month.
        (("310 03-10", "306 03-06", "305 03-05"), None),
        (("26069 03-10", "26065 03-06", "26064 03-05"), None),
        (("11 03-10", "9 02-24", "8 02-17"), None),  # Of weeks.
        (("5 05-29", "3 03-31", "2 02-27"), None),  # Of months.
        (("2605 05-29", "2603 03-31", "2602 02-27"), None),
        (("1 04-01", "22 03-31", "21 03-30"), None),  # Each month begins anew.
        (("2 04-02", "1 04-01", "22 03-31", "21 03-30"), None),
        (("5 04-06", "3 04-02", "2 04-01", "1 04-01"), (4, 4)),
        (("16 03-05", "15 03-05", "14 03-04", "13 03-03"), None),  # Several of one day.
        (("17 03-05", "15 03-05", "14 03-04", "13 03-03"), (16, 16)),
        (("18 03-05", "18 03-05", "14 03-04", "13 03-03"), None),  # It was found to be right.
        (("15 03-05", "16 03-05", "14 03-04", "13 03-03"), None),  # The later one came first.
    ],
)
def test_banks_that_count_days_leave_out_nothing(
    told: tuple[str, ...], missing: tuple[int, int] | None
) -> None:
    (number, on), *before = _of(*told)
    assert payment.left_out(number, on, before) == missing


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        # Of the year; in Sweden with Epiphany. It has said nothing of 9 March.
        (("47 03-10", "45 03-06", "44 03-05"), None),
        (("49 03-10", "47 03-06", "46 03-05"), None),  # It counts bank holidays, too.
        (("7 03-10", "5 03-06", "4 03-05"), None),  # Of the month.
        (("4 04-08", "2 04-02", "1 04-01"), None),  # Without Easter.
        (("4 05-07", "2 05-05", "1 05-04", "20 04-30"), None),  # Each month begins anew.
        (("48 03-10", "45 03-06", "44 03-05"), (46, 47)),  # It counts something else.
        (("46 03-10", "44 03-06", "43 03-05"), (45, 45)),
        (("47 03-10", "45 03-06", "44 03-05", "40 03-02"), (46, 46)),
        # One left out was found to be right; so are those over Easter.
        (("14 04-08", "12 04-02", "11 04-01", "9 03-30"), None),
    ],
)
def test_numbers_of_banking_days_leave_out_those_without_movements(
    told: tuple[str, ...], missing: tuple[int, int] | None
) -> None:
    (number, on), *before = _of(*told)
    sweden = {"calendars": {Calendar.SE}}
    assert payment.left_out(number, on, before, **sweden) == missing
    tells_of_every_day = payment.left_out(number, on, before, idle=True, **sweden)
    assert (tells_of_every_day is None) == (told[0] == "14 04-08")
