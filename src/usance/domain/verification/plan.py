"""What is left to ask of a place, once its shape is known; and the walk that asks it.

Most rules ask which elements and codes are there. They are asked of the shape (shape.py), once; a
rule that holds for it holds for every place of this shape and is not asked again. What needs a text
is asked of each place; what is wrong, too, for it must be named. A text of a place with nothing
below is asked once as well: whether “2026-11-22” is a date does not change.

So nothing here decides: every answer comes from the rules, and the same rules are asked of a
document that nobody has seen before.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from functools import cache, lru_cache

from ..finding import Finding
from .document import Document
from .reading import FreeText, Place
from .rulebook import Book, Key, Ready, Rule, State
from .shape import Shape

# By rule the tag or attribute whose text it needed when it was asked of a shape; "": the document.
Vain = dict[Rule, str]
Switch = tuple[Key, dict[str, list[Ready]]]
FIT = 3  # How often a shape is met before its plan is fitted to the whole of it.
LONG = 400  # Characters of a way to a place; the finding at a longer one is not kept.
TEXTS = 300  # Texts remembered for a place; then we begin anew.


class Plan:
    """The rules that the shape of a place leaves open, and the parts below with such rules."""

    __slots__ = ("below", "is_idle", "is_leaf", "open", "switches", "texts")

    def __init__(
        self, rules: list[Ready], switches: tuple[Switch, ...], below: tuple[Below, ...],
        *, is_leaf: bool,
    ) -> None:  # fmt: skip
        self.open = rules
        self.switches = switches
        self.below = below
        self.is_idle = not (rules or switches or below)
        self.is_leaf = is_leaf  # Nothing stands below, so that its text is all that it says.
        # Of a leaf: the rules that each text leaves open.
        self.texts: dict[str | None, list[Ready]] = {}

    def less(self, shape: Shape, document: Document, vain: Vain) -> Plan:
        """What is left to ask when more is known of the document around."""
        rules, switches = _open(self.open, self.switches, shape, document, vain)
        document.parents.append(shape)
        parts = [(at, plan.less(shape[at], document, vain)) for at, plan in self.below]
        document.parents.pop()
        below = tuple(part for part in parts if not part[1].is_idle)
        if rules == self.open and switches == self.switches and below == self.below:
            return self  # With the texts that it remembers.
        return Plan(rules, switches, below, is_leaf=self.is_leaf)


Below = tuple[int, Plan]


class _Nowhere(Document):
    """Around a place of which only the shape is known: whoever looks there must come again."""

    __slots__ = ()

    def __init__(self, syntax: str) -> None:
        self.syntax = syntax

    def __getattribute__(self, name: str) -> object:
        if name == "syntax":
            return object.__getattribute__(self, name)
        raise FreeText("")


@cache
def _nowhere(syntax: str) -> _Nowhere:
    return _Nowhere(syntax)


def plan_of(state: State, shape: Shape, around: Document) -> Plan:
    """The plan for places of a shape under this path, wherever they stand."""
    rules = state.rules
    if state.attributed:
        for name in shape.keys():  # noqa: SIM118  # A shape is no dict.
            rules = rules + state.attributed.get(name, [])
    rules, switches = _open(rules, state.switches, shape, around, state.book.vain_alone)
    below: list[Below] = []
    for at, part in enumerate(shape.parts):
        under = state.child(part.tag)
        if under.is_bare and not part.parts:
            continue
        plan = part.plans.get(under) or plan_of(under, part, around)
        if not plan.is_idle:
            below.append((at, plan))
    found = Plan(rules, switches, tuple(below), is_leaf=not (switches or shape.parts))
    shape.plans[state] = found
    return found


def _open(
    rules: list[Ready], switches: tuple[Switch, ...], shape: Shape, document: Document, vain: Vain
) -> tuple[list[Ready], tuple[Switch, ...]]:
    """The rules and switches that are left open by a shape and what is known around it."""
    if switches:
        chosen, switches = _decided(switches, shape, document)
        rules = rules + chosen
    return (_left_open(rules, shape, document, shape.inside, vain) if rules else rules), switches


def _plan(book: Book, document: Document) -> Plan:
    """The plan for a whole document: fitted to it when its shape is met again, for many are not."""
    shape = document.shape
    state = book.root.child(shape.tag)
    found: Plan = shape.plans.get(state) or plan_of(state, shape, _nowhere(document.syntax))
    met = shape.met[state] = shape.met.get(state, 0) + 1
    if met == FIT:
        around = Document(shape, document.syntax, shape)
        found = shape.plans[state] = found.less(shape, around, book.vain_within)
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
        if not below.is_leaf:
            _visit(child, below, document, findings)
            continue
        words = child.text
        left = below.texts.get(words)
        if left is None:
            left = _of_text(below, child, document.syntax)
        if left:
            _apply(left, child, document, findings)
    document.parents.pop()


def _of_text(plan: Plan, place: Place, syntax: str) -> list[Ready]:
    """The rules that the text of a place leaves open."""
    left = _left_open(plan.open, place, _nowhere(syntax), (), {})
    if len(plan.texts) >= TEXTS:
        plan.texts.clear()
    plan.texts[place.text] = left
    return left


def _left_open(
    rules: Iterable[Ready], place: Place, document: Document, there: Container[str], vain: Vain
) -> list[Ready]:
    """The rules that do not hold for sure, told what is known of the place and the document.

    A rule that needed a text last time is not asked in vain where one like it stands again.
    """
    left: list[Ready] = []
    for ready in rules:
        rule, when, holds, paths = ready
        need = vain.get(rule)
        if need is not None and (not need or need in there):
            left.append(ready)
            continue
        try:
            if (when is None or when(place, document)) and holds(
                place, document, *paths
            ) is not True:
                left.append(ready)
        except FreeText as text:
            vain[rule] = text.args[0]
            left.append(ready)
        except (ValueError, ArithmeticError):
            left.append(ready)
    return left


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
            says = f"{rule.says} ({note})" if note else rule.says
            where = self.document.xpath(place)
            # A stranger's tags, and what is quoted, may be long and never come again.
            found = (_worded if note or len(where) > LONG else _kept)(rule, says, where)
            if not note:
                known[rule, place] = found
        self.found.append(found)


def _worded(rule: Rule, says: str, where: str) -> Finding:
    return Finding(code=rule.id, says=says, where=where, severity=rule.severity)


# Who breaks a rule mostly breaks it at the same place as others.
_kept = lru_cache(maxsize=5_000)(_worded)


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
