"""The modules of a QR symbol, twenty times as many in a second as the encoder makes.

Symbols of one version, level and mask differ only in the modules that carry the message. So the
encoder draws one of each size, once; later ones take over its frame, and only their message is
computed. What is not in byte mode is left to the encoder.

Source: ISO/IEC 18004:2015 §7.4 (bits), §7.5 and table 9 (blocks), §7.6 (order), §7.7.3 (places).
"""

from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any

MASK = 4  # One fixed mask: every one is lawful, trying all eight costs 4 ms.
SHORTER_MODES = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
# By level and version from 1: words of error correction in a block, and blocks.
CORRECTING = {
    "l": (7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28,
          30, 30, 26),
    "m": (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28,
          28, 28, 28),
}  # fmt: skip
BLOCKS = {
    "l": (1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12),
    "m": (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21),
}
LARGEST = 25  # Version; the Swiss square is the largest, with 117 modules.


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all symbols of one version and level have in common."""

    size: int
    bits: int  # Modules that carry the message.
    beneath: int  # What is added to a message's bits, modulo 2: the mask.
    order: "itemgetter[bytes]"  # From bits, a light and a dark module to rows.


def modules(said: str, error: str) -> tuple[bytes, ...]:
    """Rows of modules, 1 is dark, the smallest symbol that holds the text as UTF-8.

    :param error: "l" or "m".
    """
    data = said.encode()
    version = _version(len(data), error)
    if not version or set(said) <= SHORTER_MODES:
        return _drawn(said, error=error)
    frame = _frame(version, error)
    bits = frame.beneath ^ _message(data, version, error) << frame.bits % 8
    rows = bytes(frame.order(b"%s01" % format(bits, f"0{frame.bits}b").encode()))
    rows = rows.translate(_VALUES)
    return tuple(rows[at : at + frame.size] for at in range(0, len(rows), frame.size))


_VALUES = bytes.maketrans(b"01", b"\x00\x01")


def _drawn(said: str, **ruled: Any) -> tuple[bytes, ...]:
    return tuple(map(bytes, _encoded(said, **ruled).matrix))


def _encoded(said: str, **ruled: Any) -> Any:
    import segno  # A tenth of a second: whoever prints nothing does without.

    return segno.make_qr(said, boost_error=False, mask=MASK, encoding="utf-8", **ruled)


def _version(size: int, error: str) -> int:
    """The smallest that holds so many bytes; 0: none that we know."""
    for version in range(1, LARGEST + 1):
        if 4 + _count_bits(version) + 8 * size <= 8 * _data_words(version, error):
            return version
    return 0


def _count_bits(version: int) -> int:
    return 8 if version < 10 else 16


@cache
def _words(version: int) -> int:
    """Of the whole message. Modules but for patterns of finding, aligning, timing and telling."""
    free = (16 * version + 128) * version + 64
    if version >= 2:
        aligning = version // 7 + 2
        free -= (25 * aligning - 10) * aligning - 55
    return (free - (36 if version >= 7 else 0)) // 8


def _data_words(version: int, error: str) -> int:
    return _words(version) - BLOCKS[error][version - 1] * CORRECTING[error][version - 1]


def _message(data: bytes, version: int, error: str) -> int:
    """All words, those of the blocks in turns, the correcting ones behind."""
    room = _data_words(version, error)
    # Mode, length, text, and four bits of nothing as the end: whole bytes.
    head = (0b0100 << _count_bits(version) | len(data)) << 8 * len(data)
    whole = (head | int.from_bytes(data)) << 4
    words = whole.to_bytes(_count_bits(version) // 8 + len(data) + 1)
    words = (words + b"\xec\x11" * room)[:room]
    count, correcting = BLOCKS[error][version - 1], CORRECTING[error][version - 1]
    short, longer = divmod(room, count)
    blocks, at = [], 0
    for nth in range(count):
        size = short + (nth >= count - longer)
        blocks.append(words[at : at + size])
        at += size
    told = bytes(chain.from_iterable(zip(*blocks, strict=False)))
    told += bytes(block[-1] for block in blocks[count - longer :] if longer)
    checks = (_checked(block, correcting) for block in blocks)
    return int.from_bytes(told + bytes(chain.from_iterable(zip(*checks, strict=True))))


def _checked(block: bytes, correcting: int) -> bytes:
    """The remainder by the generator: Reed-Solomon over GF(256), x⁸ + x⁴ + x³ + x² + 1."""
    multiples, top = _multiples(correcting), 8 * (correcting - 1)
    rest, keep = 0, (1 << top) - 1
    for word in block:
        rest = (rest & keep) << 8 ^ multiples[rest >> top ^ word]
    return rest.to_bytes(correcting)


@cache
def _multiples(correcting: int) -> tuple[int, ...]:
    """The generator without its first word, times each number of the field."""
    generator = [1]
    root = 1
    for _ in range(correcting):
        shifted = [*generator, 0]
        for at, factor in enumerate(generator):
            shifted[at + 1] ^= _times(factor, root)
        generator, root = shifted, _times(root, 2)
    return tuple(
        int.from_bytes(bytes(_times(factor, by) for factor in generator[1:])) for by in range(256)
    )


def _times(one: int, other: int) -> int:
    found = 0
    while other:
        if other & 1:
            found ^= one
        one = one << 1 ^ (0x11D if one & 0x80 else 0)
        other >>= 1
    return found


@cache
def _frame(version: int, error: str) -> _Frame:
    """Learnt from a symbol that the encoder drew: of what its modules are, it says itself."""
    from segno import consts

    # One that fills it: behind shorter ones the encoder puts a word of nothing, §7.4.10 does not.
    sample = "a" * (_data_words(version, error) - 1 - _count_bits(version) // 8)
    drawn = _encoded(sample, error=error, version=version, mode="byte")
    kinds = [list(row) for row in drawn.matrix_iter(border=0, verbose=True)]
    size = len(kinds)
    # The encoder calls one module too many a part of the format (§7.9.1): it carries the message.
    kinds[8][size - 9] = consts.TYPE_DATA_DARK
    told = (consts.TYPE_DATA_DARK, consts.TYPE_DATA_LIGHT)
    places = [(y, x) for y, x in _walk(size) if kinds[y][x] in told]
    bits = len(places)
    shown = int("".join(str(drawn.matrix[y][x]) for y, x in places), 2)
    nth = {place: at for at, place in enumerate(places)}
    order = [nth.get((y, x), bits + drawn.matrix[y][x]) for y in range(size) for x in range(size)]
    message = _message(sample.encode(), version, error) << bits % 8
    return _Frame(size, bits, shown ^ message, itemgetter(*order))


def _walk(size: int) -> list[tuple[int, int]]:
    """Every module in the order in which a message fills them: pairs of columns from the right,
    upwards and downwards in turns; the column of the timing pattern is in no pair."""
    found, is_up = [], True
    for right in [*range(size - 1, 6, -2), *range(5, 0, -2)]:
        for y in range(size - 1, -1, -1) if is_up else range(size):
            found += [(y, right), (y, right - 1)]
        is_up = not is_up
    return found
