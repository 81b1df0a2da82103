"""What time costs on many invoices at once: of those that were bought on one day at the same terms,
and on which nothing came back, each owes the same part. The part is worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from usance.domain.money import Money

from .charges import Base, Brackets, Charges, Interest, begins, grown
from .cost import DAY, Deal, rate_days
from .days import WHOLE
from .rates import SCALE, ReferenceRate

Key = tuple[int, date, date]  # Which terms, the first day, the last one.


@dataclass(frozen=True, slots=True)
class Part:
    """So many parts of a face or of an advance; rounded half up to a whole minor unit."""

    of_face: bool  # Else of the advance.
    above: int
    below: int

    def of(self, deal: Deal) -> Money:
        base = deal.face if self.of_face else deal.advance
        return Money.over(base.minor * self.above, self.below, base.currency)


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
        parts = self.parts(
            charges, purchased_on=deal.purchased_on, issued_on=deal.issued_on, through=through
        )
        return {fee: part.of(deal).minor for fee, part in parts.items()}

    def parts(
        self, charges: Charges, *, purchased_on: date, issued_on: date, through: date
    ) -> dict[str, Part]:
        """What of each invoice that was issued and bought on these days is owed by the end of a
        day, by charge.

        :raises RateMissing: if a reference rate is needed for a day that none covers.
        """
        timed = charges.interest
        assert not timed or not (timed.monthly or timed.to_due), "that is worked out one by one"
        found: dict[str, Part] = {}
        if terms := charges.brackets:
            first = begins(terms.start, purchased_on=purchased_on, issued_on=issued_on)
            part = self._grown(terms, first, through)
            of_face = terms.base is not Base.ADVANCE
            found["brackets"] = Part(of_face, part.numerator, part.denominator)
        if timed:
            first = begins(timed.start, purchased_on=purchased_on, issued_on=issued_on)
            above, of_face = self._bears(timed, first, through), timed.base is Base.FACE
            found["interest"] = Part(of_face, above, WHOLE[timed.count] * 10**SCALE)
        return found

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
