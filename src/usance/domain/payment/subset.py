"""Which of several amounts make up a sum, if just one choice does."""

from collections.abc import Sequence

MOST_AMOUNTS, MOST_STEPS = 40, 20_000


def only_subset(amounts: Sequence[int], target: int) -> tuple[int, ...] | None:
    """The places of the amounts that together are the target, in their order.

    None if no choice makes it up, if several do (equal amounts are several), or if that cannot be
    said within MOST_STEPS: then nothing is sure. Amounts may be negative (credit notes), not zero.
    """
    if len(amounts) > MOST_AMOUNTS:
        return None
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
