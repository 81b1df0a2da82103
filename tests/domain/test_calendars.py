"""On which days banks pay, and what misses the cut-off; the days are those that banks published."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from usance.domain import calendars
from usance.domain.calendars import Calendar, CutOff

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SWEDISH = CutOff(calendars=calendars.of_account("SE", "SEK"), until=time(14), eve=time(10))


# Weekdays alone: Saturdays and Sundays are never banking days. Each list is a whole year.
@pytest.mark.parametrize(("calendar", "year", "days"), [
    (Calendar.TARGET, 2025, "01-01 04-18 04-21 05-01 12-25 12-26"),
    (Calendar.TARGET, 2026, "01-01 04-03 04-06 05-01 12-25"),
    (Calendar.SE, 2026, "01-01 01-06 04-03 04-06 05-01 05-14 06-19 12-24 12-25 12-31"),
    (Calendar.NO, 2026, "01-01 04-02 04-03 04-06 05-01 05-14 05-25 12-25"),
    (Calendar.DK, 2023, "04-06 04-07 04-10 05-05 05-18 05-19 05-29 06-05 12-25 12-26"),
    (Calendar.DK, 2026, "01-01 04-02 04-03 04-06 05-14 05-15 05-25 06-05 12-24 12-25 12-31"),
    (Calendar.FI, 2026, "01-01 01-06 04-03 04-06 05-01 05-14 06-19 12-24 12-25"),
    (Calendar.GB, 2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"),
    (Calendar.GB, 2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
    (Calendar.GB, 2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"),
    (Calendar.GB, 2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"),
    (Calendar.GB, 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
])  # fmt: skip
def test_the_closed_weekdays_of_a_year(calendar: Calendar, year: int, days: str) -> None:
    closed = sorted(day for day in calendars.closed(calendar, year) if day.weekday() < 5)

    assert [f"{day:%m-%d}" for day in closed] == days.split()


@pytest.mark.parametrize(("year", "sunday"), [
    (2019, "04-21"), (2024, "03-31"), (2025, "04-20"), (2026, "04-05"), (2038, "04-25"),
    (2285, "03-22"),
])  # fmt: skip
def test_easter(year: int, sunday: str) -> None:
    assert f"{calendars.easter(year):%m-%d}" == sunday


@pytest.mark.parametrize(("country", "currency", "expected"), [
    ("DE", "EUR", {Calendar.TARGET}),
    ("FI", "EUR", {Calendar.TARGET, Calendar.FI}),
    ("SE", "SEK", {Calendar.SE}),
    ("SE", "EUR", {Calendar.TARGET, Calendar.SE}),
    ("DE", "NOK", {Calendar.NO}),
    ("CH", "CHF", {Calendar.TARGET}),
])  # fmt: skip
def test_currency_and_country_must_both_be_open(
    country: str, currency: str, expected: set[Calendar]
) -> None:
    assert calendars.of_account(country, currency) == expected


@pytest.mark.parametrize(("now", "on", "missed"), [
    ("2026-03-02 13:59", "2026-03-02", False),
    ("2026-03-02 14:00", "2026-03-03", True),  # Exactly at the cut-off is too late.
    ("2026-03-06 15:00", "2026-03-09", True),  # Friday afternoon: Monday.
    ("2026-03-07 09:00", "2026-03-09", False),  # On a Saturday nothing was missed.
    ("2026-04-02 09:59", "2026-04-02", False),  # Maundy Thursday is an eve.
    ("2026-04-02 10:00", "2026-04-07", True),  # Then Good Friday, a weekend, Easter Monday.
    ("2026-12-23 14:30", "2026-12-28", True),
    ("2026-12-30 14:30", "2027-01-04", True),
])  # fmt: skip
def test_what_the_bank_gets_now_it_pays_then(now: str, on: str, missed: bool) -> None:
    found = calendars.slot(datetime.fromisoformat(now).replace(tzinfo=STOCKHOLM), SWEDISH)

    assert (found.on.isoformat(), found.missed) == (on, missed)
    assert found.closes_at.tzinfo is STOCKHOLM


@pytest.mark.parametrize(("wanted", "on"), [
    ("2026-03-01", "2026-03-03"),  # Never before the earliest day.
    ("2026-03-04", "2026-03-04"),
    ("2026-04-03", "2026-04-07"),  # A closed day: the next that is open.
])  # fmt: skip
def test_a_wished_day_is_kept_if_the_bank_is_open(wanted: str, on: str) -> None:
    late = datetime(2026, 3, 2, 16, tzinfo=STOCKHOLM)

    found = calendars.pays_on(
        date.fromisoformat(wanted), calendars.slot(late, SWEDISH), SWEDISH.calendars
    )

    assert found.isoformat() == on


@pytest.mark.parametrize(("today", "count", "on"), [
    ("2026-03-06", 2, "2026-03-03"),  # Ordered for Tuesday: Wednesday and Thursday are over.
    ("2026-03-06", 1, "2026-03-04"),
    ("2026-03-09", 1, "2026-03-05"),  # Monday, and Friday is over; a weekend never counts.
    ("2026-03-10", 1, "2026-03-08"),
    ("2026-04-07", 1, "2026-04-01"),  # Easter.
])  # fmt: skip
def test_a_day_after_which_banking_days_are_over(today: str, count: int, on: str) -> None:
    found = calendars.days_over(date.fromisoformat(today), count, SWEDISH.calendars)

    assert found.isoformat() == on
