"""When a carrier is down, the rest of the batch is not tried one timeout at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from usance.domain.distribution import Handed, Handover, Parcel, Presence

PATIENCE = 3


def hand_over(
    parcels: Sequence[Parcel], one: Callable[[Parcel], tuple[Handover, bool]]
) -> Iterator[Handover]:
    """Hand over in order. `one` says of a parcel what it came to and whether the carrier is up.

    After three parcels in a row that found the carrier down, the others are TRY_LATER, untouched.
    """
    down, wait = 0, None
    for parcel in parcels:
        if down >= PATIENCE:
            yield Handover(
                key=parcel.key,
                came_to=Handed.TRY_LATER,
                detail=f"Not tried: the carrier did not take the {PATIENCE} before it.",
                retry_after_seconds=wait,
                presence=Presence.UNTRIED,
            )
            continue
        handover, is_up = one(parcel)
        down = 0 if is_up else down + 1
        wait = handover.retry_after_seconds
        yield replace(handover, presence=Presence.THERE if is_up else Presence.AWAY)
