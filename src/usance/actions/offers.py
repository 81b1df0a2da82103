"""Clients choose invoices and ask what we pay; we offer, at once inside the mandate and by two
people above it; they accept, and what is bought is bought as always.

Whoever changes an offer locks its client first, then the offer, then its invoices.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.credit import TOLD
from usance.domain.events import Kind
from usance.domain.finance import RateMissing, buying, offering
from usance.domain.finance.offering import NEXT, OPEN, Line, State
from usance.domain.finding import Finding
from usance.domain.invoice import Stage
from usance.domain.mandate import (
    Act,
    ContentChanged,
    NobodyBehind,
    Role,
    nobody_behind,
    require,
    two_people,
)
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change
from usance.queries import facilities
from usance.queries import offers as query

from . import allocations, credit, diary, finance
from .diary import note


class NotBuyable(Refusal):
    code = "offer_not_buyable"
    todo = "Leave out what is named and ask again."

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(one.says for one in findings))
        self.findings = tuple(findings)


class NotOpen(Refusal):
    code = "offer_not_open"
    todo = "Look at the offer again: somebody may have answered it."


class OfferOver(Refusal):
    code = "offer_over"
    todo = "Ask for a new offer: the invoices are free again."


class TermsChanged(Refusal):
    code = "offer_terms_changed"
    todo = "Ask for a new offer: it is priced by the terms that hold now."


@transaction.atomic
def ask(
    client_id: UUID, invoices: Collection[UUID], *, role: Role, at: datetime, actor: str
) -> models.Offer:
    """A client asks what we pay for these. Inside the mandate the answer is an offer at once; above
    it the request waits for our people.

    What an officer asks for a client is prepared by him; a key that nobody owns prepares nothing.

    :raises NotAllowed: if the role may not.
    :raises NotBuyable: if one of them cannot be bought; says all of it.
    :raises NothingChosen, NotOfClient, SeveralCurrencies, NoTerms, RateMissing: see their codes.
    """
    require(role, Act.ASK_OFFER)
    _lock(client_id, invoices)
    _end_over(client_id, at=at, actor=actor)
    said = query.considered(client_id, invoices, today=at.date())
    if said.refused:
        raise NotBuyable(said.refused)
    ours = role is not Role.CLIENT and not nobody_behind(actor)
    return _write(said, prepared_by=actor if ours else "", at=at, actor=actor)


@transaction.atomic
def offer(invoices: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Offer by ourselves what clients may choose, where the terms say so.

    One offer for each client and currency; what does not fit now is the client's to ask for."""
    wanted: dict[UUID, list[UUID]] = {}
    rows = models.Invoice.objects.filter(pk__in=invoices, stage=Stage.VERIFIED)
    for pk, client in rows.order_by("pk").values_list("pk", "client_id"):
        wanted.setdefault(client, []).append(pk)
    allocations.lock([pk for ids in wanted.values() for pk in ids])
    for client, ids in sorted(wanted.items()):
        held = facilities.holding([client], on=at.date())
        offering_ = {f.currency for f in held if f.bought().how is buying.How.OFFERED}
        _lock(client, ids)
        open_ = query.free(client, today=at.date()).filter(pk__in=ids, currency__in=offering_)
        by_currency: dict[str, list[UUID]] = {}
        for pk, currency in open_.order_by("pk").values_list("pk", "currency"):
            by_currency.setdefault(currency, []).append(pk)
        for free in by_currency.values():
            _offered(client, free, at=at, actor=actor)


@transaction.atomic
def decide(
    offer_id: UUID,
    *,
    agrees: bool,
    seen: str,
    remark: str = "",
    role: Role,
    at: datetime,
    actor: str,
) -> models.Offer:
    """One of our people is for it, and then another one: only so it is offered. Either may refuse.

    :param seen: the hash of the content that the person looked at (queries.offers.priced).
    :raises NotAllowed: if the role may not.
    :raises NotOpen: if it does not wait for us.
    :raises SecondPersonNeeded: if the actor prepared it.
    :raises NobodyBehind: if the actor is a key without an owner.
    :raises ContentChanged: if it is not what was seen.
    :raises NotBuyable, TermsChanged: if it cannot be bought any more.
    """
    require(role, Act.DECIDE_OFFER)
    row = _locked(offer_id)
    if row.state not in (State.ASKED, State.PREPARED):
        raise NotOpen(f"it is {row.state}")
    row.remark = remark.strip()[:400]
    if not agrees:
        row.decided_at, row.decided_by = at, actor[:64]
        return _end(row, State.REFUSED, Kind.OFFER_REFUSED, at=at, actor=actor)
    lines = _still(row, at=at)
    content = offering.content(row.client_id, row.facility_id, lines)
    if row.state == State.ASKED:
        if nobody_behind(actor):  # A second person could never say that he is another one.
            raise NobodyBehind(f"{actor} has no owner: nobody knows whose word it is")
        if seen != content:
            raise ContentChanged("it was changed after it was shown")
        _price(row, lines, content, at=at)
        row.state, row.prepared_by = State.PREPARED, actor[:64]
        row.save()
        _tell(Kind.OFFER_PREPARED, row, at=at, actor=actor)
        return row
    two_people(prepared_by=row.prepared_by, released_by=actor, prepared=content, seen=seen)
    _price(row, lines, content, at=at)
    row.decided_at, row.decided_by = at, actor[:64]
    return _make(row, at=at, actor=actor)


