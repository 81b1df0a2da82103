"""Which of several amounts make up a sum, if just one choice does."""

from collections.abc import Sequence
from functools import lru_cache

MOST_AMOUNTS, MOST_STEPS = 40, 20_000
HALVED = 24  # So many amounts are two halves of 4,096 sums at most, all of which are tried.


def only_subset(amounts: Sequence[int], target: int) -> tuple[int, ...] | None:
    """The places of the amounts that together are the target, in their order.

    None if no choice makes it up, if several do (equal amounts are several), or if that cannot be
    said within MOST_STEPS: then nothing is sure. Amounts may be negative (credit notes), not zero.
    """
    most = target - sum(amount for amount in amounts if amount < 0)
    places = [place for place, amount in enumerate(amounts) if amount <= most]
    if len(places) > MOST_AMOUNTS:
        return None
    left = tuple(amounts[place] for place in places)
    found = _by_halves(left, target) if len(left) <= HALVED else _searched(left, target)
    return tuple(places[place] for place in found) if found else None


@lru_cache(maxsize=4096)  # Lines that wait are asked again when others have been booked.
def _by_halves(amounts: tuple[int, ...], target: int) -> tuple[int, ...] | None:
    """All sums of the first half, each with what it lacks looked for among those of the second. A
    sum stands in the place whose bits say which amounts are in it."""
    middle = len(amounts) // 2
    first, second = _sums(amounts[:middle]), _sums(amounts[middle:])
    at = {total: place for place, total in enumerate(second)}
    hits = [place for place, total in enumerate(first) if target - total in at]
    if len(hits) != 1 or second.count(target - first[hits[0]]) != 1:
        return None
    bits = hits[0] | at[target - first[hits[0]]] << middle
    return tuple(place for place in range(len(amounts)) if bits >> place & 1) or None


def _sums(amounts: Sequence[int]) -> list[int]:
    sums = [0]
    for amount in amounts:
        sums += [total + amount for total in sums]
    return sums


@lru_cache(maxsize=4096)
def _searched(amounts: tuple[int, ...], target: int) -> tuple[int, ...] | None:
    order = sorted(range(len(amounts)), key=lambda place: -abs(amounts[place]))
    most, lowest = [0], [0]  # What the rest can add at most, and at least, seen from its end.
    for place in reversed(order):
        most.append(most[-1] + max(amounts[place], 0))
        lowest.append(lowest[-1] + min(amounts[place], 0))
    most.reverse()
    lowest.reverse()
    found: list[tuple[int, ...]] = []
    waiting: list[tuple[int, int, tuple[int, ...]]] = [(0, target, ())]
    steps = 0
    while waiting:
        steps += 1
        if steps > MOST_STEPS:
            return None
        at, left, taken = waiting.pop()
        if at == len(order):
            if left == 0 and taken:
                found.append(taken)
                if len(found) > 1:
                    return None
            continue
        if not lowest[at] <= left <= most[at]:
            continue
        waiting.append((at + 1, left, taken))
        waiting.append((at + 1, left - amounts[order[at]], (*taken, order[at])))
    return tuple(sorted(found[0])) if found else None
