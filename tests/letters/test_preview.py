"""A page as a picture, also of documents that mean us no good."""

import io
import struct

import pikepdf
import pytest
from PIL import Image

from usance.letters import render
from usance.letters.preview import NoPreview, preview

from . import samples


def blank(*, width: float = 595, height: float = 842, count: int = 1) -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    for _ in range(count):
        pdf.add_blank_page(page_size=(min(width, 14400), min(height, 14400)))
    pdf.pages[0].MediaBox = [0, 0, width, height]
    pdf.save(out)
    return out.getvalue()


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    wide, tall = struct.unpack(">II", png[16:24])
    return wide, tall


def test_a_page_of_ours_becomes_a_picture_of_its_size() -> None:
    png = preview(render("invoice", "de", samples.german(60)), page=1, dpi=72)
    wide, tall = size(png)
    assert abs(wide - 595) <= 1
    assert abs(tall - 842) <= 1
    assert len(png) > 10_000


@pytest.mark.parametrize(
    ("pdf", "page", "dpi", "says"),
    [
        (b"", 0, 110, "no PDF"),
        (b"MZ\x90\x00", 0, 110, "no PDF"),
        (b"%PDF-1.7\nnothing else", 0, 110, "cannot be opened"),
        (blank(), 1, 110, "no page 2"),
        (blank(), -1, 110, "no page"),
        (blank(), 0, 601, "dpi"),
        (blank(), 0, 0, "dpi"),
        (blank(width=10_000_000, height=20), 0, 110, "measures|no page|cannot"),
    ],
)
def test_what_cannot_be_shown_says_why(pdf: bytes, page: int, dpi: int, says: str) -> None:
    with pytest.raises(NoPreview, match=says):
        preview(pdf, page=page, dpi=dpi)


@pytest.mark.parametrize(("side", "dpi"), [(595, 600), (14_400, 110)])
def test_a_page_of_too_many_pixels_is_drawn_smaller(side: int, dpi: int) -> None:
    wide, tall = size(preview(blank(width=side, height=1.4 * min(side, 10_000)), dpi=dpi))
    assert 18_000_000 < wide * tall < 20_100_000


def photograph(kind: str, **more: object) -> bytes:
    """Dark above and see-through below, as far as the kind can be."""
    made, out = Image.new("RGBA", (40, 60)), io.BytesIO()
    made.paste((10, 10, 10, 255), (0, 0, 40, 30))
    if kind == "JPEG":
        lower = Image.new("RGB", made.size, "white")
        lower.paste(made, mask=made)
        made = lower
    made.save(out, kind, **more)
    return out.getvalue()


def test_a_photograph_is_shown_as_the_camera_was_held() -> None:
    held = Image.Exif()
    held[0x0112] = 6  # Orientation: turn it with the clock by a quarter.
    shown = Image.open(io.BytesIO(preview(photograph("JPEG", exif=held))))
    assert shown.size == (60, 40)
    assert (shown.getpixel((5, 20))[0] > 200, shown.getpixel((55, 20))[0] < 50) == (True, True)


def test_what_is_see_through_is_paper() -> None:
    shown = Image.open(io.BytesIO(preview(photograph("PNG"))))
    assert (shown.getpixel((20, 5)), shown.getpixel((20, 55))) == ((10,) * 3, (255,) * 3)


def test_an_encrypted_document_says_so() -> None:
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.save(out, encryption=pikepdf.Encryption(user="a", owner="b"))
    with pytest.raises(NoPreview, match="cannot be opened"):
        preview(out.getvalue())


def test_too_many_pages_are_refused_before_one_is_drawn() -> None:
    with pytest.raises(NoPreview, match="5001 pages"):
        preview(blank(count=5001))
