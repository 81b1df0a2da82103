"""Run in a child process by `pdf_text`: a PDF, and the words of its pages.

Imports nothing of ours (see `_child_loop`). The answer is JSON: {"count", "pages": [[width, height,
turned, drawn, [[text, l, t, r, b], …]]]}. Places are points from the left top of the page as one
reads it.
"""

import ctypes
import json
from collections import Counter
from typing import Any

MEMORY = 1_200_000_000  # Bytes of address space, the reader's own library included.
CPU_SECONDS = 120  # For all documents that one child reads.
MAX_COUNT = 1000  # Pages of a document that is opened at all.
MAX_PAGES = 50  # Pages that are read.
MAX_CHARS = 60_000  # On one page; a page of small print has 8,000.
LARGEST_SIDE = 14_400  # Points; the largest page that the PDF standard knows.
GAP = 0.28  # Of the height of a line: a wider gap parts words.
TOUCH = 0.12  # The same where the library has put a blank or a line's end between letters.
BREAK = "\n"  # Such a one: between letters that are set one by one, or that stand on their heads.
# Of all widths, what parts lines, and halves of little pictures.
BLANKS = frozenset({0xA0, 0xAD, 0x2028, 0x202F, 0x205F, 0x3000, 0xFFFE, 0xFFFF})
Character = tuple[str, float, float, float, float]
_BREAK: Character = (BREAK, 0.0, 0.0, 0.0, 0.0)


class Refused(Exception):
    """There is nothing to give. Says why."""

    where = ""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


