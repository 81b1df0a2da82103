"""The torture in small: three places to die at, with trouble outside. All of it: make torture."""

import pytest

from bench import torture


@pytest.mark.timeout(240)
def test_killed_and_restarted_the_books_are_the_same() -> None:
    with torture.site() as place:
        runs, wrong = torture.torture(
            place, seeds=1, faults=0.0,
            only=("distribution.called", "bank.file_sent", "payment.matched"),
        )  # fmt: skip
    assert wrong == []
    assert sum(run.killed for run in runs) == 3
