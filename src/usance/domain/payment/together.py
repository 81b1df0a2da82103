"""Several bank lines that together pay one item, each of them with a number that is not certain."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from ..money import Money, zero
from .bank import BankLine
from .clues import (
    EXACT,
    PAYER,
    SLIPS,
    Allocation,
    has,
    number_in_a_longer_one,
)  # fmt: skip
from .matching import CHANCE, Match, Verdict
from .subset import only_subset

WITHIN_DAYS = 60
BECAUSE = "Several payments together are exactly what is outstanding."


def together(waiting: Sequence[tuple[BankLine, Match]]) -> dict[int, Match]:
    """Of lines that wait for a person, those that surely pay one item together, by their place.

    Sure are two or more lines within WITHIN_DAYS, in each of which an item's number or reference
    stands, if they are the only choice of such lines whose sum is exactly what is outstanding. With
    slips of the pen it may stand only in what the item's debtor pays; and if he pays none of them,
    all must come from one account. A line that could go two ways goes none.
    """
    speak: dict[UUID, list[tuple[int, Allocation]]] = {}
    for place, (_, match) in enumerate(waiting):
        for one in match.allocations:
            unique = not (one.item.recurs or one.item.crowded)
            slipped = unique and has(one, *SLIPS, number_in_a_longer_one)
            if has(one, *EXACT) or (slipped and has(one, *PAYER)):
                speak.setdefault(one.item.invoice, []).append((place, one))
    claims: dict[int, list[Allocation]] = {}
    complete: list[list[int]] = []
    for found in speak.values():
        chosen = _complete(waiting, found)
        complete.append([place for place, _ in chosen])
        for place, one in chosen:
            amount = waiting[place][0].amount
            claims.setdefault(place, []).append(
                replace(one, amount=amount, because=(*one.because, BECAUSE))
            )
    return {
        place: Match(verdict=Verdict.CERTAIN, allocations=(claims[place][0],),
                     left=zero(claims[place][0].amount.currency))
        for places in complete if all(len(claims[place]) == 1 for place in places)
        for place in places
    }  # fmt: skip


def _complete(
    waiting: Sequence[tuple[BankLine, Match]], found: Sequence[tuple[int, Allocation]]
) -> list[tuple[int, Allocation]]:
    owed: Money = found[0][1].item.outstanding
    lines = [waiting[place][0] for place, _ in found]
    if 2 ** len(found) * CHANCE > owed.minor:
        return []
    chosen = only_subset([line.amount.minor for line in lines], owed.minor)
    if chosen is None or len(chosen) < 2:
        return []
    payers = {lines[place].counterparty_account for place in chosen}
    known = any(has(found[place][1], *PAYER) for place in chosen)  # The others quote its number.
    if not known and (len(payers) > 1 or "" in payers):
        return []
    days = [lines[place].booked_on for place in chosen]
    if (max(days) - min(days)).days > WITHIN_DAYS:
        return []
    return [found[place] for place in chosen]
