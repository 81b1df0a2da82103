"""What clients buy back: quote, do, decline; the paper of it; what debtors are told."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import buy_backs as action
from usance.domain.mandate import Act
from usance.domain.settlement.buy_backs import Account, Line, Way
from usance.queries import buy_backs as query
from usance.queries import buy_out

from . import gate, lists, once
from .values import Amount, Asked, Listed, Named, Note, Sha256, Stretch

of_clients = Router(tags=["Buy-backs"])
router = Router(tags=["Buy-backs"])
WORD = "Anna Acme, mail of 3 June."


class BuyBackIn(Asked):
    invoices: list[UUID] = Field(min_length=1, max_length=query.MOST)
    way: Way = Way.SET_OFF
    instead: UUID | None = Field(None, description="Bought in their place, over as much or more.")
    for_day: date | None = Field(None, description="Null: today.")
    reason: Note = Field(min_length=1, examples=[WORD], description="Whose word it is.")


class BuyOutIn(Asked):
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["EUR"])
    for_day: date | None = Field(None, description="Null: today.")
    reason: Note = Field(min_length=1, examples=[WORD], description="Whose word it is.")


class BuyBackDoneIn(Asked):
    digest: Sha256 = Field(description="Of the quote as you saw it.")
    bank_line: UUID | None = Field(None, description="The receipt that pays it, where one does.")


class BuyBackRefusalIn(Asked):
    remark: Note = ""


class BuyBackLine(BaseModel):
    invoice: UUID
    number: str
    outstanding: Amount
    reserve: Amount
    fees: Amount
    interest: Amount
    vat: Amount
    price: Amount = Field(description="Below zero the client gets it.")
    counts_for: Amount = Field(description="The price in the currency of the facility.")
    rate: str = Field(examples=["0.8"], description="Of the day, between both. Empty: one currency")

    @classmethod
    def of(cls, row: models.Invoice, line: Line) -> "BuyBackLine":
        named = ("outstanding", "reserve", "fees", "interest", "vat", "price")
        told = {name: Amount.of(getattr(line, name)) for name in named}
        rate = f"{line.rate.rate.normalize():f}" if line.rate else ""
        return cls(
            invoice=row.pk, number=row.number, counts_for=Amount.of(line.counted.price), rate=rate,
            **told,
        )  # fmt: skip


class Standing(BaseModel):
    """Besides the invoices of a client that leaves."""

    claims: Amount
    due: Amount
    on_the_way: Amount = Field(description="Paid out already, not on a statement yet.")

    @classmethod
    def of(cls, account: Account) -> "Standing":
        return cls(
            claims=Amount.of(account.claims), due=Amount.of(account.due),
            on_the_way=Amount.of(account.on_the_way),
        )  # fmt: skip


class ReleaseOut(BaseModel):
    """What a debtor is told."""

    debtor: Named
    since: date = Field(description="From this day on it pays the client.")
    account: str = Field(description="The client's, as the letter names it; empty: none.")
    dispatch: UUID | None = Field(description="Null: nothing reaches this debtor.")


class BuyBack(BaseModel):
    id: UUID
    client: Named
    kind: Literal["chosen", "substitution", "exit"]
    way: Way
    state: Literal["quoted", "done", "declined"]
    for_day: date
    price: Amount
    to_pay: Amount = Field(description="In one sum. Below zero the client gets it.")
    standing: Standing | None = Field(description="Of an exit; null: of others.")
    instead: UUID | None
    digest: str = Field(description="Of what somebody does.")
    reason: str = Field(examples=[WORD])
    quoted_at: datetime
    quoted_by: str
    decided_at: datetime | None
    decided_by: str
    remark: str
    bank_line: UUID | None
    lines: list[BuyBackLine]
    releases: list[ReleaseOut]

    @classmethod
    def of(cls, row: models.BuyBack) -> "BuyBack":
        found, stands = query.told(row), row.account
        plain = ("id", "for_day", "reason", "quoted_at", "quoted_by", "decided_at", "decided_by",
                 "remark")  # fmt: skip
        return cls(
            client=Named.of(row.client), kind=row.kind, way=Way(row.way),
            state=row.state, price=Amount.of(row.price), to_pay=Amount.of(row.to_pay),
            standing=Standing.of(stands) if stands else None, instead=row.instead_id,
            digest=row.content, bank_line=row.receipt_id,
            lines=[BuyBackLine.of(invoice, line) for invoice, line in found.lines],
            releases=[
                ReleaseOut(
                    debtor=Named.of(one.debtor), since=one.written_on,
                    account=one.account.iban if one.account else "", dispatch=one.dispatch_id,
                )
                for one in row.releases.all()
            ],
            **{name: getattr(row, name) for name in plain},
        )  # fmt: skip


class BuyBackFilter(Stretch):
    state: str = Field("", pattern="^(|quoted|done|declined)$")


def _one(pk: UUID) -> BuyBack:
    return BuyBack.of(query.whole().get(pk=pk))


@router.get("", response=Listed[BuyBack], summary="List buy-backs, the newest first")
def list_buy_backs(request: HttpRequest, asked: Query[BuyBackFilter]) -> Listed[BuyBack]:
    rows = query.whole().filter(state=asked.state) if asked.state else query.whole()
    return lists.listed(rows, asked, BuyBack.of)


@router.get("/{id}", response=BuyBack, summary="Show a buy-back")
def show_buy_back(request: HttpRequest, id: UUID) -> BuyBack:
    lists.known(models.BuyBack, id)
    return _one(id)


@router.get("/{id}/paper", summary="The quote or buy-out statement as PDF")
def buy_back_paper(request: HttpRequest, id: UUID) -> HttpResponse:
    """application/pdf, in the client's language where we have it."""
    lists.known(models.BuyBack, id)
    return HttpResponse(buy_out.paper(query.rows().get(pk=id)), content_type="application/pdf")


