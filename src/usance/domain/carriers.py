"""Whether a carrier is called now, and which carrier of a kind a delivery goes to.

A carrier that does not answer is paused for everybody (a circuit breaker): closed while it works,
open while nobody calls, half open while one batch tries. Its share of a kind shrinks and grows by
steps, because moving everything at once overloads the other one. The clock is told: all moments are
of one clock, the database's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from .distribution import Handed, Handover, Presence


class Breaker(StrEnum):
    CLOSED = "closed"  # It works: everybody calls.
    OPEN = "open"  # Nobody calls until the pause is over.
    HALF_OPEN = "half_open"  # One batch tries whether it is back.


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """When a carrier is paused, for how long, and by which steps its share moves.

    The steps are those of a public notification service that had moved everything at once before
    and overloaded its other carrier: a tenth down at most once a minute, a tenth up after fifteen
    quiet minutes.
    """

    in_a_row: int = 5  # So many calls in a row that found nobody open the breaker.
    window: int = 20  # Or so many of the last calls …
    share_percent: int = 50  # … of which this share found nobody.
    pauses_seconds: tuple[int, ...] = (
        30,
        60,
        120,
        300,
        600,
    )  # One after the other; the last stays.
    probe: int = 5  # Deliveries that try whether it is back.
    probe_seconds: int = 300  # A prober that says nothing for so long has died.
    lower_percent: int = 20  # Of the last calls found nobody: its share goes one step down.
    lower_every_seconds: int = 60
    raise_after_seconds: int = 900  # Of quiet: one step up.
    back_lowered: int = 5  # Steps down with which it comes back from a pause.
    steps: int = 10  # A step is this part of the resting weight.
    burst_seconds: int = 1  # What a rate limit lets go at once: that of so many seconds.


TERMS = Terms()
_THERE, _AWAY = "+", "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a carrier stands, shared by all who call it."""

    breaker: Breaker = Breaker.CLOSED
    since: datetime  # When the breaker left or came to closed.
    until: datetime | None = None  # Nobody calls before it: a pause, or its own Retry-After.
    pauses: int = 0  # In a row.
    recent: str = ""  # The last calls, the newest last: + somebody there, - nobody.
    lowered: int = 0  # Steps below its resting weight.
    moved_at: datetime | None = None  # When the weight moved last, or trouble kept it down.
    spent_until: datetime | None = None  # What the rate limit lets go is spent up to here.
    says: str = ""  # The last trouble, in the carrier's words.

    @property
    def is_paused(self) -> bool:
        return self.breaker is not Breaker.CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """How many may be handed over now; for the others, when to ask again."""

    granted: int
    again_at: datetime | None  # None: there are no others.


def presence(handover: Handover) -> Presence:
    """Whether anybody was there; what the channel does not say follows from the outcome.

    An answer that leaves the outcome unknown is none.
    """
    if handover.came_to is Handed.UNKNOWN:
        return Presence.AWAY
    if handover.presence is not None:
        return handover.presence
    return Presence.AWAY if handover.came_to is Handed.TRY_LATER else Presence.THERE


