"""Several bank lines that together pay one item, each of them with a number that is not certain."""

from collections.abc import Mapping, Sequence
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
    number_like_it_in_line,
    score,
)  # fmt: skip
from .matching import CHANCE, Match, Verdict
from .reading import said
from .subset import only_subset
from .telling import is_slip

WITHIN_DAYS = 60
BECAUSE = "Several payments together are exactly what is outstanding."


def together(waiting: Sequence[tuple[BankLine, Match]]) -> dict[int, Match]:
    """Of lines that wait for a person, those that surely pay one item together, by their place.

    Sure are two or more lines within WITHIN_DAYS, in each of which an item's number or reference
    stands, if they are the only choice of such lines whose sum is exactly what is outstanding. With
    slips of the pen it may stand only in what the item's debtor pays, and in what is exactly the
    rest of it, whoever pays that; and if he pays none of them, all must come from one account. A
    line that could go two ways goes none.
    """
    speak: dict[UUID, list[tuple[int, Allocation]]] = {}
    of_amount: dict[int, list[int]] = {}
    for place, (line, match) in enumerate(waiting):
        of_amount.setdefault(line.amount.minor, []).append(place)
        for one in match.allocations:
            if has(one, *EXACT) or (has(one, *PAYER) and _slipped(line, one)):
                speak.setdefault(one.item.invoice, []).append((place, one))
    for found in speak.values():
        found.extend(_rests(waiting, found, of_amount))
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


def _slipped(line: BankLine, one: Allocation) -> bool:
    """Stands its number in the line with slips, while its amount tells it from others?"""
    if one.item.recurs or one.item.crowded:
        return False
    if has(one, *SLIPS, number_in_a_longer_one):
        return True
    return has(one, number_like_it_in_line) and is_slip(said(line), one.item)


def _rests(
    waiting: Sequence[tuple[BankLine, Match]], found: Sequence[tuple[int, Allocation]],
    of_amount: Mapping[int, Sequence[int]],
) -> list[tuple[int, Allocation]]:  # fmt: skip
    """Lines of anybody that are exactly what one of these leaves, and name the item with slips."""
    known = {place for place, _ in found}
    rests: dict[int, Allocation] = {}
    for place, one in found:
        rest = one.item.outstanding.minor - waiting[place][0].amount.minor
        for other in of_amount.get(rest, ()):
            if other in known or other in rests:
                continue
            line = waiting[other][0]
            for same in score(line, [one.item]):
                if _slipped(line, same):
                    rests[other] = same
    return list(rests.items())


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
