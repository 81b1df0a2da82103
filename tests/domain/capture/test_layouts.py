"""Invoices as bookkeeping programs print them, in six languages: what is sure about them is right."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from bench import manners
from bench.layouts import LAYOUTS, WORDS, page, papers
from bench.reading import AMOUNTS, SURE, scored
from usance.domain import capture
from usance.domain.capture import Page
from usance.domain.capture.amounts import amount_of

EACH = 5


@pytest.mark.parametrize("language", WORDS)
def test_nothing_that_is_sure_is_wrong_and_hardly_anything_is_missed(language: str) -> None:
    wrong, right = [], Counter[bool]()
    for paper in papers(EACH, seed=11):
        if paper.language != language:
            continue
        reading = capture.read((page(paper),))
        for one in scored(paper.manner, reading, paper.truth):
            right[one.right] += 1
            if not one.right and one.shown and (one.confidence >= SURE or one.name in AMOUNTS):
                wrong.append((one, paper.lines))
    assert not wrong
    assert right[True] + right[False] == EACH * len(LAYOUTS) * 10
    assert right[False] <= 0.02 * right[True]


@pytest.mark.parametrize("language", manners.SAID)
def test_papers_of_many_manners_are_read_and_called_what_they_are(language: str) -> None:
    """Several rates, deposits, rounding, credit notes, terms: amounts are right or doubted."""
    wrong, right = [], Counter[bool]()
    for paper in manners.papers(10, seed=12, languages=(language,)):
        reading = capture.read(paper.pages)
        assert reading.kind == paper.kind, manners.text_of(paper.pages)
        for one in scored(paper.name, reading, paper.truth):
            right[one.right] += 1
            if not one.right and one.confidence >= SURE:
                wrong.append((one, manners.text_of(paper.pages)))
    assert not wrong
    assert right[True] + right[False] >= 10 * 11
    assert right[False] <= 0.02 * right[True]


def test_two_papers_in_one_file_are_a_finding_whatever_they_look_like() -> None:
    papers = list(manners.papers(4, seed=3, languages=("sv", "de", "fr")))
    found_too = 0  # With one number.
    for one, other in pairwise(papers):
        assert [found.code for found in capture.read(one.pages).findings if found.blocks] == []
        after = len(one.pages)
        reading = capture.read((*one.pages, *(_later(page, after) for page in other.pages)))
        assert "two_invoices" in {found.code for found in reading.findings}, (one.name, other.name)
        same = (_called(page, other.truth["number"], one.truth["number"]) for page in other.pages)
        reading = capture.read((*one.pages, *(_later(page, after) for page in same)))
        found_too += "two_invoices" in {found.code for found in reading.findings}
    assert found_too >= 0.9 * (len(papers) - 1)


def _called(page: Page, number: str, other: str) -> Page:
    words = (replace(one, text=one.text.replace(number, other)) for one in page.words)
    return replace(page, words=tuple(words))


def _later(page: Page, by: int) -> Page:
    words = (replace(one, box=replace(one.box, page=one.box.page + by)) for one in page.words)
    return replace(page, number=page.number + by, words=tuple(words))


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u2009", "\u202f", "\u2007"])
def test_blanks_of_every_width_part_thousands(blank: str) -> None:
    found = amount_of(f"1{blank}487{blank}039,52")
    assert found is not None
    assert str(found.value) == "1487039.52"
