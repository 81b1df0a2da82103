"""What can be said of a place without its free text: its shape, shared by invoices of one sender.

A shape holds the tags below a place, the codes ("VAT", "EUR", "380"), the attributes that hold
codes, and whether there is text at all; not names, numbers, dates or amounts. It keeps the protocol
of a place, so that a rule can be asked about it like about the place itself. A rule that gets along
with it is answered for every place of this shape; one that needs a text hits `FreeText`.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from .reading import WHITE, FreeText, Place

LONGEST = 80  # A longer code is none.
DEEPEST = 60  # No lawful invoice nests deeper; a hostile one may.
MOST = 100_000  # Parts of shapes kept; then the older half goes, so that memory stays flat.
MOST_TAGS = 10_000  # Tags kept; no standard has as many.
FREE = object()  # Stands for a text that the shape does not carry.
NOT_CODES = frozenset({"cbc:ItemClassificationCode", "ram:ClassCode", "ram:PostcodeCode"})
CODES = frozenset({
    "cbc:CustomizationID", "cbc:ProfileID", "cbc:ChargeIndicator", "cbc:Percent",
    "udt:Indicator", "ram:CountryID", "ram:RateApplicablePercent",
})  # fmt: skip
# In these everything is a code.
CODED = frozenset({
    "cac:TaxScheme", "cac:TaxCategory", "cac:ClassifiedTaxCategory",
    "ram:GuidelineSpecifiedDocumentContextParameter",
    "ram:BusinessProcessSpecifiedDocumentContextParameter",
})  # fmt: skip
ATTRIBUTES = frozenset({
    "currencyID", "unitCode", "schemeID", "listID", "listVersionID", "mimeCode", "format",
    "schemeAgencyID", "listAgencyID", "languageID",
})  # fmt: skip

Key = TypeVar("Key")
Value = TypeVar("Value")


class Shape:
    """One kind of place. Places of the same shape share the object; it stays as it was made."""

    __slots__ = (
        "_attributes", "_tags", "full", "has_blanks", "inside", "met", "parts", "plans", "said",
        "tag",
    )  # fmt: skip

    def __init__(
        self, tag: str, parts: "tuple[Shape, ...]", said: object, full: bool,
        attributes: dict[str, object],
    ) -> None:  # fmt: skip
        self.tag = tag
        self.parts = parts
        self.said = said  # The text, None for none, or FREE.
        self.full = full  # Whether more than blanks is written in it, if nothing stands below.
        self._attributes = attributes
        # Every tag and, with an @, every attribute that occurs here or below.
        self.inside: frozenset[str] = frozenset([tag, *[f"@{name}" for name in attributes]]).union(
            *[part.inside for part in parts]
        )
        # Whether it, or anything below, has nothing below and says nothing.
        self.has_blanks: bool = any([part.has_blanks for part in parts]) if parts else not full
        self._tags: dict[str, list[Place]] | None = None  # Its parts, once a rule looks for one.
        # For whoever asks (plan.py): what is left to ask, and how often it was met.
        self.plans: dict[object, Any] = {}
        self.met: dict[object, int] = {}

    @property
    def text(self) -> str | None:
        if self.said is FREE:
            raise FreeText(self.tag)
        return self.said  # type: ignore[return-value]  # A text or None, then.

    def itertext(self) -> Iterator[str]:
        raise FreeText(self.tag)

    def get(self, key: str) -> str | None:
        found = self._attributes.get(key)
        if found is FREE:
            raise FreeText(f"@{key}")
        return found  # type: ignore[return-value]  # A text or None, then.

    def keys(self) -> Iterable[str]:
        return self._attributes.keys()

    def items(self) -> Iterable[tuple[str, str]]:
        return ((name, self.get(name) or "") for name in self._attributes)

    def find(self, path: str) -> "Shape | None":
        found = self._by_tag().get(path)
        return found[0] if found else None  # type: ignore[return-value]  # Parts are shapes.

    def findall(self, path: str) -> list[Place]:
        found = self._by_tag().get(path)
        return [*found] if found else []

    def _by_tag(self) -> "dict[str, list[Place]]":
        found = self._tags
        if found is None:
            found = self._tags = {}
            for part in self.parts:
                found.setdefault(part.tag, []).append(part)
        return found

    def iter(self, tag: str | None = None) -> "Iterator[Shape]":
        if tag is None or self.tag == tag:
            yield self
        for part in self.parts:
            if tag is None or tag in part.inside:
                yield from part.iter(tag)

    def __len__(self) -> int:
        return len(self.parts)

    def __iter__(self) -> "Iterator[Shape]":
        return iter(self.parts)

    def __getitem__(self, at: int) -> "Shape":
        return self.parts[at]


class Recent(dict[Key, Value], Generic[Key, Value]):
    """What was met lately: the newer half as a dictionary, so that looking there costs nothing
    more, and behind it the older one, until `turn` drops what was not met since the last turn.
    """

    def __init__(self) -> None:
        super().__init__()
        self.older: dict[Key, Value] = {}

    def again(self, key: Key) -> Value | None:
        """Bring what the older half has under the key into the newer one; None: nothing."""
        found = self.older.pop(key, None)
        if found is not None:
            self[key] = found
        return found

    def turn(self) -> None:
        self.older = dict(self)
        super().clear()

    def clear(self) -> None:
        super().clear()
        self.older.clear()


class Shapes:
    """The shapes met lately. `short` gives a tag its prefix."""

    def __init__(self, short: Callable[[str], str]) -> None:
        self.tags = _Tags(short)
        self.known: Recent[tuple[object, ...], Shape] = Recent()
        self.newer = self.older = 0  # Parts in each half of them.

    @property
    def held(self) -> int:
        return self.newer + self.older

    def of(self, root: Place, tag: str) -> Shape:
        """The shape of an element, which with all below it gets its short tag.

        :raises RecursionError: if it is nested deeper than any invoice.
        """
        if self.newer > MOST // 2:
            self.turn()
        root.tag = tag
        return self._of(root, tag, 0)

    def turn(self) -> None:
        """Drop the shapes that were not met since the last turn.

        Parts are looked up before the whole, so that no newer shape has an older one below it.
        """
        if len(self.tags) >= MOST_TAGS:
            self.tags.clear()
        self.known.turn()
        self.newer, self.older = 0, self.newer

    def forget(self) -> None:
        """Begin anew, with the memory free."""
        self.known.clear()
        self.tags.clear()
        self.newer = self.older = 0

    def _of(self, place: Place, tag: str, depth: int) -> Shape:
        if depth > DEEPEST:
            raise RecursionError("nested too deeply")
        tags, known = self.tags, self.known
        coded = tag in CODED
        parts: list[Shape] = []
        for child in place:
            name, is_code, plain = tags[child.tag]
            child.tag = name
            if len(child):
                parts.append(self._of(child, name, depth + 1))
                continue
            words, items = child.text, child.items()
            said: object = words
            # A text beyond "!" does not begin with a blank.
            full = words is not None and (words > "!" or words.strip(WHITE) != "")
            if full and not (coded or is_code):
                if not items:
                    parts.append(plain)
                    continue
                said = FREE
            key = (name, said, full, *items)
            found = known.get(key)
            if found is None:
                found = self._leaf(name, words, said, full, items, key)
            parts.append(found)
        key = (tag, *parts, *place.items())
        found = known.get(key)
        return self._branch(place, tag, tuple(parts)) if found is None else found

    def _leaf(
        self, tag: str, words: str | None, said: object, full: bool,
        items: Iterable[tuple[str, str]], key: tuple[object, ...],
    ) -> Shape:  # fmt: skip
        if said is not FREE and words and len(words) > LONGEST:
            said = FREE
        attributes = _coded(items)
        if said != key[1] or any(value is FREE for value in attributes.values()):
            # Its key says more than its shape: it is looked up by what it is.
            key = (tag, said, full, *attributes.items())
        found = self._met(key)
        return self._keep(key, Shape(tag, (), said, full, attributes)) if found is None else found

    def _branch(self, place: Place, tag: str, parts: tuple[Shape, ...]) -> Shape:
        attributes = _coded(place.items())
        key = (tag, *parts, *attributes.items())
        found = self._met(key)
        return (
            self._keep(key, Shape(tag, parts, FREE, False, attributes)) if found is None else found
        )

    def _met(self, key: tuple[object, ...]) -> Shape | None:
        found = self.known.get(key)
        if found is None and (found := self.known.again(key)) is not None:
            self.newer += len(key) + 3
            self.older -= len(key) + 3
        return found

    def _keep(self, key: tuple[object, ...], shape: Shape) -> Shape:
        self.known[key] = shape
        self.newer += len(key) + 3
        return shape


def _coded(items: Iterable[tuple[str, str]]) -> dict[str, object]:
    return {
        name: value if name in ATTRIBUTES and len(value) <= LONGEST else FREE
        for name, value in items
    }


class _Tags(dict[str, tuple[str, bool, Shape]]):
    """By long tag: the short one, whether it holds a code, and its shape with any text in it."""

    def __init__(self, short: Callable[[str], str]) -> None:
        super().__init__()
        self.short = short

    def __missing__(self, long: str) -> tuple[str, bool, Shape]:
        tag = self.short(long)
        if tag != long:  # One shape, too, for a tree whose tags are short by now.
            found = self[tag]
            if len(self) < MOST_TAGS:
                self[long] = found
            return found
        is_code = tag in CODES or (tag.endswith("Code") and tag not in NOT_CODES)
        found = (tag, is_code, Shape(tag, (), FREE, True, {}))
        if len(self) < MOST_TAGS:
            self[long] = found
        return found
