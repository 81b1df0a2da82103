"""Months of the books: which are closed, what stands in the way, closing and reopening."""

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Field, Path, Router
from pydantic import BaseModel

from usance import clock
from usance.actions import periods as action
from usance.domain.mandate import Act
from usance.domain.periods import Check, State
from usance.queries import periods as questions

from . import gate, once
from .values import Asked, Note

router = Router(tags=["Ledger"])
Month = Annotated[str, Path(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-03"])]


class CheckOut(BaseModel):
    code: str = Field(examples=["statements"], description="Stable: decide by it.")
    says: str
    found: list[str] = Field(description="What is open; empty: the point is done.")
    stops: bool = Field(description="While it is open, the month cannot be closed hard.")

    @classmethod
    def of(cls, one: Check) -> "CheckOut":
        return cls(code=one.code, says=one.says, found=list(one.found), stops=one.stops)


class Checklist(BaseModel):
    month: str = Field(examples=["2026-03"])
    checks: list[CheckOut]


class PeriodOut(BaseModel):
    month: str = Field(examples=["2026-03"])
    first_on: date
    last_on: date
    state: State
    closed_at: datetime | None
    closed_by: str
    remark: str
    asked_by: str = Field(description="Who asks to reopen it; empty: nobody.")
    asked_because: str
    content: str = Field(description="Of that question; a second person names it as seen.")

    @classmethod
    def of(cls, one: questions.Month) -> "PeriodOut":
        row = one.row
        asks = row is not None and row.asked_by and not row.reopened_by
        return cls(
            month=f"{one.first_on:%Y-%m}", first_on=one.first_on, last_on=one.last_on,
            state=one.state, closed_at=row.closed_at if row else None,
            closed_by=row.closed_by if row else "", remark=row.remark if row else "",
            asked_by=row.asked_by if row and asks else "",
            asked_because=row.asked_because if row and asks else "",
            content=action.digest(row) if row and asks else "",
        )  # fmt: skip


class Periods(BaseModel):
    periods: list[PeriodOut]


class ClosingIn(Asked):
    state: Literal["soft", "hard"] = Field(examples=["soft"])
    remark: Note = Field("", description="Why points that do not stop it may stay open.")


class ReopeningRequestIn(Asked):
    because: Note = Field(min_length=1, examples=["An invoice of March was forgotten."])


class ReopeningIn(Asked):
    content: str = Field(pattern="^[0-9a-f]{64}$", examples=["9f" * 32])


@router.get("", response=Periods, summary="List months of the books, the newest first")
def list_periods(request: HttpRequest) -> Periods:
    rows = questions.months(today=clock.now().date())
    return Periods(periods=[PeriodOut.of(one) for one in rows])


@router.get("/{month}/checklist", response=Checklist, summary="Show what stands in a closing's way")
def show_checklist(request: HttpRequest, month: Month) -> Checklist:
    """Asks every promise about the books: minutes in a large book."""
    checks = questions.checklist(_first(month), seed=int(clock.now().timestamp()))
    return Checklist(month=month, checks=[CheckOut.of(one) for one in checks])


@router.post("/{month}/closings", response={201: PeriodOut}, summary="Close a month")
@once.keyed(required=True)
def close(request: HttpRequest, month: Month, said: ClosingIn) -> PeriodOut:
    """`soft`: the daily work dates nothing into it, corrections may. `hard`: nothing may."""
    caller = gate.caller(request)
    action.close(
        _first(month), State(said.state), remark=said.remark, role=caller.role(Act.CLOSE_PERIOD),
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return _shown(month)


@router.post("/{month}/reopening-requests", response={201: PeriodOut}, summary="Ask to reopen it")
@once.keyed(required=True)
def ask(request: HttpRequest, month: Month, said: ReopeningRequestIn) -> PeriodOut:
    """It stays closed until a second person agrees."""
    caller = gate.caller(request)
    action.ask_to_reopen(
        _first(month), because=said.because, role=caller.role(Act.CLOSE_PERIOD), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return _shown(month)


@router.post("/{month}/reopenings", response={201: PeriodOut}, summary="Agree to reopen a month")
@once.keyed(required=True)
def reopen(request: HttpRequest, month: Month, said: ReopeningIn) -> PeriodOut:
    caller = gate.caller(request)
    action.reopen(
        _first(month), seen=said.content, role=caller.role(Act.CLOSE_PERIOD), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return _shown(month)


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _shown(month: str) -> PeriodOut:
    return PeriodOut.of(questions.one(_first(month)))
