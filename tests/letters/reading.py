"""What a reader of our PDFs sees: its text, and where on the paper it stands."""

from typing import NamedTuple

import pypdfium2

MM = 72 / 25.4


class Word(NamedTuple):
    """Millimetres from the top left corner of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document]


def text(pdf: bytes) -> str:
    return "\n".join(pages(pdf))


def flowing(pdf: bytes) -> str:
    """With every run of spaces and line ends as one space."""
    return " ".join(text(pdf).split())


def boxes(pdf: bytes, page: int = 0) -> list[Word]:
    """The runs of text of a page with their boxes."""
    sheet = pypdfium2.PdfDocument(pdf)[page]
    tall = sheet.get_height()
    words = sheet.get_textpage()
    found = []
    for nth in range(words.count_rects()):
        left, bottom, right, top = words.get_rect(nth)
        said = words.get_text_bounded(left, bottom, right, top)
        found.append(Word(said, left / MM, (tall - top) / MM, right / MM, (tall - bottom) / MM))
    return found
