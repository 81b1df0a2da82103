"""Deliveries: what went out, what is proved, and what nobody knows."""

from enum import StrEnum
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictBool

from usance import clock, models
from usance.actions import distribution, resend
from usance.domain.distribution import Kind
from usance.domain.mandate import Act
from usance.queries import channels

from . import gate, lists, once
from .invoice_shapes import Delivery
from .values import Asked, Line, Listed, Stretch

router = Router(tags=["Deliveries"])


class DeliveryView(StrEnum):
    ALL = "all"
    UNKNOWN = "unknown"
    FAILED = "failed"
    UNDER_WAY = "under_way"
    ARRIVED = "arrived"


class DeliveryFilter(Stretch):
    view: DeliveryView = DeliveryView.ALL
    kind: Line = Field("", max_length=8)
    carrier: Line = Field("", max_length=20)
    paper: Line = Field("", max_length=8)


class Dispatch(Delivery):
    invoice: UUID
    number: str = Field(examples=["R-1001"])

    @classmethod
    def told(cls, row: models.Dispatch) -> "Dispatch":
        return cls._of(Delivery.of(row), row)

    @classmethod
    def told_client(cls, row: models.Dispatch) -> "Dispatch":
        return cls._of(Delivery.outward(row), row)

    @classmethod
    def _of(cls, said: Delivery, row: models.Dispatch) -> "Dispatch":
        return cls(**said.model_dump(), invoice=row.invoice_id, number=row.invoice.number)


class ResolutionIn(Asked):
    went_out: StrictBool = Field(
        examples=[True], description="True: it went out. False: it did not; it is sent again."
    )


class PaperChannel(StrEnum):
    EINVOICE = "einvoice"
    MAILBOX = "mailbox"
    EMAIL = "email"
    LETTER = "letter"


class ResendIn(Asked):
    kind: PaperChannel = Field(
        examples=["letter"], description="One that reaches the debtor: see its ladder."
    )
    reason: Line = Field(min_length=1, max_length=160, examples=["The debtor asks for a copy."])


class Resolved(BaseModel):
    dispatch: UUID
    state: str = Field(examples=["accepted"])


@router.get("", response=Listed[Dispatch], summary="List deliveries, the newest first")
def list_dispatches(request: HttpRequest, asked: Query[DeliveryFilter]) -> Listed[Dispatch]:
    client = gate.caller(request).client
    rows = channels.found(
        view=asked.view.value,
        since=None,
        kind=asked.kind,
        carrier=asked.carrier,
        paper=asked.paper,
        client=client,
    )
    return lists.listed(
        rows.select_related("proof").prefetch_related("events"),
        asked,
        Dispatch.told if client is None else Dispatch.told_client,
    )


@router.post(
    "/{id}/resolutions", response={201: Resolved}, summary="Say what became of an unknown delivery"
)
@once.keyed(required=False)
def resolve(request: HttpRequest, id: UUID, said: ResolutionIn) -> Resolved:
    """Of one whose outcome nobody knows: somebody asked the carrier or the debtor."""
    caller = gate.caller(request)
    distribution.resolve_unknown(
        id,
        went_out=said.went_out,
        role=caller.role(Act.RESEND),
        at=clock.now(),
        actor=caller.actor,
    )
    return Resolved(dispatch=id, state=lists.known(models.Dispatch, id).state)


@router.post("/{id}/resends", response={201: Resolved}, summary="Send the same paper again")
@once.keyed(required=True)
def send_again(request: HttpRequest, id: UUID, said: ResendIn) -> Resolved:
    """By this kind of channel, from the first attempt on; the new delivery is told. Refused while
    one of the paper is under way, and where the debtor need not read it any more."""
    caller = gate.caller(request)
    lists.known(models.Dispatch, id)
    new = resend.resend(
        resend.Wanted(dispatch=id, kind=Kind(said.kind), reason=said.reason),
        role=caller.role(Act.RESEND),
        at=clock.now(),
        actor=caller.actor,
    )
    return Resolved(dispatch=new.pk, state=new.state)
