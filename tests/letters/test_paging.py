"""Pages are told to the setter before it sets them; what is told wrong is set again."""

from dataclasses import replace

import pytest

from tests.letters import reading, samples
from usance.domain.invoice.document import Note
from usance.letters import paging, render
from usance.letters.facts import InvoiceLetter

PAYMENT = "Scannen und zahlen"


def _with_note(lines: int, text: str) -> InvoiceLetter:
    letter = samples.german(lines)
    return replace(letter, invoice=replace(letter.invoice, notes=(Note(text=text),)))


@pytest.mark.parametrize(
    ("letter", "pages", "paid_on"),
    [
        (samples.german(1), 1, 1),
        (samples.german(4), 1, 1),
        (samples.german(5), 2, 2),  # The payment box is a little too tall for the first page.
        (samples.german(14), 2, 2),  # The last one whose table fills a page.
        (samples.german(15), 2, 2),  # Nobody tells where a table breaks.
        (samples.german(60), 4, 4),
        (_with_note(4, "Ещё одно слово о поставке. " * 40), 2, 2),  # Letters of unknown width.
    ],
)
def test_every_page_says_which_of_how_many_it_is(
    letter: InvoiceLetter, pages: int, paid_on: int
) -> None:
    found = reading.pages(render("invoice", "de", letter))
    assert len(found) == pages
    for nth, said in enumerate(found, 1):
        assert f"Seite {nth} von {pages}" in said
        assert (PAYMENT in said) == (nth == paid_on)
        assert ("Rechnung 2026-04810" in said) == (nth <= pages)  # Its title, then its head.


@pytest.mark.parametrize(
    ("pdf", "pages", "is_so"),
    [
        (b"1 0 obj\n<</Type/Pages/Count 1>>\n2 0 obj\n<</Type/Page>>", 1, True),
        (b"<</Type /Page\n>> <</Type/Page/Parent 1 0 R>>", 1, False),
        (b"<</Type/Page>>", 0, True),  # Nothing was told.
    ],
)
def test_pages_are_counted_in_what_was_printed(pdf: bytes, pages: int, is_so: bool) -> None:
    assert paging.is_as_told(pdf, {"pages_told": pages}) is is_so


def test_a_payment_part_of_its_own_is_left_to_the_setter() -> None:
    page = {"slip": {}, "window": {"subject": 98.5}}
    assert paging.told("invoice.typ", page, has_square=False) == paging.UNTOLD
