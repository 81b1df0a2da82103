"""The diary as a feed: everything that happened, from any place on, in order and without a gap."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance.domain.events import Kind
from usance.queries import feed

router = Router(tags=["Events"])
CURSOR = "^[0-9]{1,19}-[0-9a-f]{32}$"


class FeedFrom(BaseModel):
    after: str | None = Field(None, pattern=CURSOR, description="`next` of the answer before.")
    kind: list[Kind] = Field([], description="Only these; repeat the parameter.")
    limit: int = Field(100, ge=1, le=1000)


class Event(BaseModel):
    id: UUID
    kind: Kind = Field(examples=["invoice.funded"])
    subject: UUID = Field(description="The invoice, batch, dispatch, statement or payout.")
    invoice: UUID | None
    at: datetime
    actor: str = Field(examples=["belt"])
    particulars: dict[str, Any] = Field(examples=[{"batch": 17}])


class Feed(BaseModel):
    items: list[Event]
    next: Annotated[str, Field(pattern=CURSOR)] = Field(
        description="Always there: ask again with it for what happens later.",
        examples=["4711-0199f3a2000070008000000000000000"],
    )
    more: bool = Field(description="Whether something follows already.", examples=[False])


@router.get("", response=Feed, summary="Follow what happens")
def follow(request: HttpRequest, asked: Query[FeedFrom]) -> Feed:
    """Without `after` from the first day on. Each line is shown once, when nothing can come before
    it any more: usually within a second."""
    place = feed.Place.read(asked.after) if asked.after else feed.START
    found = feed.events(place, kinds=[one.value for one in asked.kind], size=asked.limit + 1)
    shown = found[: asked.limit]
    return Feed(
        items=[
            Event(
                id=one.id, kind=Kind(one.kind), subject=one.subject, invoice=one.invoice,
                at=one.at, actor=one.actor, particulars=one.particulars,
            )
            for one in shown
        ],
        next=str(shown[-1].place if shown else place),
        more=len(found) > asked.limit,
    )  # fmt: skip
