"""Read what strangers send in a child process: parsers in C have broken before.

The child has limits on memory, processor time, the clock and what it may answer, none of our
secrets in its environment, and may write no file. It reads one document after the other, because
starting it costs more than reading. One that breaks it is refused, and the next document gets a new
child. What a program of a child looks like stands in `_child_loop`.
"""

import atexit
import json
import os
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from . import Unreadable

LOOP = Path(__file__).with_name("_child_loop.py")
OURS = Path(__file__).parents[2]  # Where `import usance` finds us.
TRIES = 2  # The child may have died before it saw this document.
LARGEST_ANSWER = 256 * 1024 * 1024  # Bytes.
FOUND, REFUSED, SPENT = range(3)  # What the first byte of an answer says, as in `_child_loop`.


class Child:
    """A program and its pipes. `ask` may be called from several threads, one of which is served.

    :param documents: that one process reads before another takes its place.
    :param seconds: on the clock, for one document.
    :param broken: what is said of a document that breaks the program or its limits.
    :param ours: whether the program imports usance.
    """

    def __init__(
        self,
        program: Path,
        *,
        documents: int,
        seconds: int,
        broken: str,
        ours: bool = False,
        largest_answer: int = LARGEST_ANSWER,
    ) -> None:
        self._program, self._documents, self._seconds = program, documents, seconds
        self._broken, self._ours, self._largest = broken, ours, largest_answer
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._of = 0  # The process that started it; another one, after a fork, starts its own.
        self._left = 0
        atexit.register(self.end)

    @property
    def pid(self) -> int | None:
        """Of the process that runs; None: the next question starts one."""
        return self._running.pid if self._running and self._of == os.getpid() else None

    def ask(self, *pieces: bytes) -> bytes:
        """What the program answers to the pieces, one after the other.

        :raises Unreadable: if it says so, dies over it, or needs more than it gets.
        """
        with self._lock:
            for _ in range(TRIES):
                fresh = self._ready()
                assert self._running is not None
                watch = _Watch(self._running, self._seconds)
                try:
                    with watch:
                        kind, answer = self._asked(self._running, pieces)
                except (OSError, EOFError):
                    self.end()
                    if fresh or watch.struck:
                        break
                    continue
                if kind == FOUND:
                    return answer
                if kind == SPENT:
                    self.end()
                said = json.loads(answer)
                raise Unreadable(said["says"] or self._broken, where=said["where"])
        raise Unreadable(self._broken)

    def end(self) -> None:
        """End the process if one runs; the next question starts another."""
        running, self._running = self._running, None
        if running is None or self._of != os.getpid():
            return
        running.kill()
        running.wait()
        for pipe in (running.stdin, running.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # What it did not read any more.
                    pipe.close()

    def retire(self) -> None:
        """Let the next question start a new process, as after the last of its documents."""
        self._left = 0

    def _ready(self) -> bool:
        """Whether a new process had to be started."""
        running = self._running
        is_ours = running is not None and self._of == os.getpid()
        if running is not None and is_ours and self._left and running.poll() is None:
            return False
        self.end()
        command = [sys.executable, "-I", str(LOOP), str(self._program)]
        self._running = subprocess.Popen(  # noqa: S603 - our own files.
            [*command, str(OURS)] if self._ours else command,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8"}, cwd="/",
        )  # fmt: skip
        self._of, self._left = os.getpid(), self._documents
        return True

    def _asked(
        self, running: "subprocess.Popen[bytes]", pieces: tuple[bytes, ...]
    ) -> tuple[int, bytes]:
        """:raises OSError, EOFError: if the child dies, or answers more than it may."""
        assert running.stdin is not None
        assert running.stdout is not None
        self._left -= 1
        running.stdin.write(struct.pack(">Q", sum(map(len, pieces))))
        for piece in pieces:
            running.stdin.write(piece)
        running.stdin.flush()
        kind, length = struct.unpack(">BQ", _exactly(running.stdout, 9))
        if kind not in (FOUND, REFUSED, SPENT) or length > self._largest:
            raise EOFError
        return kind, _exactly(running.stdout, length)


class _Watch:
    """Kills a process that is too slow."""

    def __init__(self, process: "subprocess.Popen[bytes]", seconds: int) -> None:
        self.struck = False
        self._process = process
        self._timer = threading.Timer(seconds, self._strike)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _strike(self) -> None:
        self.struck = True
        self._process.kill()


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content = pipe.read(size)
    if len(content) < size:
        raise EOFError
    return content
