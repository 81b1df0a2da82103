"""What the bank says: statements, their lines, and what makes a movement one movement."""

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise

from ..calendars import Calendar, is_open
from ..money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A structured reference in a bank line. Schemes: "scor" (ISO 11649 and national creditor
    references), "invoice", "credit_note", "other"."""

    scheme: str
    value: str
    amount: Money | None = None  # What of the line it stands for, if the bank says so.


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What the payer ordered in another currency, and the rate at which a bank exchanged it."""

    amount: Money | None = None  # None: the bank tells its rate alone.
    rate: Decimal | None = None  # One of `unit` was so many of the other currency.
    unit: str = ""  # Empty: the bank does not say which way round its rate is.

    @property
    def says(self) -> str:
        """In a sentence, for whoever asks why."""
        at = "" if self.rate is None else f" at {self.told_rate}"
        if self.amount is None:
            return f"The bank's statement says that it was exchanged{at}."
        return (
            f"The bank's statement says that {self.amount} was ordered{at and f', exchanged{at}'}."
        )

    @property
    def told_rate(self) -> str:
        """As the bank tells it; empty if it does not."""
        if self.rate is None:
            return ""
        return f"{f'1 {self.unit} = ' if self.unit else ''}{self.rate.normalize():f}"


CHARGES = "CHRG"  # Code of a line that is the bank's charges within an entry.


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """One movement on our account; what came in is positive, what went out negative."""

    amount: Money
    booked_on: date
    value_on: date | None = None
    pending: bool = False
    reversal: bool = False
    bank_reference: str = ""  # The bank's own, the same in every file that shows the movement.
    entry_reference: str = ""  # The bank's for the whole entry, shared by all the lines of it.
    end_to_end: str = ""  # Given by who ordered the payment; empty for NOTPROVIDED.
    orders: tuple[str, ...] = ()  # The same of each payment, where one line is several.
    batch: str = ""  # What who ordered several called them together.
    counterparty: str = ""
    counterparty_account: str = ""
    texts: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    charges: Money | None = None
    ordered: Ordered | None = None  # None: in our account's currency, as far as is told.
    return_reason: str = ""
    code: str = ""  # Bank transaction code.
    raw: str = field(default="", repr=False)

    def __hash__(self) -> int:  # Of what differs most: what is read from a line is kept for it.
        return hash((self.bank_reference, self.texts, self.amount.minor))


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One account, one period. Opening and closing are None where the format has none."""

    account: str
    currency: str
    reference: str = ""
    sequence: str = ""
    opening: Money | None = None
    closing: Money | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    lines: Sequence[BankLine] = ()  # Those of a long file lie on disk: read them in passing.


def gap(statement: Statement) -> Money | None:
    """Closing minus opening and booked lines: zero for a sound statement.

    None if a balance is not stated, or if something is in another currency and cannot be added.
    """
    if statement.opening is None or statement.closing is None:
        return None
    own, booked = statement.currency, 0
    if {statement.opening.currency, statement.closing.currency} != {own}:
        return None
    for line in statement.lines:
        if not line.pending:
            if line.amount.currency != own:
                return None
            booked += line.amount.minor
    return statement.closing - statement.opening - Money(booked, own)


Span = Callable[[date, date], int]
LONGEST_NUMBER = 5  # Digits of a statement's number: what is longer is a day or a moment.

# How banks number statements by the day, the week or the month that they are of.
OF_DAYS: tuple[Callable[[date], int], ...] = (
    lambda day: day.timetuple().tm_yday,
    lambda day: day.day,
    lambda day: day.isocalendar().week,
    lambda day: day.month,
    lambda day: day.month * 100 + day.day,
    lambda day: day.year % 100 * 1000 + day.timetuple().tm_yday,
    lambda day: day.year % 100 * 100 + day.month,
)


def left_out(
    number: str,
    on: date,
    before: Sequence[tuple[str, date]],
    *,
    calendars: Collection[Calendar] = (),
    idle: bool = False,
) -> tuple[int, int] | None:
    """The first and the last number that are missing before a statement. None: none is, or the bank
    does not count its statements one by one.

    It does if the two before were of the same year and followed on each other, their numbers are
    not those of days, and it left out none before for each day on which it had nothing to say.
    Each year, and each month, may begin anew.

    :param before: numbers and days of the statements before it and of its own day, the newest
        first; pages of one statement share its number.
    :param calendars: by which the bank is open. Numbers may be those of the banking days of the
        year or the month,
    :param idle: but of a bank that has told of a day without movements none of them is left out.
    """
    if not _is_count(number) or (number, on) in before:  # Another page, or the same once more.
        return None
    told = [(int(number), on)] + [
        (int(said), day)
        for said, day in before
        if _is_count(said) and day.year == on.year and (day < on or int(said) < int(number))
    ]
    counted = _one_of_each(told)
    if len(counted) < 3:
        return None
    (this, _), (last, _), (second, _) = counted[:3]
    if last - second != 1 or this <= last + 1:
        return None
    spans = (_days, _weekdays, partial(_banking_days, calendars))
    if _are_of_days(counted) or _counts_days(counted, spans):
        return None
    if not idle and _are_of_banking_days(counted, spans[1:]):
        return None
    return last + 1, this - 1


def _one_of_each(told: Sequence[tuple[int, date]]) -> list[tuple[int, date]]:
    """Each number once, the newest first; those of one day the highest first."""
    days: dict[int, date] = {}
    for said, day in told:
        days.setdefault(said, day)
    return sorted(days.items(), key=lambda one: (one[1], one[0]), reverse=True)


def _are_of_days(counted: Sequence[tuple[int, date]]) -> bool:
    return any(all(said == by(day) for said, day in counted) for by in OF_DAYS)


def _are_of_banking_days(counted: Sequence[tuple[int, date]], spans: Sequence[Span]) -> bool:
    """Whether each is the banking day of its year, or of its month, that it is of."""
    before = timedelta(days=1)
    return any(
        all(said == span(day.replace(day=1, **begins) - before, day) for said, day in counted)
        for span in spans
        for begins in ({"month": 1}, {})
    )


def _counts_days(counted: Sequence[tuple[int, date]], spans: Sequence[Span]) -> bool:
    """Whether the first number leaves out as many as banking days, or days, lie between, and so did
    one before, which was found to be right: on such days there was nothing to tell."""
    steps = [
        (said - last, day, before) for (said, day), (last, before) in pairwise(counted)
        if said > last + 1
    ]  # fmt: skip
    return len(steps) > 1 and any(
        all(step == span(before, day) for step, day, before in steps) for span in spans
    )


# From start (not counted) to end (counted).


def _days(start: date, end: date) -> int:
    return (end - start).days


def _weekdays(start: date, end: date) -> int:
    return _banking_days((), start, end)


def _banking_days(calendars: Collection[Calendar], start: date, end: date) -> int:
    return sum(is_open(start + timedelta(days=n + 1), calendars) for n in range((end - start).days))


def _is_count(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said.lstrip("0")) <= LONGEST_NUMBER


FEW = 20_000  # Lines whose identities are remembered at a time.


def identity(account: str, line: BankLine, ordinal: int = 0) -> str:
    """What makes this movement one movement, in whichever files it appears.

    The account and the bank's reference, with the amount because some banks give a payment and
    its charge the same one; without a reference a hash of what the line says. `ordinal` counts
    lines of one statement that are equal in all of this, from 0.
    """
    if line.bank_reference:
        said = (account, line.bank_reference, line.amount.minor, line.amount.currency, ordinal)
        return "\x1f".join(map(str, said))
    said_all = (
        account, line.booked_on.isoformat(), line.amount.minor, line.amount.currency,
        line.end_to_end, line.counterparty_account, line.counterparty,
        *(ref.value for ref in line.references), *line.texts, ordinal,
    )  # fmt: skip
    return hashlib.sha256("\x1f".join(map(str, said_all)).encode()).hexdigest()


def identities(statement: Statement) -> Iterator[str]:
    """The identity of each line, in their order: equal lines of one statement stay several."""
    alike = _alike(statement)
    seen: Counter[str] = Counter()
    for line in statement.lines:
        plain = identity(statement.account, line)
        if alike is not None and hash(plain) not in alike:
            yield plain
            continue
        nth = seen[plain]
        seen[plain] += 1
        yield identity(statement.account, line, nth) if nth else plain


def _alike(statement: Statement) -> set[int] | None:
    """The hashes that several lines have, so that only what may be equal is remembered of a long
    statement. None: of a short one all is."""
    if len(statement.lines) <= FEW:
        return None
    hashes = array("q", (hash(identity(statement.account, line)) for line in statement.lines))
    return {one for one, next_ in pairwise(sorted(hashes)) if one == next_}
