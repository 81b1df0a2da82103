"""May we buy this debtor's promise? Every rule has its yes and its no, at the cent."""

from dataclasses import replace

import pytest

from usance.domain import credit
from usance.domain.money import Money


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


GOOD = credit.Facts(
    face=eur("10000.00"),
    exposure=eur("40000.00"),
    limit=eur("50000.00"),
    limit_source="Test bureau of 2026-03-02",
    debtor_insolvent=False,
    funds_in_use=eur("92000.00"),
    advance=eur("8000.00"),
    facility_limit=eur("100000.00"),
)


def test_what_fits_exactly_is_approved_with_every_reason() -> None:
    decision = credit.decide(GOOD)
    assert decision.approved
    assert [reason.rule for reason in decision.reasons] == [rule.__name__ for rule in credit.RULES]
    assert all(reason.agrees and reason.says for reason in decision.reasons)


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"debtor_insolvent": True}, {"debtor_is_solvent"}),
        ({"limit": None}, {"debtor_was_assessed", "inside_the_debtor_limit"}),
        ({"exposure": eur("40000.01")}, {"inside_the_debtor_limit"}),
        ({"face": eur("10000.01")}, {"inside_the_debtor_limit"}),
        ({"limit": eur("49999.99")}, {"inside_the_debtor_limit"}),
        ({"limit": eur("0.00")}, {"inside_the_debtor_limit"}),
        ({"funds_in_use": eur("92000.01")}, {"inside_the_facility"}),
        ({"advance": eur("8000.01")}, {"inside_the_facility"}),
        ({"facility_limit": eur("0.00")}, {"inside_the_facility"}),
        (
            {"debtor_insolvent": True, "limit": None, "facility_limit": eur("1.00")},
            {rule.__name__ for rule in credit.RULES},
        ),
    ],
)
def test_one_cent_too_much_is_refused_by_its_own_rule(
    changed: dict[str, object], refused: set[str]
) -> None:
    decision = credit.decide(replace(GOOD, **changed))
    assert not decision.approved
    assert {reason.rule for reason in decision.reasons if not reason.agrees} == refused


def test_a_reason_keeps_the_values_that_it_compared() -> None:
    (reason,) = [r for r in credit.decide(GOOD).reasons if r.rule == "inside_the_debtor_limit"]
    assert reason.values == {
        "exposure": "40000.00 EUR", "face": "10000.00 EUR", "limit": "50000.00 EUR",
    }  # fmt: skip
