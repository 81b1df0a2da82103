"""Programs that look for malware in what was handed in. An inspector is a module with these names.

Nobody has to have one. Whoever sets one up gets in nothing that it has not looked at.
"""

from collections.abc import Mapping
from typing import Protocol


class TooLarge(Exception):
    """The inspector does not look at so many bytes; nobody knows what is in them."""


class Inspector(Protocol):
    CONFIG: Mapping[str, str]  # Setting's name -> what it is for.

    def inspect(self, data: bytes, config: Mapping[str, str]) -> str:
        """What it calls what it found; empty: nothing was found.

        :raises TooLarge: if it does not look at so much.
        :raises TryLater: if it cannot be asked, or does not answer as it should.
        """
