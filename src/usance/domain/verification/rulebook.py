"""One rule, one function; a book of rules, one walk through the document.

A rule says where it looks (a path such as "cac:InvoiceLine" or "/Invoice/cac:TaxTotal") and whether
what stands there is right. Its docstring is what people read when it is not. A book compiles the
paths of its rules into states, made as documents need them, so that each element costs one look-up
and only meets the rules about it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict

from ..finding import Finding, Severity
from .document import Document
from .reading import Place

Holds = Callable[..., bool | tuple[Place, ...]]
Key = Callable[[Place, Document], "str | Iterable[str]"]
DEEPEST = 60  # No lawful invoice nests deeper; a hostile one may.
WIDEST = 20_000  # States kept per book: far above what the schemas can name.


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A rule set as it was published, and the days on which it is the law."""

    name: str
    version: str
    valid_from: date
    valid_until: date | None = None
    rules: tuple[Rule, ...] = ()


class State:
    """A path in a document, the rules that look there and the states of the children."""

    __slots__ = ("attributed", "book", "busy", "children", "depth", "path", "rules", "switches")

    def __init__(self, book: "Book", path: str, depth: int) -> None:
        self.book = book
        self.path = path
        self.depth = depth
        found = book.rules_at(path)
        self.rules = [_ready(rule) for rule in found if rule.at.kind is None]
        switches = _switches(found)
        # Few places have attributes, so that most of the rules about them are never asked.
        self.attributed = switches.pop(own_attributes, {})
        self.switches = tuple(switches.items())
        self.busy = bool(found)
        self.children: dict[str, State] = {}

    def child(self, tag: str) -> "State":
        made = State(self.book, f"{self.path}/{tag}", self.depth + 1)
        if self.book.states < WIDEST:
            self.book.states += 1
            self.children[tag] = made
        return made


class Book:
    """The rules for one syntax and profile, ready to judge."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.states = 0
        self.pages = [(pattern, rule) for rule in rules for pattern in map(_pattern, rule.at.where)]
        self.root = State(self, "", 0)

    def rules_at(self, path: str) -> tuple[Rule, ...]:
        return tuple(dict.fromkeys(rule for pattern, rule in self.pages if pattern.search(path)))

    def judge(self, document: Document) -> list[Finding]:
        """Every finding of every rule, in document order."""
        root = document.root
        state = self.root.children.get(root.tag) or self.root.child(root.tag)
        document.parents.clear()
        findings = _Findings(document)
        _visit(root, state, document, findings)
        return findings.found


class _Findings:
    __slots__ = ("document", "found", "once")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: list[Finding] = []
        self.once: set[str] = set()

    def add(self, rule: Rule, place: Place, note: str = "") -> None:
        if rule.once:
            if rule.id in self.once:
                return
            self.once.add(rule.id)
        self.found.append(
            Finding(
                code=rule.id,
                says=f"{rule.says} ({note})" if note else rule.says,
                where=self.document.xpath(place),
                severity=rule.severity,
            )
        )


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


def _chosen(state: State, place: Place, document: Document) -> list[Ready]:
    """The rules that a place asks for by its kind."""
    found: list[Ready] = []
    for key, table in state.switches:
        try:
            kinds = key(place, document)
        except (ValueError, ArithmeticError):
            # What cannot be told apart is asked nothing here; other rules say what is wrong.
            continue
        for kind in (kinds,) if isinstance(kinds, str) else kinds:
            if kind in table:
                found += table[kind]
    return found


def _apply(rules: Iterable[Ready], place: Place, document: Document, findings: _Findings) -> None:
    for rule, when, holds, paths in rules:
        try:
            if when is not None and not when(place, document):
                continue
            answer = holds(place, document, *paths)
        except (ValueError, ArithmeticError) as fault:
            # The official artefacts stop here; we say which rule could not be kept, and go on.
            findings.add(rule, place, str(fault))
            continue
        if answer is not True:
            # A rule about the whole document names the places that break it.
            for wrong in answer if isinstance(answer, tuple) else (place,):
                findings.add(rule, wrong)


def _ask(place: Place, state: State, document: Document, findings: _Findings) -> None:
    if state.rules:
        _apply(state.rules, place, document, findings)
    if state.attributed:
        for name in place.keys():  # noqa: SIM118  # An element is no dict.
            if name in state.attributed:
                _apply(state.attributed[name], place, document, findings)
    if state.switches:
        _apply(_chosen(state, place, document), place, document, findings)


def _visit(place: Place, state: State, document: Document, findings: _Findings) -> None:
    _ask(place, state, document, findings)
    if state.depth >= DEEPEST:
        raise RecursionError("nested too deeply")
    document.parents.append(place)
    known = state.children
    for child in place:
        below = known.get(child.tag)
        if below is None:
            below = state.child(child.tag)
        if len(child):
            _visit(child, below, document, findings)
        elif below.busy:
            _ask(child, below, document, findings)
    document.parents.pop()


def _pattern(where: str) -> re.Pattern[str]:
    """ "/a/b" is anchored, "a/b" matches anywhere, "*" is any name, "*Amount" any such name."""
    start = "^" if where.startswith("/") else "/"
    body = where.removeprefix("/")
    names = (re.escape(step).replace(r"\*", "[^/]*") for step in body.split("/"))
    return re.compile(f"{start}{'/' if start == '^' else ''}{'/'.join(names)}$")


def only(rules: Iterable[Rule], syntax: str) -> Iterator[Rule]:
    return (rule for rule in rules if rule.syntax == syntax)
