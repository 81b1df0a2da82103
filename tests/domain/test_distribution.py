"""States that follow from reports alone, and what answers of buyers prove."""

import itertools
from datetime import UTC, datetime
from itertools import combinations_with_replacement

import pytest

from usance.domain.distribution import (
    ARRIVED,
    DECIDES,
    EVIDENCE,
    OPEN,
    Evidence,
    Outcome,
    Response,
    Stance,
    State,
    says,
    state_after,
)


def test_any_reports_in_any_order_and_number_give_one_state() -> None:
    """All 3 003 multisets of up to five reports, and 969 of three reports and answers, each in
    every one of its orders."""
    multisets = [
        chosen for size in range(6) for chosen in combinations_with_replacement(Outcome, size)
    ]
    multisets += combinations_with_replacement((*Outcome, *Stance), 3)
    for chosen in multisets:
        states = {state_after(order) for order in set(itertools.permutations(chosen))}
        assert states == {state_after(set(chosen))}, chosen
    assert len(multisets) == 3_003 + 969


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_word_decides_or_says_nothing(outcome: Outcome) -> None:
    state = state_after([outcome])
    assert (state is None) == (outcome is Outcome.UNREADABLE)
    assert state not in OPEN


def test_a_further_report_never_weakens_the_proof_unless_it_came_back() -> None:
    rank = {outcome: place for place, (outcome, _) in enumerate(DECIDES)}
    for one, other in itertools.permutations(rank, 2):
        stronger = min((one, other), key=rank.__getitem__)
        assert state_after([one, other]) == state_after([stronger])


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.OPENED])
@pytest.mark.parametrize("stance", list(Stance))
def test_what_the_buyer_says_of_itself_outranks_every_carrier(
    stance: Stance, outcome: Outcome
) -> None:
    assert state_after([stance, outcome]) == state_after([outcome, stance]) == state_after([stance])


def test_every_state_stands_in_the_sets_that_were_meant() -> None:
    assert {State.QUEUED, State.CALLING, State.UNKNOWN} == OPEN
    assert {State.DELIVERED, State.OPENED} == ARRIVED
    assert {state for state in State if EVIDENCE[state] >= Evidence.RECEIVER_CONFIRMED} == ARRIVED


@pytest.mark.parametrize("stance", list(Stance))
def test_an_answer_proves_that_the_invoice_is_there(stance: Stance) -> None:
    state = state_after([stance])
    assert state in ARRIVED
    of_people = stance not in {Stance.RECEIVED, Stance.IN_PROCESS}
    assert (EVIDENCE[state] is Evidence.PERSON_CONFIRMED) == of_people


def test_an_answer_is_said_with_its_reasons_and_words() -> None:
    answer = Response(
        id="1", key="", reference="", stance=Stance.UNDER_QUERY,
        at=datetime(2026, 3, 2, tzinfo=UTC), reasons=("PRI", "XYZ"),
        text="The price was 900.",
    )  # fmt: skip
    assert says(answer) == (
        "The buyer has a question about the invoice. Because: the price is not as agreed, XYZ."
        " The price was 900."
    )
