"""What time costs on many invoices at once: of those that were bought on one day at the same terms,
and on which nothing came back, each owes the same part. The part is worked out once."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from usance.domain.money import Money

from .charges import Base, Brackets, Charges, Interest, begins, grown
from .cost import DAY, Deal, rate_days
from .days import WHOLE
from .rates import SCALE, ReferenceRate

Key = tuple[int, date, date]  # Which terms, the first day, the last one.


class Meter:
    """Keeps the parts that it has worked out, for as long as the rates are these."""

    def __init__(self, rates: Sequence[ReferenceRate]) -> None:
        self.rates = rates
        self._terms: dict[int, object] = {}  # Kept, so that no other gets its number.
        self._brackets: dict[Key, Fraction] = {}
        self._interest: dict[Key, int] = {}

    def earned(self, deal: Deal, charges: Charges, *, through: date) -> dict[str, int]:
        """Minor units of each charge for time by the end of a day, as `cost` has them.

        :raises RateMissing: if a reference rate is needed for a day that none covers.
        """
        assert not charges.interest or not charges.interest.monthly, "that grows by itself"
        owed: dict[str, int] = {}
        if terms := charges.brackets:
            base = deal.advance if terms.base is Base.ADVANCE else deal.face
            part = self._grown(terms, _first(terms, deal), through)
            amount = base.minor * part.numerator
            owed["brackets"] = Money.over(amount, part.denominator, base.currency).minor
        if timed := charges.interest:
            base = deal.face if timed.base is Base.FACE else deal.advance
            amount = base.minor * self._bears(timed, _first(timed, deal), through)
            whole = WHOLE[timed.count] * 10**SCALE
            owed["interest"] = Money.over(amount, whole, base.currency).minor
        return owed

    def _grown(self, terms: Brackets, first: date, through: date) -> Fraction:
        key = (id(terms), first, through)
        if key not in self._brackets:
            self._terms[id(terms)] = terms
            days = max((through + DAY - first).days, terms.minimum_days, 0)
            self._brackets[key] = grown(terms, days)
        return self._brackets[key]

    def _bears(self, terms: Interest, first: date, through: date) -> int:
        key = (id(terms), first, through)
        if key not in self._interest:
            self._terms[id(terms)] = terms
            end = max(through + DAY, first)
            self._interest[key] = rate_days(terms, self.rates, first, end)
        return self._interest[key]


def _first(terms: Brackets | Interest, deal: Deal) -> date:
    return begins(terms.start, purchased_on=deal.purchased_on, issued_on=deal.issued_on)
