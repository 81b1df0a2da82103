"""Run in a child process by `_isolated`: a file, and what stands in it as MessagePack.

The byte before the file says what is asked: its invoices, or its tables.
"""

import msgspec

from usance.plugins import Unreadable
from usance.plugins.einvoices import read_placed
from usance.plugins.einvoices._isolated import TABLES
from usance.plugins.einvoices._tables import found

MEMORY = 2_000_000_000  # Bytes of address space, the libraries included.
CPU_SECONDS = 600  # For all files that one child reads.
Refused = Unreadable


def answer(data: bytes) -> bytes:
    file = data[1:]
    if data[:1] == TABLES:
        return msgspec.msgpack.encode(found(file))
    return msgspec.msgpack.encode(read_placed(file))
