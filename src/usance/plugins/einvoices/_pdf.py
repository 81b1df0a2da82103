"""The XML files in a PDF. The PDF may be anybody's, so a child process opens it.

The child has a limit on memory, on processor time and on the clock, and no right to start another
or to write a file. It reads one document after the other, because starting it costs more than
reading; one that breaks it is refused, and the next document gets a new child.
"""

import json
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from usance.plugins import Unreadable

CHILD = Path(__file__).with_name("_pdf_child.py")
SECONDS = 20  # For one document.
DOCUMENTS = 200  # That one child reads.
TRIES = 2  # The child may have died before it saw this document.

_lock = threading.Lock()
_reader: "_Reader | None" = None


def xml_files(data: bytes) -> list[tuple[str, bytes]]:
    """Name and content of the e-invoice in the PDF, else of every XML file attached to it.

    :raises Unreadable: if the PDF is locked, broken or too large for us.
    """
    global _reader
    with _lock:
        for _ in range(TRIES):
            if _reader is None or not _reader.is_fit():
                _reader = _Reader()
            try:
                return _reader.read(data)
            except (OSError, EOFError):
                _reader.end()
                _reader = None
    raise Unreadable("the PDF needs more time or memory than we give; ask the sender for it again")


class _Reader:
    """One child and its pipes."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", str(CHILD)]
        self._child = subprocess.Popen(  # noqa: S603 - our own file.
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._left = DOCUMENTS

    def is_fit(self) -> bool:
        if self._left and self._child.poll() is None:
            return True
        self.end()
        return False

    def end(self) -> None:
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # What it did not read any more.
                    pipe.close()

    def read(self, data: bytes) -> list[tuple[str, bytes]]:
        """:raises OSError, EOFError: if the child died or is too slow."""
        self._left -= 1
        watch = threading.Timer(SECONDS, self._child.kill)
        watch.daemon = True
        watch.start()
        try:
            assert self._child.stdin is not None
            self._child.stdin.write(struct.pack(">Q", len(data)) + data)
            self._child.stdin.flush()
            said = json.loads(_line(self._child.stdout))
            if "says" in said:
                raise Unreadable(said["says"], where=said["where"])
            return [(name, _exactly(self._child.stdout, size)) for name, size in said["files"]]
        finally:
            watch.cancel()


def _line(pipe: IO[bytes] | None) -> bytes:
    assert pipe is not None
    line = pipe.readline()
    if not line:
        raise EOFError
    return line


def _exactly(pipe: IO[bytes] | None, size: int) -> bytes:
    assert pipe is not None
    content = pipe.read(size)
    if len(content) < size:
        raise EOFError
    return content
