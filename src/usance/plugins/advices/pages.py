"""PDFs that say their words: the rows of their pages, read as `_text` reads lines.

A child process opens the PDF (`plugins.scans.pdf_text`). Pages that are pictures say nothing here.
Source: ISO 32000-1 §7.5.2 (header), Annex H.3 (where it may stand).
"""

from usance.domain.payment import Advice

from . import _text


def sniff(data: bytes) -> bool:
    return b"%PDF-" in data[:1024]


def read(data: bytes) -> list[Advice]:
    """:raises Unreadable: as `_text.advice`, and for a PDF that is locked, broken or too large."""
    from usance.domain.capture.rows import rows_of  # Late: few advices are PDFs.
    from usance.plugins.scans import pdf_text

    pages, _ = pdf_text.read(data, with_pictures=False)
    lines = [(f"page {row.page}, row {row.number + 1}", row.text) for row in rows_of(pages)]
    found = _text.advice(lines)
    return [found] if found else []
