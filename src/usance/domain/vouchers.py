"""What may become of an entry that another bookkeeping takes over, and in which of its years it
lies. Pending → exported → booked, or failed, and from there pending again: the same number, the
same bytes."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from .refusal import Refusal

SERIES = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
SERIES_LENGTH = 4


class State(StrEnum):
    PENDING = "pending"  # In a file that nobody has said to have.
    EXPORTED = "exported"  # The other side has it.
    BOOKED = "booked"  # It stands there, under a number of theirs. The good end.
    FAILED = "failed"  # They could not book it; a person mends it there or hands it over again.


# What may be said of a voucher that stands so. The same said twice is said once.
NEXT: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.EXPORTED, State.BOOKED, State.FAILED}),
    State.EXPORTED: frozenset({State.BOOKED, State.FAILED}),
    State.BOOKED: frozenset(),
    State.FAILED: frozenset({State.PENDING, State.BOOKED}),
}
assert set(NEXT) == set(State), "every state has its row"


class AnswerImpossible(Refusal):
    code = "voucher_answer_impossible"
    todo = "Ask for the vouchers of the batch again and answer what they are now."


class ErrorMissing(Refusal):
    code = "voucher_error_missing"
    todo = "Say what went wrong there: whoever mends it reads it."


class TargetUnfit(Refusal):
    code = "voucher_target_unfit"
    todo = "Correct the settings of the bookkeeping, then export again."


class TargetEnded(Refusal):
    code = "voucher_target_ended"
    todo = "Set up another bookkeeping; what this one has stays as it is."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side says of one voucher, or of all of its batch."""

    state: State
    number: int | None = None  # Ours; None: all that may still become so.
    external: str = ""
    their_series: str = ""
    their_number: str = ""  # Empty for a booked one: under our number.
    their_year: str = ""
    error: str = ""


def fitting(answer: Answer) -> None:
    """:raises ErrorMissing: if it failed and nobody says why.
    :raises AnswerImpossible: if one number of theirs is said of a whole batch.
    """
    if answer.state is State.FAILED and not answer.error.strip():
        raise ErrorMissing("it failed, without a word why")
    if answer.number is None and answer.their_number:
        raise AnswerImpossible(f"{answer.their_number} cannot be the number of every voucher")


def fiscal_year(on: date, begins: int) -> tuple[date, date]:
    """First and last day of the fiscal year in which the day lies; it begins in that month."""
    first = date(on.year - (on.month < begins), begins, 1)
    return first, date(first.year + 1, begins, 1) - timedelta(days=1)
