"""A release of rules is data with its first and last day; the day decides."""

from dataclasses import replace
from datetime import date

import pytest

from tests.plugins.einvoices.test_rules import CII, UBL
from usance.domain.verification.en16931 import RELEASES
from usance.domain.verification.profiles import NoRelease, issue_date, release_of
from usance.plugins.einvoices._view import view

FIRST = replace(
    RELEASES[0], version="1", valid_from=date(2025, 1, 1), valid_until=date(2025, 6, 30)
)
SECOND = replace(FIRST, version="2", valid_from=date(2025, 7, 1), valid_until=date(2025, 12, 31))


@pytest.mark.parametrize(
    ("on", "version"),
    [
        (date(2020, 1, 1), "1"),  # Before any: the oldest.
        (date(2025, 1, 1), "1"),
        (date(2025, 6, 30), "1"),
        (date(2025, 7, 1), "2"),
        (date(2025, 12, 31), "2"),
    ],
)
def test_the_day_decides_which_release_is_the_law(on: date, version: str) -> None:
    assert release_of((SECOND, FIRST), on).version == version


def test_after_the_last_day_of_the_last_release_there_is_none() -> None:
    with pytest.raises(NoRelease, match="ended 2025-12-31"):
        release_of((FIRST, SECOND), date(2026, 1, 1))


@pytest.mark.parametrize("xml", [UBL, CII], ids=["ubl", "cii"])
def test_a_document_says_on_which_day_it_was_issued(xml: str) -> None:
    assert issue_date(view(xml.encode())) == date(2026, 3, 2)


def test_a_document_without_a_day_of_issue_says_none() -> None:
    assert issue_date(view(UBL.replace("2026-03-02", "yesterday").encode())) is None
