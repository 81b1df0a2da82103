"""One rule, one function; a book of rules, ready to be asked (plan.py asks them).

A rule says where it looks (a path such as "cac:InvoiceLine" or "/Invoice/cac:TaxTotal") and whether
what stands there is right. Its docstring is what people read when it is not. A book compiles the
paths of its rules into states, made as documents need them: a place only meets the rules about it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TypedDict

from ..finding import Severity
from .document import Document
from .reading import Place

Holds = Callable[..., bool | tuple[Place, ...]]
Key = Callable[[Place, Document], "str | Iterable[str]"]
_TERM = re.compile(r"B[TG]-\d+")
WIDEST = 20_000  # States kept per book, and paths per section: far above what the schemas can name.


@dataclass(frozen=True, slots=True)
class At:
    """Where a rule looks in one syntax, and the paths its function is given there."""

    where: tuple[str, ...]
    paths: tuple[object, ...] = ()
    when: Callable[[Place, Document], bool] | None = None
    # A key and its value: the key is worked out once for all the rules that share it, and only
    # those with this value are asked.
    kind: "tuple[Key, str] | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    id: str
    severity: Severity
    says: str
    syntax: str  # "ubl" or "cii"
    at: At
    holds: Holds
    once: bool = False  # Report the first place only.

    @property
    def terms(self) -> frozenset[str]:
        """The terms of EN 16931 that it is about, as its words name them; none: about writing."""
        return frozenset(_TERM.findall(self.says))


def own_attributes(place: Place, _: Document) -> Iterable[str]:
    """The key of rules about an attribute: only asked of places that have it."""
    return place.keys()


def at(
    where: str,
    *paths: object,
    when: Callable[[Place, Document], bool] | None = None,
    kind: "tuple[Key, str] | None" = None,
) -> At:
    """`where`: one or more paths, with " | " between them; `paths`: what the function is given."""
    return At(tuple(where.split(" | ")), paths, when, kind)


class Bound(TypedDict, total=False):
    """Where a rule looks, by syntax."""

    ubl: At
    cii: At


@dataclass(slots=True)
class Chapter:
    """The rules of one file, in the order in which they stand there."""

    rules: list[Rule] = field(default_factory=list)

    def rule(
        self,
        id: str,
        *,
        ubl: At | None = None,
        cii: At | None = None,
        severity: Severity = Severity.FATAL,
        says: str = "",
        once: bool = False,
    ) -> Callable[[Holds], Holds]:
        """Enter a function (place, document, *paths) -> bool under its official id."""

        def enter(holds: Holds) -> Holds:
            words = " ".join((says or holds.__doc__ or "").split())
            assert words, f"{id} has no words"
            for syntax, place in (("ubl", ubl), ("cii", cii)):
                if place is not None:
                    self.rules.append(Rule(id, severity, words, syntax, place, holds, once))
            return holds

        return enter


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Release:
    """A rule set as it was published, and the days on which it is the law."""

    name: str
    version: str
    valid_from: date
    valid_until: date | None = None
    rules: tuple[Rule, ...] = ()


class State:
    """A path in a document and the rules that look there, with the states of what is below."""

    __slots__ = ("attributed", "book", "children", "is_bare", "path", "rules", "switches")

    def __init__(self, book: "Book", path: tuple[str, ...]) -> None:
        self.book = book
        self.path = path
        found = book.rules_at(path)
        self.rules = [_ready(rule) for rule in found if rule.at.kind is None]
        switches = _switches(found)
        # Few places have attributes, so that most of the rules about them are never asked.
        self.attributed = switches.pop(own_attributes, {})
        self.switches = tuple(switches.items())
        self.is_bare = not found  # No rule looks here.
        self.children: dict[str, State] = {}

    def child(self, tag: str) -> "State":
        found = self.children.get(tag)
        if found is None:
            found = State(self.book, (*self.path, tag))
            if self.book.states < WIDEST:
                self.book.states += 1
                self.children[tag] = found
        return found


class Section:
    """Rules that are in force together: those of one release for one syntax, or of one country.

    Books share it, so that where its rules look is worked out once.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        # By the name that a path must end with; those with a star there go to each name they fit.
        self.pages: dict[str, list[tuple[int, _Way, Rule]]] = {}
        self.stars: list[tuple[int, _Way, Rule]] = []
        self.fitting: dict[str, list[tuple[int, _Way, Rule]]] = {}
        for number, rule in enumerate(rules):
            for where in rule.at.where:
                way = _way(where)
                if "*" in way.steps[-1]:
                    self.stars.append((number, way, rule))
                else:
                    self.pages.setdefault(way.steps[-1], []).append((number, way, rule))
        self.found: dict[tuple[str, ...], tuple[Rule, ...]] = {}

    def rules_at(self, path: tuple[str, ...]) -> tuple[Rule, ...]:
        """The rules that look at a path, in the order in which they were entered."""
        known = self.found.get(path)
        if known is not None:
            return known
        pages = self._pages(path[-1]) if path else ()
        found = {number: rule for number, way, rule in pages if way.leads(path)}
        rules = tuple([found[number] for number in sorted(found)])
        if len(self.found) < WIDEST:
            self.found[path] = rules
        return rules

    def _pages(self, last: str) -> list[tuple[int, "_Way", Rule]]:
        """The rules whose way may end with this name."""
        found = self.fitting.get(last)
        if found is None:
            fitting = [one for one in self.stars if _fits(one[1].steps[-1], last)]
            found = [*self.pages.get(last, ()), *fitting]
            if len(self.fitting) < WIDEST:
                self.fitting[last] = found
        return found


