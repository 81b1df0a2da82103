"""Which numbers of one debtor look like what a line says: found by four neighbouring signs."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

from .wording import plain

GRAM = 4  # Signs that a number with slips still shares with the right one.
TAIL = 9  # Signs at the end of a number: what tells it from others of its series.
OFTEN = 40  # A group of signs that more of a debtor's items share tells nothing.
WIDTH = 2 * (TAIL + 1)  # Of an item in the text of tails: number and reference.
SEARCHES = 400  # After so many an index has paid off; most debtors are never asked so often.


class Tails:
    """The ends of all numbers and references of a debtor, in the order of its items."""

    def __init__(self, items: Iterable[tuple[str, str]]) -> None:
        written = [text for both in items for text in both]
        self._text = _side_by_side(written)
        self._searches = 0
        self._index: dict[str, list[int]] = {}

    def near(self, grams: Iterable[str]) -> list[int]:
        """The places of the items in whose tails one of these stands, each of GRAM signs."""
        found: dict[int, None] = {}
        for gram in sorted(grams):
            found |= dict.fromkeys(self._places(gram))
        return list(found)

    def _places(self, gram: str) -> Iterable[int]:
        self._searches += 1
        if self._searches == SEARCHES:
            self._index = self._indexed()
        if self._searches >= SEARCHES:
            near = self._index.get(gram, ())
            return near if len(near) <= OFTEN else ()
        found: dict[int, None] = {}
        at = self._text.find(gram)
        while at >= 0:
            found[at // WIDTH] = None
            if len(found) > OFTEN:
                return ()
            at = self._text.find(gram, at + 1)
        return found

    def _indexed(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = {}
        for start in range(0, len(self._text), WIDTH):
            halves = self._text[start : start + TAIL], self._text[start + TAIL + 1 : start + WIDTH]
            tails = [half.rstrip() for half in halves]
            for gram in {t[n : n + GRAM] for t in tails for n in range(len(t) - GRAM + 1)}:
                index.setdefault(gram, []).append(start // WIDTH)
        return index


def _side_by_side(texts: Sequence[str]) -> str:
    """The ends of all of them as they are compared, each TAIL signs wide and a blank behind it."""
    whole = "".join(texts)
    if whole.isascii() and whole.isalnum() and min(map(len, texts)) >= TAIL:
        return " ".join(map(_END, texts)).upper() + " "  # As nearly always: much the quickest.
    return "".join([f"{plain(text)[-TAIL:]:<{TAIL + 1}}" for text in texts])


_END = itemgetter(slice(-TAIL, None))