@of_clients.post("/{id}/buy-backs", response={201: BuyBack}, summary="Quote a buy-back")
@once.keyed(required=False)
def quote(request: HttpRequest, id: UUID, said: BuyBackIn) -> BuyBack:
    """What it costs to have these back, or another one in their place. Nothing moves before it is
    done; what costs by time holds for its day."""
    lists.known(models.Client, id)
    if said.instead is not None:
        lists.known(models.Invoice, said.instead)
    caller = gate.caller(request)
    row = action.quote(
        id, said.invoices, way=said.way, instead=said.instead, for_day=said.for_day,
        reason=said.reason, role=caller.role(Act.QUOTE_BUY_BACK), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return _one(row.pk)


@of_clients.post("/{id}/exits", response={201: BuyBack}, summary="Quote a client's exit")
@once.keyed(required=False)
def quote_exit(request: HttpRequest, id: UUID, said: BuyOutIn) -> BuyBack:
    """Every open invoice, our claims and what is due to it, in one sum."""
    lists.known(models.Client, id)
    caller = gate.caller(request)
    row = action.quote_exit(
        id, said.currency, for_day=said.for_day, reason=said.reason,
        role=caller.role(Act.QUOTE_BUY_BACK), at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return _one(row.pk)


@router.post("/{id}/executions", response={201: BuyBack}, summary="Do what was quoted")
@once.keyed(required=False)
def execute(request: HttpRequest, id: UUID, said: BuyBackDoneIn) -> BuyBack:
    """To the cent or not at all: 409 `buy_back_changed`. A substitution and an exit take another
    person than who quoted them: 409 `second_person_needed`."""
    lists.known(models.BuyBack, id)
    if said.bank_line is not None:
        lists.known(models.BankLine, said.bank_line)
    caller = gate.caller(request)
    action.execute(
        id, seen=said.digest, receipt=said.bank_line, role=caller.role(Act.BUY_BACK),
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return _one(id)


@router.post("/{id}/refusals", response={201: BuyBack}, summary="Decline a buy-back")
@once.keyed(required=False)
def decline(request: HttpRequest, id: UUID, said: BuyBackRefusalIn) -> BuyBack:
    lists.known(models.BuyBack, id)
    caller = gate.caller(request)
    action.decline(
        id, remark=said.remark, role=caller.role(Act.QUOTE_BUY_BACK), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return _one(id)
