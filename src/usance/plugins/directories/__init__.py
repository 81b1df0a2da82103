"""Who can receive what: directories of networks and mailboxes. A directory keeps these names.

Asked before a channel is chosen, for many addresses at once. That it cannot be reached is an
answer (`receives` is None), not an exception: the ladder goes on without knowing.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from usance.domain.distribution import Capability, Kind


class Directory(Protocol):
    KIND: Kind  # The kind of channel whose addresses it knows.
    CONFIG: Mapping[str, str]  # Setting's name -> what it is for.

    def look_up(
        self, identifiers: Sequence[str], config: Mapping[str, str]
    ) -> Iterator[Capability]:
        """One Capability for each identifier, in order, whatever happens."""
