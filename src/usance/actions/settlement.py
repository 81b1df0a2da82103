"""Clear what is paid, reduce what is credited, give back what was not paid in time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from usance import models
from usance.domain import ledger, settlement
from usance.domain.events import Kind
from usance.domain.finding import Finding
from usance.domain.invoice import Stage, step
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy
from usance.queries import amounts

from .diary import Line, note, note_invoices
from .finance import about
from .holds import hold
from .ledger import book

APPLY = "settlement.apply_credit_notes"


@transaction.atomic
def settle(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Invoices on which nothing is outstanding: take the fee, release the rest of the reserve."""
    rows = _funded(invoices)
    pks = [row.pk for row in rows]
    outstanding = amounts.of_invoices(Account.FACTORED_RECEIVABLES, pks)
    reserves = amounts.of_invoices(Account.CLIENT_RESERVES, pks)
    released = [
        (
            row,
            settlement.settle(
                reserve=Money(reserves.get(row.pk, 0), row.currency), fee=row.funding.offer().fee
            ),
        )
        for row in rows
        if not outstanding.get(row.pk, 0)
    ]
    turns = _reopened([row.pk for row, _ in released])
    entries = [
        ledger.settlement(
            row.number, release, about=about(row), on=at.date(), turn=turns.get(row.pk, 0)
        )
        for row, release in released
    ]
    _end(released, Stage.SETTLED, at=at, actor=actor)
    crashpoint("settlement.ended")
    book([entry for entry in entries if entry], at=at, actor=actor)
    note_invoices(Kind.INVOICE_SETTLED, [row.pk for row, _ in released], at=at, actor=actor)


@transaction.atomic
def reopen(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """A payment of these goes back: those that are settled are open again, as they were before.

    The fee is not earned yet. What was released of the reserve may have been paid out: the client
    owes it back, and the next payout is set off against it.
    """
    rows = list(
        models.Invoice.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=invoices, stage=Stage.SETTLED)
        .select_related("settlement", "funding")
        .order_by("pk")
    )
    if not rows:
        return
    pks = [row.pk for row in rows]
    turns = _reopened(pks)
    entries = [
        ledger.settlement_undone(
            row.number, row.settlement.release(), about=about(row), on=at.date(),
            turn=turns.get(row.pk, 0),
        )
        for row in rows
    ]  # fmt: skip
    # The row says how the invoice ended, and it has not; diary and books keep that it once did.
    models.Settlement.objects.filter(pk__in=pks).delete()
    models.Invoice.objects.filter(pk__in=pks).update(stage=step(Stage.SETTLED, Stage.FUNDED))
    book([entry for entry in entries if entry], at=at, actor=actor)
    crashpoint("settlement.reopened")
    note_invoices(Kind.INVOICE_REOPENED, pks, at=at, actor=actor)


def _reopened(invoices: Sequence[UUID]) -> dict[UUID, int]:
    """How often each of these was settled and open again."""
    noted = models.Diary.objects.filter(invoice__in=invoices, kind=Kind.INVOICE_REOPENED)
    counted = noted.values_list("invoice").annotate(count=Count("pk"))
    return dict(counted.values_list("invoice", "count"))


@transaction.atomic
def repurchase(invoices: Sequence[UUID], *, because: str, at: datetime, actor: str) -> None:
    """Recourse: the client takes back what the debtor did not pay. Its reserve counts first, the
    rest and our fee become a claim that the next payout is set off against."""
    rows = _funded(invoices)
    pks = [row.pk for row in rows]
    outstanding = amounts.of_invoices(Account.FACTORED_RECEIVABLES, pks)
    reserves = amounts.of_invoices(Account.CLIENT_RESERVES, pks)
    entries, ended = [], []
    for row in rows:
        if not outstanding.get(row.pk):
            continue
        reserve = Money(reserves.get(row.pk, 0), row.currency)
        part = settlement.repurchase(
            outstanding=Money(outstanding[row.pk], row.currency), reserve=reserve
        )
        end = settlement.settle(reserve=reserve - part.from_reserve, fee=row.funding.offer().fee)
        entries.append(ledger.repurchase(row.number, part, end, about=about(row), on=at.date()))
        ended.append((row, end))
    _end(ended, Stage.REPURCHASED, at=at, actor=actor)
    book(entries, at=at, actor=actor)
    note_invoices(
        Kind.INVOICE_REPURCHASED, [r.pk for r, _ in ended], at=at, actor=actor, because=because
    )


