"""The VAT in what debtors never paid: from when a client may correct it, and what is owed again."""

from datetime import date
from typing import Literal
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.domain.settlement.losses import Cause
from usance.queries import vat_relief as query

from . import gate, lists
from .values import Amount, Day

of_clients = Router(tags=["VAT relief"])
own = Router(tags=["VAT relief"])


class VatReliefFilter(BaseModel):
    on: Day | None = Field(None, description="As of the end of this day; without it today.")


class VatSlice(BaseModel):
    vat_category: str = Field(description="UNTDID 5305.", examples=["S"])
    vat_rate: str = Field(description="Per cent.", examples=["25"])
    net: Amount
    vat: Amount


class VatReliefLine(BaseModel):
    invoice: UUID
    number: str
    debtor: str
    due_on: date
    lost_on: date = Field(description="When it came back to the client.")
    cause: Cause | None = Field(description="Null: the recourse period was over.")
    lost: Amount = Field(description="With VAT.")
    borne_by_us: Amount
    paid_later: Amount
    parts: list[VatSlice] = Field(description="They sum to `lost`. Empty: not known.")
    vat: Amount
    vat_owed_again: Amount
    state: Literal["ready", "waits", "uncertain", "credit_note", "no_tax", "tax_unknown",
                   "law_unknown"]  # fmt: skip
    earliest: date | None = Field(description="From when it may be corrected; null: not known.")

    @classmethod
    def of(cls, one: query.Line) -> "VatReliefLine":
        row, loss, found = one.invoice, one.loss, one.found
        return cls(
            invoice=row.pk, number=row.number, debtor=row.debtor.name if row.debtor else "",
            due_on=row.due_on, lost_on=loss.on, cause=loss.cause, lost=Amount.of(loss.amount),
            borne_by_us=Amount.of(one.ours), paid_later=Amount.of(loss.later),
            parts=[
                VatSlice(vat_category=cut.category, vat_rate=f"{cut.rate.normalize():f}",
                         net=Amount.of(cut.net), vat=Amount.of(cut.tax))
                for cut in found.slices
            ],
            vat=Amount.of(found.tax), vat_owed_again=Amount.of(found.again),
            state=found.state.value, earliest=found.earliest,
        )  # fmt: skip


class VatRelief(BaseModel):
    client: UUID
    on: date
    rule: str = Field(description="Its source; empty: none for this country.")
    read: str = Field(description="With what the rule was compared; empty: with nothing yet.")
    to_do: str
    when_paid: str = Field(description="What is to be done when the debtor pays later.")
    lines: list[VatReliefLine]

    @classmethod
    def of(cls, told: query.Told) -> "VatRelief":
        rule = told.rule
        return cls(
            client=told.client.pk, on=told.on, rule=rule.source if rule else "",
            read=rule.read if rule else "",
            to_do=rule.does if rule else "", when_paid=rule.again if rule else "",
            lines=[VatReliefLine.of(one) for one in told.lines],
        )  # fmt: skip


def _told(client: UUID, asked: VatReliefFilter) -> query.Told:
    today = clock.now().date()
    return query.of_client(
        models.Client.objects.get(pk=client), on=min(asked.on or today, today)
    )  # fmt: skip


@of_clients.get("/{id}/vat-relief", response=VatRelief, summary="Show the VAT in what was lost")
def show_vat_relief(request: HttpRequest, id: UUID, asked: Query[VatReliefFilter]) -> VatRelief:
    """Of invoices that came back to the client unpaid. A basis for its return, no advice."""
    lists.known(models.Client, id)
    return VatRelief.of(_told(id, asked))


@of_clients.get("/{id}/vat-relief/paper", summary="The VAT in what was lost, as PDF")
def vat_relief_paper(request: HttpRequest, id: UUID, asked: Query[VatReliefFilter]) -> HttpResponse:
    """application/pdf, in the client's language where we have it."""
    lists.known(models.Client, id)
    data = query.paper(_told(id, asked), made_at=clock.now())
    return HttpResponse(data, content_type="application/pdf")


@own.get("", response=VatRelief, summary="Show a client its own VAT in what was lost")
def own_vat_relief(request: HttpRequest, asked: Query[VatReliefFilter]) -> VatRelief:
    """For a client's key. 404 for others: they ask by client."""
    client = gate.caller(request).client
    if client is None:
        raise ObjectDoesNotExist("this key is no client's: ask /v1/clients/{id}/vat-relief")
    return VatRelief.of(_told(client, asked))
