"""Pictures of paper: our own letter drawn, turned, slanted, spoilt, and read back."""

from dataclasses import replace
from functools import cache
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageFilter

from tests.letters import samples
from usance.domain import capture
from usance.domain.capture import Reading
from usance.letters import render
from usance.plugins import Unreadable
from usance.plugins.scans import read_pages

WRITTEN = {
    "number": "2026-04810", "issued_on": "2026-11-02", "due_on": "2026-12-02", "net": "767.15",
    "tax": "191.79", "gross": "958.94", "payable": "958.94", "currency": "SEK",
    "iban": "SE4550000000058398257466", "bankgiro": "5050-1055", "seller_vat_id": "SE556703748501",
}  # fmt: skip


@cache
def letter() -> Image.Image:
    """The first page of a Swedish letter at 200 dpi."""
    pdf = pypdfium2.PdfDocument(render("invoice", "sv", samples.swedish()))
    return pdf[0].render(scale=200 / 72).to_pil().convert("L")


def saved(picture: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def read(data: bytes) -> Reading:
    pages, findings = read_pages(data)
    return capture.read(pages, findings=findings)


def found(reading: Reading) -> dict[str, str]:
    return {name: reading.fields[name].value for name in WRITTEN if name in reading.fields}


def test_a_poor_scan_is_read_like_the_letter() -> None:
    scan = letter().rotate(0.8, Image.Resampling.BICUBIC, fillcolor=245)
    scan = scan.filter(ImageFilter.GaussianBlur(0.6))
    reading = read(saved(scan.convert("RGB"), "JPEG", quality=55, dpi=(200, 200)))
    assert found(reading) == WRITTEN
    assert reading.pages[0].source == "picture"
    assert (round(reading.pages[0].width), round(reading.pages[0].height)) == (595, 842)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_lies_or_stands_on_its_head_is_turned(degrees: int) -> None:
    reading = read(saved(letter().rotate(degrees, expand=True), dpi=(200, 200)))
    assert reading.pages[0].turned == degrees  # With the clock: PIL turns against it.
    assert found(reading) == WRITTEN


def test_a_tiff_of_two_pages_gives_two() -> None:
    head = letter().crop((0, 0, letter().width, letter().height // 4))
    blank = Image.new("L", head.size, 255)
    out = BytesIO()
    head.save(out, "TIFF", save_all=True, append_images=[blank], dpi=(200, 200))
    pages, findings = read_pages(out.getvalue())
    assert [page.number for page in pages] == [1, 2]
    assert [(one.code, one.where) for one in findings] == [("page_without_words", "page 2")]
    assert {word.box.page for word in pages[0].words} == {1}


@cache
def recognised() -> tuple[capture.Page, ...]:
    """The pages of a PDF that is a picture of the letter."""
    return read_pages(saved(letter().convert("RGB"), "PDF", resolution=200))[0]


def test_a_pdf_page_that_is_a_picture_is_recognised() -> None:
    pages = recognised()
    reading = capture.read(pages)
    assert (pages[0].source, found(reading)) == ("picture", WRITTEN)


def test_what_was_hard_to_see_is_less_sure() -> None:
    faint = tuple(
        replace(page, words=tuple(replace(word, score=0.6) for word in page.words))
        for page in recognised()
    )
    assert capture.read(faint).fields["number"].confidence < 0.7


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "broken"),
        (b"\xff\xd8\xff\xe0" + b"JFIF" * 20, "broken"),
        (b"II*\x00\x08\x00\x00\x00", "broken"),
    ],
)
def test_a_broken_picture_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_pages(data)


def test_a_flood_of_pixels_is_refused_before_it_is_unpacked() -> None:
    bomb = saved(Image.new("1", (30_000, 30_000)))
    assert len(bomb) < 200_000
    with pytest.raises(Unreadable, match="pixels"):
        read_pages(bomb)


def test_a_large_drawing_in_a_pdf_is_drawn_smaller() -> None:
    document = pikepdf.new()
    document.add_blank_page(page_size=(14_400, 14_400))
    document.pages[0].Contents = document.make_stream(b"0 0 1 rg 10 10 5000 5000 re f")
    out = BytesIO()
    document.save(out)
    pages, findings = read_pages(out.getvalue())
    assert (pages[0].width, pages[0].words) == (14_400, ())
    assert [finding.code for finding in findings] == ["page_without_words"]
