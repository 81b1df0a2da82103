"""What strangers send as PDF: locked, broken, endless, hanging. It is refused, the next is read."""

from io import BytesIO

import pikepdf
import pytest

from tests.letters import samples
from usance.letters import render
from usance.plugins import Unreadable
from usance.plugins.scans import read_pages


def pdf(pages: int = 1, *, size: tuple[int, int] = (595, 842), **how: object) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
        document.pages[-1].MediaBox = [0, 0, *size]
    out = BytesIO()
    document.save(out, **how)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"%PDF-1.7\nnothing of the sort", "broken"),
        (b"%PDF-1.4\n" + b"\0" * 5000, "broken"),
        (pdf(1001), "1,001 pages, more than 1,000"),
        (pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "password"),
        (b"", "neither"),
        (b"hello", "neither"),
    ],
)
def test_it_is_refused_with_what_to_do(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_pages(data)


def test_a_pdf_that_only_forbids_changes_is_read() -> None:
    with pikepdf.open(BytesIO(render("invoice", "en", samples.german()))) as plain:
        out = BytesIO()
        plain.save(out, encryption=pikepdf.Encryption(owner="a", user=""))

    pages, findings = read_pages(out.getvalue())

    assert any(word.text == "2026-04810" for word in pages[0].words)
    assert findings == ()


def test_a_page_larger_than_any_paper_is_refused() -> None:
    with pytest.raises(Unreadable, match="14500 x 842 points"):
        read_pages(pdf(size=(14_500, 842)))


def test_of_many_pages_the_first_fifty_are_read_and_that_is_said() -> None:
    pages, findings = read_pages(pdf(60))
    assert len(pages) == 50
    assert [(one.code, one.where) for one in findings] == [("pages_left_out", "page 51")]


def test_a_polyglot_is_read_as_what_its_pages_say() -> None:
    data = b"PK\x03\x04 a zip archive, too\n" + render("invoice", "en", samples.german())
    pages, _ = read_pages(data)
    assert any(word.text == "2026-04810" for word in pages[0].words)


def test_after_a_broken_file_the_next_is_read() -> None:
    for _ in range(3):
        with pytest.raises(Unreadable):
            read_pages(b"%PDF-1.7 broken")
        pages, _ = read_pages(render("invoice", "en", samples.german()))
        assert pages[0].words
