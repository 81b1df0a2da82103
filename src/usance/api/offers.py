"""Requests and offers: what a client may sell, what it brings and costs, who decided, who accepted.

A client's own key reads, asks for and answers what is the client's; keys of ours do it on its word.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictBool

from usance import clock, models
from usance.actions import offers as action
from usance.domain import mandate
from usance.domain.finance import offering
from usance.domain.finance.offering import Line, State, Sums
from usance.domain.mandate import Act, Role
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.queries import offers as query

from . import gate, lists, once
from .values import Amount, Asked, FindingOut, Listed, Named, Note, Sha256, Stretch

router = Router(tags=["Offers"])


class ClientMissing(Refusal):
    code = "client_missing"
    todo = "Say whose: `client`. A client's own key needs none."


class OfferFilter(Stretch):
    client: UUID | None = None
    state: State | None = Field(None, description="Only those that stand so.")


class ChoiceFilter(BaseModel):
    client: UUID | None = Field(None, description="A client's own key needs none.")
    invoice: list[UUID] = Field([], description="Only these, together; without it, each alone.")


class OfferLine(BaseModel):
    invoice: UUID
    number: str = Field(examples=["R-1001"])
    debtor: Named | None
    face: Amount
    advance: Amount
    reserve: Amount
    fees: Amount
    interest: Amount
    vat: Amount
    rebate: Amount = Field(description="What comes after the debtor paid.")
    annual: str | None = Field(examples=["0.2522"], description="Cost a year of the advance.")
    paid_on: date = Field(description="When the debtor is taken to pay.")
    recourse_days: int | None = Field(description="After the due date; null: without recourse.")
    recourse_share: str | None = Field(
        examples=["0.8"], description="Of what is not paid; null: all of it."
    )
    recourse_most: Amount | None = Field(description="For each invoice; null: any amount.")
    fallback: bool = Field(description="With recourse for want of cover; the terms are without.")

    @classmethod
    def of(cls, row: models.Invoice, line: Line, *, fallback: bool) -> "OfferLine":
        told = line.quote
        money = {
            "face": told.deal.face, "advance": told.deal.advance, "reserve": told.reserve,
            "fees": told.cost.fees, "interest": told.cost.interest, "vat": told.cost.vat,
            "rebate": told.rebate,
        }  # fmt: skip
        return cls(
            invoice=row.pk, number=row.number, debtor=Named.maybe(row.debtor),
            annual=None if told.annual is None else str(told.annual), paid_on=told.paid_on,
            recourse_days=line.recourse_days, fallback=fallback,
            recourse_share=None if line.extent.share is None else f"{line.extent.share:f}",
            recourse_most=None if line.extent.most is None
            else Amount.of(Money(line.extent.most, row.currency)),
            **{name: Amount.of(amount) for name, amount in money.items()},
        )  # fmt: skip


class OfferSums(BaseModel):
    face: Amount
    advance: Amount
    reserve: Amount
    fees: Amount
    interest: Amount
    vat: Amount
    cost: Amount
    rebate: Amount
    annual: str | None = Field(examples=["0.2522"])

    @classmethod
    def of(cls, sums: Sums) -> "OfferSums":
        names = ("face", "advance", "reserve", "fees", "interest", "vat", "cost", "rebate")
        return cls(
            annual=None if sums.annual is None else str(sums.annual),
            **{name: Amount.of(getattr(sums, name)) for name in names},
        )


class Choice(OfferLine):
    refused: list[FindingOut] = Field(description="Why it would not be bought; empty: it would.")


class Choices(BaseModel):
    """In one currency. `sums` are of what would be bought."""

    left: Amount = Field(description="What may be drawn before it.")
    items: list[Choice]
    sums: OfferSums | None

    @classmethod
    def of(cls, found: query.Considered) -> "Choices":
        items = [
            Choice(
                **OfferLine.of(one.row, one.line, fallback=one.fallback).model_dump(),
                refused=[FindingOut.of(finding) for finding in one.no],
            )
            for one in found.chosen
        ]
        sums = found.sums
        told = OfferSums.of(sums) if sums else None
        return cls(left=Amount.of(found.left), items=items, sums=told)


class ChoicesSaid(BaseModel):
    items: list[Choices]


class Offer(BaseModel):
    """An offer as it would be bought today. Send `digest` back to say that this is what you saw."""

    id: UUID
    client: Named
    facility: UUID
    state: str = Field(examples=["offered"])
    digest: Sha256
    sums: OfferSums
    lines: list[OfferLine]
    instant: bool = Field(description="No person was needed.")
    priced_on: date
    valid_through: date | None = Field(description="The last day; null: not offered yet.")
    asked_at: datetime
    asked_by: str
    prepared_by: str
    decided_at: datetime | None
    decided_by: str
    ended_at: datetime | None
    remark: str

    @classmethod
    def of(cls, row: models.Offer, *, today: date) -> "Offer":
        lines = query.priced(row, today=today)
        told = {line.invoice: line for line in lines}
        plain = ("id", "state", "instant", "valid_through", "asked_at", "asked_by", "prepared_by",
                 "decided_at", "decided_by", "ended_at", "remark")  # fmt: skip
        return cls(
            client=Named.of(row.client), facility=row.facility_id,
            digest=offering.content(row.client_id, row.facility_id, lines),
            sums=OfferSums.of(offering.sums(lines)), priced_on=lines[0].quote.deal.purchased_on,
            lines=[
                OfferLine.of(one.invoice, told[one.invoice_id], fallback=one.fallback)
                for one in row.lines.all()
            ],
            **{name: getattr(row, name) for name in plain},
        )  # fmt: skip


class OfferIn(Asked):
    client: UUID | None = Field(None, description="Whose; a client's own key needs none.")
    invoices: list[UUID] = Field(min_length=1, max_length=query.MOST)


class OfferDecisionIn(Asked):
    agrees: bool = Field(description="false: nothing is offered.")
    digest: Sha256 = Field(description="Of the offer as you saw it.")
    remark: Note = ""


class OfferAnswerIn(Asked):
    accepts: StrictBool = Field(description="false: declined, or the request is taken back.")
    digest: Sha256 = Field(description="Of the offer as you saw it.")
    remark: Note = ""


@router.get("", response=Listed[Offer], summary="List requests and offers")
def list_offers(request: HttpRequest, asked: Query[OfferFilter]) -> Listed[Offer]:
    """The newest first, priced for today while they are open."""
    rows = gate.mine(request, query.matching(asked.state, asked.client))
    today = clock.now().date()
    return lists.listed(rows, asked, lambda row: _own(request, Offer.of(row, today=today)))


@router.get("/choices", response=ChoicesSaid, summary="Say what a client may sell, and for what")
def list_choices(request: HttpRequest, asked: Query[ChoiceFilter]) -> ChoicesSaid:
    """Verified invoices that wait for the client, each with what it brings and costs if it is
    bought today. With `invoice` those together: each takes room from those after it."""
    client = gate.caller(request).client or asked.client
    if client is None:
        raise ClientMissing("of which client?")
    lists.known(models.Client, client)
    today = clock.now().date()
    found = (
        [query.considered(client, asked.invoice, today=today)] if asked.invoice
        else query.choices(client, today=today)
    )  # fmt: skip
    return ChoicesSaid(items=[Choices.of(one) for one in found])


@router.get("/{id}", response=Offer, summary="Read one offer")
def read_offer(request: HttpRequest, id: UUID) -> Offer:
    row = gate.mine(request, query.matching()).get(pk=id)
    return _own(request, Offer.of(row, today=clock.now().date()))


@router.post("", response={201: Offer}, summary="Ask for an offer")
@once.keyed(required=True)
def ask(request: HttpRequest, said: OfferIn) -> Offer:
    """On a client's word, or by its own key. Inside the amount agreed it is offered at once; above
    it people of ours decide: the answer is then `prepared`, or `asked` where the client asked."""
    caller, role = _allowed(request, Act.ASK_OFFER)
    client = said.client or caller.client
    if client is None:
        raise ClientMissing("for which client?")
    gate.mine(request, models.Client.objects.all(), by="pk").get(pk=client)
    row = action.ask(client, said.invoices, role=role, at=clock.now(), actor=caller.actor)
    return _told(request, row.pk)


@router.post("/{id}/decisions", response={201: Offer}, summary="Be for an offer, or refuse it")
@once.keyed(required=False)
def decide(request: HttpRequest, id: UUID, said: OfferDecisionIn) -> Offer:
    """The first person's yes makes it `prepared`, another's makes it `offered`."""
    caller, role = _allowed(request, Act.DECIDE_OFFER)
    lists.known(models.Offer, id)
    action.decide(
        id, agrees=said.agrees, seen=said.digest, remark=said.remark, role=role, at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return _told(request, id)


@router.post("/{id}/answers", response={201: Offer}, summary="Accept an offer, or decline it")
@once.keyed(required=True)
def answer(request: HttpRequest, id: UUID, said: OfferAnswerIn) -> Offer:
    """Accepting buys all of its invoices, or nothing."""
    caller, role = _allowed(request, Act.ANSWER_OFFER)
    gate.mine(request, query.matching()).get(pk=id)
    signed: dict[str, Any] = {"role": role, "at": clock.now(), "actor": caller.actor}
    if said.accepts:
        action.accept(id, seen=said.digest, **signed)
    else:
        action.decline(id, remark=said.remark, **signed)
    return _told(request, id)


def _allowed(request: HttpRequest, act: Act) -> tuple[gate.Caller, Role]:
    caller = gate.caller(request)
    role = caller.role(act)
    mandate.require(role, act)
    return caller, role


def _told(request: HttpRequest, id: UUID) -> Offer:
    return _own(request, Offer.of(query.matching().get(pk=id), today=clock.now().date()))


def _own(request: HttpRequest, told: Offer) -> Offer:
    """A client learns what was decided, not who of us did."""
    if gate.caller(request).client is None:
        return told
    nobody = {"asked_by": "", "prepared_by": "", "decided_by": ""}
    remark = told.remark if told.state == State.REFUSED else ""
    return told.model_copy(update=nobody | {"remark": remark})
