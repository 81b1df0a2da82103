"""Note what a debtor objects to, how much of the invoice that is, and how it ended."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.collection import disputes
from usance.domain.collection.disputes import Ending, Reason
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.models.bulk import change
from usance.queries import disputed

from .diary import Line, note


class DisputeOpen(Refusal):
    code = "dispute_open"
    todo = "Close the open dispute first, or change its amount."


class NoDispute(Refusal):
    code = "no_dispute_open"
    todo = "Look at the invoice again: somebody may have closed it."


@transaction.atomic
def open_dispute(
    invoice_id: UUID, *, reason: str, code: Reason = Reason.OTHER, amount: Money | None = None,
    role: Role, at: datetime, actor: str,
) -> models.Dispute:  # fmt: skip
    """The debtor objects: what is disputed nobody asks for until it is closed.

    :param reason: in words; `code` is its kind.
    :param amount: what of the invoice is disputed. None: all of it.
    :raises NotAllowed: if the role may not.
    :raises DisputeOpen: if one is open.
    :raises DisputedAmountImpossible: if the invoice does not ask for so much.
    """
    require(role, Act.DISPUTE)
    invoice = _locked(invoice_id)
    part = disputes.part(amount, most=disputed.asks_for(invoice))
    if invoice.disputes.filter(closed_at=None).exists():
        raise DisputeOpen(f"{invoice.number} is disputed already")
    return _begin(invoice, code, part, reason, at=at, actor=actor)


@transaction.atomic
def restate(
    invoice_id: UUID, *, reason: str, code: Reason, amount: Money | None, role: Role, at: datetime,
    actor: str,
) -> models.Dispute:  # fmt: skip
    """The open dispute is over another amount, or another matter: a new row takes its place, so
    that any day can still be told as it was.

    :raises NotAllowed: if the role may not.
    :raises NoDispute: if none is open.
    :raises DisputedAmountImpossible: if the invoice does not ask for so much.
    """
    require(role, Act.DISPUTE)
    invoice = _locked(invoice_id)
    part = disputes.part(amount, most=disputed.asks_for(invoice))
    open_one = _open(invoice_id)
    _close([open_one], Ending.RESTATED, outcome=reason, at=at, actor=actor)
    return _begin(invoice, code, part, reason, at=at, actor=actor)


@transaction.atomic
def close_dispute(
    invoice_id: UUID, *, outcome: str, ends: Ending = Ending.WITHDRAWN, role: Role, at: datetime,
    actor: str,
) -> None:  # fmt: skip
    """A person says how it ended; from here on all of the invoice is asked for again.

    :raises NotAllowed: if the role may not.
    :raises NoDispute: if none is open.
    :raises NotProved: if it is said to have ended by a credit note or a payment that is not there.
    """
    require(role, Act.DISPUTE)
    _locked(invoice_id)
    row = _open(invoice_id)
    is_credited = disputed.open_of([invoice_id])[invoice_id].credited_minor > 0
    disputes.by_hand(
        ends, credited=is_credited, paid=disputed.is_paid_since(invoice_id, row.opened_at)
    )
    _close([row], ends, outcome=outcome, at=at, actor=actor)


def short_paid(
    invoice_id: UUID, code: Reason, part: Money, reason: str, *, at: datetime, actor: str
) -> models.Dispute:
    """So much of an invoice that is locked was not paid because the debtor objects.

    :raises DisputeOpen: if a dispute is open.
    """
    invoice = models.Invoice.objects.get(pk=invoice_id)
    if invoice.disputes.filter(closed_at=None).exists():
        raise DisputeOpen(f"{invoice.number} is disputed already")
    over = disputes.part(part, most=disputed.asks_for(invoice))
    return _begin(invoice, code, over, reason, at=at, actor=actor)


def withdrawn(row: models.Dispute, outcome: str, *, at: datetime, actor: str) -> None:
    """This one was no dispute; its invoice is locked."""
    _close([row], Ending.WITHDRAWN, outcome=outcome, at=at, actor=actor)


def answered(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Credit notes were applied: disputes of which nothing is left have ended by them."""
    over = [pk for pk, one in disputed.open_of(invoices).items() if not one.left_minor]
    _end(over, Ending.CREDIT_NOTE, "Credited.", at=at, actor=actor)


def ended(
    invoices: Sequence[UUID], ends: Ending, outcome: str, *, at: datetime, actor: str
) -> None:
    """These invoices are at their end, and so are their disputes."""
    _end(invoices, ends, outcome, at=at, actor=actor)


def _begin(
    invoice: models.Invoice, code: Reason, part: Money | None, reason: str, *, at: datetime,
    actor: str,
) -> models.Dispute:  # fmt: skip
    row = made(invoice, code, part, reason, at=at, actor=actor)
    row.save(force_insert=True)
    note_opened([row], at=at, actor=actor)
    return row


def made(
    invoice: models.Invoice, code: Reason, part: Money | None, reason: str, *, at: datetime,
    actor: str,
) -> models.Dispute:  # fmt: skip
    """The row of a new dispute, not written yet."""
    return models.Dispute(
        invoice=invoice, code=code, amount_minor=part.minor if part else None, reason=reason[:400],
        opened_at=at, opened_by=actor,
    )  # fmt: skip


def note_opened(rows: Sequence[models.Dispute], *, at: datetime, actor: str) -> None:
    note(
        Kind.DISPUTE_OPENED,
        [Line(row.invoice_id, row.invoice_id, _told(row)) for row in rows],
        at=at,
        actor=actor,
    )


def _told(row: models.Dispute) -> dict[str, object]:
    told: dict[str, object] = {"reason": row.reason, "code": str(row.code)}
    if row.amount_minor is not None:
        told["over"] = str(Money(row.amount_minor, row.invoice.currency))
    return told


def _end(invoices: Sequence[UUID], ends: Ending, outcome: str, *, at: datetime, actor: str) -> None:
    if not invoices:
        return
    rows = models.Dispute.objects.select_for_update(no_key=True).filter(
        invoice_id__in=invoices, closed_at=None
    )
    _close(list(rows.order_by("pk")), ends, outcome=outcome, at=at, actor=actor)


def _close(
    rows: Sequence[models.Dispute], ends: Ending, *, outcome: str, at: datetime, actor: str
) -> None:
    for row in rows:
        row.closed_at, row.closed_by, row.outcome, row.ended_as = at, actor, outcome[:400], ends
    change(rows, ["closed_at", "closed_by", "outcome", "ended_as"])
    note(
        Kind.DISPUTE_CLOSED,
        [
            Line(row.invoice_id, row.invoice_id, {"outcome": row.outcome, "ended_as": str(ends)})
            for row in rows
        ],
        at=at,
        actor=actor,
    )


def _locked(invoice_id: UUID) -> models.Invoice:
    return models.Invoice.objects.select_for_update(no_key=True).get(pk=invoice_id)


def _open(invoice_id: UUID) -> models.Dispute:
    row = (
        models.Dispute.objects.select_for_update(no_key=True)
        .filter(invoice_id=invoice_id, closed_at=None)
        .first()
    )
    if row is None:
        raise NoDispute(str(invoice_id))
    return row
