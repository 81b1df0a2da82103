"""Payouts that the bank never executed: said by one, agreed to by another."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import missing_payouts as action
from usance.domain.mandate import Act, require
from usance.queries import missing_payouts as query

from . import gate, lists, once
from .values import Asked, Listed, Note, Sha256, Stretch

router = Router(tags=["Payouts"])
BECAUSE = "The bank lost the order file."
PROOF = "The bank's letter of 6 March."


class MissingPayoutIn(Asked):
    payout: UUID
    because: Note = Field(min_length=1, examples=[BECAUSE])
    proof: Note = Field(min_length=1, examples=[PROOF], description="What shows it.")


class MissingAgreementIn(Asked):
    content: Sha256 = Field(description="Of what was said, as you saw it.")


class MissingPayout(BaseModel):
    id: UUID
    payout: UUID
    because: str = Field(examples=[BECAUSE])
    proof: str = Field(examples=[PROOF])
    state: Literal["said", "agreed", "withdrawn"]
    content: Sha256 = Field(description="Hash of what was said: an agreement names it.")
    said_at: datetime
    said_by: str
    decided_at: datetime | None
    decided_by: str
    bank_line: UUID | None = Field(description="Shows that the bank executed it after all.")

    @classmethod
    def of(cls, row: models.MissingPayout) -> "MissingPayout":
        plain = ("id", "because", "proof", "state", "said_at", "said_by", "decided_at",
                 "decided_by")  # fmt: skip
        return cls(
            payout=row.payout_id, content=action.content(row), bank_line=row.line_id,
            **{name: getattr(row, name) for name in plain},
        )  # fmt: skip


class MissingFilter(Stretch):
    state: Literal["", "said", "agreed", "withdrawn"] = ""


@router.get("", response=Listed[MissingPayout], summary="List missing payouts, the newest first")
def list_missing(request: HttpRequest, asked: Query[MissingFilter]) -> Listed[MissingPayout]:
    rows = query.rows().filter(state=asked.state) if asked.state else query.rows()
    return lists.listed(rows, asked, MissingPayout.of)


@router.post("", response={201: MissingPayout}, summary="Say that the bank never executed a payout")
@once.keyed(required=False)
def say(request: HttpRequest, said: MissingPayoutIn) -> MissingPayout:
    """Of one that the bank has, and that no statement shows two banking days after its day. Nothing
    moves until another one agrees."""
    caller = gate.caller(request)
    role = caller.role(Act.PROPOSE_PAYOUT)
    require(role, Act.PROPOSE_PAYOUT)  # Nobody else learns which payouts there are.
    lists.known(models.Payout, said.payout)
    row = action.say(
        said.payout, because=said.because, proof=said.proof, role=role, at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return MissingPayout.of(row)


@router.post("/{id}/agreements", response={201: MissingPayout}, summary="Agree that it is missing")
@once.keyed(required=False)
def agree(request: HttpRequest, id: UUID, said: MissingAgreementIn) -> MissingPayout:
    """Four eyes: never by who said it, a key or a person. The payout is rejected, and its money due
    again. If the bank executed it after all, it is a claim on the client once a statement shows
    it, and set off before anything more is paid."""
    caller = gate.caller(request)
    lists.known(models.MissingPayout, id)
    row = action.agree(
        id, seen=said.content, role=caller.role(Act.RELEASE_PAYOUT), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return MissingPayout.of(row)


@router.delete("/{id}", response={204: None}, summary="Withdraw that a payout is missing")
def withdraw(request: HttpRequest, id: UUID) -> None:
    """Before another one agrees. The payout stays under way."""
    caller = gate.caller(request)
    lists.known(models.MissingPayout, id)
    role = caller.role(Act.PROPOSE_PAYOUT)
    action.withdraw(id, role=role, at=clock.now(), actor=caller.actor)
