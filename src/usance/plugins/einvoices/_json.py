"""JSON from strangers: numbers as Decimals with the digits they came with, places as JSON pointers.

One document, a list, an object that holds a list (as APIs answer), or one document in each line.
Source: RFC 8259, RFC 6901 (pointers).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from usance.domain.finding import Finding, Severity
from usance.plugins import Unreadable

MAX_BYTES = 50 * 1024 * 1024
MAX_DEPTH = 60  # Brackets inside of brackets; invoices have six.
MAX_DIGITS = 40  # Of one number.
MAX_DOCUMENTS = 50_000


def documents(data: bytes, wrappers: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each object that may be an invoice, with its pointer ("" where the file is one object).

    :param wrappers: names under which an object holds one of them or a list of them.
    :raises Unreadable: with line and column of what is no JSON; for what is no object.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the file has {len(data):,} bytes, more than the {MAX_BYTES:,} we take")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        line = data.count(b"\n", 0, broken.start) + 1
        raise Unreadable("a byte here is no UTF-8", where=f"line {line}") from broken
    for count, (place, value) in enumerate(_unwrapped(text, wrappers), start=1):
        if count > MAX_DOCUMENTS:
            raise Unreadable(f"more than {MAX_DOCUMENTS:,} invoices; split the file")
        if not isinstance(value, dict):
            raise Unreadable("this is no object", where=place or "/")
        yield place, value


def _unwrapped(text: str, wrappers: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    lines = [(at, line) for at, line in enumerate(text.splitlines()) if line.strip()]
    if len(lines) > 1 and all(line.lstrip().startswith("{") for _, line in lines):
        for at, line in lines:  # The place of a line is that of the list which the lines would be.
            for place, value in _inside(_parsed(line, first_line=at + 1), wrappers):
                yield f"/{at}{place}", value
        return
    yield from _inside(_parsed(text, first_line=1), wrappers)


def _inside(value: Any, wrappers: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for at, each in enumerate(value):
            for place, inner in _inside(each, wrappers) if isinstance(each, dict) else [("", each)]:
                yield f"/{at}{place}", inner
        return
    name = next((name for name in wrappers if isinstance(value, dict) and name in value), None)
    if name is not None and isinstance(value[name], list | dict):
        for place, inner in _inside(value[name], wrappers):
            yield f"/{name}{place}", inner
        return
    yield "", value


def _parsed(text: str, *, first_line: int) -> Any:
    if _depth(text) > MAX_DEPTH:
        raise Unreadable(f"more than {MAX_DEPTH} brackets stand inside of each other")
    try:
        value = json.loads(
            text, parse_float=_number, parse_int=_number, parse_constant=_constant,
            object_pairs_hook=_object,
        )  # fmt: skip
    except json.JSONDecodeError as broken:
        line = first_line + broken.lineno - 1
        raise Unreadable(broken.msg, where=f"line {line}, column {broken.colno}") from broken
    if "\\u" in text and (place := _no_text(value)) is not None:
        raise Unreadable("a text here has a NUL or half a character", where=place or "/")
    return value


def _no_text(value: Any) -> str | None:
    """Where a text is none: a NUL, which no database keeps, or half of a surrogate pair."""
    if isinstance(value, str):
        return "" if "\0" in value or any("\ud800" <= ch <= "\udfff" for ch in value) else None
    parts: Iterable[tuple[object, Any]] = ()
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    for name, part in parts:
        if (found := _no_text(part)) is not None or (found := _no_text(name)) is not None:
            shown = str(name).encode("ascii", "replace").decode().replace("\0", "?")
            return f"/{shown}{found}"
    return None


def _depth(text: str) -> int:
    """Brackets that are open at once, those inside of texts too: an upper bound, and cheap."""
    depth = most = 0
    for ch in text:
        if ch in "[{":
            depth += 1
            most = max(most, depth)
        elif ch in "]}":
            depth -= 1
    return most


def _number(text: str) -> Decimal:
    if len(text) > MAX_DIGITS or "e" in text or "E" in text:
        raise Unreadable(f"{text[:40]} is no amount; write it out")
    return Decimal(text)


def _constant(text: str) -> NoReturn:
    raise Unreadable(f"{text} is no number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"an object has {twice[:40]!r} twice")
    return made


@dataclass(slots=True)
class Fields:
    """An object's values as the model wants them; what is none becomes a finding with its place."""

    value: Mapping[str, Any]
    place: str
    findings: list[Finding] = field(default_factory=list)

    def text(self, *names: str) -> str:
        """The first of these that is filled, as a text. Numbers are texts too: customer 10092."""
        for name in names:
            value = self.value.get(name)
            if isinstance(value, str) and value.strip():
                return value.strip()
            if isinstance(value, Decimal):
                return format(value, "f")
        return ""

    def amount(self, *names: str) -> Decimal | None:
        """A number, or a text that is one, "2,00" too; None where there is none."""
        for name in names:
            value = self.value.get(name)
            if isinstance(value, Decimal):
                return value
            if isinstance(value, str) and value.strip():
                try:
                    return Decimal(value.strip().replace(",", ".").replace(" ", ""))
                except ArithmeticError:
                    self.fault(name, "number_unreadable", f"{value[:40]!r} is no amount.")
                    return None
            if value is not None and not isinstance(value, str):
                self.fault(name, "number_unreadable", "This is no amount.")
                return None
        return None

    def day(self, *names: str) -> date | None:
        for name in names:
            text = self.text(name)
            if not text or text.startswith(
                "0001-01-01"
            ):  # How one system writes that there is none.
                continue
            try:
                return date.fromisoformat(text[:10])
            except ValueError:
                self.fault(name, "date_unreadable", f"{text[:40]!r} is no date (2026-03-31).")
                return None
        return None

    def flag(self, name: str) -> bool:
        value = self.value.get(name)
        return value is True or (isinstance(value, str) and value.strip().casefold() == "true")

    def inner(self, name: str) -> "Fields":
        value = self.value.get(name)
        inside = value if isinstance(value, dict) else {}
        return Fields(inside, f"{self.place}/{name}", self.findings)

    def each(self, name: str) -> "list[Fields]":
        value = self.value.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.fault(name, "list_unreadable", "This is no list of objects.")
            return []
        return [
            Fields(one, f"{self.place}/{name}/{at}", self.findings) for at, one in enumerate(value)
        ]

    def fault(self, name: str, code: str, says: str, severity: Severity = Severity.FATAL) -> None:
        where = f"{self.place}/{name}"
        self.findings.append(Finding(code=code, says=says, where=where, severity=severity))
