"""Clear what is paid, reduce what is credited, give back what was not paid in time."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from usance import models
from usance.domain import ledger, settlement
from usance.domain.collection.disputes import Ending
from usance.domain.events import Kind
from usance.domain.finance import Cost, RateMissing
from usance.domain.finding import Finding
from usance.domain.invoice import Stage, step
from usance.domain.journal import Account
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy
from usance.queries import amounts, charges, finality, undertakings

from . import accruals, crossing, disputes
from .diary import Line, note, note_invoices
from .distribution.planning import AGAIN
from .finance import about
from .holds import hold, resolve

APPLY = "settlement.apply_credit_notes"
SETTLE = "settlement.settle"

Costs = dict[UUID, tuple[Cost, dict[str, int]]]


class ChargesUntold(Refusal):
    code = "charges_untold"
    todo = "Enter the rate that it names under Settings, then try again."


@transaction.atomic
def settle(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Invoices on which nothing is outstanding: take the fee, release the rest of the reserve.

    Those whose payment can still be taken back wait; the day's end comes back to them.
    """
    rows = _funded(invoices)
    pks = [row.pk for row in rows]
    outstanding = amounts.of_invoices(Account.FACTORED_RECEIVABLES, pks)
    wait = finality.reversible(pks, today=at.date())
    cleared = [row for row in rows if not outstanding.get(row.pk, 0) and row.pk not in wait]
    costs, waiting = _costs(cleared, at=at)
    reserves = amounts.of_invoices(Account.CLIENT_RESERVES, pks)
    released = [
        (
            row,
            settlement.settle(
                reserve=Money(reserves.get(row.pk, 0), row.currency), fee=costs[row.pk][0].total
            ),
        )
        for row in cleared
        if row.pk in costs
    ]
    turns = _reopened([row.pk for row, _ in released])
    entries = [
        ledger.settlement(
            row.number, release, cost=costs[row.pk][0], accrued=costs[row.pk][1], about=about(row),
            on=at.date(), turn=turns.get(row.pk, 0),
        )
        for row, release in released
    ]  # fmt: skip
    _end(released, Stage.SETTLED, costs, at=at, actor=actor)
    crashpoint("settlement.ended")
    crossing.book_across([entry for entry in entries if entry], at=at, actor=actor)
    if waiting:
        hold(waiting, stage=SETTLE, at=at, actor=actor)
    done = [row.pk for row, _ in released]
    disputes.ended(done, Ending.PAYMENT, "Paid.", at=at, actor=actor)
    note_invoices(Kind.INVOICE_SETTLED, done, at=at, actor=actor)


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
    accruals.settling(pks)
    accrued = charges.accounts(pks)
    entries = [
        ledger.settlement_undone(
            row.number, row.settlement.release(), cost=row.settlement.cost(),
            accrued=accrued[row.pk].accrued_minor, about=about(row), on=at.date(),
            turn=turns.get(row.pk, 0),
        )
        for row in rows
    ]  # fmt: skip
    # The row says how the invoice ended, and it has not; diary and books keep that it once did.
    models.Settlement.objects.filter(pk__in=pks).delete()
    models.Invoice.objects.filter(pk__in=pks).update(stage=step(Stage.SETTLED, Stage.FUNDED))
    # The client gives back what it got: at the rate of then.
    then = crossing.rates_of(pks, of="settlement")
    crossing.book_across(
        [entry for entry in entries if entry],
        by={
            entry.key: then[row.pk]
            for row, entry in zip(rows, entries, strict=True)
            if entry and row.pk in then
        },
        at=at, actor=actor,
    )  # fmt: skip
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
    # Without its reference rate it stays; the day's end says so and tries again tomorrow.
    costs, _ = _costs([row for row in rows if outstanding.get(row.pk)], at=at, ends_on=at.date())
    entries, ended = [], []
    for row in rows:
        if row.pk not in costs:
            continue
        reserve = Money(reserves.get(row.pk, 0), row.currency)
        part = settlement.repurchase(
            outstanding=Money(outstanding[row.pk], row.currency), reserve=reserve
        )
        cost, accrued = costs[row.pk]
        end = settlement.settle(reserve=reserve - part.from_reserve, fee=cost.total)
        entries.append(
            ledger.repurchase(
                row.number, part, end, cost=cost, accrued=accrued, about=about(row), on=at.date()
            )
        )
        ended.append((row, end))
    _end(ended, Stage.REPURCHASED, costs, at=at, actor=actor)
    crossing.book_across(entries, at=at, actor=actor)
    done = [row.pk for row, _ in ended]
    disputes.ended(done, Ending.REPURCHASED, "The client took it back.", at=at, actor=actor)
    note_invoices(Kind.INVOICE_REPURCHASED, done, at=at, actor=actor, because=because)


