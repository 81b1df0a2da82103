"""The one line of stages: every pair is allowed or refused."""

import itertools

import pytest

from usance.domain.invoice import ENDED, NEXT, OPEN, Stage, WrongStage, step

ALLOWED = {
    ("received", "verified"), ("received", "rejected"), ("verified", "approved"),
    ("verified", "applied"), ("verified", "rejected"), ("approved", "funded"),
    ("approved", "rejected"), ("funded", "settled"), ("funded", "repurchased"),
    ("funded", "written_off"), ("settled", "funded"),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other"), list(itertools.product(Stage, Stage)))
def test_each_step_is_allowed_or_refused(one: Stage, other: Stage) -> None:
    if (one.value, other.value) in ALLOWED:
        assert step(one, other) is other
    else:
        with pytest.raises(WrongStage):
            step(one, other)


def test_what_has_ended_goes_nowhere_but_what_was_paid_may_be_open_again() -> None:
    assert {stage: NEXT[stage] for stage in ENDED if NEXT[stage]} == {Stage.SETTLED: {Stage.FUNDED}}
    assert all(NEXT[stage] for stage in OPEN)
