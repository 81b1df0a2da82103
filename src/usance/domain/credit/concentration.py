"""How much of one debtor counts, when no debtor may be more than a share of the ledger.

With the base `remaining` the rule is circular: what is cut from the largest makes the base smaller,
and the next one too large. It is solved here once and exactly, not by going round until it looks
settled: the base is the largest B with B = sum of min(owed, share x B) over all debtors.
"""

from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction

from .eligibility import Base


def most(owed: Collection[int], *, share: Decimal, base: Base, gross_minor: int) -> int:
    """What of one debtor may count, in whole minor units, rounded down.

    :param owed: what would count of each debtor before concentration, in minor units.
    :param gross_minor: everything outstanding, of what counts and what does not.
    """
    assert 0 < share <= 1, share
    part = Fraction(share)
    if base is Base.GROSS:
        return int(part * gross_minor)
    if base is Base.ELIGIBLE:
        return int(part * sum(owed))
    return _remaining(owed, part)


def _remaining(owed: Collection[int], share: Fraction) -> int:
    """The k largest are cut, the others count whole: B = rest + k x share x B. The right k is the
    least for which the largest of the rest fits. Where k x share reaches the whole, nobody is
    small enough to make a base: nothing counts."""
    falling = sorted((minor for minor in owed if minor > 0), reverse=True)
    rest = Fraction(sum(falling))
    for cut, largest in enumerate(falling):
        left = 1 - cut * share
        if left <= 0:
            return 0
        cap = share * rest / left
        if largest <= cap:
            return int(cap)
        rest -= largest
    return 0
