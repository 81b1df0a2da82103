"""A written invoice as the rules see it: its root, its shape, and where each place is."""

from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

from ..finding import Finding
from .reading import Place
from .shape import Shape

T = TypeVar("T")


class Document:
    """One invoice to judge. `parents` are the places above the one that a rule is looking at."""

    __slots__ = ("facts", "findings", "found", "numbers", "parents", "root", "shape", "syntax")

    def __init__(self, root: Place, syntax: str, shape: Shape) -> None:
        self.root = root
        self.syntax = syntax  # "ubl" or "cii"
        self.shape = shape  # Of the root.
        self.parents: list[Place] = []
        self.facts: dict[object, object] = {}
        # By place and tag those below it, for ways to places.
        self.numbers: dict[Place, dict[str, dict[Place, int]]] = {}
        self.found: dict[str, list[Place]] = {}
        # By rule and place: neither what a rule says nor where a place is depends on the texts.
        self.findings: dict[tuple[object, Place], Finding] = {}

    @property
    def attributes(self) -> frozenset[str]:
        """Every attribute name that occurs."""
        return frozenset(name[1:] for name in self.shape.inside if name.startswith("@"))

    def all(self, tag: str) -> list[Place]:
        """Every place with this tag, at any depth, in document order."""
        if tag not in self.shape.inside:
            return []
        if tag not in self.found:
            self.found[tag] = list(self.root.iter(tag))
        return self.found[tag]

    def above(self, levels: int = 1) -> Place:
        return self.parents[-levels]

    def inside(self, tag: str) -> bool:
        return any(place.tag == tag for place in self.parents)

    def fact(self, work_out: "Callable[[Document], T]") -> T:
        """What `work_out` says about this document, asked once."""
        found = self.facts.get(work_out, self)
        if found is self:  # No fact is a document.
            found = self.facts[work_out] = work_out(self)
        return found  # type: ignore[return-value]  # Kept under the function that made it.

    def xpath(self, place: Place) -> str:
        """The way to a place, with a number where brothers share a tag."""
        if place is self.root and not self.parents:
            return f"/{place.tag}"
        way = [*self.parents, place]
        above = self.parents[-1] if self.parents else None
        if place is not self.root and (above is None or place not in self._numbers(above, place)):
            way = self._way(place)
        found = [f"/{way[0].tag}"]
        for parent, child in pairwise(way):
            numbers = self._numbers(parent, child)
            found.append(f"/{child.tag}[{numbers[child]}]" if len(numbers) > 1 else f"/{child.tag}")
        return "".join(found)

    def _numbers(self, parent: Place, child: Place) -> dict[Place, int]:
        """Those below a place that share a child's tag, with their numbers."""
        found = self.numbers.get(parent)
        if found is None:
            found = self.numbers[parent] = {}  # All at once: a stranger may write many tags.
            for one in parent:
                brothers = found.setdefault(one.tag, {})
                brothers[one] = len(brothers) + 1
        return found.get(child.tag, {})

    def _way(self, place: Place) -> list[Place]:
        above = self.fact(_above)
        way = [place]
        while way[-1] in above:
            way.append(above[way[-1]])
        return way[::-1] if way[-1] is self.root else [self.root]


def _above(document: Document) -> dict[Place, Place]:
    """By place the one in which it stands."""
    found: dict[Place, Place] = {}
    waiting = [document.root]
    while waiting:
        parent = waiting.pop()
        for child in parent:
            found[child] = parent
            if len(child):
                waiting.append(child)
    return found
