"""Decide on invoices and buy what is approved, in one transaction: what the belt does with a batch.

Nothing stops between the two, and the debtors and facilities that the decision locks are those that
the purchase spends. One transaction saves the second reading of the rows, a job, a commit, and the
writing of each row and its dozen index entries for a stage that nobody would see.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance.domain.events import Kind
from usance.engine.crashpoint import crashpoint

from . import credit, finance
from .diary import Line, note


@transaction.atomic
def assess_and_buy(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """The same rows and the same diary as `credit.assess` and then `finance.fund`."""
    rows = credit.decided(invoices, at=at, actor=actor)
    crashpoint("credit.written")
    approved = [Line(row.pk, row.pk) for row in rows]
    note(Kind.INVOICE_APPROVED, approved, at=at, actor=actor, goes_on=False)
    finance.buy(rows, at=at, actor=actor)
