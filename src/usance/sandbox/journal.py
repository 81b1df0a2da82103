"""What was asked of the sandbox, a line for each, so that a restart knows all of it again.

The world follows from seed, start and the sequence of calls; so the calls are all there is to keep.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec


class Journal:
    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.is_replayed = path is None  # Until then nothing is written.

    def lines(self) -> Iterator[dict[str, Any]]:
        """What was kept. A last line that a kill cut off was never answered: it is left out."""
        if self._path is None or not self._path.exists():
            return
        whole, cut, _ = self._path.read_bytes().rpartition(b"\n")
        if cut:
            for line in whole.split(b"\n"):
                yield json.loads(line)
        with self._path.open("r+b") as file:
            file.truncate(len(whole) + len(cut))

    def note(self, did: str, **what: Any) -> None:
        if self._path is not None and self.is_replayed:
            with self._path.open("ab") as file:
                file.write(msgspec.json.encode({"did": did} | what) + b"\n")
