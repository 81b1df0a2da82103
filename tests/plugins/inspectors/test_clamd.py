"""The virus scanner is asked over its own protocol; whatever it cannot say is no yes."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from usance import plugins, sandbox
from usance.plugins import TryLater
from usance.plugins.inspectors import Inspector, TooLarge, clamd
from usance.sandbox.houses import clamd as house


@pytest.fixture(scope="module")
def config() -> Iterator[dict[str, str]]:
    with sandbox.start(sandbox.Settings(seed=7)) as running:
        yield running.config("inspectors", "clamd") | {"timeout_seconds": "20"}


def test_it_is_an_inspector() -> None:
    one: Inspector = clamd
    assert plugins.names("inspectors") == ("clamd",)
    assert set(one.CONFIG) == {"address", "timeout_seconds"}


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"<Invoice/>", ""),
        (b"", ""),
        (bytes(3_000_000), ""),  # In several pieces.
        (house.EICAR, "Eicar-Test-Signature"),
        (bytes(2_000_000) + house.EICAR, "Eicar-Test-Signature"),
    ],
)
def test_what_it_finds_comes_back_by_its_name(
    config: dict[str, str], data: bytes, found: str
) -> None:
    assert clamd.inspect(data, config) == found


def test_more_than_it_looks_at_is_said_also_while_it_is_being_sent(config: dict[str, str]) -> None:
    with pytest.raises(TooLarge):
        clamd.inspect(bytes(house.LARGEST + 1), config)
    with pytest.raises(TooLarge):
        clamd.inspect(bytes(house.LARGEST * 2), config)


@pytest.mark.parametrize("word", house.ODD)
def test_an_answer_that_is_none_is_no_yes(config: dict[str, str], word: bytes) -> None:
    with pytest.raises(TryLater):
        clamd.inspect(house.ASKED + word, config)


def test_nobody_there_is_no_yes(config: dict[str, str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TryLater):
        clamd.inspect(b"x", {"address": f"tcp://127.0.0.1:{port}"})


def test_a_socket_in_a_folder_is_asked_as_well(tmp_path: Path) -> None:
    place = tmp_path / "clamd.ctl"
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(place))
        door.listen()

        def answers() -> None:
            line, _ = door.accept()
            with line:
                heard = b""
                while not heard.endswith(bytes(4)):
                    heard += line.recv(4096)
                line.sendall(b"stream: OK\0")

        thread = threading.Thread(target=answers)
        thread.start()
        assert clamd.inspect(b"x", {"address": f"unix://{place}"}) == ""
        thread.join()
    with pytest.raises(TryLater):
        clamd.inspect(b"x", {"address": f"unix://{tmp_path}/nothing"})
