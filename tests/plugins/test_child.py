"""Programs that do to us what a hostile document could, each in a child with limits."""

import os
import threading
import time
from pathlib import Path

import pytest

from usance.plugins import Unreadable
from usance.plugins._child import Child

NAMES = """
MEMORY, CPU_SECONDS = 400_000_000, {cpu}

class Refused(Exception):
    def __init__(self, says, where=""):
        self.says, self.where = says, where

def answer(data):
    {does}
"""
BROKEN = "it broke"


def child(tmp_path: Path, does: str, *, cpu: int = 20, seconds: int = 20, **more: int) -> Child:
    program = tmp_path / "program.py"
    program.write_text(NAMES.format(cpu=cpu, does=does))
    return Child(program, seconds=seconds, broken=BROKEN, **{"documents": 100, **more})


def is_running(pid: int) -> bool:
    """Dead and not yet waited for counts too: that is a zombie."""
    return Path(f"/proc/{pid}").exists()


def test_what_was_found_comes_back_whole(tmp_path: Path) -> None:
    one = child(tmp_path, "return data[::-1]")
    assert one.ask(b"ab", b"", b"c" * 3_000_000) == b"c" * 3_000_000 + b"ba"
    one.end()


def test_a_reason_comes_back_with_its_place_and_the_child_stays(tmp_path: Path) -> None:
    one = child(tmp_path, "raise Refused('it is locked', 'page 3')")
    with pytest.raises(Unreadable) as refused:
        one.ask(b"x")
    assert (refused.value.says, refused.value.where) == ("it is locked", "page 3")
    first = one.pid
    with pytest.raises(Unreadable):
        one.ask(b"x")
    assert one.pid == first
    one.end()


@pytest.mark.parametrize(
    "does",
    [
        "return bytes(900_000_000)",  # More memory than it gets,
        "return [bytes(1000) for _ in iter(int, 1)]",  # also in small pieces;
        "while True: pass",  # no end;
        "import os; os.kill(os.getpid(), 11)",  # a fault of a library in C;
        "import os; os._exit(0)",  # a quiet one;
        "return answer(data)",  # recursion without end;
        "return bytes(2_000_000)",  # a larger answer than it may give;
        "open(data, 'wb', buffering=0).write(b'x')",  # a file;
        "raise KeyError(data)",  # a fault of ours.
    ],
)
def test_what_breaks_the_program_or_its_limits_is_refused_in_our_words(
    tmp_path: Path, does: str
) -> None:
    one = child(tmp_path, does, cpu=1, largest_answer=1_000_000)
    file = tmp_path / "file"
    with pytest.raises(Unreadable, match=BROKEN):
        one.ask(bytes(file))
    one.end()
    assert not file.exists() or not file.read_bytes()


def test_after_what_breaks_it_the_next_document_is_read(tmp_path: Path) -> None:
    one = child(tmp_path, "return b'read' if data == b'good' else bytes(10**9)")
    for _ in range(2):
        with pytest.raises(Unreadable, match=BROKEN):
            one.ask(b"bad")
        assert one.ask(b"good") == b"read"
    one.end()


def test_what_hangs_is_ended_by_the_clock_and_only_once(tmp_path: Path) -> None:
    one = child(tmp_path, "import time; time.sleep(600)", seconds=1)
    begun = time.monotonic()
    with pytest.raises(Unreadable, match=BROKEN):
        one.ask(b"x")
    assert time.monotonic() - begun < 10
    assert one.pid is None


def test_one_that_died_between_two_documents_is_replaced_unnoticed(tmp_path: Path) -> None:
    one = child(tmp_path, "return b'read'")
    one.ask(b"x")
    first = one.pid
    assert first is not None
    os.kill(first, 9)
    assert one.ask(b"x") == b"read"
    assert one.pid != first
    assert not is_running(first), "it was waited for"
    one.end()


def test_no_process_is_left_behind(tmp_path: Path) -> None:
    one = child(tmp_path, "return b''", documents=1)
    pids = set()
    for _ in range(3):
        one.ask(b"x")
        pids.add(one.pid)
    one.end()
    assert len(pids) == 3
    assert not any(is_running(pid) for pid in pids if pid is not None)


def test_several_threads_may_ask(tmp_path: Path) -> None:
    one = child(tmp_path, "return data * 2")
    said: dict[bytes, bytes] = {}

    def asks(what: bytes) -> None:
        said[what] = one.ask(what)

    threads = [threading.Thread(target=asks, args=(b"%d" % n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {b"%d" % n: b"%d" % n * 2 for n in range(8)}
    one.end()


def test_it_knows_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USANCE_SECRET_KEY", "known-to-us-alone")
    one = child(tmp_path, "import os; return repr(dict(os.environ)).encode()")
    assert b"known-to-us-alone" not in one.ask(b"x")
    one.end()


def test_a_forked_process_starts_its_own(tmp_path: Path) -> None:
    one = child(tmp_path, "import os; return str(os.getpid()).encode()")
    ours = one.ask(b"x")
    into, out = os.pipe()
    if not (forked := os.fork()):
        os.write(out, one.ask(b"x"))
        one.end()
        os._exit(0)
    os.waitpid(forked, 0)
    assert os.read(into, 100) != ours
    assert one.ask(b"x") == ours, "the fork's end was not the end of ours"
    one.end()
    os.close(into)
    os.close(out)
