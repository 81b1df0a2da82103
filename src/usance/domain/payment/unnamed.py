"""What a line surely pays though no number in it is whole: by payer, amount, a number's end.

The amount must be the payer's only one, and nothing in the text may speak of something else.
"""

from collections.abc import Sequence

from .clues import (
    EXACT,
    PAYER,
    Allocation,
    OpenItem,
    amount_is_outstanding,
    has,
    name_is_debtor,
    number_ends_in_line,
    number_in_a_longer_one,
    number_in_a_row,
    number_like_it_in_line,
    payer_has_paid_before,
    payer_is_debtor,
)  # fmt: skip
from .reading import Said, strange
from .wording import digits_of, plain

SPEAKS_ELSE = (*EXACT, number_in_a_row, number_like_it_in_line, number_in_a_longer_one)
ROUND = 100_00  # Minor units: whole hundreds are paid for many things.


def sure_without_number(read: Said, scored: Sequence[Allocation]) -> list[Allocation]:
    """The one item of the payer with exactly the amount, if its number ends in digits that stand in
    the line; or if it is the only such one of which the buyer answered that it pays it; or, with no
    number at all, if account and name both say who pays, and neither another
    invoice of the debtor has or had this amount, nor is it a whole hundred.

    Nothing is sure if the line quotes an item, or a number like one's, or one that is neither the
    end of this one's nor a date; or if the debtor owes more than was looked at.
    """
    if any(has(one, *SPEAKS_ELSE) for one in scored):
        return []
    exact = [one for one in scored if has(one, amount_is_outstanding) and has(one, *PAYER)]
    if not exact or any(one.item.crowded for one in exact):
        return []
    ended = [one for one in exact if number_ends_in_line(read, one.item)]
    if len(ended) == 1:
        return ended if not strange(read, _numbers(ended[0].item)) else []
    announced = [one for one in exact if one.item.announced]
    if len(announced) == 1:
        return announced if not strange(read, _numbers(announced[0].item)) else []
    if len(exact) > 1 or exact[0].item.recurs or exact[0].amount.minor % ROUND == 0:
        return []
    known = has(exact[0], payer_is_debtor, payer_has_paid_before) and has(exact[0], name_is_debtor)
    return exact if known and not strange(read, _numbers(exact[0].item)) else []


def _numbers(item: OpenItem) -> tuple[str, ...]:
    written = (plain(item.number), plain(item.payment_reference))
    return tuple(digits for one in written if (digits := digits_of(one)))