class Book:
    """The rules for one syntax and profile, ready to judge."""

    def __init__(self, sections: Iterable[Section]) -> None:
        self.sections = tuple(sections)
        self.states = 0
        # What its rules needed in vain (plan.py): of a shape alone, and in the shape of a document.
        self.vain_alone: dict[Rule, str] = {}
        self.vain_within: dict[Rule, str] = {}
        self.root = State(self, ())

    def rules_at(self, path: tuple[str, ...]) -> tuple[Rule, ...]:
        """The rules that look at a path, section by section."""
        return tuple(rule for section in self.sections for rule in section.rules_at(path))


Ready = tuple[Rule, "Callable[[Place, Document], bool] | None", Holds, tuple[object, ...]]


def _ready(rule: Rule) -> Ready:
    """A rule taken apart, so that asking it costs no look-ups."""
    return rule, rule.at.when, rule.holds, rule.at.paths


def _switches(rules: Iterable[Rule]) -> "dict[Key, dict[str, list[Ready]]]":
    switches: dict[Key, dict[str, list[Ready]]] = {}
    for rule in rules:
        if rule.at.kind is not None:
            key, value = rule.at.kind
            switches.setdefault(key, {}).setdefault(value, []).append(_ready(rule))
    return switches


@dataclass(frozen=True, slots=True)
class _Way:
    """ "/a/b" begins at the root, "a/b" matches anywhere, "*" is any name, "*Amount" any such."""

    steps: tuple[str, ...]
    from_root: bool
    is_plain: bool  # Without a star.

    def leads(self, path: tuple[str, ...]) -> bool:
        """Whether it ends at this path."""
        count = len(self.steps)
        if count != len(path) if self.from_root else count > len(path):
            return False
        end = path[-count:]
        return end == self.steps if self.is_plain else all(map(_fits, self.steps, end))


@cache
def _way(where: str) -> _Way:
    steps = tuple(where.removeprefix("/").split("/"))
    return _Way(steps, where.startswith("/"), "*" not in where)


def _fits(step: str, name: str) -> bool:
    if "*" not in step:
        return step == name
    start, _, end = step.partition("*")
    return len(name) >= len(step) - 1 and name.startswith(start) and name.endswith(end)


def only(rules: Iterable[Rule], syntax: str) -> Iterator[Rule]:
    return (rule for rule in rules if rule.syntax == syntax)
