"""Files that hold files: archives and mails. A wrapping is a module with these names.

Pure: bytes in, files out, within limits that are looked at before anything is unpacked and counted
again while it is. What is in a wrapping may be anybody's: nothing of it is ever written to a disk
under its own name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from usance.domain.finding import Finding

MOST_MEMBERS = 5_000  # In one file that was handed in, all its levels together.
LARGEST_MEMBER = 50 * 1024 * 1024
LARGEST_TOTAL = 200 * 1024 * 1024
MOST_RATIO = 100  # Unpacked to packed; deflate reaches 1032, an honest invoice about 40.
RATIO_FROM = 1024 * 1024  # Bytes unpacked; below it no ratio does harm.
LEVELS = 2  # A wrapping in a wrapping is opened, the next one is not.


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file in a wrapping, or why it was not taken: then `data` is empty and `finding` says so."""

    name: str  # With its path, parts separated by "/".
    data: bytes = b""
    media_type: str = "application/octet-stream"
    finding: Finding | None = None


class Budget:
    """What may still be unpacked of one file that was handed in."""

    def __init__(
        self,
        *,
        members: int = MOST_MEMBERS,
        total: int = LARGEST_TOTAL,
        each: int = LARGEST_MEMBER,
    ) -> None:
        self.members, self.total, self.each = members, total, each

    def fits(self, size: int) -> bool:
        return self.members > 0 and size <= self.total

    def spend(self, size: int) -> None:
        self.members -= 1
        self.total -= size


class Wrapping(Protocol):
    MEDIA_TYPE: str

    def sniff(self, data: bytes) -> bool:
        """Is this ours? Cheap, and never wrong with a yes."""

    def unpack(self, data: bytes, name: str, budget: Budget) -> Iterator[Member]:
        """Every file in it, in its order; those that are refused too, each with its reason.

        `name` is the wrapping's own: a gzip names what is in it so.

        :raises Unreadable: before the first member, if the whole is broken or beyond the budget.
        """
