"""The one line of stages that a receivable walks, with its exits."""

from enum import StrEnum

from usance.domain.refusal import Refusal


class Stage(StrEnum):
    RECEIVED = "received"
    VERIFIED = "verified"
    APPROVED = "approved"
    FUNDED = "funded"
    SETTLED = "settled"
    APPLIED = "applied"  # A credit note that has reduced its invoice.
    REJECTED = "rejected"
    REPURCHASED = "repurchased"
    WRITTEN_OFF = "written_off"


# Read as a map: from each stage, the stages that may follow. An empty set is an end.
NEXT: dict[Stage, frozenset[Stage]] = {
    Stage.RECEIVED: frozenset({Stage.VERIFIED, Stage.REJECTED}),
    Stage.VERIFIED: frozenset({Stage.APPROVED, Stage.APPLIED, Stage.REJECTED}),
    Stage.APPROVED: frozenset({Stage.FUNDED, Stage.REJECTED}),
    Stage.FUNDED: frozenset({Stage.SETTLED, Stage.REPURCHASED, Stage.WRITTEN_OFF}),
    Stage.SETTLED: frozenset({Stage.FUNDED}),  # The payment went back.
    Stage.APPLIED: frozenset(),
    Stage.REJECTED: frozenset(),
    Stage.REPURCHASED: frozenset(),
    Stage.WRITTEN_OFF: frozenset(),
}
assert set(NEXT) == set(Stage), "every stage has its row"

OPEN = frozenset({Stage.RECEIVED, Stage.VERIFIED, Stage.APPROVED, Stage.FUNDED})
ENDED = frozenset(Stage) - OPEN


class WrongStage(Refusal):
    code = "invoice_wrong_stage"
    todo = "Open the invoice and look at its timeline: somebody may have moved it meanwhile."


def step(current: Stage, to: Stage) -> Stage:
    """Give `to` back, or refuse it.

    :raises WrongStage: if no line of NEXT leads there.
    """
    if to not in NEXT[current]:
        raise WrongStage(f"an invoice that is {current} cannot become {to}")
    return to
