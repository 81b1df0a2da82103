"""Facilities: terms with dates, proposals and their approval, quotes, reference rates."""

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictInt

from usance import clock, models
from usance.actions import terms
from usance.domain import finance
from usance.domain.finance import (
    Agreement,
    LegalBasis,
    Product,
    TrustAccount,
    in_words,
)
from usance.domain.finance.quote import Across
from usance.domain.mandate import Act
from usance.domain.money import LARGEST_MINOR, Money
from usance.models.agreement import buying_of, charges_of, foreign_of
from usance.queries import facilities, quotes

from . import gate, lists, once
from .agreed import BuyingShape, ChargesShape, Days, ForeignShape, KeepingShape, Yearly
from .recourse import ExtentShape, RefactoringShape, bare
from .values import Amount, AmountIn, Asked, Currency, Day, Line, Listed, Rate, Sha256, Stretch

of_clients = Router(tags=["Terms"])
proposals = Router(tags=["Terms"])
rates = Router(tags=["Terms"])


class FacilityIn(Asked):
    limit: AmountIn
    advance_rate: Rate
    fee_rate: Rate = Field(examples=["0.015"])
    recourse_days: Days | None = Field(
        None, description="Days after the due date; null: without recourse."
    )
    valid_from: Day
    valid_to: Day | None = Field(None, description="The last day; null: until further notice.")
    product: Product = Product.SELECTIVE
    legal_basis: LegalBasis = LegalBasis.SALE
    charges: ChargesShape = ChargesShape()
    buying: BuyingShape = BuyingShape()
    recourse: ExtentShape = ExtentShape()
    refactoring: RefactoringShape | None = Field(None, description="Null: recourse is not put off.")
    foreign: ForeignShape = ForeignShape()
    schedule_signers: Annotated[StrictInt, Field(ge=0, le=2)] = Field(
        0, description="Of the client, before what is bought is paid."
    )
    trust_account: TrustAccount = Field(
        TrustAccount.NONE, description="Held by the client for us; of confidential products."
    )
    keeping: KeepingShape | None = Field(
        None, description="Of confidential products; null: the product's usual days."
    )
    corrects: UUID | None = Field(None, description="Terms that were written down wrongly.")

    def agreement(self) -> Agreement:
        return Agreement(
            product=self.product, basis=self.legal_basis, limit=self.limit.money(),
            advance_rate=Decimal(self.advance_rate), fee_rate=Decimal(self.fee_rate),
            recourse_days=self.recourse_days,
            charges=charges_of(self.charges.model_dump(mode="json")), valid_from=self.valid_from,
            valid_to=self.valid_to, buying=buying_of(self.buying.model_dump(mode="json")),
            extent=self.recourse.extent(),
            refactoring=self.refactoring.refactoring() if self.refactoring else None,
            foreign=foreign_of(self.foreign.model_dump(mode="json")),
            schedule_signers=self.schedule_signers, trust_account=self.trust_account,
            keeping=self.keeping.keeping() if self.keeping else None,
        )  # fmt: skip


class Terms(BaseModel):
    """What is agreed, as data and in words."""

    product: str = Field(examples=["selective"])
    legal_basis: str = Field(examples=["sale"])
    limit: Amount
    advance_rate: Rate
    fee_rate: Rate
    recourse_days: int | None
    charges: ChargesShape
    buying: BuyingShape
    recourse: ExtentShape
    refactoring: RefactoringShape | None
    foreign: ForeignShape
    schedule_signers: int
    trust_account: TrustAccount
    keeping: KeepingShape | None = Field(description="Null: the ledger is kept by us.")
    valid_from: date
    valid_to: date | None = Field(description="The last day; null: until further notice.")
    in_words: list[str]

    @staticmethod
    def told(said: Agreement, kept: dict[str, object]) -> dict[str, object]:
        return {
            "product": said.product, "legal_basis": said.basis, "limit": Amount.of(said.limit),
            "advance_rate": bare(said.advance_rate), "fee_rate": bare(said.fee_rate),
            "recourse_days": said.recourse_days,
            "charges": ChargesShape.model_validate(kept),
            "buying": BuyingShape.model_validate(asdict(said.buying)),
            "recourse": ExtentShape.of(said.extent),
            "refactoring": RefactoringShape.of(said.refactoring),
            "foreign": ForeignShape.of(said.foreign),
            "schedule_signers": said.schedule_signers, "trust_account": said.trust_account,
            "keeping": KeepingShape.of(said.keeping),
            "valid_from": said.valid_from, "valid_to": said.valid_to, "in_words": in_words(said),
        }  # fmt: skip


