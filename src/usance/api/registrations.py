"""Consumers who asked their banks for e-invoices: what fits nobody is placed or declined."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import registrations as action
from usance.domain.mandate import Act
from usance.queries import registrations as query

from . import gate, lists, once
from .values import Asked, Listed, Note, Stretch

router = Router(tags=["Deliveries"])


class RegistrationFilter(Stretch):
    decided: bool = Field(False, description="Those that were decided, instead of the open ones.")


class Registration(BaseModel):
    id: UUID
    carrier: str = Field(examples=["netbank"])
    wants: str = Field(examples=["registered"], description="Or changed, or ended.")
    address: str = Field(examples=["bank:5020000123456"])
    name: str
    reference: str = Field(description="What the consumer copied from an invoice.")
    at: datetime = Field(description="By the bank's clock.")
    because: str = Field(description="Why it is this debtor's, or why a person is asked.")
    debtor: UUID | None
    decision: str = Field(examples=["placed"], description="Empty: it is open.")
    decided_at: datetime | None
    decided_by: str
    remark: str
    answered_at: datetime | None = Field(description="When the bank was told.")

    @classmethod
    def of(cls, row: models.Registration) -> "Registration":
        plain = cls.model_fields.keys() - {"debtor"}
        return cls(debtor=row.debtor_id, **{name: getattr(row, name) for name in plain})


class PlacementIn(Asked):
    debtor: UUID
    remark: Note = ""


class DeclineIn(Asked):
    remark: Note = Field("", description="The consumer may read it in the bank.")


@router.get("", response=Listed[Registration], summary="List registrations in internet banks")
def list_registrations(
    request: HttpRequest, asked: Query[RegistrationFilter]
) -> Listed[Registration]:
    """The newest first. What is surely a debtor's is decided when it comes."""
    rows = query.decided() if asked.decided else query.waiting()
    return lists.listed(rows, asked, Registration.of)


@router.post("/{id}/placements", response={201: Registration}, summary="Say whose it is")
@once.keyed(required=False)
def place_registration(request: HttpRequest, id: UUID, said: PlacementIn) -> Registration:
    """The debtor's e-invoice address follows the bank from now on."""
    caller = gate.caller(request)
    lists.known(models.Debtor, said.debtor)
    row = action.place(
        id,
        said.debtor,
        remark=said.remark,
        role=caller.role(Act.EDIT_PARTY),
        at=clock.now(),
        actor=caller.actor,
    )
    return Registration.of(row)


@router.post("/{id}/refusals", response={201: Registration}, summary="Decline a registration")
@once.keyed(required=False)
def decline_registration(request: HttpRequest, id: UUID, said: DeclineIn) -> Registration:
    caller = gate.caller(request)
    row = action.decline(
        id,
        remark=said.remark,
        role=caller.role(Act.EDIT_PARTY),
        at=clock.now(),
        actor=caller.actor,
    )
    return Registration.of(row)
