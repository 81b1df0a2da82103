"""The modules of a square, read by another's reader and held against another's encoder."""

import numpy
import pytest
import segno
import zxingcpp

from usance.letters import symbol


def drawn(said: str, error: str) -> tuple[bytes, ...]:
    code = segno.make_qr(said, error=error, boost_error=False, mask=symbol.MASK, encoding="utf-8")
    return tuple(map(bytes, code.matrix))


def seen(modules: tuple[bytes, ...]) -> list[str]:
    """As a camera sees it: four pixels a module, on white paper."""
    dark = numpy.array([list(row) for row in modules], dtype=numpy.uint8)
    pixels = numpy.pad(numpy.kron(dark, numpy.ones((4, 4), dtype=numpy.uint8)), 16)
    return [code.text for code in zxingcpp.read_barcodes(255 - pixels * 255)]


def fullest(version: int, error: str) -> int:
    """Bytes that a symbol of this version holds."""
    return max(n for n in range(2000) if symbol._version(n, error) == version)


@pytest.mark.parametrize("error", ["l", "m"])
@pytest.mark.parametrize("version", [1, 2, 6, 7, 9, 10, 14, 25])
def test_every_size_is_read_full_and_half_full(version: int, error: str) -> None:
    most = fullest(version, error)
    full = ("Zürich\n" * most).encode()[:most].decode(errors="replace").replace("\ufffd", "~")
    half = "a" + "b" * (most // 2)

    assert symbol.modules(full, error) == drawn(full, error)
    assert len(symbol.modules(full, error)) == 17 + 4 * version
    assert [seen(symbol.modules(one, error)) for one in (full, half)] == [[full], [half]]


@pytest.mark.parametrize("said", ["2026", "RF18539007547034", "a" * 1274])
def test_what_is_shorter_otherwise_or_too_long_is_left_to_the_encoder(said: str) -> None:
    assert symbol.modules(said, "l") == drawn(said, "l")
    assert seen(symbol.modules(said, "l")) == [said]
