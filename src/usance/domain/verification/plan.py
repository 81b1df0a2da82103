"""What is left to ask of a place, once its shape is known; and the walk that asks it.

Most rules ask which elements and codes are there. They are asked of the shape (shape.py), once; a
rule that holds for it holds for every place of this shape and is not asked again. What needs a text
is asked of each place; what is wrong, too, for it must be named. A text of a place with nothing
below is asked once as well: whether “2026-11-22” is a date does not change.

So nothing here decides: every answer comes from the rules, and the same rules are asked of a
document that nobody has seen before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from ..finding import Finding
from .document import Document
from .reading import FreeText, Place
from .rulebook import Book, Key, Ready, Rule, State
from .shape import Shape

Switch = tuple[Key, dict[str, list[Ready]]]
TEXTS = 300  # Texts remembered for a place; then we begin anew.


class Plan:
    """The rules that the shape of a place leaves open, and the parts below with such rules."""

    __slots__ = ("below", "open", "switches", "texts")

    def __init__(
        self, rules: list[Ready], switches: tuple[Switch, ...], below: tuple[Below, ...]
    ) -> None:
        self.open = rules
        self.switches = switches
        self.below = tuple((at, plan) for at, plan in below if not plan.idle)
        # Of a place with nothing below: the rules that each text leaves open.
        self.texts: dict[str | None, tuple[Ready, ...]] = {}

    @property
    def idle(self) -> bool:
        return not (self.open or self.switches or self.below)

    def less(self, shape: Shape, document: Document) -> Plan:
        """What is left to ask when more is known of the document around."""
        chosen, switches = _decided(self.switches, shape, document)
        rules = list(_left_open(self.open + chosen, shape, document))
        if isinstance(document, _Nowhere):
            return Plan(rules, switches, self.below)
        document.parents.append(shape)
        below = tuple((at, plan.less(shape[at], document)) for at, plan in self.below)
        document.parents.pop()
        if rules == self.open and switches == self.switches and below == self.below:
            return self  # With the texts that it remembers.
        return Plan(rules, switches, below)


Below = tuple[int, Plan]


class _Nowhere(Document):
    """Around a place of which only the shape is known: whoever looks there must come again."""

    __slots__ = ()

    def __init__(self, syntax: str) -> None:
        self.syntax = syntax

    def __getattribute__(self, name: str) -> object:
        if name == "syntax":
            return object.__getattribute__(self, name)
        raise FreeText(name)


@cache
def _nowhere(syntax: str) -> _Nowhere:
    return _Nowhere(syntax)


def plan_of(state: State, shape: Shape, around: Document) -> Plan:
    """The plan for places of a shape under this path, wherever they stand.

    A shape met once may never come again: at first all its rules stand open. Then we learn.
    """
    found: Plan | None = shape.plans.get(state)
    if found is not None:
        if state not in shape.learnt:
            shape.learnt.add(state)
            found = shape.plans[state] = _all(state, shape, around).less(shape, around)
        return found
    found = _all(state, shape, around)
    if not shape.parts:
        shape.learnt.add(state)
        found = found.less(shape, around)
    shape.plans[state] = found
    return found


def _all(state: State, shape: Shape, around: Document) -> Plan:
    rules = [*state.rules]
    for name in shape.keys():  # noqa: SIM118  # A shape is no dict.
        rules += state.attributed.get(name, ())
    parts = enumerate(shape.parts)
    below = tuple((at, plan_of(state.child(part.tag), part, around)) for at, part in parts)
    return Plan(rules, state.switches, below)


def _plan(book: Book, document: Document) -> Plan:
    """The plan for a whole document: fitted to it when its shape is met again."""
    shape = document.shape
    state = book.root.child(shape.tag)
    if state in shape.learnt:
        return shape.plans[state]  # type: ignore[no-any-return]  # Kept there below.
    around = _nowhere(document.syntax)
    if state not in shape.plans:
        found = _all(state, shape, around)
    else:
        shape.learnt.add(state)
        found = _all(state, shape, around).less(shape, Document(shape, document.syntax, shape))
    shape.plans[state] = found
    return found


def ask(book: Book, document: Document) -> list[Finding]:
    """Every finding of every rule of a book, in document order."""
    document.parents.clear()
    findings = _Findings(document)
    _visit(document.root, _plan(book, document), document, findings)
    return findings.found


def _visit(place: Place, plan: Plan, document: Document, findings: _Findings) -> None:
    if plan.open:
        _apply(plan.open, place, document, findings)
    for key, table in plan.switches:
        _apply(_chosen(key, table, place, document), place, document, findings)
    if not plan.below:
        return
    document.parents.append(place)
    for at, below in plan.below:
        child = place[at]
        if below.below or below.switches or len(child):
            _visit(child, below, document, findings)
            continue
        words = child.text
        left = below.texts.get(words)
        if left is None:
            left = _of_text(below, child, document.syntax)
        if left:
            _apply(left, child, document, findings)
    document.parents.pop()


def _of_text(plan: Plan, place: Place, syntax: str) -> tuple[Ready, ...]:
    """The rules that the text of a place leaves open."""
    left = tuple(_left_open(plan.open, place, _nowhere(syntax)))
    if len(plan.texts) >= TEXTS:
        plan.texts.clear()
    plan.texts[place.text] = left
    return left


def _left_open(rules: Iterable[Ready], place: Place, document: Document) -> Iterator[Ready]:
    """The rules that do not hold for sure, told what is known of the place and the document."""
    for ready in rules:
        _, when, holds, paths = ready
        try:
            if (when is None or when(place, document)) and holds(
                place, document, *paths
            ) is not True:
                yield ready
        except (FreeText, ValueError, ArithmeticError):
            yield ready


def _decided(
    switches: tuple[Switch, ...], shape: Shape, document: Document
) -> tuple[list[Ready], tuple[Switch, ...]]:
    """The rules that the kind of a place asks for, and the switches that its shape leaves open."""
    chosen: list[Ready] = []
    left: list[Switch] = []
    for key, table in switches:
        try:
            kinds = key(shape, document)
        except (FreeText, ValueError, ArithmeticError):
            left.append((key, table))
            continue
        chosen += _of_kinds(kinds, table)
    return chosen, tuple(left)


def _of_kinds(kinds: str | Iterable[str], table: dict[str, list[Ready]]) -> list[Ready]:
    names = (kinds,) if isinstance(kinds, str) else kinds
    return [ready for kind in names if kind in table for ready in table[kind]]


def _chosen(
    key: Key, table: dict[str, list[Ready]], place: Place, document: Document
) -> list[Ready]:
    """The rules that a place asks for by its kind."""
    try:
        return _of_kinds(key(place, document), table)
    except (ValueError, ArithmeticError):
        # What cannot be told apart is asked nothing here; other rules say what is wrong.
        return []


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
        known = self.document.findings
        found = None if note else known.get((rule, place))
        if found is None:
            found = Finding(
                code=rule.id,
                says=f"{rule.says} ({note})" if note else rule.says,
                where=self.document.xpath(place),
                severity=rule.severity,
            )
            if not note:
                known[rule, place] = found
        self.found.append(found)


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
