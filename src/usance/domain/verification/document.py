"""A written invoice as the rules see it: its root, its shape, and where each place is."""

from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar, cast

from ..finding import Finding
from .reading import Place
from .shape import Shape

T = TypeVar("T")


class Document:
    """One invoice to judge. `parents` are the places above the one that a rule is looking at."""

    __slots__ = ("facts", "findings", "found", "parents", "root", "shape", "syntax")

    def __init__(self, root: Place, syntax: str, shape: Shape) -> None:
        self.root = root
        self.syntax = syntax  # "ubl" or "cii"
        self.shape = shape  # Of the root.
        self.parents: list[Place] = []
        self.facts: dict[object, object] = {}
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
        if work_out not in self.facts:
            self.facts[work_out] = work_out(self)
        return cast(T, self.facts[work_out])

    def xpath(self, place: Place) -> str:
        """The way to a place, with a number where brothers share a tag."""
        way = [*self.parents, place]
        above = self.parents[-1] if self.parents else None
        if place is not self.root and (above is None or all(c is not place for c in above)):
            way = _search(self.root, place) or [self.root]
        found = [f"/{way[0].tag}"]
        for parent, child in pairwise(way):
            same = parent.findall(child.tag)
            number = f"[{_position(same, child)}]" if len(same) > 1 else ""
            found.append(f"/{child.tag}{number}")
        return "".join(found)


def _search(parent: Place, place: Place) -> list[Place]:
    for child in parent:
        if child is place:
            return [parent, child]
        if len(child) and (found := _search(child, place)):
            return [parent, *found]
    return []


def _position(places: list[Place], place: Place) -> int:
    return next(number for number, one in enumerate(places, 1) if one is place)
