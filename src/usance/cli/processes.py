"""Processes that we start, watch and end: the web server, workers, the sandbox."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

GRACE_SECONDS = 8.0
PATIENCE_SECONDS = 60.0


class Children:
    """A group of processes; leaving the block ends all of them, in the reverse order."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[tuple[str, subprocess.Popen[str]]] = []
        logs.mkdir(parents=True, exist_ok=True)

    def start(
        self,
        name: str,
        words: Sequence[str],
        *,
        env: Mapping[str, str] = {},
        first_line: bool = False,
    ) -> None:
        """Start it with its own log file; with `first_line`, that asks for what it prints first.

        Nobody waits here: others may be started meanwhile.
        """
        log = (self._logs / f"{name}.log").open("a")
        process = subprocess.Popen(  # noqa: S603 - our own programs
            words,
            stdout=subprocess.PIPE if first_line else log,
            stderr=log,
            text=True,
            env={**os.environ, **env},
            start_new_session=True,  # Ctrl-C reaches us alone; we end them in order.
            preexec_fn=_end_with_parent,
        )
        log.close()
        self._running.append((name, process))

    def first_line(self, name: str) -> str:
        """Wait for what this one prints first.

        :raises ChildFailed: if it ends before it printed anything.
        """
        process = next(process for called, process in self._running if called == name)
        assert process.stdout is not None, f"{name} was not started with first_line"
        line = process.stdout.readline()
        if not line:
            raise ChildFailed(f"{name} did not start: see {self._logs / name}.log")
        return line

    def python(self, name: str, *words: str, env: Mapping[str, str] = {}) -> None:
        self.start(name, [sys.executable, "-m", *words], env=env)

    def failed(self) -> str:
        """The name of one that has ended by itself; empty while all run."""
        return next((name for name, process in self._running if process.poll() is not None), "")

    def stop(self) -> None:
        for _, process in reversed(self._running):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        end = time.monotonic() + GRACE_SECONDS
        for _, process in reversed(self._running):
            try:
                process.wait(timeout=max(end - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            with suppress(ProcessLookupError):  # Its own children, if it left any behind.
                os.killpg(process.pid, signal.SIGKILL)
        self._running.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def refuse_taken(port: int) -> None:
    """:raises PortTaken: if somebody listens there: two servers would share its visitors."""
    with socket.socket() as knock:
        if knock.connect_ex(("127.0.0.1", port)) == 0:
            raise PortTaken(f"Port {port} is taken: end what listens there, or use --port.")


def wait_for(port: int, children: Children) -> None:
    """Until somebody answers there.

    :raises ChildFailed: if one of the children ends before, or after PATIENCE_SECONDS.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if name := children.failed():
            raise ChildFailed(f"{name} has ended; its log says why")
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise ChildFailed(f"nobody answers on port {port} after {PATIENCE_SECONDS:.0f} s")


def _end_with_parent() -> None:
    """If we are killed, Linux tells the child; elsewhere it has to be ended by hand."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


_PR_SET_PDEATHSIG = 1


class PortTaken(RuntimeError):
    """Somebody else listens where we want to."""


class ChildFailed(RuntimeError):
    """A process that we need is gone; its log says why."""
