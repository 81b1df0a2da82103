"""A rung's time is over and nobody confirmed: does the ladder move, or is a person asked?

What carriers can prove differs: a mailbox tells when it has a document, a letter without tracking
never does, an SMTP server only speaks up when a mail fails. So each rung says what is enough, and
silence after the carrier took a letter is no failure: it counts as what it is, accepted by the
carrier, and no better.
"""

from enum import StrEnum

from .reports import State
from .rungs import Enough


class Late(StrEnum):
    """What follows when the time of a rung is over."""

    FINE = "fine"  # As much is known as this rung asks for; the evidence stays what it is.
    MOVES = "moves"  # The next rung, or a person behind the last.
    ASKS = "asks"  # A person: it may have gone out, so nothing more is sent by itself.
    WAITS = "waits"  # A call is under way; it ends with its lease.


KNOWN: dict[State, frozenset[Enough]] = {
    State.ACCEPTED: frozenset({Enough.ACCEPTED}),
    State.SENT: frozenset({Enough.ACCEPTED, Enough.SENT}),
    State.DELIVERED: frozenset(Enough),
    State.OPENED: frozenset(Enough),
}


def when_late(state: State, enough: Enough) -> Late:
    """What follows for a delivery in this state. What failed or was cancelled went on already."""
    if state in {State.FAILED, State.CANCELLED} or enough in KNOWN.get(state, frozenset()):
        return Late.FINE
    if state is State.CALLING:
        return Late.WAITS
    return Late.ASKS if state is State.UNKNOWN else Late.MOVES
