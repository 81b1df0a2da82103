"""Channels in their order, and states that follow from reports alone."""

import itertools

import pytest

from usance.domain.distribution import (
    ARRIVED,
    DECIDES,
    EVIDENCE,
    OPEN,
    Evidence,
    Kind,
    Outcome,
    Reach,
    State,
    ladder,
    state_after,
)


def test_any_reports_in_any_order_and_number_give_one_state() -> None:
    """All 3 003 multisets of up to five reports, each in every one of its orders."""
    multisets = 0
    for size in range(6):
        for chosen in itertools.combinations_with_replacement(Outcome, size):
            states = {state_after(order) for order in set(itertools.permutations(chosen))}
            assert states == {state_after(set(chosen))}, chosen
            multisets += 1
    assert multisets == 3_003


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


def test_every_state_stands_in_the_sets_that_were_meant() -> None:
    assert {State.QUEUED, State.CALLING, State.UNKNOWN} == OPEN
    assert {State.DELIVERED, State.OPENED} == ARRIVED
    assert {state for state in State if EVIDENCE[state] >= Evidence.RECEIVER_CONFIRMED} == ARRIVED


@pytest.mark.parametrize(
    ("reach", "kinds"),
    [
        (Reach(), []),
        (Reach(postal=True), [Kind.LETTER]),
        (Reach(email="a@b.example", postal=True), [Kind.EMAIL, Kind.LETTER]),
        (
            Reach(einvoice="0007:1", mailbox="1", email="a@b.example", postal=True),
            [Kind.EINVOICE, Kind.MAILBOX, Kind.EMAIL, Kind.LETTER],
        ),
        (
            Reach(einvoice="0007:1", email="a@b.example", postal=True, wish="letter"),
            [Kind.LETTER, Kind.EINVOICE, Kind.EMAIL],
        ),
        (Reach(email="a@b.example", wish="mailbox"), [Kind.EMAIL]),  # A wish nobody can keep.
    ],
)
def test_the_ladder_goes_from_the_wish_to_the_letter(reach: Reach, kinds: list[Kind]) -> None:
    rungs = ladder(reach)
    assert [rung.kind for rung in rungs] == kinds
    assert all(rung.because for rung in rungs)
