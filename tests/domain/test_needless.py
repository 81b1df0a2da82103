"""Which papers need not go out any more, by the stage of their invoice."""

import pytest

from usance.domain.distribution import Paper, needless
from usance.domain.invoice import Stage

PAID, BACK, LOST = Stage.SETTLED, Stage.REPURCHASED, Stage.WRITTEN_OFF
TAKEN = "The client took the invoice back."


@pytest.mark.parametrize(
    ("paper", "stage", "at_first", "once_more"),
    [
        (Paper.INVOICE, Stage.FUNDED, "", ""),
        (Paper.INVOICE, PAID, "", "The invoice is paid."),
        (Paper.INVOICE, LOST, "", "The invoice is written off."),
        (Paper.INVOICE, BACK, TAKEN, TAKEN),
        (Paper.INVOICE, Stage.APPLIED, "", ""),  # A credit note reaches its debtor all the same.
        (Paper.REMINDER, Stage.FUNDED, "", ""),
        (Paper.REMINDER, PAID, "The invoice is paid.", "The invoice is paid."),
        (Paper.REMINDER, BACK, TAKEN, TAKEN),
        (Paper.NOTICE, PAID, "", ""),  # It is about what follows, too.
        (Paper.NOTICE, BACK, TAKEN, TAKEN),
        (Paper.RELEASE, BACK, "", ""),
        (Paper.RELEASE, PAID, "", ""),
    ],
)  # fmt: skip
def test_what_is_needed_no_more_says_why(
    paper: Paper, stage: Stage, at_first: str, once_more: str
) -> None:
    assert needless(paper, stage, even_if_paid=True) == at_first
    assert needless(paper, stage) == once_more


def test_only_reminders_are_silent() -> None:
    assert [p for p in Paper if needless(p, Stage.FUNDED, is_silent=True)] == [Paper.REMINDER]
