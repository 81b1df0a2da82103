"""Sentences that a factor puts in place of ours: which fields a letter has, and what may be said.

A template changes some fields of a letter in a language, the rest stays. It has names in braces and
`*strong*`, nothing else: no logic, no attribute, no markup of any press.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from usance.domain.finding import Finding

from .facts import CONFIRMED, LETTERS
from .languages import PLACEHOLDER, Texts, texts
from .told import NAMES

MOST_LINES = 20
LONGEST = 2000  # Characters of a line.
LONGEST_SUBJECT = 200
Fields = Mapping[str, str | list[str]]  # "title", "opening", "mail.subject", …

# What a field may not leave out, because the law, the payer or the clause stands on it.
REQUIRED: Mapping[tuple[str, str], frozenset[str]] = {
    **{
        (letter, field): frozenset(names)
        for letter in ("invoice", "confirmed")
        for field, names in (
            ("title", {"number"}),
            ("clause", {"factor"}),
            ("mail.subject", {"number"}),
            ("mail.opening", {"number", "factor"}),
        )
    },
    ("credit_note", "title"): frozenset({"number"}),
    ("credit_note", "clause"): frozenset({"factor"}),
    ("credit_note", "mail.subject"): frozenset({"number"}),
    ("notice", "scope_all"): frozenset({"factor"}),
    ("notice", "scope_listed"): frozenset({"factor"}),
    ("notice", "opening"): frozenset({"scope", "factor"}),
    ("notice", "mail.opening"): frozenset({"scope", "factor"}),
    **{("release", field): frozenset({"client"}) for field in ("title", "pay_untold")},
    **{
        ("release", field): frozenset({"client", "since", "pay"})
        for field in ("opening", "mail.opening")
    },
    **{
        (letter, field): frozenset({"amount", "pay_by"})
        for demanded in ("first_reminder", "second_reminder", "final_demand")
        for letter in (demanded, CONFIRMED[demanded])
        for field in ("opening", "mail.opening")
    },
    **{
        (letter, "closing"): frozenset({"pay_by", "factor"})
        for letter in ("final_demand", CONFIRMED["final_demand"])
    },
    ("schedule", "title"): frozenset({"number"}),
    ("schedule", "opening"): frozenset({"contract", "count", "amount", "purchased"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that can be worded. `lines`: several paragraphs, each a line of its own."""

    name: str
    lines: bool
    names: tuple[str, ...]  # Allowed in braces.
    required: frozenset[str]


@cache
def fields(letter: str) -> tuple[Field, ...]:
    """In the order of the letter, then those of the message that carries it.

    :raises UnknownLetter: for a name that we do not have.
    """
    ours = _flat(texts(letter, "en"))
    found = []
    for name, said in ours.items():
        known = NAMES[LETTERS[letter]]
        if letter == "notice" and name.rpartition(".")[2] in {"opening", "closing"}:
            known = (*known, "scope")
        if letter == "release" and name.rpartition(".")[2] == "opening":
            known = (*known, "pay")
        needs = REQUIRED.get((letter, name), frozenset())
        found.append(Field(name=name, lines=isinstance(said, list), names=known, required=needs))
    return tuple(found)


def faults(letter: str, said: Fields) -> tuple[Finding, ...]:
    """Everything that is wrong with a template's fields; `where` is the field and its line.

    :raises UnknownLetter: for a name that we do not have.
    """
    known = {field.name: field for field in fields(letter)}
    found: list[Finding] = []
    for name, value in said.items():
        field = known.get(name)
        if field is None:
            found.append(
                _fault(
                    "template_field_unknown", f"The letter {letter} has no field {name!r}.", name,
                    todo=f"It has {', '.join(known)}.",
                )
            )  # fmt: skip
        elif isinstance(value, list) is not field.lines:
            kind = "paragraphs" if field.lines else "one line"
            found.append(_fault("template_field_wrong", f"{name} is {kind}.", name))
        else:
            found += _field_faults(field, value)
    return tuple(found)


def worded(letter: str, language: str, *layers: Fields) -> Texts:
    """Our sentences with those of each layer in their place, the later layer over the earlier.

    :raises UnknownLetter, UnknownLanguage: for names that we do not have.
    """
    whole = deepcopy(texts(letter, language))
    for layer in layers:
        for name, value in layer.items():
            part, _, own = name.rpartition(".")
            (whole[part] if part else whole)[own] = value
    return whole


def as_fields(letter: str, written: Texts) -> dict[str, str | list[str]]:
    """A letter's sentences field by field, as `worded` takes them."""
    return {field.name: _flat(written)[field.name] for field in fields(letter)}


def from_text(field: Field, text: str) -> str | list[str]:
    """What somebody typed: a line for each paragraph; blank lines and outer blanks go."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    kept = [line for line in lines if line]
    return kept if field.lines else "\n".join(kept)


def to_text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "\n".join(value)


def _flat(written: Texts) -> dict[str, Any]:
    own = {name: value for name, value in written.items() if name != "mail"}
    return own | {f"mail.{name}": value for name, value in written["mail"].items()}


def _field_faults(field: Field, value: str | list[str]) -> Iterator[Finding]:
    lines = value if isinstance(value, list) else [value]
    if not field.lines and not value:
        yield _fault("template_empty", f"{field.name} is empty.", field.name)
    if not field.lines and "\n" in value:
        yield _fault("template_line_break", f"{field.name} is one line.", field.name)
    if len(lines) > MOST_LINES:
        says = f"{field.name} has {len(lines)} paragraphs; {MOST_LINES} fit."
        yield _fault("template_too_long", says, field.name)
    longest = LONGEST if field.lines else LONGEST_SUBJECT
    for nth, line in enumerate(lines, start=1):
        where = f"{field.name}, line {nth}"
        if len(line) > longest:
            says = f"The line has {len(line)} characters; {longest} fit."
            yield _fault("template_too_long", says, where)
        yield from _line_faults(field, line, where)
    used = set(PLACEHOLDER.findall("\n".join(lines)))
    for name in sorted(field.required - used):
        says = f"{field.name} does not say {{{name}}}."
        todo = f"Write {{{name}}} where it belongs."
        yield _fault("template_placeholder_missing", says, field.name, todo=todo)


def _line_faults(field: Field, line: str, where: str) -> Iterator[Finding]:
    allowed = " ".join(f"{{{name}}}" for name in field.names)
    for name in PLACEHOLDER.findall(line):
        if name not in field.names:
            says = f"{{{name}}} is not known here."
            todo = f"Use one of {allowed}."
            yield _fault("template_placeholder_unknown", says, where, todo=todo)
    rest = PLACEHOLDER.sub("", line)
    if brace := re.search(r"[{}]", rest):
        says = f"A brace stands alone: {rest[max(brace.start() - 8, 0) : brace.end() + 12]!r}."
        yield _fault("template_brace", says, where, todo=f"Use one of {allowed}.")
    if line.count("*") % 2:
        says = "A star stands alone: *strong* needs one on each side."
        yield _fault("template_star", says, where)
    odd = sorted({char for char in line if unicodedata.category(char) in _UNSEEN and char != "\n"})
    if odd:
        codes = ", ".join(f"U+{ord(char):04X}" for char in odd)
        says = f"There are characters that cannot be seen: {codes}."
        yield _fault("template_invisible", says, where, todo="Type the line anew.")


_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


def _fault(code: str, says: str, where: str, *, todo: str = "") -> Finding:
    return Finding(code=code, says=says, where=where, todo=todo)
