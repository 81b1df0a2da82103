"""A folder on this machine, or on one that is mounted here.

Links are not followed, and nothing outside of the folder is touched: whoever may write into it may
not make us read what he may not.
"""

import logging
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
State = tuple[int, int, int]  # Which file, how long, when it was written.
log = logging.getLogger(__name__)


class Folder:
    def __init__(self, config: Mapping[str, str]) -> None:
        self._root = Path(config["folder"])
        self._settle = int(config.get("settle_seconds", "") or SETTLE_SECONDS)
        self._needs_marker = config.get("marker", "") == "required"
        self._now = int(config.get("now", "") or 0)
        self._seen: dict[str, State] = {}  # As each file was when it was found whole.

    def waiting(self, *, most: int) -> list[Lying]:
        try:
            found = [one for one in self._files(self._root, "") if one is not None]
        except OSError as trouble:
            raise TryLater(f"{self._root}: {trouble.strerror}") from trouble
        return sorted(found, key=lambda one: one.name)[:most]

    def read(self, name: str, *, largest: int) -> bytes | None:
        try:
            number = os.open(self._root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except (FileNotFoundError, PermissionError):
            return None
        except OSError as trouble:
            raise TryLater(f"{name}: {trouble.strerror}") from trouble
        with os.fdopen(number, "rb") as file:
            known = os.fstat(number)
            if not stat.S_ISREG(known.st_mode) or known.st_size > largest:
                return None
            content = file.read(largest + 1)
            return content if _state(os.fstat(number)) == self._seen[name] else None

    def put_away(self, name: str, result: bytes, *, to: str) -> None:
        source, target = self._root / name, self._free(self._root / to / name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if not source.exists() or self._is_another(name):
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
        try:
            with os.scandir(folder) as entries:
                there = {entry.name: entry for entry in entries}
        except PermissionError:
            if not before:
                raise
            log.warning("%s: we may not look into it", folder)
            return
        for name, entry in there.items():
            path = f"{before}{name}"
            if entry.is_dir(follow_symlinks=False):
                is_ours = not before and name in (DONE, FAILED)
                if not is_ours and not name.startswith(".") and path.count("/") < DEEPEST:
                    yield from self._files(folder / name, f"{path}/")
            elif entry.is_file(follow_symlinks=False) and is_whole_name(name):
                known = entry.stat(follow_symlinks=False)
                if not os.access(entry.path, os.R_OK, effective_ids=True):
                    log.warning("%s: we may not read it", folder / name)
                elif name + MARKER in there or self._has_settled(known):
                    self._seen[path] = _state(known)
                    yield Lying(name=path, size=known.st_size)

    def _is_another(self, name: str) -> bool:
        """Whether somebody has written it anew since: then it waits for the next time."""
        return _state((self._root / name).lstat()) != self._seen[name]

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


def _state(known: os.stat_result) -> State:
    return known.st_ino, known.st_size, known.st_mtime_ns


@contextmanager
def opened(config: Mapping[str, str]) -> Iterator[Folder]:
    yield Folder(config)