@transaction.atomic
def accept(offer_id: UUID, *, seen: str, role: Role, at: datetime, actor: str) -> models.Offer:
    """The client takes it: all of it is bought, now, or nothing is.

    :param seen: the hash of the content that the client looked at (queries.offers.priced).
    :raises NotAllowed: if the role may not.
    :raises NotOpen: if it is not the client's turn: accepted before, declined, not decided yet.
    :raises OfferOver: if its last day has passed.
    :raises TermsChanged: if other terms hold by now.
    :raises ContentChanged: if it is not what was seen; on another day time costs something else.
    :raises NotBuyable: if an invoice, a limit or what is available does not allow it any more.
    """
    require(role, Act.ANSWER_OFFER)
    row = _locked(offer_id)
    if row.state != State.OFFERED:
        raise NotOpen(f"it is {row.state}")
    assert row.valid_through is not None, "constraint offer_ends"
    if offering.over(row.valid_through, today=at.date()):
        raise OfferOver(f"it held until {row.valid_through}")
    lines = _still(row, at=at)
    content = offering.content(row.client_id, row.facility_id, lines)
    if seen != content:
        raise ContentChanged("it was changed after it was shown")
    _price(row, lines, content, at=at)
    _end(row, State.ACCEPTED, Kind.OFFER_ACCEPTED, at=at, actor=actor)
    crashpoint("offers.accepted")
    _buy(row, lines, at=at, actor=actor)
    return row


@transaction.atomic
def decline(
    offer_id: UUID, *, remark: str = "", role: Role, at: datetime, actor: str
) -> models.Offer:
    """The client does not want it, or takes its request back; its invoices are free again.

    :raises NotAllowed: if the role may not.
    :raises NotOpen: if it is over.
    """
    require(role, Act.ANSWER_OFFER)
    row = _locked(offer_id)
    if row.state not in OPEN:
        raise NotOpen(f"it is {row.state}")
    row.remark = remark.strip()[:400]
    return _end(row, State.DECLINED, Kind.OFFER_DECLINED, at=at, actor=actor)


@transaction.atomic
def end_over(*, at: datetime, actor: str) -> int:
    """Offers that nobody answered in time are over; how many."""
    clients = query.over(today=at.date()).order_by("client_id").values_list("client_id", flat=True)
    return sum(_end_over(one, at=at, actor=actor) for one in sorted(set(clients)))


def _lock(client_id: UUID, invoices: Collection[UUID]) -> None:
    """The client, locked after its invoices.

    :raises Client.DoesNotExist: if there is no such client.
    """
    rows = models.Invoice.objects.select_for_update(no_key=True).filter(
        client_id=client_id, pk__in=invoices
    )
    list(rows.order_by("pk").values_list("pk", flat=True))
    models.Client.objects.select_for_update(no_key=True).get(pk=client_id)


def _locked(offer_id: UUID) -> models.Offer:
    """The offer, locked after its invoices and its client."""
    row = models.Offer.objects.get(pk=offer_id)
    _lock(row.client_id, row.lines.values_list("invoice_id", flat=True))
    return models.Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer_id)


def _still(row: models.Offer, *, at: datetime) -> tuple[Line, ...]:
    """Its lines as they would be bought now, if nothing has come between.

    :raises TermsChanged, NotBuyable: if something has.
    """
    held = facilities.holding([row.client_id], on=at.date()).filter(pk=row.facility_id)
    if not held.exists():
        raise TermsChanged(f"other terms hold in {row.currency} by now")
    ids = [one.invoice_id for one in row.lines.all()]
    if found := query.blocked(ids, today=at.date(), but=row.pk):
        raise NotBuyable(found)
    return query.priced(query.matching().get(pk=row.pk), today=at.date())


def _offered(client: UUID, ids: Sequence[UUID], *, at: datetime, actor: str) -> None:
    _end_over(client, at=at, actor=actor)
    try:
        said = query.considered(client, ids[: query.MOST], today=at.date())
        fits = [one.row.pk for one in said.chosen if not one.no]
        if fits and len(fits) < len(said.chosen):
            said = query.considered(client, fits, today=at.date())
    except RateMissing:
        return  # The client may ask once the rate is entered.
    if fits and not said.refused:
        _write(said, prepared_by="", at=at, actor=actor)


