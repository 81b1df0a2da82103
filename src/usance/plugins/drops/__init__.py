"""Places where clients leave files: each a folder with `done` and `failed` in it.

A drop is a module with CONFIG and `opened(config)`. Files are taken when they are whole: what ends
in .part, .tmp and the like, and what begins with a point, is still being written; a file beside
which `<name>.done` lies is whole at once. All places say and do the same, so that a client may
change from one to the other.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

DONE, FAILED = "done", "failed"
MARKER = ".done"  # An empty file of this ending says that the one beside it is whole.
RESULT = ".result.json"
UNFINISHED = (".part", ".tmp", ".filepart", ".partial", ".crdownload", ".swp", "~", MARKER, RESULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """A whole file that waits to be taken."""

    name: str  # With its folders below the place, by "/".
    size: int  # Bytes.


class Place(Protocol):
    """An open drop."""

    def waiting(self, *, most: int) -> list[Lying]:
        """The first files by name that are whole.

        :raises TryLater: if it cannot be looked at.
        """

    def read(self, name: str, *, largest: int) -> bytes | None:
        """The bytes; None: it is gone, no file, or larger.

        :raises TryLater: if it cannot be read now.
        """

    def put_away(self, name: str, result: bytes, *, to: str) -> None:
        """The result is written beside where the file goes, then the file goes there. What is away
        already stays so; another file of that name there is not overwritten.

        :raises TryLater: if it could not be done now.
        """


class Drop(Protocol):
    CONFIG: Mapping[str, str]

    def opened(self, config: Mapping[str, str]) -> AbstractContextManager[Place]: ...


def is_whole_name(name: str) -> bool:
    """Whether a file of this name may be taken: nobody is writing it, and it is no word of ours."""
    last = name.rpartition("/")[2]
    is_office_lock = last.startswith("~$")
    return not last.startswith(".") and not is_office_lock and not last.endswith(UNFINISHED)
