"""Invoices that are written for clients each month: list, agree, stop."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictInt

from usance import clock, models
from usance.actions import recurring as action
from usance.domain.intake.entry import Entry
from usance.domain.mandate import Act, require
from usance.queries import issuing as questions

from . import gate, lists, once
from .drafts import AllowanceIn, LineIn, Word
from .values import Amount, Asked, Currency, Day, Line, Listed, Named, Note, Stretch

router = Router(tags=["Issuing"])


class RecurringIn(Asked):
    client: UUID
    debtor: UUID = Field(description="Of the register.")
    name: Annotated[Line, Field(max_length=80)] = Field(
        "", description="Empty: the debtor's.", examples=["Rent of the hall"]
    )
    day: Annotated[StrictInt, Field(ge=1, le=31)] = Field(
        description="Of the month; 31: its last.", examples=[1]
    )
    since: Day
    until: Day | None = Field(None, description="The last day. Null: until it is stopped.")
    due_days: Annotated[StrictInt, Field(ge=0, le=365)] = Field(examples=[30])
    currency: Currency
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=200)] = Field(
        description="Texts may name {year}, {month}, {first} and {last} of the period."
    )
    allowances: Annotated[list[AllowanceIn], Field(max_length=20)] = Field(
        [], description="On the invoice as a whole."
    )
    order: Word = ""
    note: Note = ""

    def entry(self, client: models.Client, debtor: models.Debtor) -> Entry:
        return Entry(
            is_credit_note=False, number="", issued_on=None, due_on=None, currency=self.currency,
            seller=questions.party(client), buyer=questions.party(debtor),
            lines=[line.entry() for line in self.lines],
            allowances=[one.entry() for one in self.allowances], order=self.order, note=self.note,
            credited="",
        )  # fmt: skip


class RecurringFilter(Stretch):
    client: UUID | None = None


class RecurringOut(BaseModel):
    id: UUID
    name: str = Field(examples=["Rent of the hall"])
    client: Named
    debtor: Named | None = Field(description="Null: not in the register.")
    gross: Amount = Field(description="Of one period.")
    day: int = Field(examples=[1])
    since: date
    until: date | None
    due_days: int = Field(examples=[30])
    written_by: str
    written_at: datetime
    stopped_by: str = Field(description="Empty: it goes on.")
    stopped_at: datetime | None

    @classmethod
    def of(cls, row: models.Recurring) -> "RecurringOut":
        plain = cls.model_fields.keys() - {"client", "debtor", "gross"}
        return cls(
            client=Named.of(row.client), debtor=Named.maybe(row.debtor),
            gross=Amount.of(questions.gross_of(row)),
            **{name: getattr(row, name) for name in plain},
        )  # fmt: skip


@router.get("", response=Listed[RecurringOut], summary="List what recurs")
def list_recurring(request: HttpRequest, asked: Query[RecurringFilter]) -> Listed[RecurringOut]:
    """What is written each month, the newest first; what was stopped is left out."""
    return lists.listed(questions.recurring(asked.client), asked, RecurringOut.of)


@router.post("", response={201: RecurringOut}, summary="Write an invoice each month")
@once.keyed(required=False)
def agree_recurring(request: HttpRequest, said: RecurringIn) -> RecurringOut:
    """Each period is drafted once at the day's end, and issued if the client's rule lets it out.
    Periods since `since` that are over are caught up."""
    caller = gate.caller(request)
    role = caller.role(Act.PREPARE_DRAFT)
    require(role, Act.PREPARE_DRAFT)  # Before it is told which clients there are.
    client = lists.known(models.Client, said.client)
    debtor = lists.known(models.Debtor, said.debtor)
    row = action.agree(
        said.name, said.entry(client, debtor), client=client.pk, debtor=debtor.pk, day=said.day,
        since=said.since, until=said.until, due_days=said.due_days, role=role, at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return RecurringOut.of(row)


@router.post("/{id}/stops", response={201: RecurringOut}, summary="Stop what recurs")
@once.keyed(required=False)
def stop_recurring(request: HttpRequest, id: UUID) -> RecurringOut:
    """No further period is written; drafts that were made stay."""
    caller = gate.caller(request)
    role = caller.role(Act.PREPARE_DRAFT)
    require(role, Act.PREPARE_DRAFT)
    lists.known(models.Recurring, id)
    return RecurringOut.of(action.stop(id, role=role, at=clock.now(), actor=caller.actor))