def pages_of(data: bytes) -> dict[str, Any]:
    """:raises Refused: if the PDF is locked, broken or too long."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as broken:
        if "assword" in str(broken):
            raise Refused("the PDF asks for a password; ask the sender for one without") from None
        raise Refused("the PDF is broken and cannot be opened; ask for it again") from None
    try:
        count = len(document)
        if count > MAX_COUNT:
            raise Refused(f"the PDF has {count:,} pages, more than {MAX_COUNT:,}; send the invoice")
        if not count:
            raise Refused("the PDF has no pages; ask the sender for it again")
        return {
            "count": count,
            "pages": [_page(document, at) for at in range(min(count, MAX_PAGES))],
        }
    finally:
        document.close()


def _page(document: Any, at: int) -> list[Any]:
    import pypdfium2
    from pypdfium2 import raw

    try:
        page = document[at]
    except pypdfium2.PdfiumError:
        return [0, 0, 0, False, []]
    left, bottom, right, top = page.get_bbox()
    wide, tall = right - left, top - bottom
    if not (0 < wide <= LARGEST_SIDE and 0 < tall <= LARGEST_SIDE):
        page.close()
        raise Refused(f"page {at + 1} measures {wide:.0f} x {tall:.0f} points; ask for it again")
    text = raw.FPDFText_LoadPage(page.raw)
    count = min(raw.FPDFText_CountChars(text), MAX_CHARS)
    upright = -_slant(text, count, raw) % 360  # The page itself may be shown turned otherwise.
    letters = _turned(_characters(text, count, raw), upright, left, bottom, right, top)
    if upright or page.get_rotation():
        letters = _forwards(letters)
    turned = (upright - page.get_rotation()) % 360
    raw.FPDFText_ClosePage(text)
    drawn = raw.FPDFPage_CountObjects(page.raw) > 0
    page.close()
    if upright in (90, 270):
        wide, tall = tall, wide
    words = [
        [word, *(round(edge, 1) for edge in (x0, tall - y1, x1, tall - y0))]
        for word, x0, y1, x1, y0 in _words(letters)
    ]
    return [wide, tall, turned, drawn, words]


def _slant(text: Any, count: int, raw: Any) -> int:
    """Degrees by which most letters are turned on the page, clockwise: 0, 90, 180 or 270."""
    seen: Counter[int] = Counter()
    for at in range(0, count, max(1, count // 40)):
        angle = raw.FPDFText_GetCharAngle(text, at)  # Radians, with the clock.
        if angle >= 0 and raw.FPDFText_GetUnicode(text, at) > 32:
            seen[round(angle * 57.29578 / 90) * 90 % 360] += 1
    return seen.most_common(1)[0][0] if seen else 0


def _characters(text: Any, count: int, raw: Any) -> list[Character]:
    rect = raw.FS_RECTF()
    at_rect, unicode, box = (
        ctypes.byref(rect),
        raw.FPDFText_GetUnicode,
        raw.FPDFText_GetLooseCharBox,
    )
    found: list[Character] = []
    seen: set[tuple[int, int, int]] = set()
    before = (0, 0, 0)
    for at in range(count):
        code = unicode(text, at)
        if code in (10, 13, 32) and raw.FPDFText_IsGenerated(text, at):
            found.append(_BREAK)
            continue
        if code <= 32 or code in BLANKS or 0x2000 <= code <= 0x200F or 0xD800 <= code < 0xE000:
            found.append((" ", 0.0, 0.0, 0.0, 0.0))
            continue
        box(text, at, at_rect)
        place = (code, round(rect.left), round(rect.bottom))
        # Printed twice to look bold; but the second letter of a ligature stands on the first.
        if place in seen and place != before:
            continue
        before = place
        seen.add(place)
        found.append((chr(code) if code < 0x110000 else "?", rect.left, rect.top, rect.right,
                      rect.bottom))  # fmt: skip
    return found


def _forwards(letters: list[Character]) -> list[Character]:
    """Letters set one by one come from left to right of the page as it lies: backwards, where it
    stands on its head. They are put round, and part where they do not touch."""
    found: list[Character] = []
    run: list[Character] = []
    blanks: list[Character] = []  # Behind the run: they count where it does not go on.
    for letter in letters:
        if letter[0] in (BREAK, " "):
            blanks.append(letter)
        elif run and _is_before(letter, run[-1]):
            run.append(letter)
            blanks = []
        else:
            found += [*_put_round(run), *blanks]
            run, blanks = [letter], []
    return [*found, *_put_round(run), *blanks]


def _is_before(letter: Character, other: Character) -> bool:
    """Does it stand left of the other, on its line and close by?"""
    tall = other[2] - other[4]
    upright = min(letter[2], other[2]) - max(letter[4], other[4]) > 0.3 * tall
    return upright and -1 < other[1] - letter[3] < tall


def _put_round(run: list[Character]) -> list[Character]:
    return [one for letter in reversed(run) for one in (letter, _BREAK)] if len(run) > 1 else run


def _words(characters: list[Character]) -> list[Character]:
    """Letters that touch, as words; boxes with the origin at the left bottom."""
    words: list[Character] = []
    letters: list[str] = []
    left = top = right = bottom = last = 0.0
    gap = GAP
    for letter, x0, y1, x1, y0 in (*characters, (" ", 0.0, 0.0, 0.0, 0.0)):
        if letter == BREAK:
            gap = TOUCH
            continue
        if letters:
            upright = min(top, y1) - max(bottom, y0) > 0.3 * (y1 - y0)
            touches = letter != " " and (
                (upright and last - 1 < x0 < right + gap * max(y1 - y0, 1))
                or (
                    gap == GAP
                    and x0 < right
                    and left < x1
                    and min(abs(y1 - bottom), abs(y0 - top)) < 0.5
                )
            )
            if not touches:
                words.append(("".join(letters), left, top, right, bottom))
                letters = []
        gap = GAP
        if letter == " ":
            continue
        if letters:
            left, right = min(left, x0), max(right, x1)
            bottom, top = min(bottom, y0), max(top, y1)
        else:
            left, top, right, bottom = x0, y1, x1, y0
        letters.append(letter)
        last = x0
    return words


def _turned(letters: list[Character], degrees: int, left: float, bottom: float, right: float,
            top: float) -> list[Character]:  # fmt: skip
    """The letters on the page turned with the clock, its left bottom the origin."""
    found: list[Character] = []
    for text, x0, y1, x1, y0 in letters:
        if degrees == 0:
            found.append((text, x0 - left, y1 - bottom, x1 - left, y0 - bottom))
        elif degrees == 90:
            found.append((text, y0 - bottom, right - x0, y1 - bottom, right - x1))
        elif degrees == 180:
            found.append((text, right - x1, top - y0, right - x0, top - y1))
        else:
            found.append((text, top - y1, x1 - left, top - y0, x0 - left))
    return found


def answer(data: bytes) -> bytes:
    try:
        return json.dumps(pages_of(data)).encode()
    except (ValueError, TypeError):
        raise Refused("the PDF's structure is broken; ask the sender for it again") from None
