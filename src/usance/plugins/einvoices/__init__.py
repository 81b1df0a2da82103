"""Electronic invoices. A format is a module with these names.

Pure: bytes in, values out. No network, no database; held so by a contract.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # Whoever judges an invoice as it is written needs none of them.
    from usance.domain.finding import Finding
    from usance.domain.intake import mapping
    from usance.domain.invoice import Invoice

    from ._tables import Found, Rows


class Format(Protocol):
    MEDIA_TYPE: str

    def sniff(self, data: bytes) -> bool:
        """Is this ours? Cheap, and never wrong with a yes."""

    def read(self, data: bytes) -> list[tuple[Invoice, tuple[Finding, ...]]]:
        """Every invoice in the file (one, but for schedules), each with what is odd about it.

        What the paper lacks is None in the Invoice and no reason to refuse; a field that cannot be
        understood (a date that is none) becomes a Finding with its place.

        :raises Unreadable: if the file as a whole cannot be understood.
        """


class Many(Format, Protocol):
    """A format whose files hold many invoices also says where each stands."""

    def placed(self, data: bytes) -> Iterator[tuple[str, Invoice, tuple[Finding, ...]]]:
        """As `read`, with the place of each: a row, or a JSON pointer."""


class Writable(Format, Protocol):
    def write(self, invoice: Invoice, options: Mapping[str, bytes]) -> bytes:
        """The invoice in this format, byte for byte the same for the same invoice."""


def read_any(data: bytes) -> tuple[str, list[tuple[Invoice, tuple[Finding, ...]]]]:
    """The name of the format and every invoice in a file of which nobody said what it is.

    :raises Unreadable: if no format knows it; says what it seems to be and what to do next.
    """
    from ._any import read_any  # Late: it asks for the plug-ins, of which this is the package.

    return read_any(data)


def read_placed(data: bytes) -> tuple[str, list[tuple[str, Invoice, tuple[Finding, ...]]]]:
    """As `read_any`, each invoice with its place in the file; empty where a file holds one."""
    from ._any import read_placed

    return read_placed(data)


def tables(data: bytes) -> tuple[Found, ...]:
    """The tables in a CSV file or workbook, headings found, columns not understood yet; none if
    the file is something else. A child process with limits opens it.

    :raises Unreadable: if it is a table, but broken or larger than we take.
    """
    from ._isolated import tables

    return tables(data)


def read_table(table: Found, said: mapping.Mapping, *, most: int | None = None) -> Rows:
    """Every row of a table as an invoice, by what is known of its columns.

    :param most: rows; None: as many as a schedule may have.
    :raises Unreadable: if there are more.
    """
    from ._tables import MAX_ROWS, read

    return read(table, said, most=most or MAX_ROWS)


def first_rows(table: Found, most: int) -> Found:
    """The table with its first rows alone."""
    return replace(table, table=replace(table.table, rows=table.table.rows[:most]))


def read_isolated(data: bytes) -> tuple[str, list[tuple[str, Invoice, tuple[Finding, ...]]]]:
    """As `read_placed`, in a child process with limits: for files that anybody may have sent.

    :raises Unreadable: as `read_placed`, or if the file broke the reader or its limits.
    """
    from ._isolated import read

    return read(data)
