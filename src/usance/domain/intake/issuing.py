"""Invoices that we write for a client: their numbers, whose yes they take, credit notes, periods.

What the debtor may have seen is never changed: an issued invoice is credited and written anew.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from ..money import Money, exponent
from ..refusal import Refusal
from .entry import Entry, EntryAllowance, EntryLine, net_under

PLACE = re.compile(r"\{(year|n)(?::0([1-9]))?\}")
PATTERNS = {"invoice": "{year}-{n:05}", "credit_note": "C{year}-{n:05}"}
LONGEST = 30  # Letters of a number; every format that we write takes as many.
LAST_DAY = 31  # As a day of the month: its end, whichever that is.


class State(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"  # For a second person.
    ISSUED = "issued"
    DISCARDED = "discarded"


OPEN = (State.DRAFT, State.WAITING)


class PatternUnclear(Refusal):
    code = "number_pattern_unclear"
    todo = "Write such as {year}-{n:05}: one {n}, at most one {year}, else plain letters."


class CreditUnclear(Refusal):
    code = "credit_unclear"
    todo = "Name lines of the invoice, each with a quantity between zero and its own."


def checked(pattern: str) -> str:
    """The pattern of a number series, if it is one.

    :raises PatternUnclear: else.
    """
    names = [found[1] for found in PLACE.finditer(pattern)]
    rest = PLACE.sub("", pattern)
    plain = not set(rest) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-/.")
    if names.count("n") != 1 or names.count("year") > 1 or not plain:
        raise PatternUnclear(f"“{pattern}” is no pattern of numbers")
    if len(numbered(pattern, year=2026, n=999_999_999)) > LONGEST:
        raise PatternUnclear(f"“{pattern}” gives numbers of more than {LONGEST} letters")
    return pattern


def numbered(pattern: str, *, year: int, n: int) -> str:
    """`{year}-{n:05}` of 2026 and 17 is 2026-00017."""
    said = {"year": year, "n": n}
    return PLACE.sub(lambda found: str(said[found[1]]).zfill(int(found[2] or 0)), pattern)


def is_yearly(pattern: str) -> bool:
    """Whether its numbers begin anew with each year of issue."""
    return "{year" in pattern


def needs_person(gross: Money, *, below: Money | None, debtor_known: bool) -> tuple[str, ...]:
    """Why a second person has to say yes; empty: the client's rule does.

    :param below: the client's rule in this currency; None: there is none.
    """
    reasons = []
    if below is None:
        reasons.append(f"no rule lets invoices in {gross.currency} out")
    elif gross >= below:
        reasons.append(f"{gross} is not below {below}")
    if not debtor_known:
        reasons.append("the debtor is not in the register")
    return tuple(reasons)


def credited(
    paper: Entry, *, number: str, part: Mapping[int, Decimal] | None, issued_on: date | None
) -> Entry:
    """The credit note of an issued invoice: of all of it, or of some quantities of some lines.

    A part's allowance is its share of the line's, rounded, and so is that of the whole invoice,
    which follows the lines under its rate; what is credited as a whole has the same sums as the
    invoice.

    :param part: quantity by number of line, from 1; None: everything.
    :raises CreditUnclear: if a line or a quantity is not on the invoice, or nothing is credited.
    """
    lines, allowances = list(paper.lines), list(paper.allowances)
    if part is not None:
        unknown = sorted(at for at in part if not 1 <= at <= len(lines))
        if unknown or not part:
            raise CreditUnclear(f"the invoice has no line {unknown[0]}" if unknown else "no line")
        cent = Decimal(1).scaleb(-exponent(paper.currency))
        lines = [_part(at, lines[at - 1], part[at], cent) for at in sorted(part)]
        shares = [_share(one, paper, lines, cent) for one in allowances]
        allowances = [one for one in shares if one.amount or one.percent]
    return replace(
        paper, is_credit_note=True, number="", issued_on=issued_on, due_on=None, lines=lines,
        allowances=allowances, credited=number, note="",
    )  # fmt: skip


def reissued(paper: Entry) -> Entry:
    """The same invoice once more as a draft: number and dates are given when it is issued."""
    return replace(paper, number="", issued_on=None, due_on=None)


def _part(at: int, line: EntryLine, quantity: Decimal, cent: Decimal) -> EntryLine:
    if not 0 < quantity <= line.quantity:
        raise CreditUnclear(f"line {at} has {line.quantity}, {quantity} cannot be credited")
    share = line.allowance * quantity / line.quantity
    return replace(line, quantity=quantity, allowance=share.quantize(cent, ROUND_HALF_UP))


def _share(
    one: EntryAllowance, paper: Entry, lines: list[EntryLine], cent: Decimal
) -> EntryAllowance:
    """Of an amount. A percentage follows the lines by itself."""
    if one.percent:
        return one
    whole = net_under(paper.lines, one.category, one.rate, paper.currency)
    part = net_under(lines, one.category, one.rate, paper.currency)
    share = one.amount * part / whole if whole else Decimal(0)
    return replace(one, amount=share.quantize(cent, ROUND_HALF_UP))


def periods(
    day: int, *, since: date, until: date | None, after: date | None, today: date
) -> Iterator[date]:
    """The days on which a monthly invoice is due, both ends included, up to today.

    :param day: of the month, 1 to 31; a shorter month has it on its last day.
    :param after: the last one that was made; None: none was.
    """
    last = min(today, until) if until else today
    year, month = since.year, since.month
    while (found := _in_month(year, month, day)) <= last:
        if found >= since and (after is None or found > after):
            yield found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def placeholders(on: date) -> dict[str, str]:
    """What texts of a recurring invoice may name: {year}, {month}, {first}, {last}."""
    first = on.replace(day=1)
    last = on.replace(day=monthrange(on.year, on.month)[1])
    return {
        "year": str(on.year), "month": f"{on.month:02d}", "first": first.isoformat(),
        "last": last.isoformat(),
    }  # fmt: skip


def dated(paper: Entry, *, today: date, due_days: int | None) -> Entry:
    """With the dates that were left to the day of issue.

    :param due_days: from issue to due date, where the draft has no due date.
    """
    issued_on = paper.issued_on or today
    due_on = paper.due_on
    if due_on is None and due_days is not None:
        due_on = issued_on + timedelta(days=due_days)
    return replace(paper, issued_on=issued_on, due_on=due_on)


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
