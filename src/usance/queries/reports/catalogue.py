"""All reports by name. One more is one file with its SQL, and one line here."""

from collections.abc import Mapping
from datetime import datetime

from usance.domain.refusal import Refusal

from . import asked as questions
from .account import CLIENT_STATEMENT
from .ageing import AGEING, OPEN_ITEMS, PAYMENTS
from .asked import Asked
from .books import MOVES, SUB_LEDGER
from .portfolio import CONCENTRATION, DILUTION, DSO
from .speed import HANDED_IN, SPEED
from .table import Report
from .yields import PROFITABILITY, TURN

REPORTS: dict[str, Report] = {
    one.name: one
    for one in (
        AGEING, OPEN_ITEMS, PAYMENTS, DSO, TURN, DILUTION, CONCENTRATION, PROFITABILITY, SPEED,
        HANDED_IN, CLIENT_STATEMENT, SUB_LEDGER, MOVES,
    )
}  # fmt: skip


class ReportUnknown(Refusal):
    code = "report_unknown"
    todo = f"Ask for one of {', '.join(REPORTS)}."


def report(name: str) -> Report:
    """:raises ReportUnknown: for a name that none has."""
    if name not in REPORTS:
        raise ReportUnknown("there is no such report")
    return REPORTS[name]


def ask(one: Report, given: Mapping[str, str], *, at: datetime) -> Asked:
    """The question in words as a value that this report answers; refuses as `asked.read`."""
    return questions.read(
        given, takes=one.takes, groups=one.groups, span=one.span, needs=one.needs, at=at
    )
