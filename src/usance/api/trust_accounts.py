"""Accounts that clients hold in trust for us, into which debtors pay who are not told."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import trust_accounts as action
from usance.domain.mandate import Act
from usance.queries import trust_accounts as query

from . import gate, lists, once
from .values import Asked, Code, Currency, Line, Listed, Note, Stretch

of_clients = Router(tags=["Terms"])
router = Router(tags=["Terms"])


class TrustAccountIn(Asked):
    iban: Code = Field(min_length=2, max_length=42, examples=["DE89370400440532013000"])
    bank: Line = Field(min_length=1, max_length=120, examples=["Commerzbank, Hamburg"])
    currency: Currency


class TrustCheckIn(Asked):
    iban: Code = Field(max_length=42, description="That you looked at.")
    proof: Note = Field(min_length=1, examples=["The bank's letter of 2026-03-02."])


class TrustClosingIn(Asked):
    because: Line = Field(min_length=1, max_length=200, examples=["Moved to another bank."])


class TrustAccount(BaseModel):
    id: UUID
    client: UUID
    iban: str
    bank: str
    currency: Currency
    entered_at: datetime
    entered_by: str
    checked_at: datetime | None = Field(description="null: it does not count yet.")
    checked_by: str
    proof: str
    closed_at: datetime | None
    closed_because: str

    @classmethod
    def of(cls, row: models.TrustAccount) -> "TrustAccount":
        plain = {name: getattr(row, name) for name in cls.model_fields if name not in _OTHERS}
        return cls(id=row.pk, client=row.client_id, **plain)


_OTHERS = frozenset({"id", "client"})


@of_clients.get(
    "/{id}/trust-accounts", response=Listed[TrustAccount], summary="List a client's trust accounts"
)
def list_accounts(request: HttpRequest, id: UUID, asked: Query[Stretch]) -> Listed[TrustAccount]:
    """Also those that were closed, the newest first."""
    lists.known(models.Client, id)
    return lists.listed(query.of([id]), asked, TrustAccount.of)


@of_clients.post(
    "/{id}/trust-accounts", response={201: TrustAccount}, summary="Enter a client's trust account"
)
@once.keyed(required=True)
def enter(request: HttpRequest, id: UUID, said: TrustAccountIn) -> TrustAccount:
    """It counts when another person has checked it."""
    caller = gate.caller(request)
    lists.known(models.Client, id)
    row = action.enter(
        id, number=said.iban, bank=said.bank, currency=said.currency,
        role=caller.role(Act.EDIT_PARTY), at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return TrustAccount.of(row)


@router.post("/{id}/checks", response={201: TrustAccount}, summary="Check a trust account")
@once.keyed(required=False)
def check(request: HttpRequest, id: UUID, said: TrustCheckIn) -> TrustAccount:
    """Four eyes: never by who entered it, a key or a person. What waited for it goes on."""
    caller = gate.caller(request)
    lists.known(models.TrustAccount, id)
    row = action.check(
        id, proof=said.proof, seen=said.iban, role=caller.role(Act.RELEASE_PAYOUT),
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return TrustAccount.of(row)


@router.post("/{id}/closings", response={201: TrustAccount}, summary="Close a trust account")
@once.keyed(required=False)
def close(request: HttpRequest, id: UUID, said: TrustClosingIn) -> TrustAccount:
    """It is held for us no more. Where the terms require one, nothing is bought until another is
    checked."""
    caller = gate.caller(request)
    lists.known(models.TrustAccount, id)
    row = action.close(
        id, because=said.because, role=caller.role(Act.STOP_ACCOUNT), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return TrustAccount.of(row)
