"""Set invoices aside for a person, and let a person decide."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.finding import Finding
from usance.domain.invoice import Stage, step
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.models.bulk import change

from .diary import Line, note


class HoldClosed(Refusal):
    code = "hold_closed"
    todo = "Somebody decided already: look at the invoice's timeline."


def hold(found: Mapping[UUID, Sequence[Finding]], *, stage: str, at: datetime, actor: str) -> None:
    """Findings stop these invoices before `stage`, the name of the step that then goes on."""
    _open({one: (one, findings) for one, findings in found.items()}, stage, "findings", at)
    lines = [
        Line(one, one, {"step": stage, "codes": list(dict.fromkeys(one.code for one in findings))})
        for one, findings in found.items()
    ]
    note(Kind.INVOICE_HELD, lines, at=at, actor=actor)


def park(
    invoice: UUID, failure: Exception, *, subject: UUID, stage: str, at: datetime, actor: str
) -> None:
    """A step failed for this invoice, again and again: it waits, the others go on."""
    error, code = f"{type(failure).__name__}: {failure}", "step_failed"
    todo = "Mend the cause and release it; it goes on where it stopped."
    if isinstance(failure, Refusal):
        error, code, todo = str(failure), failure.code, failure.todo or todo
    finding = Finding(code=code, says=error[:400], todo=todo)
    _open({invoice: (subject, [finding])}, stage, "error", at)
    note(
        Kind.INVOICE_PARKED,
        [Line(subject, invoice, {"step": stage, "error": error[:400]})],
        at=at,
        actor=actor,
    )


@transaction.atomic
def release(hold_id: UUID, *, role: Role, remark: str, at: datetime, actor: str) -> str:
    """Let the invoice go on; the name of the step that is due now.

    :raises NotAllowed: if the role may not.
    :raises HoldClosed: if it was decided before.
    """
    require(role, Act.RELEASE_HOLD)
    row = _close(hold_id, "released", remark, at=at, actor=actor)
    note(
        Kind.INVOICE_RELEASED,
        [Line(row.pk, row.invoice_id, {"step": row.step, "remark": remark})],
        at=at,
        actor=actor,
    )
    return row.step


@transaction.atomic
def reject(hold_id: UUID, *, role: Role, remark: str, at: datetime, actor: str) -> None:
    """Give the invoice back to the client: we do not buy it.

    :raises NotAllowed: if the role may not.
    :raises HoldClosed: if it was decided before.
    :raises WrongStage: if it is bought already.
    """
    require(role, Act.REJECT_INVOICE)
    row = _close(hold_id, "rejected", remark, at=at, actor=actor)
    invoice = models.Invoice.objects.select_for_update(no_key=True).get(pk=row.invoice_id)
    invoice.stage = step(Stage(invoice.stage), Stage.REJECTED)
    invoice.save(update_fields=["stage"])
    note(
        Kind.INVOICE_REJECTED,
        [Line(invoice.pk, invoice.pk, {"remark": remark})],
        at=at,
        actor=actor,
    )


def release_cured(
    invoices: Sequence[UUID], *, stage: str, remark: str, at: datetime, actor: str
) -> int:
    """What held these before `stage` is mended by what was just done: they go on. How many."""
    rows = _end(invoices, stage, "released", remark, at=at, actor=actor)
    note(
        Kind.INVOICE_RELEASED,
        [Line(row.pk, row.invoice_id, {"step": row.step, "remark": remark}) for row in rows],
        at=at,
        actor=actor,
    )
    return len(rows)


def resolve(invoices: Sequence[UUID], *, stage: str, remark: str, at: datetime, actor: str) -> int:
    """What held these before `stage` has come to pass by itself: nothing is left to do."""
    return len(_end(invoices, stage, "resolved", remark, at=at, actor=actor))


def release_each(
    holds: Sequence[UUID], *, role: Role, remark: str, at: datetime, actor: str
) -> dict[UUID, Refusal]:
    """Release many; what was refused, by hold. One refusal does not stop the others.

    :raises NotAllowed: if the role may not.
    """
    require(role, Act.RELEASE_HOLD)
    return _each(release, holds, role=role, remark=remark, at=at, actor=actor)


def reject_each(
    holds: Sequence[UUID], *, role: Role, remark: str, at: datetime, actor: str
) -> dict[UUID, Refusal]:
    """Reject many; what was refused, by hold. One refusal does not stop the others.

    :raises NotAllowed: if the role may not.
    """
    require(role, Act.REJECT_INVOICE)
    return _each(reject, holds, role=role, remark=remark, at=at, actor=actor)


def plain(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """Findings as they are kept in JSON columns."""
    built: list[dict[str, object]] = msgspec.to_builtins(list(findings))
    return built


def written_down(kept: Sequence[Mapping[str, str]]) -> list[Finding]:
    """Findings out of a JSON column."""
    return msgspec.convert(kept, list[Finding])


@transaction.atomic
def _each(
    decide: Callable[..., object], holds: Sequence[UUID], **how: object
) -> dict[UUID, Refusal]:
    refused = {}
    for one in sorted(holds):
        try:
            with transaction.atomic():
                decide(one, **how)
        except Refusal as refusal:
            refused[one] = refusal
    return refused


def _open(
    found: Mapping[UUID, tuple[UUID, Sequence[Finding]]], stage: str, because: str, at: datetime
) -> None:
    models.Hold.objects.bulk_create(
        [
            models.Hold(
                invoice_id=invoice,
                step=stage,
                subject_id=subject,
                because=because,
                findings=plain(findings),
                opened_at=at,
            )
            for invoice, (subject, findings) in found.items()
        ],
        ignore_conflicts=True,  # It is held for this already: the first reason stands.
    )


def _close(hold_id: UUID, decision: str, remark: str, *, at: datetime, actor: str) -> models.Hold:
    row = models.Hold.objects.select_for_update(no_key=True).filter(pk=hold_id).first()
    if row is None:
        raise HoldClosed("there is no such hold")
    if row.closed_at is not None:
        raise HoldClosed(f"{row.decision} by {row.closed_by}")
    row.closed_at, row.closed_by = at, actor
    row.decision, row.remark = decision, remark[:400]
    row.save(update_fields=["closed_at", "closed_by", "decision", "remark"])
    return row


def _end(
    invoices: Sequence[UUID], stage: str, decision: str, remark: str, *, at: datetime, actor: str
) -> list[models.Hold]:
    rows = list(
        models.Hold.objects.select_for_update(no_key=True)
        .filter(invoice_id__in=invoices, step=stage, closed_at=None)
        .order_by("pk")
    )
    for row in rows:
        row.closed_at, row.closed_by = at, actor[:64]
        row.decision, row.remark = decision, remark[:400]
    change(rows, ["closed_at", "closed_by", "decision", "remark"])
    return rows
