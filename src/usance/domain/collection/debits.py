"""Collecting by direct debit: when, after which word to the debtor, and until when it can go back.

Sources: SEPA Direct Debit Core and Business to Business Scheme Rulebooks (EPC016-06, EPC222-07),
4.3 (time cycle, returns and refunds) and 4.4 (reason codes, as in EPC173-14); directive (EU)
2015/2366, articles 71, 76 and 77.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ..calendars import Calendar, is_open
from .signed import Scheme

NOTICE_DAYS = 14  # Unless another time was agreed: rulebooks, 4.3.2.
SHORTEST_NOTICE, LONGEST_NOTICE = 1, 60
SLACK = timedelta(days=1)  # A notice that leaves tomorrow is still in time.
AHEAD = timedelta(days=7)  # So long before its notice has to leave a debit is planned.
TARGET = frozenset({Calendar.TARGET})  # Days of inter-bank settlement.


class State(StrEnum):
    PLANNED = "planned"
    ANNOUNCED = "announced"  # The debtor was told.
    RELEASED = "released"
    SENT = "sent"
    COLLECTED = "collected"  # On our statement.
    REJECTED = "rejected"  # The bank refused it before any money moved.
    RETURNED = "returned"
    CANCELLED = "cancelled"


WAITING = frozenset({State.PLANNED, State.ANNOUNCED})
UNDER_WAY = frozenset({State.RELEASED, State.SENT})
OPEN = WAITING | UNDER_WAY


class Finality(StrEnum):
    """From when on the reserve of what was collected is released."""

    REFUND = "refund"  # The debtor can no longer ask for it without a reason.
    UNAUTHORISED = "unauthorised"  # Nor say that there was no mandate.


# Calendar days from the day it was collected. CORE: eight weeks without a reason, and two banking
# days to reach us; 13 months without a mandate, and 30 days and four banking days of inquiry. B2B:
# three banking days without a refund; what was never authorised is the law's, as long as there.
FINAL_AFTER: dict[tuple[Scheme, Finality], timedelta] = {
    (Scheme.CORE, Finality.REFUND): timedelta(weeks=8, days=4),
    (Scheme.CORE, Finality.UNAUTHORISED): timedelta(days=396 + 30 + 6),
    (Scheme.B2B, Finality.REFUND): timedelta(days=5),
    (Scheme.B2B, Finality.UNAUTHORISED): timedelta(days=396 + 30 + 6),
}
assert set(FINAL_AFTER) == {(s, f) for s in Scheme for f in Finality}, "every pair has its days"


class Then(StrEnum):
    """What a return means for the next collection."""

    AGAIN = "again"  # It may be tried again.
    LOOK = "look"  # A person finds out first.
    ENDS = "ends"  # Nothing more is collected under this mandate.


@dataclass(frozen=True, slots=True)
class Reason:
    says: str
    then: Then


REASONS: dict[str, Reason] = {
    "AC01": Reason("The IBAN is wrong.", Then.ENDS),
    "AC04": Reason("The account is closed.", Then.ENDS),
    "AC06": Reason("The account is blocked.", Then.LOOK),
    "AC13": Reason("It is a consumer's account, which B2B does not reach.", Then.ENDS),
    "AG01": Reason("Direct debits are forbidden on this account.", Then.ENDS),
    "AG02": Reason("The bank does not know this kind of transaction.", Then.LOOK),
    "AM04": Reason("There was not enough money on the account.", Then.AGAIN),
    "AM05": Reason("It was collected twice.", Then.LOOK),
    "BE05": Reason("The creditor identifier is unknown.", Then.LOOK),
    "CNOR": Reason("Our bank is not registered.", Then.LOOK),
    "DNOR": Reason("The debtor's bank is not registered.", Then.LOOK),
    "FF01": Reason("The file is not as it should be.", Then.LOOK),
    "MD01": Reason("There is no mandate, or it was not authorised.", Then.ENDS),
    "MD02": Reason("The mandate's data are missing or wrong.", Then.LOOK),
    "MD06": Reason("The debtor wants it back.", Then.LOOK),
    "MD07": Reason("The debtor has died.", Then.ENDS),
    "MS02": Reason("The debtor refused it, without a reason.", Then.LOOK),
    "MS03": Reason("The bank gives no reason.", Then.LOOK),
    "RC01": Reason("The BIC is wrong.", Then.LOOK),
    "RR01": Reason("The bank misses the debtor's account or identification.", Then.LOOK),
    "RR02": Reason("The bank misses the debtor's name or address.", Then.LOOK),
    "RR03": Reason("The bank misses our name or address.", Then.LOOK),
    "RR04": Reason("A regulation stands against it.", Then.LOOK),
    "SL01": Reason("The debtor had its bank bar us.", Then.ENDS),
    "TM01": Reason("It came after the cut-off.", Then.AGAIN),
}
UNKNOWN = Reason("The bank's reason is not one that we know.", Then.LOOK)


def reason(code: str) -> Reason:
    """What a code of the bank means for us. Codes come alone or before a text."""
    return REASONS.get(code.strip()[:4].upper(), UNKNOWN)


def collects_on(due_on: date, *, notice_days: int, today: date) -> date:
    """The day on which it is collected: when it is due, never before the debtor had its notice, and
    when banks settle."""
    day = max(due_on, today + timedelta(days=notice_days) + SLACK)
    while not is_open(day, TARGET):
        day += timedelta(days=1)
    return day


def plans_until(*, notice_days: int, today: date) -> date:
    """Up to which due date debits are planned today."""
    return today + timedelta(days=notice_days) + SLACK + AHEAD


def told_in_time(told_on: date, collect_on: date, *, notice_days: int) -> bool:
    return collect_on - told_on >= timedelta(days=notice_days)


def leaves_by(collect_on: date) -> date:
    """The last day on which the bank takes it: one inter-bank day before (rulebooks, 4.3.1)."""
    day = collect_on - timedelta(days=1)
    while not is_open(day, TARGET):
        day -= timedelta(days=1)
    return day


def final_on(collected_on: date, *, scheme: Scheme, finality: Finality) -> date:
    """From this day on nobody can take it back, as far as that is waited for."""
    return collected_on + FINAL_AFTER[scheme, finality]
