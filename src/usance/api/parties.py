"""Clients, debtors with their limits."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictBool

from usance import clock, models
from usance.actions import parties
from usance.domain import distribution
from usance.domain.mandate import Act
from usance.domain.party import name_key

from . import gate, lists, once
from .values import (
    Amount,
    AmountIn,
    Asked,
    Code,
    Country,
    Line,
    Listed,
    Stretch,
)

clients = Router(tags=["Parties"])
debtors = Router(tags=["Parties"])
EMAIL = f"^$|^{distribution.EMAIL}$"
Row = TypeVar("Row", models.Client, models.Debtor)


class PartyIn(Asked):
    name: Line = Field(min_length=1, max_length=200, examples=["Acme Feinblech GmbH"])
    country: Country
    legal_id: Code = Field("", max_length=40, examples=["HRB4711"])
    vat_id: Code = Field("", max_length=20, examples=["DE136695976"])
    street: Line = Field("", max_length=200, examples=["Hafenstraße 5"])
    postcode: Line = Field("", max_length=20, examples=["20457"])
    city: Line = Field("", max_length=100, examples=["Hamburg"])
    language: str = Field("en", pattern="^[a-z]{2}$", examples=["de"])
    email: str = Field("", max_length=254, pattern=EMAIL, examples=["ap@acme.example"])
    phone: Line = Field("", max_length=40)

    def company(self) -> parties.Company:
        return parties.Company(**{name: getattr(self, name) for name in PartyIn.model_fields})


class ClientIn(PartyIn):
    colour: str = Field("#1f3a5f", pattern="^#[0-9a-f]{6}$")


class Wish(StrEnum):
    NONE = ""
    EINVOICE = "einvoice"
    MAILBOX = "mailbox"
    EMAIL = "email"
    LETTER = "letter"


class DebtorIn(PartyIn):
    einvoice_id: str = Field(
        "", max_length=80, pattern=f"^$|^{distribution.EINVOICE}$", examples=["0007:5560001111"]
    )
    mailbox_id: Line = Field("", max_length=80)
    wish: Wish = Field(Wish.NONE, description="How it wants to get its invoices.")
    public: StrictBool = Field(False, description="A public body: other duties of e-invoicing.")
    accounts: list[Annotated[str, Field(pattern="^[A-Z]{2}[0-9]{2}[A-Z0-9]{6,30}$")]] = Field(
        [],
        max_length=20,
        examples=[["DE75512108001245126199"]],
        description="IBANs that it pays from.",
    )


class Party(BaseModel):
    id: UUID
    name: str = Field(examples=["Acme Feinblech GmbH"])
    country: Country
    legal_id: str = Field(examples=["HRB4711"])
    vat_id: str = Field(examples=["DE136695976"])
    street: str
    postcode: str
    city: str
    language: str = Field(examples=["de"])
    email: str
    phone: str
    created_at: datetime


class Client(Party):
    @classmethod
    def of(cls, row: models.Client) -> "Client":
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class Debtor(Party):
    einvoice_id: str
    mailbox_id: str
    wish: str
    public: bool
    insolvent_on: date | None
    same_as: UUID | None = Field(description="The debtor that it went into, as one company.")

    @classmethod
    def of(cls, row: models.Debtor) -> "Debtor":
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "same_as"}
        return cls(same_as=row.same_as_id, **plain)


class LimitIn(Asked):
    limit: AmountIn
    source: Line = Field(min_length=1, max_length=80, examples=["Credit insurer, policy 4711"])


class Limit(BaseModel):
    id: UUID
    debtor: UUID
    limit: Amount
    source: str
    given_on: date
    valid_to: date | None
    actor: str

    @classmethod
    def of(cls, row: models.CreditLimit) -> "Limit":
        return cls(
            id=row.pk, debtor=row.debtor_id, limit=Amount.of(row.limit), source=row.source,
            given_on=row.given_on, valid_to=row.valid_to, actor=row.actor,
        )  # fmt: skip


class PartyFilter(Stretch):
    name: Line = Field("", max_length=200, description="How the name begins.")
    country: Country | None = None


def _narrowed(rows: "QuerySet[Row]", asked: PartyFilter) -> "QuerySet[Row]":
    if key := name_key(asked.name):
        rows = rows.filter(name_key__startswith=key)
    return rows.filter(country=asked.country) if asked.country else rows


@clients.get("", response=Listed[Client], summary="List clients, the newest first")
def list_clients(request: HttpRequest, asked: Query[PartyFilter]) -> Listed[Client]:
    return lists.listed(_narrowed(models.Client.objects.all(), asked), asked, Client.of)


@clients.post("", response={201: Client}, summary="Register a client")
@once.keyed(required=False)
def register_client(request: HttpRequest, said: ClientIn) -> Client:
    caller = gate.caller(request)
    row = parties.register_client(
        said.company(),
        colour=said.colour,
        role=caller.role(Act.EDIT_PARTY),
        at=clock.now(),
        actor=caller.actor,
    )
    return Client.of(row)


@clients.get("/{id}", response=Client, summary="Show a client")
def show_client(request: HttpRequest, id: UUID) -> Client:
    return Client.of(lists.known(models.Client, id))


@debtors.get("", response=Listed[Debtor], summary="List debtors, the newest first")
def list_debtors(request: HttpRequest, asked: Query[PartyFilter]) -> Listed[Debtor]:
    return lists.listed(_narrowed(models.Debtor.objects.all(), asked), asked, Debtor.of)


@debtors.post("", response={201: Debtor}, summary="Register a debtor")
@once.keyed(required=False)
def register_debtor(request: HttpRequest, said: DebtorIn) -> Debtor:
    caller = gate.caller(request)
    row = parties.register_debtor(
        said.company(),
        einvoice_id=said.einvoice_id,
        mailbox_id=said.mailbox_id,
        wish=said.wish.value,
        public=said.public,
        accounts=list(dict.fromkeys(said.accounts)),
        role=caller.role(Act.EDIT_PARTY),
        at=clock.now(),
        actor=caller.actor,
    )
    return Debtor.of(row)


@debtors.get("/{id}", response=Debtor, summary="Show a debtor")
def show_debtor(request: HttpRequest, id: UUID) -> Debtor:
    return Debtor.of(lists.known(models.Debtor, id))


@debtors.get("/{id}/limits", response=Listed[Limit], summary="List a debtor's credit limits")
def list_limits(request: HttpRequest, id: UUID, asked: Query[Stretch]) -> Listed[Limit]:
    lists.known(models.Debtor, id)
    return lists.listed(models.CreditLimit.objects.filter(debtor_id=id), asked, Limit.of)


@debtors.post("/{id}/limits", response={201: Limit}, summary="Give a debtor a credit limit")
@once.keyed(required=True)
def set_limit(request: HttpRequest, id: UUID, said: LimitIn) -> Limit:
    """From today on; the limit before it in this currency ends."""
    caller = gate.caller(request)
    row = parties.set_limit(
        id,
        said.limit.money(),
        source=said.source,
        role=caller.role(Act.SET_LIMIT),
        at=clock.now(),
        actor=caller.actor,
    )
    return Limit.of(row)
