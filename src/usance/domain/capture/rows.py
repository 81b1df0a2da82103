"""Words on a page as rows, and rows as cells: what stands beside what."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from .reading import Box, Page, Word

CELL_GAP = 0.9  # Of a row's height: a wider gap begins a new cell.
SAME_ROW = 0.5  # Of the lower word's height: how far two words of a row must overlap.


@dataclass(frozen=True)  # No slots: text and box are asked for all over, and kept.
class Cell:
    """Words that belong together: a phrase of a row."""

    words: tuple[Word, ...]
    row: int  # Of the document, from 0.
    first: int  # Place of its first word in the row.

    @cached_property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @cached_property
    def box(self) -> Box:
        return around(self.words)


@dataclass(frozen=True)
class Row:
    number: int  # Of the document, from 0.
    page: int
    words: tuple[Word, ...]  # From left to right.
    cells: tuple[Cell, ...]
    top: float
    bottom: float

    @cached_property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def height(self) -> float:
        return self.bottom - self.top


def around(words: Sequence[Word]) -> Box:
    """The box around words of one page."""
    first = words[0].box
    if len(words) == 1:
        return first
    left, top, right, bottom = first.left, first.top, first.right, first.bottom
    for word in words[1:]:  # Asked for every label and value of a page: four passes would show.
        box = word.box
        if box.left < left:
            left = box.left
        if box.top < top:
            top = box.top
        if box.right > right:
            right = box.right
        if box.bottom > bottom:
            bottom = box.bottom
    return Box(page=first.page, left=left, top=top, right=right, bottom=bottom)


def rows_of(pages: Sequence[Page]) -> tuple[Row, ...]:
    """Every row of the document from the top of its first page to the bottom of its last."""
    found: list[Row] = []
    for page in pages:
        for words in _lines(page.words):
            number = len(found)
            found.append(
                Row(
                    number,
                    page.number,
                    tuple(words),
                    tuple(_cells(words, number)),
                    median(word.box.top for word in words),
                    median(word.box.bottom for word in words),
                )
            )
    return tuple(found)


def in_order(words: Sequence[Word]) -> tuple[Word, ...]:
    """Row by row, each from left to right."""
    return tuple(word for line in _lines(words) for word in line)


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    middles: list[float] = []  # Of the line's first words; a slant of the rest moves it.
    for word in sorted(words, key=lambda word: (word.box.top + word.box.bottom, word.box.left)):
        middle = (word.box.top + word.box.bottom) / 2
        height = word.box.bottom - word.box.top
        for at in range(len(lines) - 1, max(len(lines) - 4, -1), -1):
            line = lines[at][-1]
            tall = min(height, line.box.bottom - line.box.top)
            if abs(middle - middles[at]) < SAME_ROW * tall and not _covers(lines[at], word):
                lines[at].append(word)
                middles[at] += (middle - middles[at]) / len(lines[at])
                break
        else:
            lines.append([word])
            middles.append(middle)
    for line_words in lines:
        line_words.sort(key=lambda word: word.box.left)
    return lines


def _covers(line: Sequence[Word], word: Word) -> bool:
    """Does a word of the line stand where this one does? Then they are two lines, close by."""
    box = word.box
    wide = 0.5 * (box.right - box.left)
    return any(
        min(other.box.right, box.right) - max(other.box.left, box.left) > wide for other in line
    )


def _cells(words: Sequence[Word], row: int) -> list[Cell]:
    cells: list[Cell] = []
    start = 0
    for at in range(1, len(words) + 1):
        if at < len(words):
            before, box = words[at - 1].box, words[at].box
            height = max(min(before.bottom - before.top, box.bottom - box.top), 4.0)
            if box.left - before.right <= CELL_GAP * height:
                continue
        cells.append(Cell(tuple(words[start:at]), row, start))
        start = at
    return cells
