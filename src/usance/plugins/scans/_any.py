"""A file of which nobody said what it is: the reader of pages that knows it."""

from usance import plugins
from usance.domain.capture.reading import Page
from usance.domain.finding import Finding
from usance.plugins import Unreadable

KIND = "scans"


def read_pages(data: bytes) -> tuple[tuple[Page, ...], tuple[Finding, ...]]:
    """:raises Unreadable: if no reader knows the file, or its own cannot open it."""
    for name in plugins.names(KIND):
        module = plugins.load(KIND, name)
        if module.sniff(data):
            pages, findings = module.read(data)
            return pages, findings
    raise Unreadable("this is neither a PDF nor a JPEG, PNG or TIFF; ask the sender what it is")
