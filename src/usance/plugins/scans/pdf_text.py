"""PDFs that say their words. Pages that are pictures are handed to the reader of pictures.

The PDF may be anybody's, so a child process opens it (`_text_child`).
"""

import json
from dataclasses import replace
from pathlib import Path

from usance.domain.capture.reading import Box, Page, Word
from usance.domain.capture.rows import in_order
from usance.domain.finding import Finding, Severity
from usance.plugins import Unreadable
from usance.plugins._child import Child

from . import BROKEN, pictures

MEDIA_TYPES = ("application/pdf",)
MAX_BYTES = 64 * 1024 * 1024
HEADER_WITHIN = 1024  # Readers accept "%PDF-" anywhere in here (ISO 32000-1 annex H.3).
SECONDS = 30  # For one document.
LEAST_LETTERS = 25  # Fewer on a page that shows something: it is a picture with a stamp.
MOST_STRANGE = 0.3  # Share of letters without a meaning: the file's fonts do not say what they are.

child = Child(
    Path(__file__).with_name("_text_child.py"), documents=200, seconds=SECONDS, broken=BROKEN
)


def sniff(data: bytes) -> bool:
    return b"%PDF-" in data[:HEADER_WITHIN]


def read(
    data: bytes, *, with_pictures: bool = True
) -> tuple[tuple[Page, ...], tuple[Finding, ...]]:
    """The pages of a PDF. Without pictures, pages that say no words stay empty.

    :raises Unreadable: if the PDF is locked, broken or too large for us.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the PDF has {len(data):,} bytes, more than the {MAX_BYTES:,} we take")
    answer = json.loads(child.ask(data))
    pages: list[Page] = []
    findings: list[Finding] = []
    for number, (wide, tall, turned, drawn, words) in enumerate(answer["pages"], 1):
        page = Page(
            number=number, width=wide, height=tall, source="text", turned=turned,
            words=in_order(tuple(_word(number, *word) for word in words)),
        )  # fmt: skip
        if with_pictures and drawn and not _says_its_words(page):
            page, odd = _seen(data, page)
            findings += odd
        pages.append(page)
    if (count := answer["count"]) > len(pages):
        findings.append(Finding(
            code="pages_left_out", where=f"page {len(pages) + 1}", severity=Severity.WARNING,
            says=f"The document has {count} pages; the first {len(pages)} were read.",
            todo="Look at the rest yourself, or send the invoice without its attachments.",
        ))  # fmt: skip
    return tuple(pages), tuple(findings)


def _word(page: int, text: str, left: float, top: float, right: float, bottom: float) -> Word:
    return Word(text=text, box=Box(page=page, left=left, top=top, right=right, bottom=bottom))


def _says_its_words(page: Page) -> bool:
    text = "".join(word.text for word in page.words)
    strange = sum(1 for ch in text if ch == "\ufffd" or "\ue000" <= ch <= "\uf8ff" or ch < " ")
    return len(text) >= LEAST_LETTERS and strange < MOST_STRANGE * len(text)


def _seen(data: bytes, page: Page) -> tuple[Page, tuple[Finding, ...]]:
    """The page as the reader of pictures sees it; as it was if that one cannot."""
    try:
        seen, findings = pictures.page_of_pdf(data, page.number)
    except Unreadable as wrong:
        return page, (Finding(
            code="page_not_read", where=f"page {page.number}", severity=Severity.WARNING,
            says=f"Page {page.number} is a picture and could not be read: {wrong.says}.",
            todo="Read it yourself, or ask the sender for an electronic invoice.",
        ),)  # fmt: skip
    return replace(seen, number=page.number), findings
