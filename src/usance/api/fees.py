"""Our own invoices to clients: read them, write one for a day, take one back, start it all."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import fees as action
from usance.domain.mandate import Act
from usance.queries import fees as query

from . import gate, lists, once
from .values import Amount, Asked, Currency, Day, Line, Listed, Named, Note, Stretch

router = Router(tags=["Fee invoices"])
settings = Router(tags=["Fee invoices"])
Pattern = Line


class FeeInvoiceIn(Asked):
    client: UUID
    currency: Currency
    through: Day = Field(description="The last day whose charges are invoiced; it is over.")


class FeeCreditIn(Asked):
    reason: Note = Field(min_length=1, examples=["The address was wrong."])


class FeeInvoicingIn(Asked):
    since: Day = Field(description="In the month with whose first day it begins.")
    pattern: Pattern = Field("F{year}-{n:05}", max_length=40)
    credit_pattern: Pattern = Field("FC{year}-{n:05}", max_length=40)


class FeeInvoicing(BaseModel):
    since: date | None = Field(description="Null: no fees are invoiced.")
    pattern: str = Field(examples=["F{year}-{n:05}"])
    credit_pattern: str
    done_through: date | None = Field(description="The last month that is wholly invoiced.")


class FeeLine(BaseModel):
    sort: str = Field(examples=["fees"])
    legal_basis: str = Field(examples=["sale"])
    text: str
    invoices: int = Field(description="On how many invoices it was charged; 0 for a least.")
    net: Amount
    vat_category: str = Field(description="UNTDID 5305: S, E, AE or O.", examples=["S"])
    vat_rate: str = Field(description="Per cent.", examples=["25"])
    exemption: str


class FeeInvoice(BaseModel):
    """What is given back has negative amounts: all of a credit note has."""

    id: UUID
    kind: Literal["invoice", "credit_note"]
    number: str = Field(examples=["F2026-00001"])
    client: Named
    first_on: date
    last_on: date
    issued_on: date
    net: Amount
    vat: Amount
    gross: Amount
    taken: Amount = Field(description="Of the gross, what was deducted before.")
    due: Amount = Field(description="Set off against the next payout; below zero it is paid out.")
    lines: list[FeeLine]
    credits: UUID | None = Field(description="The invoice that it takes back.")
    is_credited: bool
    reason: str
    pdf: str = Field(description="Document: the paper.", examples=["9f" * 32])
    xml: str = Field(description="Document: UBL by EN 16931.", examples=["9f" * 32])
    mailed: str = Field(description="State of its mail; empty: there is none.", examples=["sent"])
    issued_at: datetime

    @classmethod
    def of(cls, row: models.FeeInvoice) -> "FeeInvoice":
        plain = ("id", "kind", "number", "first_on", "last_on", "issued_on", "is_credited",
                 "reason")  # fmt: skip
        amounts = ("net", "vat", "gross", "taken", "due")
        notice = getattr(row, "notice", None)
        return cls(
            client=Named.of(row.client), credits=row.credits_id, pdf=row.pdf_id, xml=row.xml_id,
            mailed=notice.state if notice else "", issued_at=row.at,
            lines=[_line(one, row.currency) for one in row.lines],
            **{name: getattr(row, name) for name in plain},
            **{name: Amount.of(getattr(row, name)) for name in amounts},
        )  # fmt: skip


class FeeFilter(Stretch):
    client: UUID | None = None


def _line(kept: dict[str, str], currency: str) -> FeeLine:
    return FeeLine(
        sort=kept["sort"], legal_basis=kept["basis"], text=kept["text"],
        invoices=int(kept["invoices"]), net=Amount.minors(int(kept["net_minor"]), currency),
        vat_category=kept["category"], vat_rate=kept["rate"], exemption=kept["reason"],
    )  # fmt: skip


@router.get("", response=Listed[FeeInvoice], summary="List fee invoices, the newest first")
def list_fee_invoices(request: HttpRequest, asked: Query[FeeFilter]) -> Listed[FeeInvoice]:
    """A client's key sees its own."""
    rows = gate.mine(request, query.rows())
    if asked.client is not None:
        rows = rows.filter(client_id=asked.client)
    return lists.listed(rows, asked, FeeInvoice.of)


@router.get("/{id}", response=FeeInvoice, summary="Get a fee invoice")
def show(request: HttpRequest, id: UUID) -> FeeInvoice:
    return FeeInvoice.of(gate.mine(request, query.rows()).get(pk=id))


@router.post("", response={201: FeeInvoice}, summary="Invoice a client's charges to a day")
@once.keyed(required=False)
def invoice(request: HttpRequest, said: FeeInvoiceIn) -> FeeInvoice:
    """The day's end does it for each month. 409 `no_fees_to_invoice`, `fee_day_invoiced`,
    `fee_day_not_over`, `fee_vat_unknown`, `vat_id_missing`."""
    caller = gate.caller(request)
    role = caller.role(Act.INVOICE_FEES)
    row = action.invoice(
        said.client, said.currency, through=said.through, role=role, at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return FeeInvoice.of(query.rows().get(pk=row.pk))


@router.post("/{id}/credit-notes", response={201: FeeInvoice}, summary="Take a fee invoice back")
@once.keyed(required=False)
def credit(request: HttpRequest, id: UUID, said: FeeCreditIn) -> FeeInvoice:
    """The credit note over all of it. Its charges come to the next invoice of the client."""
    caller = gate.caller(request)
    role = caller.role(Act.INVOICE_FEES)
    row = action.credit(id, reason=said.reason, role=role, at=clock.now(), actor=caller.actor)
    return FeeInvoice.of(query.rows().get(pk=row.pk))


@settings.get("", response=FeeInvoicing, summary="Since when fees are invoiced")
def show_invoicing(request: HttpRequest) -> FeeInvoicing:
    return _invoicing(query.setup())


@settings.post("", response={201: FeeInvoicing}, summary="Start to invoice fees")
@once.keyed(required=False)
def start(request: HttpRequest, said: FeeInvoicingIn) -> FeeInvoicing:
    """Once. 409 `fee_invoicing_started`, `number_pattern_unclear`."""
    caller = gate.caller(request)
    row = action.start(
        said.since, pattern=said.pattern, credit_pattern=said.credit_pattern,
        role=caller.role(Act.INVOICE_FEES), at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return _invoicing(row)


def _invoicing(row: models.FeeInvoicing | None) -> FeeInvoicing:
    if row is None:
        return FeeInvoicing(since=None, pattern="", credit_pattern="", done_through=None)
    return FeeInvoicing(
        since=row.since, pattern=row.pattern, credit_pattern=row.credit_pattern,
        done_through=row.done_through,
    )  # fmt: skip
