"""Online payments: what debtors began at payment providers, and what these paid on."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import provider_payouts as action
from usance.domain.mandate import Act
from usance.domain.payment.checkouts import State
from usance.queries import provider_payouts as query

from . import gate, lists, once
from .values import Amount, Asked, Listed, Stretch

router = Router(tags=["Online payments"])
payouts_router = Router(tags=["Online payments"])


class Checkout(BaseModel):
    id: UUID
    invoice: UUID
    provider: str = Field(examples=["stripe"])
    amount: Amount
    state: State
    payment: str = Field(description="As the provider calls it.", examples=["pi_3Q"])
    bank_line: UUID | None = Field(description="The receipt.")
    begun_at: datetime
    final_on: date | None = Field(description="The reserve waits for this day.")
    detail: str

    @classmethod
    def of(cls, row: models.Checkout) -> "Checkout":
        return cls(
            id=row.pk, invoice=row.invoice_id, provider=row.account.provider,
            state=State(row.state),
            amount=Amount.of(row.amount), payment=row.payment, bank_line=row.line_id,
            begun_at=row.begun_at, final_on=row.final_on, detail=row.detail,
        )  # fmt: skip


class ProviderPayout(BaseModel):
    id: UUID
    provider: str = Field(examples=["stripe"])
    reference: str = Field(examples=["po_1Q"])
    amount: Amount
    fee: Amount
    arrives_on: date
    state: str = Field(description="told, arrived, failed or odd", examples=["arrived"])
    bank_line: UUID | None
    detail: str

    @classmethod
    def of(cls, row: models.ProviderPayout) -> "ProviderPayout":
        return cls(
            id=row.pk, provider=row.account.provider, reference=row.reference, state=row.state,
            amount=Amount.of(row.amount), fee=Amount.of(row.fee), arrives_on=row.arrives_on,
            bank_line=row.line_id, detail=row.detail,
        )  # fmt: skip


class AtProvider(BaseModel):
    provider: str = Field(examples=["stripe"])
    balance: Amount = Field(description="Taken in, and not at our bank yet.")
    under_way: Amount = Field(description="Of it: paid on.")
    final_days: int = Field(description="Days that reserves wait after a payment.")
    unknown: int = Field(description="Told of payments that we do not know.")


class AtProviders(BaseModel):
    items: list[AtProvider]


class ProviderArrivalIn(Asked):
    bank_line: UUID


@router.get("", response=Listed[Checkout], summary="List online payments, the newest first")
def list_checkouts(
    request: HttpRequest,
    asked: Query[Stretch],
    state: State | None = None,
    invoice: UUID | None = None,
) -> Listed[Checkout]:
    rows = models.Checkout.objects.select_related("account")
    if state is not None:
        rows = rows.filter(state=state)
    if invoice is not None:
        rows = rows.filter(invoice_id=invoice)
    return lists.listed(rows, asked, Checkout.of)


@payouts_router.get("/balances", response=AtProviders, summary="Show what providers have of ours")
def balances(request: HttpRequest) -> AtProviders:
    return AtProviders(
        items=[
            AtProvider(
                provider=one.account.provider, balance=Amount.of(one.balance),
                under_way=Amount.of(one.under_way), final_days=one.account.final_days,
                unknown=one.waiting,
            )
            for one in query.places()
        ]
    )  # fmt: skip


@payouts_router.get(
    "", response=Listed[ProviderPayout], summary="List what providers paid on, the newest first"
)
def list_payouts(request: HttpRequest, asked: Query[Stretch]) -> Listed[ProviderPayout]:
    rows = models.ProviderPayout.objects.select_related("account")
    return lists.listed(rows, asked, ProviderPayout.of)


@payouts_router.post(
    "/{id}/arrivals", response={201: ProviderPayout}, summary="Say which receipt a payout is"
)
@once.keyed(required=False)
def arrive(request: HttpRequest, id: UUID, said: ProviderArrivalIn) -> ProviderPayout:
    """A receipt at our bank of the same amount, of which nothing is explained."""
    caller = gate.caller(request)
    lists.known(models.ProviderPayout, id)
    action.arrived(
        id, said.bank_line, role=caller.role(Act.ALLOCATE_PAYMENT), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return ProviderPayout.of(models.ProviderPayout.objects.select_related("account").get(pk=id))
