"""Reports come in any order and any number of times: the state is the same."""

import itertools

import pytest

from usance.domain.distribution import Outcome, State, state_after


def test_every_order_of_up_to_five_outcomes_gives_one_state() -> None:
    """36 100 orders, each reported one after the other, and once more at the end."""
    count = 0
    for size in range(1, 6):
        for chosen in itertools.combinations(Outcome, size):
            states = set()
            for order in itertools.permutations(chosen):
                reported: list[Outcome] = []
                for outcome in (*order, order[0]):
                    reported.append(outcome)
                    state = state_after(reported)
                states.add(state)
                count += 1
            assert len(states) == 1, chosen

    assert count == 36_100


@pytest.mark.parametrize(
    ("reported", "state"),
    [
        ([], None),
        ([Outcome.UNREADABLE], None),
        ([Outcome.DEFERRED], State.ACCEPTED),
        ([Outcome.SENT, Outcome.UNREADABLE], State.SENT),
        ([Outcome.DELIVERED, Outcome.SENT], State.DELIVERED),
        (
            [Outcome.DELIVERED, Outcome.RETURNED],
            State.FAILED,
        ),  # Posted is an estimate: it came back.
        ([Outcome.BOUNCED, Outcome.DELIVERED], State.FAILED),
        ([Outcome.EXPIRED, Outcome.SENT], State.FAILED),
        (
            [Outcome.OPENED, Outcome.BOUNCED],
            State.OPENED,
        ),  # A person saw it, whatever a machine says.
    ],
)
def test_the_strongest_word_decides(reported: list[Outcome], state: State | None) -> None:
    assert state_after(reported) is state