def admitted(
    standing: Standing,
    wanted: int,
    *,
    interval: timedelta | None,
    at: datetime,
    terms: Terms = TERMS,
) -> tuple[Standing, Admission]:
    """How many of the `wanted` may go now, and the standing after that.

    `interval` is the rate limit, the time between two calls; None: there is none.
    """
    assert wanted > 0, wanted
    if standing.until is not None and at < standing.until:
        return standing, Admission(granted=0, again_at=standing.until)
    if standing.is_paused:  # The pause is over, or a prober died.
        tries_until = at + timedelta(seconds=terms.probe_seconds)
        standing = replace(standing, breaker=Breaker.HALF_OPEN, until=tries_until)
        granted = min(wanted, terms.probe)
        return standing, Admission(
            granted=granted, again_at=tries_until if wanted > granted else None
        )
    standing = replace(standing, until=None)
    if interval is None:
        return standing, Admission(granted=wanted, again_at=None)
    burst = max(timedelta(seconds=terms.burst_seconds), interval)
    spent_until = max(standing.spent_until or at - burst, at - burst)
    granted = min(wanted, (at - spent_until) // interval)
    spent_until += granted * interval
    standing = replace(standing, spent_until=spent_until)
    if granted == wanted:
        return standing, Admission(granted=granted, again_at=None)
    worth = min(wanted - granted, burst // interval)  # A connection is opened for no fewer.
    return standing, Admission(granted=granted, again_at=spent_until + worth * interval)


def learned(
    standing: Standing, handed: Sequence[Handover], *, at: datetime, terms: Terms = TERMS
) -> Standing:
    """The standing after these calls of one batch, in their order.

    What a batch did not try says nothing. A prober that tried nothing lets another one try.
    """
    tried = [one for one in handed if presence(one) is not Presence.UNTRIED]
    told = "".join(_THERE if presence(one) is Presence.THERE else _AWAY for one in tried)
    standing = replace(standing, recent=(standing.recent + told)[-terms.window :])
    trouble = next((one for one in reversed(tried) if presence(one) is Presence.AWAY), None)
    if trouble is not None:
        standing = replace(standing, says=trouble.detail)
    if standing.breaker is Breaker.CLOSED:
        standing = _moved(standing, at, terms)
        if _does_not_work(standing.recent, terms):
            standing = _opened(replace(standing, since=at, pauses=0), at, terms)
    elif standing.breaker is Breaker.HALF_OPEN and not tried:
        standing = replace(standing, breaker=Breaker.OPEN, until=at)
    elif standing.breaker is Breaker.HALF_OPEN and trouble is not None:
        standing = _opened(standing, at, terms)
    elif _AWAY not in told and told:
        standing = _closed(standing, at, terms)
    asked = max((one.retry_after_seconds or 0 for one in tried), default=0)
    if asked:
        said = at + timedelta(seconds=asked)
        standing = replace(standing, until=max(said, standing.until or said))
    return standing


def weight(resting: int, lowered: int, terms: Terms = TERMS) -> int:
    """Its weight today: as many steps below the resting one as it was lowered, never to nothing."""
    return max(1, resting * (terms.steps - lowered) // terms.steps) if resting else 0


def choose(weights: Mapping[str, int], key: str) -> str:
    """The carrier of the delivery with this key: the same for the same weights, shared out by them.

    :raises ValueError: if nobody has any weight.
    """
    total = sum(weights.values())
    if total <= 0:
        raise ValueError("nobody has any weight")
    at = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big") % total
    for name in sorted(weights):
        at -= weights[name]
        if at < 0:
            return name
    raise AssertionError("the weights are more than their sum")


def _does_not_work(recent: str, terms: Terms) -> bool:
    if recent.endswith(_AWAY * terms.in_a_row):
        return True
    return len(recent) >= terms.window and recent.count(_AWAY) * 100 >= terms.share_percent * len(
        recent
    )


def _moved(standing: Standing, at: datetime, terms: Terms) -> Standing:
    """One step down or up, or none: trouble keeps the weight down, quiet lets it come back."""
    quiet = at - standing.moved_at if standing.moved_at is not None else timedelta.max
    bad = standing.recent.count(_AWAY)
    if bad and bad * 100 >= terms.lower_percent * max(len(standing.recent), terms.in_a_row):
        if quiet < timedelta(seconds=terms.lower_every_seconds):
            return standing
        lowered = min(standing.lowered + 1, terms.steps - 1)
        return replace(standing, lowered=lowered, moved_at=at)
    if not standing.lowered or quiet < timedelta(seconds=terms.raise_after_seconds):
        return standing
    return replace(standing, lowered=standing.lowered - 1, moved_at=at)


def _opened(standing: Standing, at: datetime, terms: Terms) -> Standing:
    pause = terms.pauses_seconds[min(standing.pauses, len(terms.pauses_seconds) - 1)]
    return replace(
        standing,
        breaker=Breaker.OPEN,
        until=at + timedelta(seconds=pause),
        pauses=standing.pauses + 1,
    )


def _closed(standing: Standing, at: datetime, terms: Terms) -> Standing:
    return replace(
        standing,
        breaker=Breaker.CLOSED,
        since=at,
        until=None,
        pauses=0,
        recent="",
        lowered=max(standing.lowered, terms.back_lowered),
        moved_at=at,
        says="",
    )
