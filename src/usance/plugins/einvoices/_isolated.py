"""Read a file that may be anybody's in a child process with limits (`_reading_child`)."""

from pathlib import Path

import msgspec

from usance.domain.finding import Finding
from usance.domain.invoice import Invoice
from usance.plugins._child import Child

from ._tables import Found, may_hold

BROKEN = (
    "the file needs more time or memory than we give, or breaks the program that reads it; "
    "ask the sender for it again"
)
INVOICES, TABLES = b"i", b"t"  # What is asked of the child: the byte before the file.
Read = list[tuple[str, Invoice, tuple[Finding, ...]]]
child = Child(
    Path(__file__).with_name("_reading_child.py"),
    documents=2_000, seconds=60, broken=BROKEN, ours=True,
)  # fmt: skip
_invoices = msgspec.msgpack.Decoder(tuple[str, Read]).decode
_tables = msgspec.msgpack.Decoder(tuple[Found, ...]).decode


def read(data: bytes) -> tuple[str, Read]:
    """The name of the format and every invoice in the file with its place.

    :raises Unreadable: as `read_placed`, or if the file broke the reader or its limits.
    """
    return _invoices(child.ask(INVOICES, data))


def tables(data: bytes) -> tuple[Found, ...]:
    """Every table in the file; none if it is something else.

    :raises Unreadable: as `_tables.found`, or if the file broke the reader or its limits.
    """
    return _tables(child.ask(TABLES, data)) if may_hold(data) else ()
