"""What an amount tells that is nobody else's: whose the number is that has a slip in it.

A number with slips, or its end, and one whole amount are two witnesses. They are enough without the
payer where no other invoice of the book has the amount; and the payer is enough for a wrong sign
where the amount tells his invoices apart.
"""

from collections.abc import Collection, Sequence

from .clues import (
    EXACT,
    PAYER,
    SLIPS,
    Allocation,
    OpenItem,
    amount_is_nobody_elses,
    amount_is_outstanding,
    has,
    number_in_a_longer_one,
    number_in_a_row,
    number_in_line,
    number_like_it_in_line,
    reference_with_a_slip,
    written,
)  # fmt: skip
from .reading import Said, strange
from .slips import differs
from .wording import compact, digits_of, plain

ROUND = 100_00  # Minor units: whole hundreds are paid for many things.
LEAST_END = 5  # Digits of a number's end that say enough where nobody knows the payer.
NEIGHBOURS = 2  # Signs at the end of a number in which the next ones of its series differ.


def sure_by_amount(read: Said, scored: Sequence[Allocation]) -> list[Allocation]:
    """The one item with exactly the amount that a number with slips says, if
    - no other invoice of the book has or had the amount, and the number stands in it with signs
      lost, too many, exchanged or wrong where the debtor's numbers are all alike, or ends in digits
      of the line that nothing else explains; or
    - it is the payer's, and check digits prove the slip in its payment reference; or
    - it is the payer's only one of the amount, and one sign of the number is wrong, if that is
      the number of another debtor's invoice of another amount, or differs where none of this
      debtor's many numbers does, while the amounts of all of them differ.

    Nothing is sure if an item is quoted for which the payer or the amount speaks; nor whole
    hundreds, but by check digits.
    """
    exact = [one for one in scored if has(one, amount_is_outstanding)]
    quoted = [one for one in scored if has(one, *EXACT, number_in_a_row)]
    if not exact or any(has(one, *PAYER, amount_is_outstanding) for one in quoted):
        return []
    own = [one for one in exact if has(one, *PAYER) and not one.item.crowded]
    proved = [one for one in own if has(one, reference_with_a_slip)]
    if len(proved) == 1:
        return proved
    if read.line.amount.minor % ROUND == 0:
        return []
    return _alone(read, exact, quoted) or _wrong_sign(read, own, quoted)


def _alone(
    read: Said, exact: Sequence[Allocation], quoted: Sequence[Allocation]
) -> list[Allocation]:
    found = [one for one in exact if has(one, amount_is_nobody_elses)]
    if len(found) != 1 or has(found[0], number_in_a_longer_one):
        return []
    if has(found[0], *SLIPS) or is_slip(read, found[0].item):
        return found
    own = digits_of(compact(found[0].item.number))
    ends = [end for end in read.ends if len(end) >= LEAST_END and own.endswith(end)]
    return found if ends and not quoted and not strange(read, _numbers(found[0].item)) else []


def _wrong_sign(
    read: Said, own: Sequence[Allocation], quoted: Sequence[Allocation]
) -> list[Allocation]:
    if len(own) != 1 or not has(own[0], number_like_it_in_line):
        return []
    item = own[0].item
    if item.recurs:
        return []
    others = {compact(one.item.number) for one in quoted if has(one, number_in_line)}
    return list(own) if is_slip(read, item, others) else []


def is_slip(read: Said, item: OpenItem, others: Collection[str] = ()) -> bool:
    """Is each number in the line that differs from the item's in one sign a slip of the pen?

    :param others: numbers that are surely other debtors' invoices of other amounts.
    """
    differing = [
        (word, meant) for meant in written(item) for word in read.words if differs(word, meant)
    ]
    return bool(differing) and all(
        word in others or _is_beside_the_series(word, meant, item) for word, meant in differing
    )


def _is_beside_the_series(word: str, meant: str, item: OpenItem) -> bool:
    """Does it differ from the item's number where no other number of the debtor does, and not where
    the next ones of a series will?"""
    if meant != compact(item.number) or word[-NEIGHBOURS:] != meant[-NEIGHBOURS:]:
        return False
    return word[: item.stem] != meant[: item.stem]


def _numbers(item: OpenItem) -> tuple[str, ...]:
    texts = (plain(item.number), plain(item.payment_reference))
    return tuple(digits for one in texts if (digits := digits_of(one)))
