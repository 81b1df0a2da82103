"""What debtors undertook irrevocably to pay: the ground on which confirming buys."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import undertakings as action
from usance.actions.documents import Content
from usance.domain.credit.undertaking import Means
from usance.domain.mandate import Act
from usance.queries import undertakings as query

from . import gate, lists, once
from .values import Amount, AmountIn, Asked, Day, FindingOut, Line, Listed, Named, Stretch

of_debtors = Router(tags=["Undertakings"])
MOST = 1000


class ApprovedIn(Asked):
    """An invoice that the debtor approved: what it pays of it, and when."""

    client: UUID = Field(description="Who wrote the invoice.")
    number: Line = Field(min_length=1, max_length=100, examples=["R-1001"])
    amount: AmountIn
    due_on: Day


class ApprovedListIn(Asked):
    """The list is kept as it came: it is the proof."""

    items: Annotated[list[ApprovedIn], Field(min_length=1, max_length=MOST)]
    person: Line = Field("", max_length=200, description="Who of the debtor's stands for it.")


class Undertaking(BaseModel):
    id: UUID
    client: Named
    number: str = Field(examples=["R-1001"])
    amount: Amount
    due_on: date
    means: str = Field(examples=["api"], description="desk, api or network.")
    person: str
    document: str | None = Field(description="GET /v1/documents/{sha256} gives the proof.")
    at: datetime
    actor: str

    @classmethod
    def of(cls, row: models.Undertaking) -> "Undertaking":
        plain = ("id", "number", "due_on", "means", "person", "at", "actor")
        return cls(
            client=Named.of(row.client), amount=Amount.of(row.amount), document=row.document_id,
            **{name: getattr(row, name) for name in plain},
        )  # fmt: skip


class Answered(BaseModel):
    """What became of each line, in their order. Null: it stands."""

    items: list[FindingOut | None]
    taken: int


@of_debtors.get(
    "/{id}/undertakings", response=Listed[Undertaking], summary="List what a debtor undertook"
)
def list_undertakings(request: HttpRequest, id: UUID, asked: Query[Stretch]) -> Listed[Undertaking]:
    """Those that stand, the newest first."""
    lists.known(models.Debtor, id)
    return lists.listed(query.of_debtor(id), asked, Undertaking.of)


@of_debtors.post(
    "/{id}/undertakings", response={201: Answered}, summary="Hand in what a debtor approved"
)
@once.keyed(required=False)
def take_undertakings(request: HttpRequest, id: UUID, said: ApprovedListIn) -> Answered:
    """The debtor undertakes irrevocably to pay each amount on its day. It may come before the
    invoice does. A faulty line does not stop the others; the same line once more is harmless.
    Until the invoice is bought another undertaking takes its place, then it stands."""
    caller = gate.caller(request)
    role = caller.role(Act.TAKE_UNDERTAKING)
    lists.known(models.Debtor, id)
    for client in {one.client for one in said.items}:
        lists.known(models.Client, client)
    found = action.take(
        id,
        [
            action.Approved(
                client=one.client, number=one.number, amount=one.amount.money(), due_on=one.due_on
            )
            for one in said.items
        ],
        means=Means.API,
        proof=Content(
            data=request.body, media_type="application/json", name=f"undertakings-{id}.json"
        ),
        person=said.person,
        role=role,
        at=clock.now(),
        actor=caller.actor,
    )
    items = [None if no is None else FindingOut.of(no) for no in found]
    return Answered(items=items, taken=items.count(None))
