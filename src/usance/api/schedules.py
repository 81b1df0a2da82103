"""Schedules of assignment: what was bought in each purchase, its hash, who signed it, its paper."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import models
from usance.queries import schedules as query

from . import gate, lists
from .values import Amount, Listed, Named, Sha256, Stretch

router = Router(tags=["Schedules"])


class ScheduleFilter(Stretch):
    client: UUID | None = None
    state: Literal["all", "to_sign"] = "all"


class ScheduleBrief(BaseModel):
    id: UUID
    number: str = Field(examples=["S260302-1F04A2B7C9"])
    client: Named
    bought_on: date
    invoices: int
    face: Amount
    advance: Amount
    digest: Sha256 = Field(description="SHA-256 of its manifest: what is signed.")
    signers: int = Field(description="Whom the terms ask for before it is paid.")
    signed: int
    at: datetime

    @classmethod
    def of(cls, row: models.Schedule) -> "ScheduleBrief":
        return cls(client=Named.of(row.client), face=Amount.of(row.face),
                   advance=Amount.of(row.advance), **_plain(row))  # fmt: skip


class ScheduleSignature(BaseModel):
    name: str
    signer: str = Field(examples=["user:ellen"])
    digest: Sha256
    words: str = Field(description="What the signer agreed to.")
    address: str | None
    agent: str
    at: datetime


class ScheduleWhole(ScheduleBrief):
    """With its content, byte by byte: hash `manifest` as UTF-8 to compare it with `digest`."""

    manifest: str
    signatures: list[ScheduleSignature]
    document: str = Field(description="The newest sealed paper; empty: it is not printed yet.")

    @classmethod
    def of(cls, row: models.Schedule) -> "ScheduleWhole":
        paper = query.newest_paper(row)
        names = ("name", "signer", "digest", "words", "address", "agent", "at")
        return cls(
            client=Named.of(row.client), face=Amount.of(row.face), advance=Amount.of(row.advance),
            manifest=row.manifest, document=paper.document_id if paper else "",
            signatures=[
                ScheduleSignature(**{name: getattr(one, name) for name in names})
                for one in sorted(row.signatures.all(), key=lambda one: one.at)
            ],
            **_plain(row),
        )  # fmt: skip


def _plain(row: models.Schedule) -> dict[str, Any]:
    names = ("number", "bought_on", "invoices", "digest", "signers", "signed", "at")
    return {"id": row.pk} | {name: getattr(row, name) for name in names}


@router.get("", response=Listed[ScheduleBrief], summary="List schedules of assignment")
def list_schedules(request: HttpRequest, asked: Query[ScheduleFilter]) -> Listed[ScheduleBrief]:
    """The newest first. A client's key sees its own. Signing takes a person: the client's pages."""
    rows = query.to_sign() if asked.state == "to_sign" else query.rows()
    rows = gate.mine(request, rows)
    if asked.client is not None:
        rows = rows.filter(client_id=asked.client)
    return lists.listed(rows, asked, ScheduleBrief.of)


@router.get("/{id}", response=ScheduleWhole, summary="Get a schedule of assignment")
def show_schedule(request: HttpRequest, id: UUID) -> ScheduleWhole:
    row = query.whole(id, gate.caller(request).client)
    if row is None:
        raise ObjectDoesNotExist("there is no such schedule")
    return ScheduleWhole.of(row)
