"""Bank statements. A format is a module with these names.

Pure: bytes in, values out. No network, no database; held so by a contract.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import BinaryIO, Protocol, cast

from usance import plugins
from usance.domain.finding import Finding, Severity
from usance.domain.payment import Statement, gap

from . import _wrapping
from ._zip import LONG

KIND = "statements"


class Format(Protocol):
    def sniff(self, data: bytes) -> bool:
        """Is this ours? Cheap, and never wrong with a yes."""

    def read(self, data: bytes) -> list[Statement]:
        """Every statement in the file with every line, in the order of the file.

        :raises Unreadable: on the first thing that cannot be read. Never skips a line.
        """


class Controlled(Format, Protocol):
    def check(self, data: bytes) -> list[Finding]:
        """Optional: where the file's own end record contradicts what the file holds."""


class Streamed(Format, Protocol):
    def stream(self, file: BinaryIO) -> Iterator[Statement]:
        """Optional: as read, of a file of any length in little memory."""


class Vague(Format, Protocol):
    def read_told(self, data: bytes, *, account: str, currency: str) -> list[Statement]:
        """Optional: as read, with what a person says of a file that does not say it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as far as it could be read. Statements with a fatal finding are not to be booked."""

    format: str  # Name of the plug-in; empty if nobody knows the format.
    statements: tuple[Statement, ...] = ()
    findings: tuple[Finding, ...] = ()


HEAD = 64 * 1024  # Bytes that tell a format that is streamed.
MOST_WHOLE = 64 * 1024 * 1024  # Bytes of one that is not: its lines take twenty times as much.


def sniff(data: bytes) -> str:
    """The name of the format; empty if none says yes."""
    for name in plugins.names(KIND):
        if _format(name).sniff(data):
            return name
    return ""


def examine(source: bytes | BinaryIO, *, account: str = "", currency: str = "") -> Reading:
    """Find the format, read everything, check what can be checked; faults become findings.

    Packed files are opened; of several in an archive the statements stand one after the other.

    :param source: a file from its beginning, or its bytes. Of a long file whose format can be
        streamed neither bytes nor lines are held in memory.
    :param account: that a person names; with its currency it holds where the file names none.
    """
    try:
        parts = [
            (name, _examined(part, account, currency))
            for name, part in _wrapping.opened(_short(source))
        ]
    except plugins.Unreadable as broken:
        return Reading(format="", findings=(_unreadable(broken),))
    if len(parts) == 1:
        return parts[0][1]
    return Reading(
        format=", ".join(dict.fromkeys(part.format for _, part in parts if part.format)),
        statements=tuple(one for _, part in parts for one in part.statements),
        findings=tuple(
            replace(finding, where=f"{name} {finding.where}".strip())
            for name, part in parts
            for finding in part.findings
        ),
    )


def _short(source: bytes | BinaryIO) -> bytes | BinaryIO:
    """The bytes of a file that is not long."""
    if isinstance(source, bytes):
        return source if len(source) <= LONG else BytesIO(source)
    data = source.read(LONG + 1)
    if len(data) <= LONG:
        return data
    source.seek(0)
    return source


def _examined(source: bytes | BinaryIO, account: str, currency: str) -> Reading:
    name, data = _named(source)
    if not name:
        return Reading(format="", findings=(_unknown(data),))
    module = _format(name)
    try:
        if not isinstance(source, bytes) and hasattr(module, "stream"):
            statements = list(cast(Streamed, module).stream(source))
        elif account and hasattr(module, "read_told"):
            vague = cast(Vague, module)
            statements = vague.read_told(data, account=account, currency=currency)
        else:
            statements = module.read(data)
        stated = cast(Controlled, module).check(data) if hasattr(module, "check") else []
    except plugins.Unreadable as broken:
        return Reading(format=name, findings=(_unreadable(broken),))
    found = [finding for one in statements for finding in _faults(one)]
    if not statements:
        found.append(Finding(
            code="statement_none", says="The file holds no account statement.", where="line 1",
            todo="Ask the bank for the statement; nothing was booked.",
        ))  # fmt: skip
    return Reading(
        format=name, statements=tuple(statements), findings=(*stated, *found, *_breaks(statements))
    )


def _named(source: bytes | BinaryIO) -> tuple[str, bytes]:
    """The name of the format, and the bytes; of what is streamed the first ones.

    :raises Unreadable: if it is too long for a format that cannot be streamed.
    """
    if isinstance(source, bytes):
        return sniff(source), source
    head = source.read(HEAD)
    source.seek(0)
    name = sniff(head)
    if name and hasattr(_format(name), "stream"):
        return name, head
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    if size > MOST_WHOLE:
        raise plugins.Unreadable(
            f"{size} bytes of this format are more than the {MOST_WHOLE} that we read at once: a"
            " file per account or day is less"
        )
    data = source.read()
    source.seek(0)
    return sniff(data), data


def _unreadable(broken: plugins.Unreadable) -> Finding:
    return Finding(
        code="statement_unreadable",
        says=broken.says,
        where=broken.where,
        todo="Ask the bank for the file again, or report the format to us; nothing was booked.",
    )


def _format(name: str) -> Format:
    return cast(Format, plugins.load(KIND, name))


def _unknown(data: bytes) -> Finding:
    if not data.strip():
        return Finding(code="statement_empty", says="The file is empty.", where="line 1")
    return Finding(
        code="statement_unknown_format",
        says="This is none of the statement formats that we know.",
        where="line 1, column 1",
        todo=f"Known are {', '.join(plugins.names(KIND))}.",
    )


def _faults(statement: Statement) -> Iterator[Finding]:
    where = f"statement {statement.reference or statement.sequence or statement.account}"
    missing = gap(statement)
    if missing:
        yield Finding(
            code="statement_gap", where=where,
            says=f"Opening {statement.opening} and its entries do not make {statement.closing}: "
                 f"{missing} is not explained.",
            todo="Ask the bank for the complete statement; it is not booked before.",
        )  # fmt: skip
    currencies = {line.amount.currency for line in statement.lines if not line.pending}
    currencies |= {x.currency for x in (statement.opening, statement.closing) if x is not None}
    if currencies - {statement.currency}:
        yield Finding(
            code="statement_currencies", where=where,
            says=f"{' and '.join(sorted(currencies))} stand in one statement, so its balances "
                 "cannot be checked.",
            todo="A person compares the balances.",
        )  # fmt: skip
    if statement.currency == "XXX":
        yield Finding(
            code="statement_fragment",
            where=where,
            says="The file states no currency: it is a part of a statement.",
            todo="Ask the bank for the complete statement; it is not booked before.",
        )
    if not statement.account:
        yield Finding(
            code="statement_account", where=where, says="The statement names no account.",
            severity=Severity.WARNING,
        )  # fmt: skip


def _breaks(statements: list[Statement]) -> Iterator[Finding]:
    """Within a file, a statement opens where the one before it of the same account closed."""
    last: dict[tuple[str, str], Statement] = {}
    for one in statements:
        key = (one.account, one.currency)
        before = last.get(key)
        last[key] = one
        if before is None or before.closing is None or one.opening is None:
            continue
        if before.closing != one.opening:
            yield Finding(
                code="statement_chain",
                where=f"statement {one.reference or one.sequence}",
                says=f"It opens with {one.opening}, the one before it closed with "
                f"{before.closing}.",
                severity=Severity.WARNING,
                todo="Look for a statement that is missing between the two.",
            )
