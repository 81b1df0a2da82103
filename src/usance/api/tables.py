"""Tables that wait for somebody to say which column is which, and what was said."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictInt

from usance import clock, models
from usance.actions import mapping as actions
from usance.domain.intake import mapping
from usance.domain.intake.writing import Writing
from usance.domain.mandate import Act, Role
from usance.queries import mappings as questions

from . import gate, lists, once
from .values import Asked, Currency, Listed, Named, Stretch

tables = Router(tags=["Intake"])
router = Router(tags=["Intake"])


class MappingIn(Asked):
    """Which column, counted from 0, is which field; and what the cells leave open."""

    client: UUID
    columns: dict[str, Annotated[StrictInt, Field(ge=0, le=511)]] = Field(
        examples=[{"number": 0, "issued_on": 2, "gross": 4}]
    )
    currency: Currency | None = Field(None, description="Of all rows, if no column says it.")
    decimal: Literal["", ",", "."] = ""
    days: Literal["", "dmy", "mdy"] = ""

    def value(self) -> mapping.Mapping:
        return mapping.Mapping(
            columns=self.columns,
            currency=self.currency or "",
            writing=Writing(decimal=self.decimal, days=self.days),
        )


class ReasonOut(BaseModel):
    points: int = Field(examples=[70])
    says: str = Field(examples=["“Fakturanr” is a heading for it"])


class ColumnOut(BaseModel):
    column: int = Field(description="From 0.")
    heading: str
    field: str = Field(description="Empty: nothing that is read.", examples=["number"])
    confidence: int = Field(description="Per cent; for people.", examples=[95])
    reasons: list[ReasonOut]
    samples: list[str]


class WaitingOut(BaseModel):
    id: UUID
    file: str = Field(examples=["march.csv"])
    batch: UUID
    client: Named | None
    since: datetime

    @classmethod
    def of(cls, row: models.WaitingTable) -> "WaitingOut":
        return cls(
            id=row.pk, file=row.file.name, batch=row.file.batch_id,
            client=Named.maybe(row.client), since=row.since,
        )  # fmt: skip


class ProposalOut(WaitingOut):
    """The proposal. Send it back, corrected where it is wrong, to …/mapping."""

    heading_row: int = Field(description="0: the table has no headings.")
    rows: int
    doubts: list[str]
    columns: list[ColumnOut]
    currency: str
    decimal: str
    days: str


class MappingOut(BaseModel):
    id: UUID
    client: Named
    headings: list[str]
    columns: dict[str, int]
    currency: str
    decimal: str
    days: str
    confirmed_at: datetime
    confirmed_by: str

    @classmethod
    def of(cls, row: models.ColumnMapping) -> "MappingOut":
        return cls(
            id=row.pk, client=Named.of(row.client), headings=row.headings, columns=row.columns,
            currency=row.currency, decimal=row.decimal, days=row.days,
            confirmed_at=row.confirmed_at, confirmed_by=row.confirmed_by,
        )  # fmt: skip


@tables.get("", response=Listed[WaitingOut], summary="List tables that wait for their columns")
def waiting(
    request: HttpRequest, asked: Query[Stretch], client: UUID | None = None
) -> Listed[WaitingOut]:
    return lists.listed(questions.waiting(client), asked, WaitingOut.of)


@tables.get("/{id}", response=ProposalOut, summary="Show what is proposed for a table")
def show(request: HttpRequest, id: UUID) -> ProposalOut:
    """Each column with its likeliest field, how sure that is and why."""
    seen = questions.seen(questions.waiting().get(pk=id))
    proposal, table = seen.proposal, seen.table.table
    return ProposalOut(
        **WaitingOut.of(seen.row).model_dump(),
        heading_row=table.headed_by,
        rows=len(table.rows),
        doubts=list(proposal.doubts),
        columns=[
            ColumnOut(
                column=one.column, heading=one.heading, field=one.field,
                confidence=one.confidence, samples=list(one.samples),
                reasons=[ReasonOut(points=r.points, says=r.says) for r in one.reasons],
            )
            for one in proposal.guesses
        ],
        currency=proposal.mapping.currency,
        decimal=proposal.mapping.writing.decimal,
        days=proposal.mapping.writing.days,
    )  # fmt: skip


@tables.post("/{id}/mapping", response={201: MappingOut}, summary="Confirm the columns of a table")
@once.keyed(required=False)
def confirm(request: HttpRequest, id: UUID, said: MappingIn) -> MappingOut:
    """It is kept for the client and these headings; the waiting files are read at once."""
    lists.known(models.Client, said.client)
    lists.known(models.WaitingTable, id)
    caller = gate.caller(request)
    row = actions.confirm(
        id, said.value(), client=said.client, role=_role(request), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return MappingOut.of(row)


@router.get("", response=Listed[MappingOut], summary="List the mappings that hold")
def confirmed(
    request: HttpRequest, asked: Query[Stretch], client: UUID | None = None
) -> Listed[MappingOut]:
    return lists.listed(questions.of_client(client), asked, MappingOut.of)


@router.delete("/{id}", response={204: None}, summary="Withdraw a mapping")
def withdraw(request: HttpRequest, id: UUID) -> tuple[int, None]:
    """The next table with its headings waits again. What was read stays."""
    lists.known(models.ColumnMapping, id)
    caller = gate.caller(request)
    actions.withdraw(id, role=_role(request), at=clock.now(), actor=caller.actor)
    return 204, None


def _role(request: HttpRequest) -> Role | None:
    """As for handing in: a key without roles acts as a program."""
    caller = gate.caller(request)
    roles = [role for role in Role if role.value in caller.scopes]
    return caller.role(Act.TAKE_IN) if roles else None
