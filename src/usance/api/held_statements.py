"""Statements that the bank's connection brought and that were refused."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import held_statements as action
from usance.domain.mandate import Act
from usance.queries import held_statements

from . import gate, lists, once
from .values import Asked, Listed, Stretch

router = Router(tags=["Bank"])


class HeldStatement(BaseModel):
    """It is tried again each morning: what it waits for may be there by then."""

    id: UUID
    iban: str = Field(examples=["DE89370400440532013000"])
    on: date = Field(description="The day that the bank was asked about.")
    code: str = Field(examples=["statement_number_gap"])
    says: str
    todo: str
    document: str = Field(description="SHA-256 of the file.", examples=["9f" * 32])
    held_at: datetime

    @classmethod
    def of(cls, row: models.HeldStatement) -> "HeldStatement":
        return cls(
            id=row.pk, iban=row.account.iban, on=row.on, code=row.code, says=row.says,
            todo=row.todo, document=row.document_id, held_at=row.held_at,
        )  # fmt: skip


class HeldImportIn(Asked):
    gap_known: bool = Field(
        False,
        description="The bank says that there is no statement with the numbers that are left out.",
    )


class HeldImported(BaseModel):
    statements: int = Field(examples=[1])
    lines: int = Field(examples=[42], description="Movements that were new.")
    known: int = Field(examples=[0], description="Movements that stood in the books already.")


class AsideIn(Asked):
    because: str = Field(min_length=1, max_length=200, examples=["It came by mail."])


@router.get("", response=Listed[HeldStatement], summary="List refused statements of the bank")
def list_held(request: HttpRequest, asked: Query[Stretch]) -> Listed[HeldStatement]:
    """What the bank's connection fetched and nobody has decided, the newest first."""
    return lists.listed(held_statements.waiting().order_by(), asked, HeldStatement.of)


@router.post("/{id}/imports", response={201: HeldImported}, summary="Import a refused statement")
@once.keyed(required=True)
def take(request: HttpRequest, id: UUID, said: HeldImportIn) -> HeldImported:
    """Refused again, it waits on. What waited for it is imported with it."""
    lists.known(models.HeldStatement, id)
    caller = gate.caller(request)
    came = action.take(
        id, gap_known=said.gap_known, role=caller.role(Act.IMPORT_STATEMENT), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return HeldImported(statements=came.statements, lines=came.lines, known=came.known)


@router.post("/{id}/dismissals", response={201: HeldStatement}, summary="Lay a statement aside")
@once.keyed(required=True)
def lay_aside(request: HttpRequest, id: UUID, said: AsideIn) -> HeldStatement:
    """What it says came another way, or the bank took it back."""
    lists.known(models.HeldStatement, id)
    caller = gate.caller(request)
    action.lay_aside(
        id, because=said.because, role=caller.role(Act.IMPORT_STATEMENT), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return HeldStatement.of(lists.known(models.HeldStatement, id))
