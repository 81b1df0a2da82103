"""From elements to fields: a table says which element fills which field, one walk fills them all.

A table maps an element's full name to a field, and a field takes the element, the dict that it
fills and the `Reading`. Elements that no table names are outside EN 16931 and passed over; the
paper itself is kept. What a table names but the model holds only once keeps its first value, and
the repetition is said.
"""

import re
from binascii import Error as NotBase64
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from lxml.etree import QName, _Element

from usance.domain.finding import Finding, Severity
from usance.domain.party import Identifier

Values = dict[str, Any]
Field = Callable[["_Element", Values, "Reading"], None]
Table = Mapping[str, Field]
Build = Callable[..., Any]

MAX_FINDINGS = 200  # A place costs a walk over its siblings, and nobody reads more.
# XML Schema part 2, §3.2.3: no exponent, no thousands separator, ASCII digits only.
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,28}(?:\.[0-9]{0,28})?|\.[0-9]{1,28})", re.ASCII)
# §3.2.9: a time zone may follow; the date is the one that stands on the paper.
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)


class Reading:
    """What is odd about one file, gathered while it is walked."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes  # Namespace to the prefix that places are told with.
        self.findings: list[Finding] = []
        self.currencies: dict[str, _Element] = {}  # Each currency of an amount, where first seen.

    def fault(self, element: _Element, code: str, says: str, *, todo: str = "") -> None:
        self._add(element, code, says, Severity.FATAL, todo)

    def warn(self, element: _Element, code: str, says: str, *, todo: str = "") -> None:
        self._add(element, code, says, Severity.WARNING, todo)

    def repeated(self, element: _Element) -> None:
        name = QName(element).localname
        self.warn(element, "repeated", f"{name} stands here again; only the first one counts.")

    def place(self, element: _Element) -> str:
        """An XPath with the usual prefixes, and the line."""
        steps = []
        here: _Element | None = element
        while here is not None:
            name = QName(here)
            prefix = self.prefixes.get(name.namespace or "", "")
            step = f"{prefix}:{name.localname}" if prefix else name.localname
            before = sum(1 for _ in here.itersiblings(here.tag, preceding=True))
            after = here.getnext()
            if before or (after is not None and after.tag == here.tag):
                step += f"[{before + 1}]"
            steps.append(step)
            here = here.getparent()
        return f"/{'/'.join(reversed(steps))}, line {element.sourceline}"

    def _add(self, element: _Element, code: str, says: str, severity: Severity, todo: str) -> None:
        if len(self.findings) < MAX_FINDINGS:
            where = self.place(element)
        elif len(self.findings) == MAX_FINDINGS:
            code, where, severity, todo = "too_many", "", Severity.FATAL, "Look at the file itself."
            says = f"More than {MAX_FINDINGS} faults; the rest is not listed."
        else:
            return
        self.findings.append(
            Finding(code=code, says=says, where=where, severity=severity, todo=todo)
        )


def gather(element: _Element, table: Table, reading: Reading) -> Values:
    """The fields below an element."""
    into: Values = {}
    fill(element, table, into, reading)
    for name, value in into.items():
        if type(value) is list:
            into[name] = tuple(value)
    return into


def fill(element: _Element, table: Table, into: Values, reading: Reading) -> None:
    for child in element:
        field = table.get(child.tag)
        if field is not None:
            field(child, into, reading)


def leaf(element: _Element, reading: Reading) -> str:
    """The element's text without blanks at its ends."""
    if len(element):
        reading.fault(
            element, "not_a_value", "There are elements inside a value; it cannot be trusted."
        )
    text = element.text
    return text.strip() if text else ""


def decimal(element: _Element, reading: Reading) -> Decimal | None:
    text = leaf(element, reading)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    if text:
        reading.fault(element, "number_unreadable", f"{text[:40]!r} is no number.")
    else:
        reading.warn(element, "empty", "There is no number in this element.")
    return None


