"""What is taken off the total below it, down to the amount due: paid before, retained, rounded."""

from collections.abc import Iterator, Mapping

from .marks import Marked, Value
from .phrases_of_text import DISCOUNT
from .taxes import cents

_REACH = 14  # Rows below the total.
_NAMED = 1.0  # Weight from which an amount is called due, or paid.


def due_after(m: Marked, best: tuple[int, int, int],
              scores: Mapping[str, Mapping[int, float]]) -> Value | None:  # fmt: skip
    """Where the last amount stands that is printed as the total less what stands between them.

    A printed minus is enough; without it a name must say what was paid, or what is due. Discounts
    for early payment are no deduction. None where nothing is taken off.
    """
    net, tax, gross = best
    if gross <= 0:
        return None
    ends = [
        end for start in m.values
        if start.kind == "amount" and start.is_money and cents(start.text) == gross
        and (end := _walked(m, start, {net, tax, gross}, scores)) is not None
    ]  # fmt: skip
    return min(ends, key=lambda end: cents(end.text) or 0) if ends else None


def _walked(m: Marked, start: Value, known: set[int],
            scores: Mapping[str, Mapping[int, float]]) -> Value | None:  # fmt: skip
    balance, end = cents(start.text) or 0, None
    minus, paid = 0, set[int]()
    for value in _below(m, start):
        worth = cents(value.text) or 0
        named = scores["payable"].get(worth, 0.0) > _NAMED
        off = {balance - one for one in paid if named or scores["_prepaid"].get(one, 0.0) > _NAMED}
        if 0 < worth < balance and ((minus and worth == balance - minus) or worth in off):
            if worth not in known:
                balance, end = worth, value
                minus, paid = 0, set()
        elif worth < 0:
            minus -= worth
            paid.add(-worth)
        elif worth not in known:
            paid.add(worth)
    return end


def _below(m: Marked, start: Value) -> Iterator[Value]:
    """The last sum of each row below one, but of discounts and what stands right under them."""
    quiet = -1
    for row in m.rows[start.row + 1 : start.row + 1 + _REACH]:
        if DISCOUNT.search(row.text):
            quiet = row.number + 2
        money = [one for one in m.values_by_row.get(row.number, ())
                 if one.kind == "amount" and one.is_money and cents(one.text)]  # fmt: skip
        if money and row.number > quiet:
            yield money[-1]
