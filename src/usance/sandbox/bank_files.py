"""What the bank writes: a statement for each day, and an answer to each file of orders."""

from datetime import UTC, datetime, time

from usance.domain.payment import Statement
from usance.plugins.payouts import Answer, Verdict
from usance.plugins.payouts._pain002_write import write_pain002
from usance.plugins.statements._camt_write import write_camt053

from .bank import HandedIn


def status(file: HandedIn, *, made_at: datetime) -> bytes:
    """pain.002: the file was taken, and where each order stands."""
    whole = Answer(file=file.name, key="", verdict=Verdict.ACCEPTED, code="ACCP")
    answers = [whole, *file.answers.values()]
    return write_pain002(
        answers, message=f"ST-{file.name}"[:35], made_at=made_at, original=file.original
    )


def statement(statement: Statement) -> bytes:
    """camt.053, made at the end of its day: the same bytes whenever it is fetched."""
    assert statement.closed_on is not None
    return write_camt053(statement, datetime.combine(statement.closed_on, time(23, 59, 59), UTC))
