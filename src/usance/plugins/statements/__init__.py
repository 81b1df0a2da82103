"""Bank statements. A format is a module with these names.

Pure: bytes in, values out. No network, no database; held so by a contract.
"""

from typing import Protocol

from usance.domain.payment import Statement


class Format(Protocol):
    def sniff(self, data: bytes) -> bool:
        """Is this ours? Cheap, and never wrong with a yes."""

    def read(self, data: bytes) -> list[Statement]:
        """Every statement in the file with every line, in the order of the file.

        :raises Unreadable: on the first thing that cannot be read. Never skips a line.
        """
