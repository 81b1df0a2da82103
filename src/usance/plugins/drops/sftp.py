"""A folder at the client's or at a host, over SFTP; results are written back there.

A file is whole when two looks, some seconds apart, show it alike: the other machine's clock is not
ours, so its age says nothing.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from usance.plugins import TryLater
from usance.plugins.channels import _sftp

from . import MARKER, RESULT, Lying, is_whole_name

CONFIG: Mapping[str, str] = {
    "host": "of the server",
    "port": "without it 22",
    "user": "ours at the server",
    "password": "if the server gives one",
    "private_key": "ours, OpenSSH or PEM; without it the password",
    "host_key": "the server's public key, such as ssh-ed25519 AAAA…; nobody else is believed",
    "folder": "in which files lie; without it the one that the login opens",
    "settle_seconds": "between two looks at a file that has no marker; without it 3",
    "marker": "required: only files with a marker beside them are taken",
    "timeout_seconds": "for each answer; without it 30",
}
SETTLE_SECONDS = 3
log = logging.getLogger(__name__)


class Remote:
    def __init__(self, drop: _sftp.Drop, config: Mapping[str, str]) -> None:
        self._drop = drop
        self._settle = int(config.get("settle_seconds", "") or SETTLE_SECONDS)
        self._needs_marker = config.get("marker", "") == "required"
        self._seen: dict[str, tuple[int, int]] = {}  # As each file was when it was found whole.

    def waiting(self, *, most: int) -> list[Lying]:
        try:
            first = self._drop.listing(".")
            whole = [name for name in first if is_whole_name(name)]
            marked = [name for name in whole if name + MARKER in first]
            if len(marked) < len(whole) and not self._needs_marker:
                time.sleep(self._settle)
                then = self._drop.listing(".")
                marked = [name for name in whole if name in marked or then.get(name) == first[name]]
        except _sftp.LOST as trouble:
            raise TryLater(f"{type(trouble).__name__}: {trouble}") from trouble
        self._seen = first
        return [Lying(name=name, size=first[name][0]) for name in sorted(marked)[:most]]

    def read(self, name: str, *, largest: int) -> bytes | None:
        try:
            if not self._drop.exists(name):
                return None
            content = self._drop.read(name, largest=largest)
            is_same = self._drop.state(name) == self._seen[name]
        except _sftp.NOT_THERE as no:
            log.warning("%s: it is not given to us: %s", name, no)
            return None
        except _sftp.LOST as trouble:
            raise TryLater(f"{type(trouble).__name__}: {trouble}") from trouble
        return content if is_same and len(content) <= largest else None

    def put_away(self, name: str, result: bytes, *, to: str) -> None:
        try:
            if self._drop.state(name) != self._seen[name]:
                return  # Gone, or written anew since: then it waits for the next time.
            said = f"{to}/{name}{RESULT}"
            self._drop.make(to)
            self._drop.write(f"{said}.part", result)
            self._drop.rename(f"{said}.part", said, over=True)
            self._drop.rename(name, self._free(f"{to}/{name}"))
            if self._drop.exists(name + MARKER):
                self._drop.remove(name + MARKER)
        except _sftp.LOST as trouble:
            raise TryLater(f"{type(trouble).__name__}: {trouble}") from trouble

    def _free(self, target: str) -> str:
        number, free = 1, target
        stem, point, ending = target.rpartition(".")
        while self._drop.exists(free):
            number += 1
            free = f"{stem}~{number}{point}{ending}" if stem else f"{target}~{number}"
        return free


@contextmanager
def opened(config: Mapping[str, str]) -> Iterator[Remote]:
    with _sftp.Drop(config) as drop:
        yield Remote(drop, config)
