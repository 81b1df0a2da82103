"""Reasons that are kept are read back, whatever was filled in."""

import pytest

from usance.domain.distribution import because, reasons, unnamed
from usance.domain.distribution.because import SENTENCES

TOLD = {
    "day": "2026-03-02",
    "country": "Belgium",
    "network": "e-invoices, by Peppol if so,",
    "cost": "12.50 EUR",
    "kind": "email",
    "who": "Anna B. Berg",
    "reason": "It was lost.",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_each_sentence_is_read_back_before_and_behind_others(code: str) -> None:
    said = because(code, **TOLD)
    told = {name: text for name, text in TOLD.items() if f"{{{name}}}" in SENTENCES[code]}

    assert list(reasons(said)) == [(code, told)]
    assert list(reasons(f"{because('letter')} {said}")) == [("letter", {}), (code, told)]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", []),
        ("Nobody says it.", [("", {"text": "Nobody says it."})]),
        ("The debtor asked for it. Belgium dema", [("wish", {}), ("", {"text": "Belgium dema"})]),
        ("Sent again by anna: A letter\nreaches {x}. No.",
         [("again", {"who": "anna", "reason": "A letter\nreaches {x}. No."})]),
        ("The debtor asked for it.Not so.", [("", {"text": "The debtor asked for it.Not so."})]),
    ],
)  # fmt: skip
def test_what_is_none_of_ours_stays_as_it_is(text: str, read: list[object]) -> None:
    assert list(reasons(text)) == read


def test_people_outside_read_no_name_of_ours() -> None:
    said = because("again", who="anna", reason="Lost: the debtor, by phone.")
    assert unnamed(said) == "Sent again by us: Lost: the debtor, by phone."
    assert unnamed(because("email")) == because("email")
