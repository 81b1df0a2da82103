"""Ask whether each debtor is good for each invoice."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from usance import models
from usance.domain import credit, finance
from usance.domain.events import Kind
from usance.domain.finding import Finding
from usance.domain.invoice import Stage
from usance.domain.money import Money
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy
from usance.models.ids import new_id
from usance.queries import amounts, facilities, same

from .diary import note_invoices
from .holds import hold
from .verification import waived_codes

STEP = "credit.assess"


@transaction.atomic
def assess(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Decide on verified invoices in the order they came; approve or hold each.

    Debtors and facilities are locked, so that two batches never spend one limit twice; within the
    batch each approval counts for those after it. Rows of one company have one limit, and what they
    owe is one sum.
    """
    rows = list(
        models.Invoice.objects.select_for_update(no_key=True)
        .filter(pk__in=invoices, stage=Stage.VERIFIED, kind="invoice")
        .order_by("pk")
    )
    if not rows:
        return
    waived = waived_codes([row.pk for row in rows], STEP)
    room = _Room(rows, at=at)
    decisions = {}
    for row in rows:
        decision = credit.decide(room.facts(row))
        refused = [r for r in decision.reasons if not r.agrees]
        if all(reason.rule in waived.get(row.pk, ()) for reason in refused):
            decision = credit.Decision(approved=True, reasons=decision.reasons)
            room.take(row)
        decisions[row.pk] = decision

    copy(
        models.CreditDecision,
        ["id", "invoice", "approved", "reasons", "at", "actor"],
        (
            (new_id(), pk, d.approved, msgspec.json.encode(d.reasons).decode(), at, actor)
            for pk, d in decisions.items()
        ),
    )
    approved = [pk for pk, decision in decisions.items() if decision.approved]
    models.Invoice.objects.filter(pk__in=approved).update(stage=Stage.APPROVED)
    crashpoint("credit.written")
    held = {pk: _findings(d) for pk, d in decisions.items() if not d.approved}
    if held:
        hold(held, stage=STEP, at=at, actor=actor)
    note_invoices(Kind.INVOICE_APPROVED, approved, at=at, actor=actor)


class _Room:
    """What is left of limits and facilities while a batch is decided, invoice by invoice."""

    def __init__(self, rows: Sequence[models.Invoice], *, at: datetime) -> None:
        clients = {row.client_id for row in rows}
        members = _locked({_debtor(row) for row in rows})
        self.company = same.owners(members)
        every = self.company.keys()
        insolvent = models.Debtor.objects.filter(pk__in=every, insolvent_on__isnull=False)
        self.insolvent = {self.company[pk] for pk in insolvent.values_list("pk", flat=True)}
        terms = facilities.holding(clients, on=at.date())
        held = terms.select_for_update(no_key=True).order_by("pk")
        self.facilities = {(f.client_id, f.currency): f for f in held}
        self.limits = facilities.limits(members.keys(), on=at.date())
        self.exposure: dict[tuple[UUID, str], int] = defaultdict(int)
        self.funds: dict[tuple[UUID, str], int] = defaultdict(int)
        for currency in {row.currency for row in rows}:
            for debtor, minor in amounts.exposure(every, currency).items():
                self.exposure[self.company[debtor], currency] += minor
            for client, minor in amounts.funds_in_use(clients, currency).items():
                self.funds[client, currency] += minor

    def facts(self, row: models.Invoice) -> credit.Facts:
        debtor = self.company[_debtor(row)]
        limit = self.limits.get((debtor, row.currency))
        facility = self.facilities.get((row.client_id, row.currency))
        zero = Money(0, row.currency)
        return credit.Facts(
            face=row.face,
            exposure=Money(self.exposure[debtor, row.currency], row.currency),
            limit=limit.limit if limit else None,
            limit_source=f"{limit.source} of {limit.given_on}" if limit else "",
            debtor_insolvent=debtor in self.insolvent,
            funds_in_use=Money(self.funds[row.client_id, row.currency], row.currency),
            advance=finance.price(row.face, facility.terms()).advance if facility else zero,
            facility_limit=facility.limit if facility else zero,
        )

    def take(self, row: models.Invoice) -> None:
        self.exposure[self.company[_debtor(row)], row.currency] += row.face_minor
        facility = self.facilities.get((row.client_id, row.currency))
        if facility:
            advance = finance.price(row.face, facility.terms()).advance
            self.funds[row.client_id, row.currency] += advance.minor


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


def _debtor(row: models.Invoice) -> UUID:
    """Who owes it: known from the verification on (constraint invoice_debtor_known)."""
    assert row.debtor_id is not None, row.number
    return row.debtor_id


def _findings(decision: credit.Decision) -> list[Finding]:
    return [
        Finding(
            code=reason.rule,
            says=reason.says,
            todo="Ask the bureau for a higher limit, wait for payments, or release it knowingly.",
        )
        for reason in decision.reasons
        if not reason.agrees
    ]
