"""Take invoices through several steps in one transaction: what the belt does with a batch.

Nothing stops between the steps, and the debtors and facilities that the decision locks are those
that the purchase spends. One transaction saves the second and third reading of the rows, jobs,
commits, and the writing of each row and its dozen index entries for stages that nobody would see.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.invoice import Kind as Paper
from usance.domain.invoice import Stage
from usance.engine.crashpoint import crashpoint

from . import credit, finance, trust, verification
from .diary import Line, note, note_invoices


def verify_and_buy(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """The same rows and the same diary as `verification.verify`, then `credit.assess`, then
    `finance.fund`.

    What invoices are compared by is committed before: the lock that keeps two sides of one fraud
    apart is let go before limits are locked. An invoice that got another debtor in between goes
    step by step.
    """
    seen = trust.see_before(invoices, at=at)
    crashpoint("trust.seen")
    with transaction.atomic():
        rows = verification.received(invoices)
        as_seen = [row for row in rows if seen.debtors.get(row.pk) == row.debtor_id]
        if as_seen:
            _through(as_seen, seen, at=at, actor=actor)
    changed = [row.pk for row in rows if seen.debtors.get(row.pk) != row.debtor_id]
    if changed:
        verification.verify(changed, at=at, actor=actor)


@transaction.atomic
def assess_and_buy(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """The same rows and the same diary as `credit.assess` and then `finance.fund`."""
    _buy(credit.verified(invoices), at=at, actor=actor)


def _through(rows: Sequence[models.Invoice], seen: trust.Seen, *, at: datetime, actor: str) -> None:
    passed = verification.checked(rows, seen, at=at, actor=actor)
    crashpoint("verification.written")
    claims = [row for row in passed if row.kind == Paper.INVOICE]
    lines = [Line(row.pk, row.pk) for row in claims]
    note(Kind.INVOICE_VERIFIED, lines, at=at, actor=actor, goes_on=False)
    approved = _buy(claims, at=at, actor=actor)

    left = [row.pk for row in passed if row.pk not in approved]
    models.Invoice.objects.filter(pk__in=left).update(stage=Stage.VERIFIED)
    credits = [row.pk for row in passed if row.kind == Paper.CREDIT_NOTE]
    note_invoices(Kind.CREDIT_NOTE_VERIFIED, credits, at=at, actor=actor)


def _buy(rows: Sequence[models.Invoice], *, at: datetime, actor: str) -> set[UUID]:
    """Which are approved: bought, or held before the purchase. The others keep their stage."""
    approved = credit.decided(rows, at=at, actor=actor)
    crashpoint("credit.written")
    lines = [Line(row.pk, row.pk) for row in approved]
    note(Kind.INVOICE_APPROVED, lines, at=at, actor=actor, goes_on=False)
    finance.buy(approved, at=at, actor=actor)
    return {row.pk for row in approved}
