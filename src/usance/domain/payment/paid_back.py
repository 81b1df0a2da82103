"""Paying back through a payment provider: how far it is, and what follows on its silence.

Source of the hours: Stripe API reference, "Idempotent requests": a key may be forgotten once it is
24 hours old.
"""

from datetime import datetime, timedelta
from enum import StrEnum

SHOWS_AFTER = timedelta(minutes=10)  # What a call came to stands in the provider's list by then.
KEY_HOLDS = timedelta(hours=23)  # The same key does it once, and an hour is left for the call.
OVER_AFTER = timedelta(hours=1)  # No call is under way so long.


class State(StrEnum):
    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"  # Before anybody released it.
    RELEASED = "released"  # By a second person; the provider was surely not told yet.
    ASKED = "asked"  # It may have heard; asked about before anything is said again.
    DONE = "done"  # The provider took it from what it holds for us.
    FAILED = "failed"  # It would not, or gave it back: the money is unapplied again.


UNDER_WAY = frozenset({State.RELEASED, State.ASKED})


class Next(StrEnum):
    WAIT = "wait"
    AGAIN = "again"  # With the same key: if the first call was heard after all, it is that one.
    GIVE_UP = "give_up"  # It was surely not done; a person decides anew.


def after_silence(*, released_at: datetime, asked_at: datetime, at: datetime) -> Next:
    """What follows when the provider, asked, knows nothing of a refund.

    :param released_at: no call was made before, so no key is older.
    :param asked_at: when it was last told.
    """
    if at - asked_at < SHOWS_AFTER:
        return Next.WAIT
    if at - released_at < KEY_HOLDS:
        return Next.AGAIN
    return Next.WAIT if at - asked_at < OVER_AFTER else Next.GIVE_UP
