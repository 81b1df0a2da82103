"""What waits for a decision: release it, or reject it."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import holds
from usance.domain.mandate import Act
from usance.queries import held

from . import gate, lists, once
from .values import Amount, Asked, FindingOut, Line, Listed, Named, Note, Stretch

router = Router(tags=["Holds"])


class HoldFilter(Stretch):
    because: Line = Field("", max_length=8)
    step: Line = Field("", max_length=40)


class HeldInvoice(BaseModel):
    id: UUID
    number: str = Field(examples=["R-1001"])
    client: Named
    debtor: Named | None
    face: Amount
    stage: str = Field(examples=["verified"])


class Hold(BaseModel):
    id: UUID
    invoice: HeldInvoice
    step: str = Field(examples=["credit.assess"], description="What goes on when it is released.")
    because: str = Field(examples=["findings"], description="findings, or error: a step failed.")
    findings: list[FindingOut]
    opened_at: datetime

    @classmethod
    def of(cls, row: models.Hold) -> "Hold":
        paper = row.invoice
        return cls(
            id=row.pk,
            invoice=HeldInvoice(
                id=paper.pk, number=paper.number, client=Named.of(paper.client),
                debtor=Named.maybe(paper.debtor), face=Amount.of(paper.face), stage=paper.stage,
            ),
            step=row.step, because=row.because, findings=FindingOut.each(row.findings),
            opened_at=row.opened_at,
        )  # fmt: skip


class DecisionIn(Asked):
    remark: Note = Field("", examples=["The debtor confirmed it on the phone."])


class Decided(BaseModel):
    hold: UUID
    invoice: UUID
    decision: str = Field(examples=["released"])
    step: str = Field(examples=["credit.assess"], description="What goes on now; empty: nothing.")
    closed_at: datetime
    closed_by: str = Field(examples=["key:us_4f2a91c0de"])


@router.get("", response=Listed[Hold], summary="List open holds, the oldest first")
def list_holds(request: HttpRequest, asked: Query[HoldFilter]) -> Listed[Hold]:
    rows = held.matching(because=asked.because, step=asked.step)
    rows = rows.select_related("invoice__client", "invoice__debtor")
    return lists.listed(rows, asked, Hold.of, newest_first=False)


@router.post("/{id}/releases", response={201: Decided}, summary="Let a held invoice go on")
@once.keyed(required=True)
def release(request: HttpRequest, id: UUID, said: DecisionIn) -> Decided:
    """What was found is accepted knowingly, with your remark; the invoice may then be bought."""
    row, caller, at = lists.known(models.Hold, id), gate.caller(request), clock.now()
    step = holds.release(
        id, role=caller.role(Act.RELEASE_HOLD), remark=said.remark, at=at, actor=caller.actor
    )
    return Decided(
        hold=id, invoice=row.invoice_id, decision="released", step=step, closed_at=at,
        closed_by=caller.actor,
    )  # fmt: skip


@router.post("/{id}/rejections", response={201: Decided}, summary="Give a held invoice back")
@once.keyed(required=True)
def reject(request: HttpRequest, id: UUID, said: DecisionIn) -> Decided:
    """We do not buy it; it stays in the records as rejected."""
    row, caller, at = lists.known(models.Hold, id), gate.caller(request), clock.now()
    holds.reject(
        id, role=caller.role(Act.REJECT_INVOICE), remark=said.remark, at=at, actor=caller.actor
    )
    return Decided(
        hold=id, invoice=row.invoice_id, decision="rejected", step="", closed_at=at,
        closed_by=caller.actor,
    )  # fmt: skip
