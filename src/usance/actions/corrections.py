"""Entries that an accountant makes by hand, and their reversal. Nothing booked is ever changed."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import ledger
from usance.domain.journal import Account, Entry, Move
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.periods import RemarkMissing
from usance.domain.refusal import Refusal
from usance.models.ids import new_id
from usance.queries import exchange, foreign, periods

from .ledger import book


class AmountImpossible(Refusal):
    code = "correction_amount_impossible"
    todo = "Book a positive amount from one account to another."


class DayAhead(Refusal):
    code = "correction_ahead"
    todo = "Book it for today or an earlier day of an open month."


class DayTooEarly(Refusal):
    code = "correction_before_the_books"
    todo = "Book what is older on a day since then, and name its own day in the reason."


class AlreadyReversed(Refusal):
    code = "already_reversed"
    todo = "Look at the journal: its reversal is there."


@transaction.atomic
def correct(
    debit: Account,
    credit: Account,
    amount: Money,
    *,
    on: date,
    because: str,
    proof: str,
    role: Role,
    at: datetime,
    actor: str,
) -> models.Entry:
    """Move an amount by hand, with a reason and what proves it.

    :raises NotAllowed: if the role may not.
    :raises RemarkMissing, AmountImpossible: without reason or proof, or an amount to move.
    :raises DayAhead, DayTooEarly: for a day that has not come, or long before the books begin.
    :raises RateMissing: in a currency that the book's own has no rate for that day.
    :raises KeptByRecord: as domain.ledger.correction says.
    :raises PeriodClosed: if the day lies in a month that is closed hard.
    """
    require(role, Act.CORRECT_BOOKS)
    if not because.strip() or not proof.strip():
        raise RemarkMissing("a correction says why, and what proves it")
    if amount.minor <= 0 or debit is credit:
        raise AmountImpossible(f"{amount} from {credit} to {debit} moves nothing")
    _refuse_day(on, at)
    home = exchange.home()
    if home and amount.currency != home:
        foreign.rate(amount.currency, home, on=on)  # What has no rate could never be valued.
    entry = ledger.correction(
        new_id().hex, debit, credit, amount, on=on, because=because.strip()[:200],
        voucher=proof.strip()[:120],
    )  # fmt: skip
    return _booked(entry, at=at, actor=actor)


@transaction.atomic
def reverse(
    entry: UUID, *, on: date, because: str, role: Role, at: datetime, actor: str
) -> models.Entry:
    """Take a correction back by a further entry on a day of an open month.

    :raises NotAllowed: if the role may not.
    :raises RemarkMissing: without a reason.
    :raises DayAhead, DayTooEarly: for a day that has not come, or long before the books begin.
    :raises NotACorrection: for an entry that follows from a record.
    :raises AlreadyReversed: if it was.
    :raises PeriodClosed: if the day lies in a month that is closed hard.
    """
    require(role, Act.CORRECT_BOOKS)
    if not because.strip():
        raise RemarkMissing("a reversal says why")
    _refuse_day(on, at)
    row = models.Entry.objects.get(pk=entry)
    made = ledger.reversal(
        _entry(row), on=on, because=because.strip()[:200], voucher=f"entry:{row.pk}"
    )
    if len(made.key) > KEY or models.Entry.objects.filter(key=made.key).exists():
        raise AlreadyReversed(f"{row.because} was reversed before")
    return _booked(made, at=at, actor=actor)


def _refuse_day(on: date, at: datetime) -> None:
    if on > at.date():
        raise DayAhead(f"{on} has not come yet")
    begin = periods.books_begin() or at.date()
    first = date(begin.year - 1, 1, 1)  # What is taken over is closed at the end of a year.
    if on < first:
        raise DayTooEarly(f"the books begin on {begin}; {on} lies before {first}")


KEY = 120  # Letters of a key: a reversal of a reversal of a reversal has an end.


def _booked(entry: Entry, *, at: datetime, actor: str) -> models.Entry:
    if not book([entry], at=at, actor=actor):  # Somebody was quicker by a moment.
        raise AlreadyReversed(f"{entry.because} was booked before")
    return models.Entry.objects.get(key=entry.key)


def _entry(row: models.Entry) -> Entry:
    """The entry as the domain knows it."""
    return Entry(
        key=row.key, booked_on=row.booked_on, because=row.because, voucher=row.voucher,
        moves=tuple(
            Move(Account(one.debit), Account(one.credit), Money(one.amount_minor, one.currency))
            for one in row.moves.order_by("id")
        ),
    )  # fmt: skip
