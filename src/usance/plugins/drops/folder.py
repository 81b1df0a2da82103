"""A folder on this machine, or on one that is mounted here.

Links are not followed, and nothing outside of the folder is touched: whoever may write into it may
not make us read what he may not.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from usance.plugins import TryLater

from . import DONE, FAILED, MARKER, RESULT, Lying, is_whole_name

CONFIG: Mapping[str, str] = {
    "folder": "the path",
    "settle_seconds": "for so long nothing may have changed a file; without it 10",
    "marker": "required: only files with a marker beside them are taken",
    "now": "seconds of the machine's clock, set by the caller",
}
SETTLE_SECONDS = 10
DEEPEST = 8  # Folders below the place.


class Folder:
    def __init__(self, config: Mapping[str, str]) -> None:
        self._root = Path(config["folder"])
        self._settle = int(config.get("settle_seconds", "") or SETTLE_SECONDS)
        self._needs_marker = config.get("marker", "") == "required"
        self._now = int(config.get("now", "") or 0)

    def waiting(self, *, most: int) -> list[Lying]:
        try:
            found = [one for one in self._files(self._root, "") if one is not None]
        except OSError as trouble:
            raise TryLater(f"{self._root}: {trouble.strerror}") from trouble
        return sorted(found, key=lambda one: one.name)[:most]

    def read(self, name: str, *, largest: int) -> bytes | None:
        try:
            number = os.open(self._root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except OSError as trouble:
            raise TryLater(f"{name}: {trouble.strerror}") from trouble
        with os.fdopen(number, "rb") as file:
            known = os.fstat(number)
            if not stat.S_ISREG(known.st_mode) or known.st_size > largest:
                return None
            return file.read(largest + 1)

    def put_away(self, name: str, result: bytes, *, to: str) -> None:
        source, target = self._root / name, self._free(self._root / to / name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if not source.exists():
                return
            said = target.with_name(target.name + RESULT)
            written = said.with_name(f".{said.name}")
            written.write_bytes(result)
            written.replace(said)
            source.rename(target)
            source.with_name(source.name + MARKER).unlink(missing_ok=True)
        except OSError as trouble:
            raise TryLater(f"{name}: {trouble.strerror}") from trouble

    def _files(self, folder: Path, before: str) -> Iterator[Lying]:
        with os.scandir(folder) as entries:
            there = {entry.name: entry for entry in entries}
        for name, entry in there.items():
            path = f"{before}{name}"
            if entry.is_dir(follow_symlinks=False):
                is_ours = not before and name in (DONE, FAILED)
                if not is_ours and not name.startswith(".") and path.count("/") < DEEPEST:
                    yield from self._files(folder / name, f"{path}/")
            elif entry.is_file(follow_symlinks=False) and is_whole_name(name):
                known = entry.stat(follow_symlinks=False)
                if name + MARKER in there or self._has_settled(known):
                    yield Lying(name=path, size=known.st_size)

    def _has_settled(self, known: os.stat_result) -> bool:
        """The moment of the last change of anything counts: programs set back that of writing."""
        if self._needs_marker:
            return False
        return self._now - int(max(known.st_mtime, known.st_ctime)) >= self._settle

    @staticmethod
    def _free(target: Path) -> Path:
        """The path, or the next one that nobody has."""
        number, free = 1, target
        while free.exists():
            number += 1
            free = target.with_name(f"{target.stem}~{number}{target.suffix}")
        return free


@contextmanager
def opened(config: Mapping[str, str]) -> Iterator[Folder]:
    yield Folder(config)
