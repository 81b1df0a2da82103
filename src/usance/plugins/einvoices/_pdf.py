"""The XML files in a PDF. The PDF may be anybody's, so a child process opens it (`_pdf_child`)."""

import json
from pathlib import Path

from usance.plugins._child import Child

BROKEN = "the PDF needs more time or memory than we give; ask the sender for it again"
child = Child(
    Path(__file__).with_name("_pdf_child.py"),
    documents=200, seconds=20, broken=BROKEN, largest_answer=64 * 1024 * 1024,
)  # fmt: skip


def xml_files(data: bytes) -> list[tuple[str, bytes]]:
    """Name and content of the e-invoice in the PDF, else of every XML file attached to it.

    :raises Unreadable: if the PDF is locked, broken or too large for us.
    """
    head, _, contents = child.ask(data).partition(b"\n")
    found, at = [], 0
    for name, size in json.loads(head):
        found.append((name, contents[at : at + size]))
        at += size
    return found
