"""Agree on terms with a client: one person writes them down, another puts them in force. Reference
rates that terms speak of."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from usance import models
from usance.domain.events import Kind
from usance.domain.finance import Agreement, RateMissing, completed
from usance.domain.finding import Finding
from usance.domain.mandate import Act, Role, require, two_people
from usance.domain.refusal import Refusal
from usance.models.agreement import (
    agreement_kept,
    buying_kept,
    charges_kept,
    foreign_kept,
    refactoring_kept,
)
from usance.models.ids import new_id
from usance.queries import facilities

from . import holds
from .diary import Line, note
from .settlement import SETTLE

DAY = timedelta(days=1)


class SpansOverlap(Refusal):
    code = "facility_spans_overlap"
    todo = "Let the new terms begin after the day on which the old ones did, or correct those."


class TermsFaulty(Refusal):
    code = "facility_terms_faulty"
    todo = "Correct what is named and propose it again."

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(one.says for one in findings))
        self.findings = tuple(findings)


class ProposalDecided(Refusal):
    code = "facility_proposal_decided"
    todo = "Propose new terms."


class RatesOverlap(Refusal):
    code = "reference_rate_overlaps"
    todo = "Begin after the last day of the rate before, or enter the same days to correct it."


def digest_of(content: Mapping[str, Any]) -> str:
    """The hash of a contract: two that say the same have the same."""
    told = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(told.encode()).hexdigest()


@transaction.atomic
def propose(
    client_id: UUID,
    agreement: Agreement,
    *,
    corrects: UUID | None = None,
    role: Role,
    at: datetime,
    actor: str,
) -> models.FacilityProposal:
    """Write terms down; nothing changes before another person puts them in force.

    :param corrects: terms that were written down wrongly, and for whose days these are to stand.
    :raises NotAllowed: if the role may not.
    :raises TermsFaulty: if the terms contradict themselves; says all of it.
    :raises SpansOverlap: if other terms hold already on such days.
    """
    require(role, Act.SET_LIMIT)
    agreement = completed(agreement)
    if found := facilities.faults(agreement):
        raise TermsFaulty(found)
    _refuse_overlap(client_id, agreement, corrects)
    content = agreement_kept(agreement)
    row = models.FacilityProposal(
        client_id=client_id, content=content, digest=_digest(client_id, content, corrects),
        corrects_id=corrects, proposed_at=at, proposed_by=actor[:64],
    )  # fmt: skip
    row.save(force_insert=True)
    _changed(client_id, "terms proposed", row, at=at, actor=actor)
    return row


@transaction.atomic
def put_in_force(
    proposal_id: UUID, *, seen: str, role: Role, at: datetime, actor: str
) -> models.Facility:
    """A second person agrees to what the first wrote down. Terms that held until then end on the
    day before; what was bought keeps the terms that it was priced by.

    :param seen: the digest of the proposal that the person looked at.
    :raises NotAllowed: if the role may not.
    :raises ProposalDecided: if it is in force or withdrawn already.
    :raises SecondPersonNeeded: if the actor proposed it.
    :raises ContentChanged: if what was seen is not what was proposed.
    :raises SpansOverlap: if other terms came to hold on such days meanwhile.
    """
    require(role, Act.SET_LIMIT)
    row = _waiting(proposal_id)
    two_people(prepared_by=row.proposed_by, released_by=actor, prepared=row.digest, seen=seen)
    said = row.agreement()
    old = _refuse_overlap(row.client_id, said, row.corrects_id)

    facility = _facility(row, said, at=at, actor=actor)
    if old is not None:
        _supersede(old, said, corrected=row.corrects_id == old.pk, at=at)
    facility.save(force_insert=True)
    row.decision, row.decided_at, row.decided_by = "in_force", at, actor[:64]
    row.facility = facility
    row.save(update_fields=["decision", "decided_at", "decided_by", "facility"])
    _changed(row.client_id, "terms in force", row, at=at, actor=actor)
    return facility


@transaction.atomic
def withdraw(proposal_id: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """Nobody wants these terms any more.

    :raises NotAllowed: if the role may not.
    :raises ProposalDecided: if it is in force or withdrawn already.
    """
    require(role, Act.SET_LIMIT)
    row = _waiting(proposal_id)
    row.decision, row.decided_at, row.decided_by = "withdrawn", at, actor[:64]
    row.save(update_fields=["decision", "decided_at", "decided_by"])
    _changed(row.client_id, "terms withdrawn", row, at=at, actor=actor)


def lock(client_id: UUID, currency: str, *, since: date) -> list[models.Facility]:
    """The terms of a client in a currency that hold on that day or later: whoever buys by them is
    done, and nobody else begins to."""
    rows = models.Facility.objects.select_for_update(no_key=True).filter(
        Q(valid_to=None) | Q(valid_to__gte=since), client_id=client_id, currency=currency,
        known_to=None,
    )  # fmt: skip
    return list(rows.order_by("pk"))


def end(client_id: UUID, currency: str, *, at: datetime, actor: str) -> None:
    """A client leaves: its terms in a currency end yesterday, those of later days never come, and
    what was proposed is withdrawn. Within the transaction of whoever decided on it.

    What was bought keeps the terms that it was priced by.
    """
    today = at.date()
    ended = lock(client_id, currency, since=today)
    for old in ended:
        held = old.valid_from < today
        models.Facility.objects.filter(pk=old.pk).update(known_to=max(at, old.known_from))
        if held:
            old.pk, old.known_from = new_id(), max(at, old.known_from)
            old.valid_to = today - DAY
            old.save(force_insert=True)
    for row in models.FacilityProposal.objects.filter(client_id=client_id, decision=""):
        if row.agreement().limit.currency == currency:
            row.decision, row.decided_at, row.decided_by = "withdrawn", at, actor[:64]
            row.save(update_fields=["decision", "decided_at", "decided_by"])
    told = {"what": "terms ended", "value": f"{currency}, the client leaves"}
    note(Kind.MASTER_DATA_CHANGED, [Line(client_id, None, told)] * bool(ended), at=at, actor=actor)


@transaction.atomic
def enter_rate(
    name: str,
    rate: Decimal,
    *,
    first: date,
    last: date,
    source: str,
    role: Role,
    at: datetime,
    actor: str,
) -> models.ReferenceRate:
    """What a reference rate is for a stretch of days. The same days again correct it.

    :raises NotAllowed: if the role may not.
    :raises RatesOverlap: if another stretch has some of these days.
    """
    require(role, Act.SET_LIMIT)
    wanted = name.strip().upper()
    # One at a time for each name, or two could enter the same days.
    overlapping = list(
        models.ReferenceRate.objects.select_for_update()
        .filter(name=wanted, known_to=None, first__lte=last, last__gte=first)
        .order_by("first")
    )
    same = [one for one in overlapping if (one.first, one.last) == (first, last)]
    if last < first or len(overlapping) > len(same):
        other = next((one for one in overlapping if one not in same), None)
        raise RatesOverlap(
            f"{wanted} is entered for {other.first} to {other.last}" if other
            else f"{last} lies before {first}"
        )  # fmt: skip
    models.ReferenceRate.objects.filter(pk__in=[one.pk for one in same]).update(known_to=at)
    row = models.ReferenceRate(
        name=wanted, first=first, last=last, rate=rate, source=source[:200], known_from=at,
        actor=actor[:64],
    )  # fmt: skip
    row.save(force_insert=True)
    holds.release_cured(
        _held_for_rates(), stage=SETTLE, remark=f"{wanted} is entered", at=at, actor=actor
    )
    particulars = {"what": "reference rate", "value": f"{wanted} {rate} {first} {last}"}
    note(Kind.MASTER_DATA_CHANGED, [Line(row.pk, None, particulars)], at=at, actor=actor)
    return row


def _held_for_rates() -> list[UUID]:
    """Paid invoices that wait for a rate; those for which it is not this one are held anew."""
    rows = models.Hold.objects.filter(step=SETTLE, closed_at=None)
    return [
        row.invoice_id
        for row in rows.order_by("invoice_id")
        if any(one["code"] == RateMissing.code for one in row.findings)
    ]


def _waiting(proposal_id: UUID) -> models.FacilityProposal:
    """The proposal, locked after its client."""
    client = models.FacilityProposal.objects.values_list("client", flat=True).get(pk=proposal_id)
    models.Client.objects.select_for_update(no_key=True).get(pk=client)
    row = models.FacilityProposal.objects.select_for_update(no_key=True).get(pk=proposal_id)
    if row.decision:
        raise ProposalDecided(f"it is {row.decision.replace('_', ' ')} already")
    return row


def _refuse_overlap(
    client_id: UUID, said: Agreement, corrects: UUID | None
) -> models.Facility | None:
    """The terms that these end or correct, if any."""
    rows = models.Facility.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=said.valid_from),
        client_id=client_id, currency=said.limit.currency, known_to=None,
    )  # fmt: skip
    if said.valid_to is not None:
        rows = rows.filter(valid_from__lte=said.valid_to)
    for row in rows:
        if row.pk != corrects and row.valid_from >= said.valid_from:
            raise SpansOverlap(f"terms hold since {row.valid_from}")
        if row.pk != corrects and said.valid_to is not None:
            raise SpansOverlap(f"terms that hold since {row.valid_from} would hold on after these")
    if len(found := list(rows)) > 1:
        raise SpansOverlap(f"terms hold since {found[0].valid_from}")
    if corrects is not None and (not found or found[0].valid_from != said.valid_from):
        raise SpansOverlap("a correction begins on the day on which the corrected terms do")
    return found[0] if found else None


def _supersede(old: models.Facility, said: Agreement, *, corrected: bool, at: datetime) -> None:
    """We know better now: the old row keeps what we believed, a new one what held until then."""
    models.Facility.objects.filter(pk=old.pk).update(known_to=max(at, old.known_from))
    if corrected:
        return
    old.pk = new_id()
    old.known_from, old.valid_to = max(at, old.known_from), said.valid_from - DAY
    old.save(force_insert=True)


def _facility(
    row: models.FacilityProposal, said: Agreement, *, at: datetime, actor: str
) -> models.Facility:
    return models.Facility(
        client_id=row.client_id,
        currency=said.limit.currency,
        product=said.product,
        legal_basis=said.basis,
        advance_rate=said.advance_rate,
        fee_rate=said.fee_rate,
        charges=charges_kept(said.charges),
        buying=buying_kept(said.buying),
        foreign_terms=foreign_kept(said.foreign),
        limit_minor=said.limit.minor,
        recourse_days=said.recourse_days,
        recourse_share=said.extent.share,
        recourse_most_minor=said.extent.most,
        refactoring=refactoring_kept(said.refactoring),
        schedule_signers=said.schedule_signers,
        trust_account=said.trust_account,
        list_days=said.keeping.list_days if said.keeping else None,
        ask_days=said.keeping.ask_days if said.keeping else None,
        tell_days=said.keeping.tell_days if said.keeping else None,
        valid_from=said.valid_from,
        valid_to=said.valid_to,
        known_from=at,
        proposed_by=row.proposed_by,
        approved_by=actor[:64],
    )


def _digest(client_id: UUID, content: Mapping[str, Any], corrects: UUID | None) -> str:
    return digest_of({"client": str(client_id), "corrects": str(corrects or ""), "terms": content})


def _changed(
    client_id: UUID, what: str, row: models.FacilityProposal, *, at: datetime, actor: str
) -> None:
    particulars = {"what": what, "value": str(row.agreement().limit), "proposal": str(row.pk)}
    note(Kind.MASTER_DATA_CHANGED, [Line(client_id, None, particulars)], at=at, actor=actor)
