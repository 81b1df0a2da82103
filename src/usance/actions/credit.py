"""Ask whether each debtor is good for each invoice."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from usance import models
from usance.domain import credit, finance
from usance.domain.events import Kind
from usance.domain.exchange import RateMissing
from usance.domain.finding import Finding
from usance.domain.invoice import Stage
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy
from usance.models.ids import new_id
from usance.queries import facilities, foreign, same
from usance.queries.room import Room, debtor_of

from .diary import note_invoices
from .holds import hold
from .verification import waived_codes

STEP = "credit.assess"
RELEASED_BY = "Ask the bureau for a higher limit, wait for payments, or release it knowingly."


@transaction.atomic
def assess(
    invoices: Sequence[UUID],
    *,
    accepted: bool = False,
    uncovered: Collection[UUID] = (),
    at: datetime,
    actor: str,
) -> None:
    """Decide on verified invoices in the order they came; approve or hold each.

    :param accepted: the client has accepted our offer for these.
    :param uncovered: of these, those that it takes back if the debtor does not pay.
    """
    rows = verified(invoices)
    rows = decided(rows, accepted=accepted, uncovered=uncovered, at=at, actor=actor)
    approved = [row.pk for row in rows]
    models.Invoice.objects.filter(pk__in=approved).update(stage=Stage.APPROVED)
    crashpoint("credit.written")
    note_invoices(Kind.INVOICE_APPROVED, approved, at=at, actor=actor)


def verified(invoices: Sequence[UUID]) -> list[models.Invoice]:
    """Those of these that are verified invoices, locked, in the order in which they came."""
    rows = models.Invoice.objects.select_for_update(no_key=True).filter(
        pk__in=invoices, stage=Stage.VERIFIED, kind="invoice"
    )
    return list(rows.order_by("pk"))


def decided(
    rows: Sequence[models.Invoice],
    *,
    accepted: bool = False,
    uncovered: Collection[UUID] = (),
    at: datetime,
    actor: str,
) -> list[models.Invoice]:
    """`assess` without its last word: those that are approved. Whoever asks has locked these
    verified invoices, writes the stage of those and notes it, in the same transaction.

    Where the terms leave the choice to the client, an invoice waits for it. Debtors and facilities
    are locked, so that two batches never spend one limit twice; within the batch each approval
    counts for those after it. Rows of one company have one limit, and what they owe is one sum.
    """
    if not rows:
        return []
    members = _locked({debtor_of(row) for row in rows})
    clients = {row.client_id for row in rows}
    held = facilities.holding(clients, on=at.date()).select_for_update(no_key=True)
    terms = foreign.by_currency(held.order_by("pk"))
    if not accepted and (waiting := _waiting(rows, terms.values())):
        _note_waiting(waiting, at=at, actor=actor)
        rows = [row for row in rows if row.pk not in waiting]
    waived = waived_codes([row.pk for row in rows], STEP)
    room = Room(rows, members=members, terms=terms, on=at.date())
    for pk in uncovered:
        waived[pk] = waived.get(pk, frozenset()) | credit.COVER
    decisions: dict[UUID, credit.Decision] = {}
    unrated: dict[UUID, list[Finding]] = {}
    for row in rows:
        try:
            decisions[row.pk] = _decided(row, room, waived.get(row.pk, frozenset()))
        except RateMissing as no:
            says = f"{no}."
            unrated[row.pk] = [
                Finding(code=no.code, says=says[:1].upper() + says[1:], todo=no.todo)
            ]

    copy(
        models.CreditDecision,
        ["id", "invoice", "approved", "reasons", "at", "actor"],
        (
            (new_id(), pk, d.approved, msgspec.json.encode(d.reasons).decode(), at, actor)
            for pk, d in decisions.items()
        ),
    )
    stopped = {pk: _findings(d) for pk, d in decisions.items() if not d.approved} | unrated
    if stopped:
        hold(stopped, stage=STEP, at=at, actor=actor)
    return [row for row in rows if row.pk in decisions and decisions[row.pk].approved]


def _decided(row: models.Invoice, room: Room, waived: frozenset[str]) -> credit.Decision:
    """The decision on one; what is approved takes its room from those after it."""
    facts = room.facts(row)
    decision = credit.decide(facts)
    waived -= credit.NEVER_WAIVED
    if all(one.agrees or one.rule in waived for one in decision.reasons):
        decision = credit.Decision(approved=True, reasons=decision.reasons)
        room.take(row, advance=facts.advance)
    return decision


def _waiting(rows: Sequence[models.Invoice], terms: Iterable[models.Facility]) -> list[UUID]:
    """Those of clients who choose what they sell."""
    choose = {(f.client_id, f.currency) for f in terms if f.bought().how is not finance.How.ALL}
    return [row.pk for row in rows if (row.client_id, row.currency) in choose]


def _note_waiting(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Once for each invoice, however often it comes by."""
    known = set(
        models.Diary.objects.filter(
            invoice_id__in=invoices, kind=Kind.INVOICE_WAITING.value
        ).values_list("invoice_id", flat=True)
    )
    new = [one for one in invoices if one not in known]
    note_invoices(Kind.INVOICE_WAITING, new, at=at, actor=actor)


def _locked(debtors: set[UUID]) -> dict[UUID, list[UUID]]:
    """All rows of the companies of these debtors, by the row that stays, which is locked: so two
    batches with two rows of one company wait for each other, and nobody merges them meanwhile."""
    wanted: set[UUID] = set()
    while True:
        stays = set(same.companies(models.Debtor, debtors).values())
        if stays | debtors <= wanted:
            return same.members(stays)
        wanted |= stays | debtors
        rows = models.Debtor.objects.select_for_update(no_key=True).filter(pk__in=wanted)
        list(rows.order_by("pk").values_list("pk", flat=True))


def _findings(decision: credit.Decision) -> list[Finding]:
    return [
        Finding(
            code=reason.rule,
            says=reason.says,
            todo=credit.RELEASED_BY.get(reason.rule, RELEASED_BY),
        )
        for reason in decision.reasons
        if not reason.agrees
    ]
