"""Reports of the books as of any day, with their definitions, their sums and how one asked."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock
from usance.domain.money import Money
from usance.queries.reports import catalogue, table
from usance.queries.reports.asked import KINDS, Asked
from usance.queries.reports.table import Report, Row

from .gate import caller
from .values import Amount, Currency, Day

router = Router(tags=["Reports"])
Nobody = Literal["none"]  # Only what is about none.
Value = Amount | int | str | None  # Rates and days are decimal strings.


class ReportOut(BaseModel):
    name: str = Field(examples=["ageing"])
    title: str = Field(examples=["Ageing"])
    definition: str = Field(description="What the report counts, and where that is written.")
    takes: list[str] = Field(
        description="Filters besides on, known and currency.", examples=[["by", "client"]]
    )
    needs: list[str] = Field(description="Filters without which there is no answer.", examples=[[]])

    @classmethod
    def of(cls, report: Report) -> "ReportOut":
        return cls(
            name=report.name, title=report.title, definition=report.says,
            takes=list(report.takes), needs=list(report.needs),
        )  # fmt: skip


class ReportsOut(BaseModel):
    items: list[ReportOut]


class ReportColumn(BaseModel):
    name: str = Field(examples=["total"])
    title: str = Field(examples=["Outstanding"])
    kind: str = Field(examples=["money"])


class ReportFilter(BaseModel):
    """Each report takes some of these: GET /v1/reports says which."""

    on: Day | None = Field(None, description="The last day that counts; without it today.")
    since: Day | None = Field(None, description="The first day of the period.")
    known: datetime | None = Field(None, description="Only what was written by this moment.")
    client: UUID | Nobody | None = None
    debtor: UUID | Nobody | None = None
    invoice: UUID | Nobody | None = None
    currency: Currency | None = None
    by: Literal["client", "debtor", "invoice"] | None = None
    basis: Literal["due", "issued"] | None = None
    bucket: Annotated[str, Field(max_length=20)] | None = None
    account: Annotated[str, Field(max_length=100)] | None = Field(
        None, description="Accounts of the chart, with commas.", examples=["1200"]
    )
    kind: Literal[KINDS] | None = None  # type: ignore[valid-type]  # A tuple of words is no type to mypy.
    month: Annotated[str, Field(max_length=7)] | None = Field(None, examples=["2026-03"])
    after: int = Field(0, ge=0, le=10**9, description="`next` of the stretch before.")
    limit: int = Field(200, ge=1, le=1000)


class ReportTold(BaseModel):
    report: str = Field(examples=["ageing"])
    definition: str
    on: date
    since: date
    known: datetime | None = Field(description="null: what is written by now.")
    columns: list[ReportColumn]
    opening: list[dict[str, Value]] = Field(description="What stood before, of a statement.")
    rows: list[dict[str, Value]]
    closing: list[dict[str, Value]] = Field(description="Opening and rows, of a statement.")
    totals: list[dict[str, Value]] = Field(description="Of all rows, not of this stretch.")
    next: int | None = Field(description="Send it as `after`; null: nothing follows.")


@router.get("", response=ReportsOut, summary="List the reports with their definitions")
def list_reports(request: HttpRequest) -> ReportsOut:
    return ReportsOut(items=[ReportOut.of(one) for one in catalogue.REPORTS.values()])


@router.get("/{name}", response=ReportTold, summary="Ask for a report as of any day")
def report(request: HttpRequest, name: str, asked: Query[ReportFilter]) -> ReportTold:
    """The same question with `on` and `known` has the same answer for ever."""
    one = catalogue.report(name)
    given = asked.model_dump(mode="json", exclude={"after", "limit"}, exclude_none=True)
    own = caller(request).client
    if own is not None and given.setdefault("client", str(own)) != str(own):
        raise ObjectDoesNotExist("this client has no such statement")
    question = catalogue.ask(one, given, at=clock.now())
    found, more, totals = table.page(one, question, skip=asked.after, most=asked.limit)
    opening, closing = table.ends(one, question)
    return ReportTold(
        report=one.name, definition=one.says, on=question.on, since=question.since,
        known=question.known,
        columns=[
            ReportColumn(name=each.name, title=each.title, kind=each.kind.value)
            for each in one.columns(question)
        ],
        opening=_plain(one, question, opening), rows=_plain(one, question, found),
        closing=_plain(one, question, closing),
        totals=_plain(one, question, totals),
        next=asked.after + asked.limit if more else None,
    )  # fmt: skip


def _plain(one: Report, question: Asked, rows: Sequence[Row]) -> list[dict[str, Value]]:
    names = [column.name for column in one.columns(question)]
    return [dict(zip(names, map(_value, row.cells), strict=True)) for row in rows]


def _value(cell: table.Cell) -> Value:
    if isinstance(cell, Money):
        return Amount.of(cell)
    return cell if cell is None or isinstance(cell, int) else str(cell)
