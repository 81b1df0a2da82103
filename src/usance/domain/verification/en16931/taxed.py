"""Amounts by how they are taxed: a row of the VAT breakdown does not look at every line again."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from heapq import merge
from operator import itemgetter
from typing import Generic, Protocol, TypeVar

from ..reading import decimal

Tax = tuple[str, Decimal | None]  # A category, and a rate or none for all of its rates.


class Taxed(Protocol):
    """What is taxed. `at` says whether so; it raises ValueError for a rate that is no number."""

    @property
    def codes(self) -> list[str]: ...
    @property
    def rates(self) -> list[str]: ...

    def at(self, code: str, rate: Decimal | None) -> bool: ...


T = TypeVar("T", bound=Taxed)


class ByTax(Generic[T]):
    """Amounts of a document, found by how they are taxed; each sum is worked out once."""

    def __init__(self, found: Iterable[T]) -> None:
        self.groups: dict[Tax, list[tuple[int, T]]] = {}
        # By category what has a rate that is no number.
        self.unread: dict[str, list[tuple[int, T]]] = {}
        self.sums: dict[Tax, Decimal | str] = {}  # A text: why there is none.
        for placed in enumerate(found):
            one = placed[1]
            try:
                rates = {*map(decimal, one.rates)}
            except ValueError:
                rates = set()
            for code in dict.fromkeys(one.codes):
                if one.rates and not rates:
                    self.unread.setdefault(code, []).append(placed)
                for rate in (None, *rates):
                    self.groups.setdefault((code, rate), []).append(placed)

    def at(self, code: str, rate: Decimal | None) -> Iterator[T]:
        """What is taxed so, in the order of the document.

        :raises ValueError: on the way, at a rate of this category that is no number.
        """
        found = self.groups.get((code, rate), [])
        unread = self.unread.get(code, []) if rate is not None else []
        for _, one in merge(found, unread, key=itemgetter(0)) if unread else found:
            if not unread or one.at(code, rate):
                yield one

    def sum(
        self, code: str, rate: Decimal | None, add: Callable[[Iterable[T]], Decimal]
    ) -> Decimal:
        """What `add` makes of all that is taxed so.

        :raises ValueError: if an amount, or a rate of this category, is no number.
        """
        if (code, rate) not in self.sums:
            try:
                self.sums[code, rate] = add(self.at(code, rate))
            except ValueError as fault:
                self.sums[code, rate] = str(fault)
        found = self.sums[code, rate]
        if isinstance(found, str):
            raise ValueError(found)
        return found
