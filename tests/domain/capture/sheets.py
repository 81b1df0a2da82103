"""Pages out of text: a letter is 6 points wide, a line 14 high; columns are as one sees them."""

import re
from textwrap import dedent

from usance.domain.capture import Box, Page, Word

WIDE, TALL = 6.0, 14.0
SIZE = 10.0  # Of a letter; a single blank is narrower than the gap between columns.


def sheet(text: str, *, number: int = 1, source: str = "text") -> Page:
    """An A4 page; two blanks and more part columns."""
    words = []
    for row, line in enumerate(dedent(text).strip("\n").splitlines()):
        top = 40 + row * TALL
        for found in re.finditer(r"\S+", line):
            left = 40 + found.start() * WIDE
            box = Box(page=number, left=left, top=top, right=40 + found.end() * WIDE,
                      bottom=top + SIZE)  # fmt: skip
            words.append(Word(text=found[0], box=box))
    return Page(number=number, width=595, height=842, words=tuple(words), source=source)


def value(reading: object, name: str) -> str:
    """The value of a field; empty if it was not found."""
    field = reading.fields.get(name)  # type: ignore[attr-defined] # A Reading.
    return field.value if field else ""
