"""Verify received invoices, or hold them with their findings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.finding import Finding
from usance.domain.intake import normalised
from usance.domain.invoice import Kind as Paper
from usance.domain.invoice import Stage
from usance.domain.invoice.excerpt import Excerpt
from usance.domain.verification import checks
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import copy
from usance.models.ids import new_id
from usance.queries import foreign, papers, parties

from . import questions, trust
from .diary import note_invoices
from .holds import hold

STEP = "verification.verify"


@transaction.atomic
def verify(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Run every check over the invoices that are received; pass them on or hold them.

    What a person has released before does not hold again, but for what no person can wave
    through (checks.NEVER_WAIVED). What the policy of questions picks waits for its debtor.
    """
    rows = received(invoices)
    passed = checked(rows, trust.see(rows, at=at), at=at, actor=actor) if rows else []
    models.Invoice.objects.filter(pk__in=[r.pk for r in passed]).update(stage=Stage.VERIFIED)
    crashpoint("verification.written")
    for kind, event in (
        (Paper.INVOICE, Kind.INVOICE_VERIFIED),
        (Paper.CREDIT_NOTE, Kind.CREDIT_NOTE_VERIFIED),
    ):
        note_invoices(event, [r.pk for r in passed if r.kind == kind], at=at, actor=actor)


def received(invoices: Sequence[UUID]) -> list[models.Invoice]:
    """Those of these that are received, locked, in the order in which they came."""
    rows = models.Invoice.objects.select_for_update(no_key=True).filter(
        pk__in=invoices, stage=Stage.RECEIVED
    )
    return list(rows.order_by("pk"))


def checked(
    rows: Sequence[models.Invoice], seen: trust.Seen, *, at: datetime, actor: str
) -> list[models.Invoice]:
    """`verify` without its last word: those that pass. The others are held. Whoever asks has
    locked them, writes their stage and notes it, in the same transaction."""
    _find_credited(rows)
    waived = waived_codes([row.pk for row in rows], STEP)
    doubts = trust.examine(rows, seen, at=at)
    differing = papers.differing([row.pk for row in rows])
    found = {
        row.pk: (*findings, *differing.get(row.pk, ()), *doubts[row.pk])
        for row, findings in _checked(rows, seen.papers, doubts, today=at.date())
    }
    held = {
        pk: stopped
        for pk, findings in found.items()
        if (stopped := checks.stopping(findings, waived=waived.get(pk, frozenset())))
    }
    asked = questions.raised(
        [row for row in rows if row.pk not in held], waived=waived, at=at, actor=actor
    )
    for pk, stops in asked.items():
        found[pk] += stops
    held |= asked
    copy(
        models.Verification,
        ["id", "invoice", "passed", "findings", "at", "actor"],
        (
            (new_id(), pk, pk not in held, msgspec.json.encode(findings).decode(), at, actor)
            for pk, findings in found.items()
        ),
    )
    if held:
        hold(held, stage=STEP, at=at, actor=actor)
    return [row for row in rows if row.pk not in held]


def waived_codes(invoices: Sequence[UUID], step: str) -> dict[UUID, frozenset[str]]:
    """Codes of findings that a person looked at and released, by invoice."""
    rows = models.Hold.objects.filter(invoice_id__in=invoices, step=step, decision="released")
    codes: dict[UUID, set[str]] = defaultdict(set)
    for invoice, findings in rows.values_list("invoice_id", "findings"):
        codes[invoice].update(finding["code"] for finding in findings)
    return {invoice: frozenset(found) for invoice, found in codes.items()}


def _find_credited(rows: Sequence[models.Invoice]) -> None:
    """Credit notes that came before their invoice find it now."""
    lost = [row for row in rows if row.credits and row.credited_id is None]
    known = parties.invoices_by_number({(row.client_id, row.credits) for row in lost})
    for row in lost:
        if target := known.get((row.client_id, normalised(row.credits))):
            row.credited_id = target
            row.save(update_fields=["credited"])


def _checked(
    rows: Sequence[models.Invoice],
    read: Mapping[UUID, Excerpt],
    doubts: Mapping[UUID, Sequence[Finding]],
    *,
    today: date,
) -> list[tuple[models.Invoice, tuple[Finding, ...]]]:
    currencies = foreign.currencies({row.client_id for row in rows}, on=today)
    twins = parties.twins([row.pk for row in rows])
    clients = models.Client.objects.in_bulk({row.client_id for row in rows})
    credited = dict(
        models.Invoice.objects.filter(
            pk__in={row.credited_id for row in rows if row.credited_id}
        ).values_list("pk", "currency")
    )
    checked = []
    for row in rows:
        pk = row.pk
        paper = read[pk]
        facts = checks.Facts(
            invoice=paper,
            claim=row.claim(),
            seller_is_client=parties.same_seller(paper.seller, clients[row.client_id]),
            debtor_known=row.debtor_id is not None,
            facility_currencies=currencies.get(row.client_id, frozenset()),
            credited_found=row.credited_id is not None
            and credited.get(row.credited_id) == row.currency,
            twins=_unsaid(twins.get(pk, ()), doubts[pk]),
            today=today,
        )
        checked.append((row, checks.verify(facts)))
    return checked


def _unsaid(twins: Sequence[str], doubts: Sequence[Finding]) -> tuple[str, ...]:
    """Look-alikes of which no stronger finding speaks."""
    said = {other.number for finding in doubts for other in finding.others}
    return tuple(number for number in twins if number not in said)
