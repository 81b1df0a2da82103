"""Readers of pages: PDFs without data and pictures of paper.

    pages, findings = read_pages(data)

`pages` are `domain.capture.reading.Page`s, upright, at most MAX_PAGES; `findings` say what was
left out. `domain.capture.read` makes a reading of them.
"""

from typing import Protocol

from usance.domain.capture.reading import Page
from usance.domain.finding import Finding

MAX_PAGES = 50


class Reader(Protocol):
    MEDIA_TYPES: tuple[str, ...]

    def sniff(self, data: bytes) -> bool:
        """Is this ours? Cheap, and never wrong with a yes."""

    def read(self, data: bytes) -> tuple[tuple[Page, ...], tuple[Finding, ...]]:
        """The pages upright, and what is odd about the file.

        :raises Unreadable: if the file cannot be opened at all; says what to do next.
        """


def read_pages(data: bytes) -> tuple[tuple[Page, ...], tuple[Finding, ...]]:
    """The pages of a PDF, JPEG, PNG or TIFF, by the reader that knows it.

    :raises Unreadable: if no reader knows it, or its own cannot open it.
    """
    from ._any import read_pages  # Late: it asks for the plug-ins, of which this is the package.

    return read_pages(data)
