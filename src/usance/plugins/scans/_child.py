"""A process that reads what strangers send: limited, watched by the clock, replaced when it dies.

It reads one document after the other, because starting it costs more than reading. One that
breaks it is refused, and the next document gets a new child.
"""

import json
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from usance.plugins import Unreadable

TRIES = 2  # The child may have died before it saw this document.
TOO_MUCH = "the document needs more time or memory than we give; ask the sender for it again"


class Child:
    """One program of this folder and its pipes. `ask` may be called from several threads."""

    def __init__(self, program: str, *, documents: int) -> None:
        self._program, self._documents = Path(__file__).with_name(program), documents
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._left = 0

    def ask(self, head: bytes, data: bytes, *, seconds: float) -> dict[str, Any]:
        """The child's answer to `head`, the length of the data and the data.

        :raises Unreadable: if the child says so, dies over it or needs more than `seconds`.
        """
        with self._lock:
            for _ in range(TRIES):
                fresh = self._ready()
                try:
                    answer = self._asked(head + struct.pack(">Q", len(data)) + data, seconds)
                except (OSError, EOFError, ValueError):
                    self.end()
                    if fresh:
                        break
                    continue
                if "says" in answer:
                    raise Unreadable(str(answer["says"]))
                return answer
        raise Unreadable(TOO_MUCH)

    def end(self) -> None:
        """End the process if one runs; the next question starts another."""
        running, self._running = self._running, None
        if running is None:
            return
        running.kill()
        running.wait()
        for pipe in (running.stdin, running.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # What it did not read any more.
                    pipe.close()

    def _ready(self) -> bool:
        """Whether a new process had to be started."""
        if self._running is not None and self._left and self._running.poll() is None:
            return False
        self.end()
        command = [sys.executable, "-I", str(self._program)]
        self._running = subprocess.Popen(  # noqa: S603 - our own file.
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._left = self._documents
        return True

    def _asked(self, question: bytes, seconds: float) -> dict[str, Any]:
        running = self._running
        assert running is not None
        assert running.stdin is not None
        assert running.stdout is not None
        self._left -= 1
        watch = threading.Timer(seconds, running.kill)
        watch.daemon = True
        watch.start()
        try:
            running.stdin.write(question)
            running.stdin.flush()
            line = running.stdout.readline()
        finally:
            watch.cancel()
        if not line:
            raise EOFError
        answer: dict[str, Any] = json.loads(line)
        return answer
