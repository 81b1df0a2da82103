"""Pictures of paper: JPEG, PNG and TIFF of one or many pages, and PDF pages without words.

Words are recognised by rapidocr with the models of its package (nothing is fetched), in a child
process with limits. Pages that lie or stand on their heads are turned, slanted ones levelled.
"""

import json
import struct
from importlib.util import find_spec
from pathlib import Path

from usance.domain.capture.reading import Box, Page, Word
from usance.domain.capture.rows import in_order
from usance.domain.finding import Finding, Severity
from usance.plugins import Unreadable
from usance.plugins._child import Child

from . import BROKEN, MAX_PAGES

MEDIA_TYPES = ("image/jpeg", "image/png", "image/tiff")
MAX_BYTES = 64 * 1024 * 1024
SECONDS = 120  # For one page on a busy machine; a quiet one takes three.
FAINT = 0.75  # Mean score of a page below which a person should look at the paper.
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
MISSING = (
    "pictures are read with the packages rapidocr and onnxruntime, which are not installed here; "
    "run make setup, or ask the sender for an electronic invoice"
)

child = Child(
    Path(__file__).with_name("_picture_child.py"), documents=200, seconds=SECONDS, broken=BROKEN
)


def sniff(data: bytes) -> bool:
    return data.startswith(_SIGNATURES)


def read(data: bytes) -> tuple[tuple[Page, ...], tuple[Finding, ...]]:
    """The pages of a picture; a TIFF may have many.

    :raises Unreadable: if it is broken or too large, or if the recogniser is not installed.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the picture has {len(data):,} bytes, more than {MAX_BYTES:,}")
    page, findings, count = _page(data, 0)
    pages, odd = [page], list(findings)
    for at in range(1, min(count, MAX_PAGES)):
        page, findings, _ = _page(data, at)
        pages.append(page)
        odd += findings
    if count > MAX_PAGES:
        odd.append(Finding(
            code="pages_left_out", where=f"page {MAX_PAGES + 1}", severity=Severity.WARNING,
            says=f"The picture has {count} pages; the first {MAX_PAGES} were read.",
            todo="Look at the rest yourself, or send the invoice without its attachments.",
        ))  # fmt: skip
    return tuple(pages), tuple(odd)


def page_of_pdf(data: bytes, number: int) -> tuple[Page, tuple[Finding, ...]]:
    """A page of a PDF, drawn and looked at; `number` from 1.

    :raises Unreadable: as `read`.
    """
    page, findings, _ = _page(data, number - 1)
    return page, findings


def _page(data: bytes, at: int) -> tuple[Page, tuple[Finding, ...], int]:
    if find_spec("rapidocr") is None or find_spec("onnxruntime") is None:
        raise Unreadable(MISSING)
    said = json.loads(child.ask(struct.pack(">I", at), data))
    words = tuple(
        Word(text=text, score=score, box=Box(page=at + 1, left=left, top=top, right=right,
                                             bottom=bottom))
        for text, left, top, right, bottom, score in said["words"]
    )  # fmt: skip
    page = Page(
        number=at + 1, width=said["wide"], height=said["tall"], source="picture",
        turned=said["turned"], words=in_order(words),
    )  # fmt: skip
    return page, _odd(page), said["count"]


def _odd(page: Page) -> tuple[Finding, ...]:
    where = f"page {page.number}"
    if not page.words:
        return (Finding(
            code="page_without_words", where=where, severity=Severity.WARNING,
            says=f"No words were found on page {page.number}.",
            todo="If it is not meant to be empty, ask the sender for a better picture.",
        ),)  # fmt: skip
    mean = sum(word.score for word in page.words) / len(page.words)
    if mean >= FAINT:
        return ()
    return (Finding(
        code="faint_page", where=where, severity=Severity.WARNING,
        says=f"Page {page.number} is hard to read: of its letters {mean:.0%} are sure.",
        todo="Compare every field with the page, or ask for a better picture.",
    ),)  # fmt: skip
