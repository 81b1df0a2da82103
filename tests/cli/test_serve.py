"""The web server ends when it is told to, also while it still loads."""

import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from usance.cli import serve
from usance.cli.processes import GRACE_SECONDS, Children


def until(met: Callable[[], bool], *, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.01)


def children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def is_loading(pid: int) -> bool:
    """Whether a worker has begun to load Django: the database's driver is among its files."""
    return any("psycopg" in Path(f"/proc/{one}/maps").read_text() for one in children_of(pid))


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="looks into /proc")
def test_a_server_that_is_told_to_end_while_it_loads_ends_by_itself(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Children(tmp_path) as children:
        before = set(children_of(os.getpid()))
        serve.office(children, port)
        (server,) = set(children_of(os.getpid())) - before
        until(lambda: is_loading(int(server)))
        began = time.monotonic()
        children.stop()
        assert time.monotonic() - began < GRACE_SECONDS / 2
