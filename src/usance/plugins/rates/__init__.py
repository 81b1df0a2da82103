"""Who publishes what currencies are worth. A source is a module with these names.

Reading is pure: bytes in, rates out. Fetching is apart, so that the same file can be imported by
hand where nothing may be fetched.
"""

from collections.abc import Mapping
from typing import Protocol

from usance.domain.exchange import Published as Published

KIND = "rates"


class Source(Protocol):
    CONFIG: Mapping[str, str]

    def read(self, data: bytes) -> tuple[Published, ...]:
        """Every rate of the file, by day and currency.

        :raises Unreadable: if it cannot be understood; no rate is skipped.
        """

    def fetch(self, config: Mapping[str, str]) -> bytes:
        """The file as it is published now.

        :raises TryLater: if it cannot be fetched.
        """
