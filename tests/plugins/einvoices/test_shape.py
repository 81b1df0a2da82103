"""What was judged before does not change a verdict: shapes only spare us asking twice."""

import random
import re

import pytest

from tests.plugins.einvoices.test_rules import CII, TODAY, UBL
from usance.domain.finding import Finding
from usance.domain.verification.profiles import Profile
from usance.plugins.einvoices import _view
from usance.plugins.einvoices._verdict import verdict

TEXT = re.compile(r">([^<>]+)</")
WORDS = ("", " ", "0", "-1", "1.234", "99.999", "abc", "2026-02-30", "20260331", "VAT", "S", "E",
         "O", "EUR", "SE", "SE556677889901", "true", "380")  # fmt: skip


def changed(xml: str, chance: random.Random) -> str:
    """The invoice with three texts changed or elements gone."""
    for _ in range(3):
        found = chance.choice(list(TEXT.finditer(xml)))
        if chance.random() < 0.3:  # Nothing but the closing tag's rest is left of it.
            start = xml.rindex("<", 0, found.start())
            xml = xml[:start] + xml[xml.index(">", found.end()) + 1 :]
        else:
            xml = xml[: found.start() + 1] + chance.choice(WORDS) + xml[found.end() - 2 :]
    return xml


def judged(xml: str, profile: Profile) -> tuple[Finding, ...]:
    return verdict(xml.encode(), profile=profile, today=TODAY).findings


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("xml", [UBL, CII], ids=["ubl", "cii"])
def test_a_verdict_does_not_depend_on_what_was_judged_before(xml: str, profile: Profile) -> None:
    chance = random.Random(7)  # noqa: S311  # The same changes in every run.
    papers = [changed(xml, chance) for _ in range(40)]
    fresh = []
    for paper in papers:
        _view.forget()
        fresh.append(judged(paper, profile))

    for _ in range(3):  # The second time a shape is met we learn, the third time we know.
        assert [judged(paper, profile) for paper in papers] == fresh


def test_shapes_can_be_forgotten() -> None:
    _view.forget()
    judged(UBL, Profile.PEPPOL)
    assert 0 < _view.held() < 2000

    _view.forget()

    assert _view.held() == 0