@transaction.atomic
def write_off(row: models.Invoice, *, back: Money, at: datetime, actor: str) -> None:
    """We bear what is outstanding on an invoice that is locked; the client's account is settled as
    if it had been paid.

    :param back: so much of it the client takes back, where its recourse is limited; else zero.
    :raises ChargesUntold: if a rate is missing that its charges take.
    """
    owed = amounts.of_invoices(Account.FACTORED_RECEIVABLES, [row.pk])[row.pk]
    reserve = Money(
        amounts.of_invoices(Account.CLIENT_RESERVES, [row.pk]).get(row.pk, 0), row.currency
    )
    costs, waiting = _costs([row], at=at, ends_on=at.date())
    if waiting:
        (found,) = waiting[row.pk]
        raise ChargesUntold(found.says)
    cost, accrued = costs[row.pk]
    part = settlement.repurchase(outstanding=back, reserve=reserve)
    end = settlement.settle(reserve=reserve - part.from_reserve, fee=cost.total)
    entry = ledger.write_off(
        row.number, Money(owed, row.currency) - back, end, back=part, cost=cost, accrued=accrued,
        about=about(row), on=at.date(),
    )  # fmt: skip
    _end([(row, end)], Stage.WRITTEN_OFF, costs, at=at, actor=actor)
    crossing.book_across([entry], at=at, actor=actor)
    disputes.ended([row.pk], Ending.WRITTEN_OFF, "Written off.", at=at, actor=actor)


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
    stops = _undertaken(pks) | crossing.lacking(pks, on=at.date())
    entries, applied, held, cleared = [], [], {}, []
    for row in rows:
        target = targets[_credited(row)]
        if Stage(target.stage) in WAITS:
            continue
        if target.pk in stops:
            held[row.pk] = stops[target.pk]
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
    crossing.book_across(entries, at=at, actor=actor)
    disputes.answered([_credited(row) for row in applied], at=at, actor=actor)
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


def _undertaken(invoices: Sequence[UUID]) -> dict[UUID, list[Finding]]:
    """Of those that were bought on the debtor's undertaking, why no credit note reduces them."""
    return {
        pk: [
            Finding(
                code="undertaking_stands",
                says="The debtor undertook to pay the invoice whatever is credited later.",
                todo="Reject it: client and debtor settle it between them.",
            )
        ]
        for pk in undertakings.bought_on(invoices)
    }  # fmt: skip


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


def _costs(
    rows: Sequence[models.Invoice], *, at: datetime, ends_on: date | None = None
) -> tuple[Costs, dict[UUID, list[Finding]]]:
    """What each invoice costs in the end and what of it is accrued; those whose rate is missing."""
    accruals.settling([row.pk for row in rows])
    known = charges.rates()
    costs: Costs = {}
    waiting = crossing.lacking([row.pk for row in rows], on=at.date())
    for pk, account in charges.accounts([row.pk for row in rows if row.pk not in waiting]).items():
        try:
            cost = account.cost(through=at.date(), rates=known, ends_on=ends_on)
        except RateMissing as missing:
            finding = Finding(code=missing.code, says=f"{missing}.", todo=missing.todo)
            waiting[pk] = [finding]
        else:
            costs[pk] = cost, account.accrued_minor
    return costs, waiting


def _end(
    released: Sequence[tuple[models.Invoice, settlement.Release]],
    stage: Stage,
    costs: Costs,
    *,
    at: datetime,
    actor: str,
) -> None:
    copy(
        models.Settlement,
        ["invoice", "fee_minor", "interest_minor", "vat_minor", "rebate_minor", "claim_minor",
         "currency", "settled_on", "at", "actor"],
        (
            (row.pk, end.fee.minor, costs[row.pk][0].interest.minor,
             costs[row.pk][0].vat.minor, end.rebate.minor, end.claim.minor, row.currency, at.date(),
             at, actor)
            for row, end in released
        ),
    )  # fmt: skip
    ended = [row.pk for row, _ in released]
    models.Invoice.objects.filter(pk__in=ended).update(stage=stage)
    resolve(ended, stage=AGAIN, remark="It has ended: nothing is sent again.", at=at, actor=actor)