def _write(said: query.Considered, *, prepared_by: str, at: datetime, actor: str) -> models.Offer:
    """A new offer of what was considered: made at once, or to be decided."""
    facility, sums = said.facility, said.sums
    assert sums is not None, "one invoice at least"
    row = models.Offer(
        client_id=facility.client_id, facility=facility, currency=facility.currency,
        state=State.PREPARED if prepared_by else State.ASKED, prepared_by=prepared_by[:64],
        face_minor=sums.face.minor, advance_minor=sums.advance.minor, cost_minor=sums.cost.minor,
        priced_on=at.date(), asked_at=at, asked_by=actor[:64],
        content=offering.content(facility.client_id, facility.pk, said.lines),
    )  # fmt: skip
    today = query.instant_today(row.client_id, row.currency, today=at.date())
    row.instant = buying.at_once(sums.face, today=today, buying=facility.bought())
    row.save(force_insert=True)
    models.OfferLine.objects.bulk_create(
        _figures(models.OfferLine(offer=row, invoice=one.row, fallback=one.fallback), one.line)
        for one in said.chosen
    )
    crashpoint("offers.written")
    _tell(Kind.OFFER_ASKED, row, at=at, actor=actor)
    return _make(row, at=at, actor=actor) if row.instant else row


def _figures(row: models.OfferLine, line: Line) -> models.OfferLine:
    told = line.quote
    row.advance_minor, row.reserve_minor = told.deal.advance.minor, told.reserve.minor
    row.fees_minor, row.interest_minor = told.cost.fees.minor, told.cost.interest.minor
    row.vat_minor, row.rebate_minor = told.cost.vat.minor, told.rebate.minor
    row.paid_on, row.recourse_days = told.paid_on, line.recourse_days
    return row


def _price(row: models.Offer, lines: Sequence[Line], content: str, *, at: datetime) -> None:
    """Keep the figures as they are seen now: on a later day time costs less."""
    told, sums = {line.invoice: line for line in lines}, offering.sums(lines)
    row.priced_on, row.content, row.cost_minor = at.date(), content, sums.cost.minor
    change(
        [_figures(one, told[one.invoice_id]) for one in row.lines.all()],
        ["advance_minor", "reserve_minor", "fees_minor", "interest_minor", "vat_minor",
         "rebate_minor", "paid_on", "recourse_days"],
    )  # fmt: skip


def _make(row: models.Offer, *, at: datetime, actor: str) -> models.Offer:
    """It is the client's turn."""
    days = row.facility.bought().valid_days
    row.state, row.valid_through = State.OFFERED, at.date() + timedelta(days=days)
    row.decided_at = at
    row.save()
    _tell(Kind.OFFER_MADE, row, at=at, actor=actor)
    return row


def _end(row: models.Offer, state: State, kind: Kind, *, at: datetime, actor: str) -> models.Offer:
    assert state in NEXT[State(row.state)], (row.state, state)
    row.state, row.ended_at, row.ended_by = state, at, actor[:64]
    row.save()
    row.lines.update(is_open=False)
    _tell(kind, row, at=at, actor=actor)
    return row


def _end_over(client_id: UUID, *, at: datetime, actor: str) -> int:
    models.Client.objects.select_for_update(no_key=True).get(pk=client_id)
    rows = query.over(today=at.date()).filter(client_id=client_id)
    found = list(rows.select_for_update(no_key=True).order_by("pk"))
    for row in found:
        _end(row, State.EXPIRED, Kind.OFFER_EXPIRED, at=at, actor=actor)
    return len(found)


def _buy(row: models.Offer, lines: Sequence[Line], *, at: datetime, actor: str) -> None:
    """As the belt would, for exactly these. Who refuses here undoes the acceptance as well.

    :raises NotBuyable: if a limit, the facility or what is available does not allow it any more.
    """
    ids = [line.invoice for line in lines]
    lacking = row.lines.filter(fallback=True).values_list("invoice_id", "recourse_days")
    back = {pk: days for pk, days in lacking if days is not None}
    credit.assess(ids, accepted=True, uncovered=back.keys(), at=at, actor=actor)
    finance.fund(ids, recourse=back, at=at, actor=actor)
    held = models.Hold.objects.filter(invoice_id__in=ids, closed_at=None).order_by("pk")
    if found := [
        _told(one.invoice.number, finding)
        for one in held.select_related("invoice")
        for finding in one.findings
    ]:
        raise NotBuyable(found)
    bought = models.Funding.objects.filter(invoice_id__in=ids)
    said = {one.invoice_id: (one.advance_minor, one.reserve_minor) for one in bought}
    told = {one.invoice: (one.quote.deal.advance.minor, one.quote.reserve.minor) for one in lines}
    assert said == told, "what is bought is what was offered"


def _told(number: str, finding: dict[str, Any]) -> Finding:
    code, says = finding["code"], finding["says"]
    if code in TOLD:
        says = query.for_clients(number, code)
    return Finding(code=code, says=says, where=number, todo=finding["todo"])


def _tell(kind: Kind, row: models.Offer, *, at: datetime, actor: str) -> None:
    """A line for each invoice: what happens to an offer stands on their timelines."""
    told = {
        "face": str(row.face), "advance": str(row.advance), "cost": str(row.cost),
        "content": row.content, "remark": row.remark,
        "until": str(row.valid_through or ""), "invoices": len(row.lines.all()),
    }  # fmt: skip
    lines = [diary.Line(row.pk, one.invoice_id, told) for one in row.lines.all()]
    note(kind, lines, at=at, actor=actor)