class Facility(Terms):
    id: UUID
    client: UUID
    known_from: datetime
    known_to: datetime | None = Field(description="Null: it is what we know now.")
    proposed_by: str
    approved_by: str

    @classmethod
    def of(cls, row: models.Facility) -> "Facility":
        told = cls.told(row.agreement(), row.charges)
        plain = ("id", "known_from", "known_to", "proposed_by", "approved_by")
        return cls(client=row.client_id, **told, **{name: getattr(row, name) for name in plain})


class FacilityProposal(Terms):
    """Terms that wait for a second person. Send `digest` back to say that this is what you saw."""

    id: UUID
    client: UUID
    digest: Sha256
    corrects: UUID | None
    proposed_at: datetime
    proposed_by: str
    decision: str = Field(examples=[""], description="in_force, withdrawn, or empty: it waits.")
    decided_by: str
    facility: UUID | None

    @classmethod
    def of(cls, row: models.FacilityProposal) -> "FacilityProposal":
        told = cls.told(row.agreement(), row.content["charges"])
        plain = ("id", "digest", "proposed_at", "proposed_by", "decision", "decided_by")
        return cls(
            client=row.client_id, corrects=row.corrects_id, facility=row.facility_id, **told,
            **{name: getattr(row, name) for name in plain},
        )  # fmt: skip


class ApprovalIn(Asked):
    digest: Sha256 = Field(description="Of the proposal as you saw it.")


class FacilityFilter(Stretch):
    on: date | None = Field(None, description="Only terms that hold on this day.")
    known_at: datetime | None = Field(None, description="As we knew it then; with `on`.")


class QuoteFilter(BaseModel):
    minor: Annotated[int, Field(gt=0, le=LARGEST_MINOR, description="The face.")]
    currency: Currency
    paid_on: date = Field(description="When the debtor is taken to pay all of it.")
    issued_on: date | None = None


class AcrossSaid(BaseModel):
    """What is paid in the currency of the facility; what comes later, at the rate of its day."""

    advance: Amount
    rebate: Amount = Field(description="As if the rate stayed.")
    rate: str = Field(examples=["0.8"], description="Of the facility's currency for one unit.")
    published_on: date


class QuoteSaid(BaseModel):
    """What comes to the client and what it costs, if it is bought today."""

    face: Amount
    advance: Amount
    reserve: Amount
    service: Amount
    brackets: Amount
    interest: Amount
    adjustment: Amount = Field(description="Up to the least or down to the most agreed.")
    vat: Amount
    cost: Amount = Field(description="All of it.")
    rebate: Amount = Field(description="What comes after the debtor paid.")
    annual: str | None = Field(
        examples=["0.2522"], description="Cost a year as a share of the advance, without tax."
    )
    bought_on: date
    paid_on: date
    across: AcrossSaid | None = Field(description="Null: in the facility's own currency.")
    left: Amount = Field(description="Of the facility before it, in the facility's currency.")
    paid_now: Amount = Field(
        description="Its advance in that currency; nothing, where that is more than is left: then"
        " it is not bought."
    )

    @classmethod
    def of(cls, told: finance.Quote, left: Money) -> "QuoteSaid":
        parts = ("service", "brackets", "interest", "adjustment", "vat")
        return cls(
            face=Amount.of(told.deal.face), advance=Amount.of(told.deal.advance),
            reserve=Amount.of(told.reserve), cost=Amount.of(told.cost.total),
            rebate=Amount.of(told.rebate), annual=None if told.annual is None else str(told.annual),
            bought_on=told.deal.purchased_on, paid_on=told.paid_on, across=_across(told.across),
            left=Amount.of(left), paid_now=Amount.of(told.paid_now(left)),
            **{name: Amount.of(getattr(told.cost, name)) for name in parts},
        )  # fmt: skip


def _across(told: Across | None) -> AcrossSaid | None:
    if told is None:
        return None
    return AcrossSaid(
        advance=Amount.of(told.advance), rebate=Amount.of(told.rebate), 
        rate=bare(told.rate.rate),
        published_on=told.rate.published_on,
    )  # fmt: skip


class RateIn(Asked):
    name: Annotated[str, Field(pattern=r"^[A-Z0-9€._-]{1,24}$", examples=["EURIBOR3M"])]
    rate: Yearly
    first: Day
    last: Day
    source: Line = Field(min_length=1, max_length=200, examples=["EMMI, published 2026-03-30"])