def day(element: _Element, reading: Reading) -> date | None:
    """A date as ISO 8601 writes it, 2026-03-31."""
    text = leaf(element, reading)
    if not text:
        reading.warn(element, "empty", "There is no date in this element.")
        return None
    found = _DATE.fullmatch(text)
    return calendar(found[1] if found else text, element, reading)


def calendar(text: str, element: _Element, reading: Reading) -> date | None:
    """2026-03-31 as a date; what is none, 2026-02-30 too, is said."""
    try:
        return date.fromisoformat(text if len(text) == 10 else "")
    except ValueError:
        reading.fault(element, "date_unreadable", f"{text[:40]!r} is no date.")
        return None


def flag(element: _Element, reading: Reading) -> bool | None:
    text = leaf(element, reading)
    if text in ("true", "1"):
        return True
    if text in ("false", "0"):
        return False
    reading.fault(element, "flag_unreadable", f"{text[:40]!r} is neither true nor false.")
    return None


def base64(element: _Element, reading: Reading) -> bytes | None:
    text = "".join((element.text or "").split())
    try:
        return a2b_base64(text, strict_mode=True) if text else b""
    except (NotBase64, ValueError):
        reading.fault(element, "attachment_unreadable", "The attachment is no base64.")
        return None


def put(name: str, value: Any, element: _Element, into: Values, reading: Reading) -> None:
    """Fill a field once; nothing is no value."""
    if value is None or value == "":
        return
    if name in into:
        reading.repeated(element)
    else:
        into[name] = value


def text(name: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        value = element.text
        if len(element):
            value = leaf(element, reading)
        if value and (value := value.strip()):
            if name in into:
                reading.repeated(element)
            else:
                into[name] = value

    return take


def number(name: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        put(name, decimal(element, reading), element, into, reading)

    return take


def amount(name: str) -> Field:
    """A number with a currency. Which one is remembered, and compared when the walk is done."""

    def take(element: _Element, into: Values, reading: Reading) -> None:
        currency = element.get("currencyID")
        if currency and currency not in reading.currencies:
            reading.currencies[currency] = element
        put(name, decimal(element, reading), element, into, reading)

    return take


def quantity(name: str, unit: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        put(name, decimal(element, reading), element, into, reading)
        put(unit, element.get("unitCode", "").strip(), element, into, reading)

    return take


def on(name: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        put(name, day(element, reading), element, into, reading)

    return take


def identified(element: _Element, reading: Reading) -> Identifier | None:
    value = leaf(element, reading)
    if not value:
        return None
    return Identifier(value=value, scheme=element.get("schemeID", "").strip())


def identifier(name: str) -> Field:
    def take(element: _Element, into: Values, reading: Reading) -> None:
        put(name, identified(element, reading), element, into, reading)

    return take


def inside(table: Table) -> Field:
    """Walk down; what is found fills the same dict."""

    def take(element: _Element, into: Values, reading: Reading) -> None:
        fill(element, table, into, reading)

    return take


def one(name: str, table: Table, build: Build) -> Field:
    """A group that may stand once. An empty one is none."""

    def take(element: _Element, into: Values, reading: Reading) -> None:
        values = gather(element, table, reading)
        if values:
            put(name, build(**values), element, into, reading)

    return take


def many(name: str, table: Table, build: Build, /, **absent: Any) -> Field:
    """A group that may stand often. `absent` fills what the model needs and the paper lacks."""

    def take(element: _Element, into: Values, reading: Reading) -> None:
        values = gather(element, table, reading)
        into.setdefault(name, []).append(build(**{**absent, **values}))

    return take


def foreign_currencies(reading: Reading, *, own: str) -> None:
    """An amount in another currency than the invoice's would be booked wrong: it blocks."""
    for currency, element in reading.currencies.items():
        if own and currency.strip() != own:
            reading.fault(
                element,
                "currency_differs",
                f"An amount is in {currency[:10]}, the invoice is in {own[:10]}.",
                todo="Ask the client for an invoice in one currency.",
            )
