"""Two debtors that are one company: propose, agree, decline, take back."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import mergers as action
from usance.domain.mandate import Act

from . import gate, lists, once
from .values import Asked, Line, Listed, Sha256, Stretch

of_debtors = Router(tags=["Parties"])
router = Router(tags=["Parties"])
REASON = "Same registration number on both letterheads."


class MergerIn(Asked):
    stays: UUID = Field(description="The debtor that stays; the one in the address goes.")
    reason: Line = Field(min_length=1, max_length=400, examples=[REASON])


class AgreementIn(Asked):
    digest: Sha256 = Field(description="Of the merger as you saw it.")


class MergerReversalIn(Asked):
    reason: Line = Field(min_length=1, max_length=400, examples=["The register shows two."])


class Merger(BaseModel):
    id: UUID
    goes: UUID
    goes_name: str = Field(examples=["Bolt Maschinen Werke"])
    stays: UUID
    stays_name: str = Field(examples=["Bolt Maschinenbau AG"])
    reason: str = Field(examples=[REASON])
    digest: str = Field(description="Of what a second person agrees to.")
    state: str = Field(examples=["proposed"], description="proposed, merged, declined or undone")
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str
    undone_at: datetime | None
    undone_by: str
    undone_because: str

    @classmethod
    def of(cls, row: models.Merger) -> "Merger":
        named = {"goes", "goes_name", "stays", "stays_name", "digest"}
        return cls(
            goes=row.goes_id, goes_name=row.goes.name, stays=row.stays_id,
            stays_name=row.stays.name, digest=action.digest(row),
            **{name: getattr(row, name) for name in cls.model_fields.keys() - named},
        )  # fmt: skip


class MergerFilter(Stretch):
    state: str = Field("", pattern="^(|proposed|merged|declined|undone)$")


def _mergers() -> "QuerySet[models.Merger]":
    return models.Merger.objects.select_related("goes", "stays")


@router.get("", response=Listed[Merger], summary="List mergers of debtors, the newest first")
def list_mergers(request: HttpRequest, asked: Query[MergerFilter]) -> Listed[Merger]:
    rows = _mergers().filter(state=asked.state) if asked.state else _mergers()
    return lists.listed(rows, asked, Merger.of)


@of_debtors.post(
    "/{id}/mergers", response={201: Merger}, summary="Say that a debtor is the same as another"
)
@once.keyed(required=False)
def propose_merger(request: HttpRequest, id: UUID, said: MergerIn) -> Merger:
    """Nothing changes before another person agrees."""
    caller = gate.caller(request)
    lists.known(models.Debtor, id)
    row = action.propose(
        id,
        said.stays,
        reason=said.reason,
        role=caller.role(Act.EDIT_PARTY),
        at=clock.now(),
        actor=caller.actor,
    )
    return Merger.of(row)


@router.post("/{id}/agreements", response={201: Merger}, summary="Agree to a merger")
@once.keyed(required=False)
def agree(request: HttpRequest, id: UUID, said: AgreementIn) -> Merger:
    """Another person than who proposed it, to exactly what was seen. The debtor that goes has no
    limit of its own any more; what both owe counts against that of the one that stays."""
    caller = gate.caller(request)
    lists.known(models.Merger, id)
    row = action.agree(
        id,
        seen=said.digest,
        role=caller.role(Act.EDIT_PARTY),
        at=clock.now(),
        actor=caller.actor,
    )
    return Merger.of(row)


@router.post("/{id}/refusals", response={201: Merger}, summary="Decline a merger")
@once.keyed(required=False)
def decline(request: HttpRequest, id: UUID) -> Merger:
    caller = gate.caller(request)
    lists.known(models.Merger, id)
    role = caller.role(Act.EDIT_PARTY)
    return Merger.of(action.decline(id, role=role, at=clock.now(), actor=caller.actor))


@router.post("/{id}/reversals", response={201: Merger}, summary="Take a merger back")
@once.keyed(required=False)
def undo(request: HttpRequest, id: UUID, said: MergerReversalIn) -> Merger:
    """They are two debtors again; the one that went has no limit until it is assessed."""
    caller = gate.caller(request)
    lists.known(models.Merger, id)
    row = action.undo(
        id,
        reason=said.reason,
        role=caller.role(Act.EDIT_PARTY),
        at=clock.now(),
        actor=caller.actor,
    )
    return Merger.of(row)