class ReferenceRate(BaseModel):
    id: UUID
    name: str = Field(examples=["EURIBOR3M"])
    rate: str = Field(examples=["0.0325"])
    first: date
    last: date
    source: str
    known_from: datetime
    actor: str

    @classmethod
    def of(cls, row: models.ReferenceRate) -> "ReferenceRate":
        plain = ("id", "name", "first", "last", "source", "known_from", "actor")
        return cls(rate=bare(row.rate), **{name: getattr(row, name) for name in plain})


@of_clients.get("/{id}/facilities", response=Listed[Facility], summary="List a client's facilities")
def list_facilities(
    request: HttpRequest, id: UUID, asked: Query[FacilityFilter]
) -> Listed[Facility]:
    """Also those that have ended or are yet to begin, the newest first. With `on` the terms that
    held on a day, with `known_at` as we knew it at a moment."""
    lists.known(models.Client, id)
    rows = facilities.known(id)
    if asked.on is not None:
        rows = facilities.holding([id], on=asked.on, known_at=asked.known_at)
    return lists.listed(rows, asked, Facility.of)


@of_clients.post(
    "/{id}/facilities", response={201: FacilityProposal}, summary="Propose new terms for a client"
)
@once.keyed(required=True)
def propose_facility(request: HttpRequest, id: UUID, said: FacilityIn) -> FacilityProposal:
    """They hold when another person approved them; those that held until then end on the day
    before."""
    caller = gate.caller(request)
    lists.known(models.Client, id)
    row = terms.propose(
        id,
        said.agreement(),
        corrects=said.corrects,
        role=caller.role(Act.SET_LIMIT),
        at=clock.now(),
        actor=caller.actor,
    )
    return FacilityProposal.of(row)


@of_clients.get("/{id}/quote", response=QuoteSaid, summary="Say what an invoice would cost")
def show_quote(request: HttpRequest, id: UUID, asked: Query[QuoteFilter]) -> QuoteSaid:
    """By the terms that hold today. What is settled in the end is the same, to the cent. What goes
    beyond the facility is quoted too, and `paid_now` says that it would not be bought."""
    lists.known(models.Client, id)
    face = Money(asked.minor, asked.currency)
    today = clock.now().date()
    told = quotes.of(id, face, today=today, paid_on=asked.paid_on, issued_on=asked.issued_on)
    return QuoteSaid.of(told, quotes.left(id, face.currency, today=today))


@proposals.get("", response=Listed[FacilityProposal], summary="List proposed terms that wait")
def list_proposals(request: HttpRequest, asked: Query[Stretch]) -> Listed[FacilityProposal]:
    return lists.listed(facilities.waiting(), asked, FacilityProposal.of)


@proposals.post("/{id}/approvals", response={201: Facility}, summary="Put terms in force")
@once.keyed(required=False)
def approve(request: HttpRequest, id: UUID, said: ApprovalIn) -> Facility:
    """Another person than who proposed them, for exactly what was seen."""
    caller = gate.caller(request)
    row = terms.put_in_force(
        id,
        seen=said.digest,
        role=caller.role(Act.SET_LIMIT),
        at=clock.now(),
        actor=caller.actor,
    )
    return Facility.of(row)


@proposals.post(
    "/{id}/withdrawals", response={201: FacilityProposal}, summary="Withdraw proposed terms"
)
@once.keyed(required=False)
def withdraw(request: HttpRequest, id: UUID) -> FacilityProposal:
    caller = gate.caller(request)
    terms.withdraw(id, role=caller.role(Act.SET_LIMIT), at=clock.now(), actor=caller.actor)
    return FacilityProposal.of(lists.known(models.FacilityProposal, id))


@rates.get("", response=Listed[ReferenceRate], summary="List reference rates")
def list_rates(request: HttpRequest, asked: Query[Stretch]) -> Listed[ReferenceRate]:
    rows = models.ReferenceRate.objects.filter(known_to=None)
    return lists.listed(rows, asked, ReferenceRate.of)


@rates.post("", response={201: ReferenceRate}, summary="Enter a reference rate")
@once.keyed(required=False)
def enter_rate(request: HttpRequest, said: RateIn) -> ReferenceRate:
    """The same days again correct it. Paid invoices that waited for it are settled."""
    caller = gate.caller(request)
    row = terms.enter_rate(
        said.name,
        Decimal(said.rate),
        first=said.first,
        last=said.last,
        source=said.source,
        role=caller.role(Act.SET_LIMIT),
        at=clock.now(),
        actor=caller.actor,
    )
    return ReferenceRate.of(row)
