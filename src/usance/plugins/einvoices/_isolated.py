"""Read a file that may be anybody's in a child process: parsers in C have broken before.

The child has a limit on memory, on processor time and on the clock, none of our secrets in its
environment, and may write no file. It reads one file after the other, because starting it costs
more than reading; one that breaks it is refused, and the next file gets a new child.
"""

import atexit
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

import usance
from usance.domain.finding import Finding
from usance.domain.invoice import Invoice
from usance.plugins import Unreadable

SECONDS = 60  # For one file, on the clock.
FILES = 2_000  # That one child reads.
TRIES = 2  # The child may have died before it saw this file.
BROKEN = (
    "the file needs more time or memory than we give, or breaks the program that reads it; "
    "ask the sender for it again"
)
Read = list[tuple[str, Invoice, tuple[Finding, ...]]]
_decode = msgspec.msgpack.Decoder(tuple[str, Read, str, str]).decode
_lock = threading.Lock()
_child: "_Child | None" = None


def read(data: bytes) -> tuple[str, Read]:
    """The name of the format and every invoice in the file with its place.

    :raises Unreadable: as `read_placed`, or if the file broke the reader or its limits.
    """
    global _child
    with _lock:
        for _ in range(TRIES):
            fresh = _child is None or not _child.is_fit()
            if fresh:
                _child = _Child()
            assert _child is not None
            try:
                name, found, says, where = _decode(_child.ask(data))
            except (OSError, EOFError, msgspec.DecodeError):
                _child.end()
                _child = None
                if fresh:
                    break
                continue
            if says:
                raise Unreadable(says, where=where)
            return name, found
    raise Unreadable(BROKEN)


class _Child:
    """The process and its pipes."""

    def __init__(self) -> None:
        place = Path(usance.__file__).parents[1]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "usance.plugins.einvoices._reading_child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(place), "LANG": "C.UTF-8"}, cwd="/",
        )  # fmt: skip
        self._left = FILES
        atexit.register(self.end)

    def is_fit(self) -> bool:
        if self._left and self._process.poll() is None:
            return True
        self.end()
        return False

    def end(self) -> None:
        atexit.unregister(self.end)
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # What it did not read any more.
                    pipe.close()

    def ask(self, data: bytes) -> bytes:
        """:raises OSError, EOFError: if the child died or is too slow."""
        self._left -= 1
        watch = threading.Timer(SECONDS, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(struct.pack(">Q", len(data)))
            self._process.stdin.write(data)
            self._process.stdin.flush()
            (length,) = struct.unpack(">Q", _exactly(self._process.stdout, 8))
            return _exactly(self._process.stdout, length)
        finally:
            watch.cancel()


def _exactly(pipe: IO[bytes] | None, size: int) -> bytes:
    assert pipe is not None
    content = pipe.read(size)
    if len(content) < size:
        raise EOFError
    return content
