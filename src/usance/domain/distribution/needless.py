"""Papers that need not go out any more: what they ask for was paid, or is ours no longer."""

from collections.abc import Mapping

from usance.domain.invoice import Stage

from .parcels import Paper

_OVER: Mapping[Stage, str] = {
    Stage.SETTLED: "The invoice is paid.",
    Stage.REPURCHASED: "The client took the invoice back.",
    Stage.WRITTEN_OFF: "The invoice is written off.",
    Stage.REJECTED: "The invoice is rejected.",
}
# Paper -> the stages of its invoice in which nobody has to read it any more. That claims were
# assigned counts beyond the one that is paid; whom to pay instead is told whatever becomes of them.
_ENDS: Mapping[Paper, frozenset[Stage]] = {
    Paper.INVOICE: frozenset(_OVER),
    Paper.NOTICE: frozenset({Stage.REPURCHASED, Stage.REJECTED}),
    Paper.REMINDER: frozenset(_OVER),
    Paper.RELEASE: frozenset(),
}
assert set(_ENDS) == set(Paper), "every paper says when nobody needs it"
_KEPT = frozenset({Stage.SETTLED, Stage.WRITTEN_OFF})  # Its debtor needs the invoice for the books.
SILENT = "No reminder is due: the debtor objects, pays by a plan, or has its money on the way."


def needless(
    paper: Paper, stage: Stage, *, is_silent: bool = False, even_if_paid: bool = False
) -> str:
    """Why this paper of an invoice of this stage is not sent; empty: it is.

    :param is_silent: no reminder goes out now (queries.overdue.silenced).
    :param even_if_paid: the debtor has not had the invoice yet, or a person sends a copy.
    """
    is_wanted = even_if_paid and paper is Paper.INVOICE and stage in _KEPT
    if stage in _ENDS[paper] and not is_wanted:
        return _OVER[stage]
    return SILENT if paper is Paper.REMINDER and is_silent else ""