@transaction.atomic
def apply_credit_notes(notes: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Verified credit notes reduce their invoices, once those are bought; until then they wait."""
    rows = list(
        models.Invoice.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=notes, stage=Stage.VERIFIED, kind="credit_note", credited__isnull=False)
        .order_by("pk")
    )
    targets = {row.pk: row for row in _locked({_credited(row) for row in rows})}
    pks = list(targets)
    outstanding = amounts.of_invoices(Account.FACTORED_RECEIVABLES, pks)
    reserves = amounts.of_invoices(Account.CLIENT_RESERVES, pks)
    entries, applied, held, cleared = [], [], {}, []
    for row in rows:
        target = targets[_credited(row)]
        if Stage(target.stage) in WAITS:
            continue
        try:
            part = settlement.reduce(
                row.face,
                outstanding=Money(outstanding.get(target.pk, 0), row.currency),
                reserve=Money(reserves.get(target.pk, 0), row.currency),
            )
        except settlement.CreditTooLarge as refusal:
            held[row.pk] = [
                Finding(code=refusal.code, says=f"{refusal}.", where="BT-115", todo=refusal.todo)
            ]
            continue
        outstanding[target.pk] -= row.face_minor
        reserves[target.pk] = reserves.get(target.pk, 0) - part.from_reserve.minor
        applied.append(row)
        entries.append(
            ledger.reduction(
                row.number, part, about=about(target), on=at.date(), voucher=f"invoice:{row.pk}"
            )
        )
        if not outstanding[target.pk]:
            cleared.append(target.pk)
    models.Invoice.objects.filter(pk__in=[row.pk for row in applied]).update(stage=Stage.APPLIED)
    book(entries, at=at, actor=actor)
    crashpoint("settlement.credited")
    if held:
        hold(held, stage=APPLY, at=at, actor=actor)
    note_invoices(Kind.CREDIT_NOTE_APPLIED, [row.pk for row in applied], at=at, actor=actor)
    note(
        Kind.INVOICE_PAID,
        [Line(pk, pk, {"by": "credit note"}) for pk in dict.fromkeys(cleared)],
        at=at,
        actor=actor,
    )


def apply_waiting(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """These invoices were just bought: apply the credit notes that waited for it."""
    waiting = models.Invoice.objects.filter(credited_id__in=invoices, stage=Stage.VERIFIED)
    notes = list(waiting.order_by("pk").values_list("pk", flat=True))
    if notes:
        apply_credit_notes(notes, at=at, actor=actor)


WAITS = frozenset({Stage.RECEIVED, Stage.VERIFIED, Stage.APPROVED})


def _funded(invoices: Sequence[UUID]) -> list[models.Invoice]:
    return list(
        models.Invoice.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=invoices, stage=Stage.FUNDED)
        .select_related("funding")
        .order_by("pk")
    )


def _credited(note: models.Invoice) -> UUID:
    assert note.credited_id is not None, note.number  # Only such were asked for.
    return note.credited_id


def _locked(invoices: set[UUID]) -> list[models.Invoice]:
    return list(
        models.Invoice.objects.select_for_update(no_key=True).filter(pk__in=invoices).order_by("pk")
    )


def _end(
    released: Sequence[tuple[models.Invoice, settlement.Release]],
    stage: Stage,
    *,
    at: datetime,
    actor: str,
) -> None:
    copy(
        models.Settlement,
        ["invoice", "fee_minor", "rebate_minor", "claim_minor", "currency", "settled_on", "at",
         "actor"],
        (
            (row.pk, end.fee.minor, end.rebate.minor, end.claim.minor, row.currency, at.date(),
             at, actor)
            for row, end in released
        ),
    )  # fmt: skip
    models.Invoice.objects.filter(pk__in=[row.pk for row, _ in released]).update(stage=stage)
