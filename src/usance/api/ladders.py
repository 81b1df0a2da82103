"""The ladder of a debtor with its reasons; corrected and spoilt addresses."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import addresses
from usance.domain.distribution import Paper
from usance.domain.mandate import Act
from usance.queries import ladders, reach

from . import gate, lists, once
from .parties import EMAIL
from .values import Asked, Line, Listed, Note, Stretch

of_debtors = Router(tags=["Deliveries"])
proposals = Router(tags=["Deliveries"])
suppressions = Router(tags=["Deliveries"])


class LadderFilter(BaseModel):
    paper: Paper = Paper.INVOICE
    client: UUID | None = Field(None, description="Whose invoices; without it the last seller's.")


class Rung(BaseModel):
    kind: str = Field(examples=["email"])
    because: str
    hours: int = Field(examples=[24], description="From planning; then the ladder moves.")
    enough: str = Field(examples=["accepted"], description="What has to be known by then.")
    beside: list[str] = Field(examples=[["sms"]], description="Messages that accompany it.")


class LeftOut(BaseModel):
    kind: str = Field(examples=["einvoice"])
    code: str = Field(examples=["no_address"], description="Stable: decide by it.")
    because: str


class LadderSaid(BaseModel):
    """No rung: nothing reaches the debtor, its papers wait for a person."""

    debtor: UUID
    paper: str = Field(examples=["invoice"])
    whose: str = Field(examples=["the factor"], description="Who set it up.")
    rungs: list[Rung]
    left_out: list[LeftOut]


class ProposalFilter(Stretch):
    decided: bool = Field(False, description="Those that were decided, instead of the open ones.")


class AddressProposal(BaseModel):
    id: UUID
    debtor: UUID
    name: str
    kind: str = Field(examples=["letter"])
    said: str = Field(description="As the carrier wrote it.")
    columns: dict[str, str] = Field(description="What was understood; empty: a person reads it.")
    made_at: datetime
    decision: str = Field(examples=["accepted"], description="Empty: it is open.")
    decided_at: datetime | None
    decided_by: str
    remark: str

    @classmethod
    def of(cls, row: models.AddressProposal) -> "AddressProposal":
        own = {"debtor": row.debtor_id, "name": row.debtor.name}
        plain = cls.model_fields.keys() - own.keys()
        return cls(**own, **{name: getattr(row, name) for name in plain})


class AcceptanceIn(Asked):
    """As it has to stand at the debtor. All empty: as it was understood."""

    street: Line = Field("", max_length=200)
    postcode: Line = Field("", max_length=20)
    city: Line = Field("", max_length=100)
    country: Annotated[str, Field(pattern="^([A-Z]{2})?$")] = ""
    email: str = Field("", max_length=254, pattern=EMAIL)


class RemarkIn(Asked):
    remark: Note = ""


class SuppressionFilter(Stretch):
    lifted: bool = Field(False, description="Those that were lifted, instead of those in force.")


class Suppression(BaseModel):
    id: UUID
    kind: str = Field(examples=["email"])
    address: str = Field(examples=["ap@bolt.example"])
    because: str
    dispatch: UUID = Field(description="Whose report it was.")
    since: datetime
    lifted_at: datetime | None
    lifted_by: str
    remark: str

    @classmethod
    def of(cls, row: models.Suppression) -> "Suppression":
        plain = cls.model_fields.keys() - {"dispatch"}
        return cls(dispatch=row.dispatch_id, **{name: getattr(row, name) for name in plain})


@of_debtors.get(
    "/{id}/ladder", response=LadderSaid, summary="Show how a debtor is reached, and why"
)
def show_ladder(request: HttpRequest, id: UUID, asked: Query[LadderFilter]) -> LadderSaid:
    """What a paper that is planned today would walk, with a reason for every channel."""
    row = lists.known(models.Debtor, id)
    if asked.client is not None:
        lists.known(models.Client, asked.client)
    found = ladders.for_debtor(row, client=asked.client, paper=asked.paper, on=clock.now().date())
    return LadderSaid(
        debtor=id,
        paper=asked.paper,
        whose=found.whose,
        rungs=[
            Rung(kind=one.kind, because=one.because, hours=one.hours, enough=one.enough,
                 beside=list(one.beside))
            for one in found.rungs
        ],
        left_out=[
            LeftOut(kind=one.kind, code=one.code, because=one.because) for one in found.left_out
        ],
    )  # fmt: skip


@proposals.get("", response=Listed[AddressProposal], summary="List corrected addresses")
def list_proposals(request: HttpRequest, asked: Query[ProposalFilter]) -> Listed[AddressProposal]:
    """What carriers say that debtors' addresses are, the newest first."""
    return lists.listed(reach.proposals(decided=asked.decided), asked, AddressProposal.of)


@proposals.post(
    "/{id}/acceptances", response={201: AddressProposal}, summary="Take a corrected address over"
)
@once.keyed(required=False)
def accept_proposal(request: HttpRequest, id: UUID, said: AcceptanceIn) -> AddressProposal:
    """The debtor's record changes, and what waited for a better address is sent again."""
    caller = gate.caller(request)
    wrote = {name: value for name, value in said.model_dump().items() if value}
    row = addresses.accept(
        id,
        columns=wrote or None,
        role=caller.role(Act.EDIT_PARTY),
        at=clock.now(),
        actor=caller.actor,
    )
    return AddressProposal.of(row)


@proposals.post(
    "/{id}/refusals", response={201: AddressProposal}, summary="Decline a corrected address"
)
@once.keyed(required=False)
def decline_proposal(request: HttpRequest, id: UUID, said: RemarkIn) -> AddressProposal:
    caller = gate.caller(request)
    row = addresses.decline(
        id,
        remark=said.remark,
        role=caller.role(Act.EDIT_PARTY),
        at=clock.now(),
        actor=caller.actor,
    )
    return AddressProposal.of(row)


@suppressions.get("", response=Listed[Suppression], summary="List spoilt addresses")
def list_suppressions(request: HttpRequest, asked: Query[SuppressionFilter]) -> Listed[Suppression]:
    """Addresses that bounced for good, complained or sent a letter back, the newest first."""
    return lists.listed(reach.suppressions(lifted=asked.lifted), asked, Suppression.of)


@suppressions.post(
    "/{id}/liftings", response={201: Suppression}, summary="Let a spoilt address be used again"
)
@once.keyed(required=False)
def lift_suppression(request: HttpRequest, id: UUID, said: RemarkIn) -> Suppression:
    """Takes a reason, which is kept."""
    caller = gate.caller(request)
    row = addresses.lift(
        id,
        remark=said.remark,
        role=caller.role(Act.RESEND),
        at=clock.now(),
        actor=caller.actor,
    )
    return Suppression.of(row)
