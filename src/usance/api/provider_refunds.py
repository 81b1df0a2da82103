"""Refunds through payment providers: proposed, released by another person, made by the provider."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import provider_refunds as action
from usance.domain.mandate import Act, require
from usance.domain.payment.paid_back import State

from . import gate, lists, once
from .values import Amount, AmountIn, Asked, Line, Listed, Sha256, Stretch

router = Router(tags=["Online payments"])


class ProviderRefund(BaseModel):
    id: UUID
    provider: str = Field(examples=["stripe"])
    receipt: UUID = Field(description="The bank line of which it pays back.")
    payment: str = Field(description="As the provider calls it.", examples=["pi_3Q"])
    amount: Amount
    because: str
    state: State
    content: str = Field(description="SHA-256: a release names it.")
    proposed_by: str = Field(examples=["user:erik"])
    released_by: str
    released_at: datetime | None
    reference: str = Field(description="Of the refund at the provider.", examples=["re_3Q"])
    bank_line: UUID | None = Field(description="What left the account at the provider.")
    detail: str

    @classmethod
    def of(cls, row: models.ProviderRefund) -> "ProviderRefund":
        return cls(
            id=row.pk, provider=row.account.provider, receipt=row.receipt_id, payment=row.payment,
            amount=Amount.of(row.amount), because=row.reason, state=State(row.state),
            content=row.content, proposed_by=row.proposed_by, released_by=row.released_by,
            released_at=row.released_at, reference=row.reference, bank_line=row.line_id,
            detail=row.detail,
        )  # fmt: skip


class ProviderRefundIn(Asked):
    receipt: UUID
    amount: AmountIn
    because: Line = Field(min_length=1, max_length=200, examples=["Paid twice"])


class ProviderRefundRelease(Asked):
    content: Sha256 = Field(description="Of what you saw: what changed since is not released.")


@router.get(
    "", response=Listed[ProviderRefund], summary="List refunds by providers, the newest first"
)
def list_refunds(
    request: HttpRequest, asked: Query[Stretch], state: State | None = None
) -> Listed[ProviderRefund]:
    rows = models.ProviderRefund.objects.select_related("account")
    if state is not None:
        rows = rows.filter(state=state)
    return lists.listed(rows, asked, ProviderRefund.of)


@router.post("", response={201: ProviderRefund}, summary="Propose to pay back what was paid online")
@once.keyed(required=True)
def propose(request: HttpRequest, said: ProviderRefundIn) -> ProviderRefund:
    """What is unapplied of the receipt, or a part, goes back the way it came, once another person
    has released it. A proposal that nobody released is replaced."""
    caller = gate.caller(request)
    role = caller.role(Act.REFUND)
    require(role, Act.REFUND)
    lists.known(models.BankLine, said.receipt)
    row = action.propose(
        said.receipt, said.amount.money(), because=said.because, role=role,
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return ProviderRefund.of(row)


@router.post("/{id}/releases", response={201: ProviderRefund}, summary="Release a refund")
@once.keyed(required=True)
def release(request: HttpRequest, id: UUID, said: ProviderRefundRelease) -> ProviderRefund:
    """Four eyes: who proposed it, a key or a person, cannot release it. The provider is told
    afterwards; the state says what came of it."""
    caller = gate.caller(request)
    lists.known(models.ProviderRefund, id)
    row = action.release(
        id, seen=said.content, role=caller.role(Act.RELEASE_PAYOUT), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return ProviderRefund.of(row)


@router.delete("/{id}", response={204: None}, summary="Withdraw a refund before its release")
def withdraw(request: HttpRequest, id: UUID) -> None:
    caller = gate.caller(request)
    lists.known(models.ProviderRefund, id)
    action.withdraw(id, role=caller.role(Act.REFUND), at=clock.now(), actor=caller.actor)
