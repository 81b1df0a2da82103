"""Which characters our fonts can print. An archive PDF is refused for a single one they cannot."""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from usance.domain.finding import Finding, Severity

FONTS = Path(__file__).parent / "fonts"
REPLACEMENT = "\N{WHITE SQUARE}"


def cleaned(tree: Any, *, simple: bool = False) -> tuple[Any, set[str]]:
    """The same lists, dicts and texts, printable, and the characters that had to be replaced.

    Line breaks and controls become spaces, invisible format characters go, what no font has becomes
    a white square. `simple` also replaces combining marks and everything beyond the first font.
    """
    missing: set[str] = set()

    def walk(node: Any) -> Any:
        if isinstance(node, str):
            return node if node.isascii() and node.isprintable() else _text(node, missing, simple)
        if isinstance(node, dict):
            return {key: walk(value) for key, value in node.items()}
        if isinstance(node, (list, tuple)):
            return [walk(value) for value in node]
        return node

    return walk(tree), missing


def findings(missing: set[str]) -> tuple[Finding, ...]:
    """One warning that names every character that could not be printed."""
    if not missing:
        return ()
    names = ", ".join(f"{char} (U+{ord(char):04X})" for char in sorted(missing))
    return (
        Finding(
            code="glyph_missing",
            says=f"Printed as {REPLACEMENT}, because our fonts lack it: {names}.",
            severity=Severity.WARNING,
            todo="Ask for the name in Latin letters.",
        ),
    )


def _text(text: str, missing: set[str], simple: bool) -> str:
    if _ordinary().issuperset(text):
        return text
    known = _first_font() if simple else _all_fonts()
    out = []
    for char in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(char)
        if kind in {"Cc", "Zl", "Zp"}:
            out.append(" ")
        elif kind == "Cf":
            continue
        elif ord(char) in known and not (simple and kind[0] == "M"):
            out.append(char)
        else:
            missing.add(char)
            out.append(REPLACEMENT)
    return "".join(out)


@cache
def _ordinary() -> frozenset[str]:
    """Letters that stay as they are whatever stands beside them: nearly all that is ever printed.
    Below U+0300 nothing combines."""
    letters = map(chr, (code for code in _first_font() if code < 0x300))
    return frozenset(one for one in letters if unicodedata.category(one)[0] not in "CZ") | {" "}


@cache
def _first_font() -> frozenset[int]:
    return frozenset(_characters((FONTS / "Inter_400Regular.ttf").read_bytes()))


@cache
def _all_fonts() -> frozenset[int]:
    fallback = (FONTS / "NotoSans_400Regular.ttf").read_bytes()
    return _first_font() | frozenset(_characters(fallback))


def _characters(font: bytes) -> Iterator[int]:
    """Every code point with a glyph."""
    return (code for code, _ in glyph_ids(font))


def glyph_ids(font: bytes) -> Iterator[tuple[int, int]]:
    """Code points and their glyphs. Source: OpenType 1.9, tables cmap formats 4 and 12."""
    cmap = table(font, b"cmap")
    for record in range(struct.unpack_from(">H", cmap, 2)[0]):
        (at,) = struct.unpack_from(">I", cmap, 4 + 8 * record + 4)
        (form,) = struct.unpack_from(">H", cmap, at)
        if form == 4:
            yield from _format_4(cmap[at:])
        elif form == 12:
            for group in range(struct.unpack_from(">I", cmap, at + 12)[0]):
                first, last, glyph = struct.unpack_from(">III", cmap, at + 16 + 12 * group)
                yield from ((code, glyph + code - first) for code in range(first, last + 1))


def _format_4(table: bytes) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">H", table, 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", table, 14)
    starts = struct.unpack_from(f">{count}H", table, 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", table, 16 + 4 * count)
    offsets_at = 16 + 6 * count
    for nth in range(count):
        at = offsets_at + 2 * nth
        (offset,) = struct.unpack_from(">H", table, at)
        for code in range(starts[nth], ends[nth] + 1):
            if offset == 0:
                glyph = code + deltas[nth] & 0xFFFF
            else:
                (glyph,) = struct.unpack_from(">H", table, at + offset + 2 * (code - starts[nth]))
                glyph = glyph and glyph + deltas[nth] & 0xFFFF
            if glyph and code != 0xFFFF:
                yield code, glyph


def table(font: bytes, name: bytes) -> bytes:
    """One of a font's tables. Source: OpenType 1.9, organisation of a font."""
    for nth in range(struct.unpack_from(">H", font, 4)[0]):
        tag, _, at, length = struct.unpack_from(">4sIII", font, 12 + 16 * nth)
        if tag == name:
            return font[at : at + length]
    raise AssertionError(f"our own font has no table {name!r}")
