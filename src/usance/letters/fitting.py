"""What surely fits where it shall stand, so that the setter need not try.

The setter finds the size of an address and the height of a row by setting them several times, which
is a third of its work on a letter. Most names are short: where the sum of the letters' widths says
that a text takes one line, that is told, and anything else is left to the setter.
"""

import re
import struct
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from .glyphs import FONTS, glyph_ids, table
from .windows import Zone

SPARE = 1.02  # Kerning, which is not counted, seldom makes a text wider.
PT = 25.4 / 72  # Millimetres.
TEXT_MM = 165.0  # Of a sheet, between the margins.
_PIECES = re.compile(r"(?=[.\-_/@])")
FACES = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}
# As the templates have them: sizes in points, insets and rooms in millimetres.
NAME, BELOW, LEADING, INSET, BESIDE_INSET = 8.8, 7.6, 0.5, 2.1, 1.8
RECIPIENT, LINE_EM, BETWEEN_EM = 10, 0.92, 0.3


def sure(page: Mapping[str, Any]) -> dict[str, bool]:
    """Which parts of the frame stand in the first, largest of their sizes."""
    window = page["window"]
    recipient, sender = window["recipient"], window["sender"]
    beside = {"width": 65, "height": 9}
    return {
        "recipient": _holds(recipient, page["recipient"], RECIPIENT),
        "sender": sender is not None and _holds(sender, [page["sender"]], 6.6),
        "leads": _holds({"width": 82, "height": 8}, [page["leads"]], 16, weight=700),
        "beside": _holds(beside, [page["beside"]["name"]], 10.5, weight=600),
    }


def in_window(window: Zone, address: Sequence[str]) -> bool:
    """Whether the recipient surely stands wholly in the window, each line on one of its own."""
    return _holds({"width": window.width, "height": window.height}, address, RECIPIENT)


def heights(lines: Sequence[Mapping[str, Any]], columns: Sequence[float]) -> list[float | None]:
    """Millimetres of each row of an invoice; None: its description may take a further line, so
    the setter finds out. `columns` are the widths of all others, empty if nobody knows them."""
    room = TEXT_MM - sum(columns) - 2 * BESIDE_INSET
    return [_height(line, room) if columns else None for line in lines]


def width(text: str, *, weight: int = 400) -> float | None:
    """In em, without kerning; None: with a letter beyond the Western ones."""
    advances = _advances(weight)
    try:
        return sum(advances[letter] for letter in text)
    except KeyError:
        return None


def in_lines(address: str, room: float) -> list[str]:
    """An e-mail or web address in lines of at most so many em: broken before its @, then before
    other signs in it, so that no sign at a line's end reads as one that was put there."""
    if _within(address, room):
        return [address]
    name, at, house = address.partition("@")
    lines: list[str] = []
    for half in filter(None, (name, at + house)):
        line = ""
        for piece in filter(None, _PIECES.split(half)):
            if line and not _within(line + piece, room):
                lines.append(line)
                line = ""
            line += piece
        lines.append(line)
    return lines


def _within(text: str, room: float) -> bool:
    """What nobody can measure is left to the setter."""
    wide = width(text)
    return wide is None or wide * SPARE <= room


def _holds(zone: Mapping[str, float], lines: Sequence[str], size: float, weight: int = 400) -> bool:
    tall = (LINE_EM * len(lines) + BETWEEN_EM * (len(lines) - 1)) * size * PT
    room = zone["width"]
    return tall <= zone["height"] and all(_on_one(one, size, room, weight) for one in lines)


def _on_one(text: str, size: float, room: float, weight: int = 400) -> bool:
    em = width(text, weight=weight)
    return em is not None and em * size * PT * SPARE <= room


def _height(line: Mapping[str, Any], room: float) -> float | None:
    below = line["below"]
    if not (
        _on_one(line["name"], NAME, room, 500) and all(_on_one(one, BELOW, room) for one in below)
    ):
        return None
    points = cap() * NAME + len(below) * (LEADING * NAME + cap() * BELOW)
    return round(2 * INSET + points * PT, 3)


@cache
def _advances(weight: int) -> dict[str, float]:
    """Each letter's width in em. Source: OpenType 1.9, tables head, hhea and hmtx."""
    font = _font(weight)
    (em,) = struct.unpack_from(">H", table(font, b"head"), 18)
    (count,) = struct.unpack_from(">H", table(font, b"hhea"), 34)
    wide = struct.unpack_from(">" + "Hh" * count, table(font, b"hmtx"))[::2]
    return {chr(code): wide[min(nth, count - 1)] / em for code, nth in glyph_ids(font)}


@cache
def cap() -> float:
    """Height of a capital in em. Source: OpenType 1.9, table OS/2, sCapHeight."""
    font = _font(400)
    (em,) = struct.unpack_from(">H", table(font, b"head"), 18)
    tall: int = struct.unpack_from(">h", table(font, b"OS/2"), 88)[0]
    return tall / int(em)


def _font(weight: int) -> bytes:
    return (FONTS / f"LetterSans_{weight}{FACES[weight]}.ttf").read_bytes()
