"""Readers of pages: PDFs without data and pictures of paper.

    pages, findings = read_pages(data)

`pages` are `domain.capture.reading.Page`s, upright, at most MAX_PAGES; `findings` say what was
left out. `domain.capture.read` makes a reading of them.

    paper = read_paper(data, known=known)

takes any file that may be an invoice: data (also those inside a PDF, which then win over what its
pages say) and pages.
"""

from typing import TYPE_CHECKING, Protocol

from usance.domain.capture.known import NOTHING_KNOWN, Known
from usance.domain.capture.reading import Page
from usance.domain.finding import Finding
from usance.domain.invoice import Invoice

if TYPE_CHECKING:
    from ._papers import Paper

MAX_PAGES = 50
BROKEN = "the document needs more time or memory than we give; ask the sender for it again"


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


def read_paper(data: bytes, *, known: Known = NOTHING_KNOWN) -> "Paper":
    """Every invoice in a file of which nobody said what it is, by its data or by its pages.

    :raises Unreadable: if nothing of ours can read it; says what it seems to be.
    """
    from ._papers import read_paper  # Late: as above.

    return read_paper(data, known)


def printed_otherwise(
    data: bytes, invoice: Invoice, *, known: Known = NOTHING_KNOWN
) -> tuple[Finding, ...]:
    """What the pages of a PDF say otherwise than the invoice that was read from the data in it."""
    from ._papers import printed_otherwise  # Late: as above.

    return printed_otherwise(data, invoice, known)
