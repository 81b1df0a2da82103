"""Run as a program by `_isolated`: files on stdin, what stands in each on stdout.

A request is the file's length as eight bytes and the file. An answer is its length likewise and
MessagePack: [format, invoices with their findings, "", ""], or ["", [], says, where].
"""

import resource
import struct
import sys
from typing import BinaryIO

import msgspec

from usance.plugins import Unreadable
from usance.plugins.einvoices import read_placed

MEMORY = 2_000_000_000  # Bytes of address space, the libraries included.
CPU_SECONDS = 600  # For all files that one child reads: `_isolated.FILES`.
LARGEST_FILE = 0  # Nothing is written.


def limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
    ):
        resource.setrlimit(what, (most, most))


def answer(data: bytes) -> bytes:
    try:
        name, found = read_placed(data)
    except Unreadable as wrong:
        return msgspec.msgpack.encode(("", (), wrong.says, wrong.where))
    except (MemoryError, RecursionError):
        says = "the file needs more memory than we give; ask the sender for it again"
        return msgspec.msgpack.encode(("", (), says, ""))
    return msgspec.msgpack.encode((name, found, "", ""))


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    while head := source.read(8):
        (length,) = struct.unpack(">Q", head)
        said = answer(source.read(length))
        sink.write(struct.pack(">Q", len(said)) + said)
        sink.flush()


if __name__ == "__main__":
    limit()
    serve(sys.stdin.buffer, sys.stdout.buffer)
