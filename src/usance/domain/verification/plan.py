"""What is left to ask of a place, once its shape is known; and the walk that asks it.

Most rules ask which elements and codes are there. They are asked of the shape (shape.py), once; a
rule that holds for it holds for every place of this shape and is not asked again. What needs a text
is asked of each place; what is wrong, too, for it must be named. A text of a place with nothing
below is asked once as well: whether “2026-11-22” is a date does not change.

So nothing here decides: every answer comes from the rules, and the same rules are asked of a
document that nobody has seen before.
"""

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
    """The rules that the shape of a place leaves open, and the parts below with such rules.

    A shape met once may never come again: at first all rules stand open. The second time we learn.
    """

    __slots__ = ("below", "learnt", "open", "shape", "state", "switches", "texts")

    def __init__(self, state: State, shape: Shape, document: Document) -> None:
        self.state = state
        self.shape = shape
        self.learnt = False
        self.open = [*state.rules]
        for name in shape.keys():  # noqa: SIM118  # A shape is no dict.
            self.open += state.attributed.get(name, ())
        self.switches = state.switches
        # Of a place with nothing below: the rules that each text leaves open.
        self.texts: dict[str | None, tuple[Ready, ...]] = {}
        self._look_below(document)
        if not shape.parts:
            self.learn(document)

    @property
    def idle(self) -> bool:
        return not (self.open or self.switches or self.below)

    def learn(self, document: Document) -> None:
        """Keep only what the shape leaves open."""
        self.learnt = True
        chosen, self.switches = _decided(self.switches, self.shape, document)
        self.open = list(_left_open(self.open + chosen, self.shape, document))
        self._look_below(document)

    def _look_below(self, document: Document) -> None:
        around = document if isinstance(document, _Nowhere) else _nowhere(document.syntax)
        parts = enumerate(self.shape.parts)
        plans = [(at, plan_of(self.state.child(part.tag), part, around)) for at, part in parts]
        self.below = tuple((at, plan) for at, plan in plans if not plan.idle)


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


def plan_of(state: State, shape: Shape, document: Document) -> Plan:
    """The plan for places of a shape under this path."""
    found: Plan | None = shape.plans.get(state)
    if found is None:
        found = shape.plans[state] = Plan(state, shape, document)
    elif not found.learnt:
        found.learn(document)
    return found


def ask(book: Book, document: Document) -> list[Finding]:
    """Every finding of every rule of a book, in document order."""
    shape, root = document.shape, document.root
    state = book.root.child(root.tag)
    plan = shape.plans.get(state)
    if plan is None or not plan.learnt:
        plan = plan_of(state, shape, Document(shape, document.syntax, shape))
    document.parents.clear()
    findings = _Findings(document)
    _visit(root, plan, document, findings)
    return findings.found


def _visit(place: Place, plan: Plan, document: Document, findings: "_Findings") -> None:
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
    switches: "tuple[Switch, ...]", shape: Shape, document: Document
) -> "tuple[list[Ready], tuple[Switch, ...]]":
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
        self.found.append(
            Finding(
                code=rule.id,
                says=f"{rule.says} ({note})" if note else rule.says,
                where=self.document.xpath(place),
                severity=rule.severity,
            )
        )


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
