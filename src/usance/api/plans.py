"""Instalment plans that debtors ask for: list them, look at one, decide."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import plans as action
from usance.domain import mandate
from usance.domain.collection import plans as rule
from usance.domain.collection.plans import State
from usance.domain.mandate import Act
from usance.queries import promises as query

from . import gate, lists, once
from .values import Amount, Asked, Listed, Named, Note, Stretch

router = Router(tags=["Plans"])


class PlanFilter(Stretch):
    state: State | None = Field(None, description="Only those that stand so.")


class Instalment(BaseModel):
    due_on: date
    amount: Amount


def _part(part: rule.Instalment) -> Instalment:
    return Instalment(due_on=part.due_on, amount=Amount.of(part.amount))


class Plan(BaseModel):
    id: UUID
    invoice: UUID
    number: str = Field(examples=["R-1001"])
    client: Named
    debtor: Named | None
    state: str = Field(examples=["asked"])
    total: Amount = Field(description="Outstanding and interest asked for, when it was asked.")
    left: Amount
    instalments: list[Instalment]
    next: Instalment | None = Field(description="The first that is not paid; null when it ended.")
    text: str
    asked_at: datetime
    decided_at: datetime | None
    decided_by: str
    remark: str
    ended_on: date | None

    @classmethod
    def of(cls, one: query.Planned) -> "Plan":
        plain = ("id", "state", "text", "asked_at", "decided_at", "decided_by", "remark",
                 "ended_on")  # fmt: skip
        row, paper = one.row, one.row.invoice
        return cls(
            invoice=paper.pk, number=paper.number, client=Named.of(paper.client),
            debtor=Named.maybe(paper.debtor), total=Amount.of(row.total), left=Amount.of(one.left),
            instalments=[_part(part) for part in one.terms],
            next=_part(one.next) if one.next else None,
            **{name: getattr(row, name) for name in plain},
        )  # fmt: skip


class PlanDecisionIn(Asked):
    agrees: bool = Field(description="false: the plan is declined.")
    remark: Note = ""


@router.get("", response=Listed[Plan], summary="List instalment plans")
def list_plans(request: HttpRequest, asked: Query[PlanFilter]) -> Listed[Plan]:
    """The oldest first."""
    rows, next_ = lists.stretch(query.matching(asked.state), asked, newest_first=False)
    items = [Plan.of(one) for one in query.planned(rows)]
    return Listed[Plan].model_construct(items=items, next=next_)


@router.get("/{id}", response=Plan, summary="Read one instalment plan")
def read_plan(request: HttpRequest, id: UUID) -> Plan:
    lists.known(models.Plan, id)
    return _told(id)


@router.post("/{id}/decisions", response={201: Plan}, summary="Agree to a plan, or decline it")
@once.keyed(required=False)
def decide(request: HttpRequest, id: UUID, said: PlanDecisionIn) -> Plan:
    """While an agreed plan is kept nobody reminds; the first missed instalment ends it."""
    caller = gate.caller(request)
    role = caller.role(Act.AGREE_PLAN)
    mandate.require(role, Act.AGREE_PLAN)
    lists.known(models.Plan, id)
    action.decide(
        id, agrees=said.agrees, remark=said.remark, role=role, at=clock.now(), actor=caller.actor
    )
    return _told(id)


def _told(id: UUID) -> Plan:
    return Plan.of(query.planned([query.matching(None).get(pk=id)])[0])
