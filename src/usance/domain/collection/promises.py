"""What a debtor says about paying, and how long reminders wait for it.

A word of the debtor's books nothing and binds nobody: it is no deferral, interest by law runs on.
A reminder to somebody whose money is under way only costs both sides, so reminders wait for it,
once between two of them: who broke a word is reminded in spite of the next one.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ..refusal import Refusal

# From the payer's bank to ours one banking day (directive (EU) 2015/2366, article 83), two with a
# weekend between, and a day on which we read the statement.
UNDER_WAY = timedelta(days=5)
AHEAD = timedelta(days=14)  # A later day is a matter for a plan.


class Word(StrEnum):
    PAID = "paid"  # It was paid on that day.
    PAYS = "pays"  # It will be paid on that day.


class DayTooFar(Refusal):
    code = "promise_too_far"
    todo = "Name a day within two weeks, or ask for instalments."


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    word: Word
    on: date
    waits_until: date | None  # Up to and including this day. None: reminders do not wait.


def taken(word: Word, on: date | None, *, today: date, waited: bool) -> Promise:
    """The debtor's word, and how long reminders wait for the money.

    :param on: None: no day was named, which is today's word.
    :param waited: they waited for a word since the last reminder already.
    :raises DayTooFar: if it promises to pay later than two weeks from now.
    """
    day = on or today
    if word is Word.PAID:
        day = min(day, today)  # Nothing was paid tomorrow.
        until = today + UNDER_WAY
    else:
        day = max(day, today)
        if day > today + AHEAD:
            raise DayTooFar(f"{day} is later than {today + AHEAD}")
        until = day + UNDER_WAY
    return Promise(word=word, on=day, waits_until=None if waited else until)
