"""Where clients are paid, what goes back to payers, until when our banks take orders."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import accounts, refunds
from usance.domain.mandate import Act
from usance.domain.payee import CallBack, Scheme
from usance.queries import cut_offs

from . import gate, lists, once
from .payouts import Payout
from .values import AmountIn, Asked, Code, Currency, Line, Listed, Note, Stretch

of_clients = Router(tags=["Payouts"])
router = Router(tags=["Payouts"])
of_lines = Router(tags=["Payouts"])
banks_router = Router(tags=["Payouts"])


class AccountState(StrEnum):
    UNVERIFIED = "unverified"
    WAITING = "waiting"
    USABLE = "usable"
    CLOSED = "closed"


class AccountIn(Asked):
    number: Code = Field(min_length=2, max_length=42, examples=["DE89370400440532013000"])
    scheme: Scheme = Field(Scheme.IBAN, description="A giro carries SEK alone.")
    bic: Code = Field("", max_length=11, examples=["COBADEFFXXX"])
    currency: Currency
    reference: Code = Field("", max_length=35, description="To quote: OCR, KID or RF.")


class CallIn(Asked):
    """The evidence: whom you called, at a number that was known before the account came."""

    person: Line = Field(min_length=1, max_length=120, examples=["Anna Acme"])
    number: Line = Field(min_length=1, max_length=40, examples=["+49 40 1234567"])
    remark: Note = Field(min_length=1, examples=["She read it out; number of the contract."])


class WithdrawalIn(Asked):
    because: Line = Field(min_length=1, max_length=200, examples=["They never asked for it."])


class ClientAccount(BaseModel):
    id: UUID
    client: UUID
    number: str = Field(examples=["DE89370400440532013000"])
    scheme: Scheme
    currency: Currency
    reference: str
    state: AccountState
    entered_by: str
    entered_at: datetime | None
    wait_until: datetime | None = Field(description="Nothing is paid to it before.")
    verified_by: str
    verified_at: datetime | None
    called_person: str
    closed_at: datetime | None
    closed_because: str

    @classmethod
    def of(cls, row: models.ClientAccount) -> "ClientAccount":
        at = clock.now()
        if row.closed_at is not None:
            state = AccountState.CLOSED
        elif row.verified_at is None:
            state = AccountState.UNVERIFIED
        else:
            waits = row.wait_until is not None and at < row.wait_until
            state = AccountState.WAITING if waits else AccountState.USABLE
        return cls(
            id=row.pk, client=row.client_id, number=row.iban, scheme=Scheme(row.scheme),
            currency=row.currency, reference=row.reference, state=state,
            entered_by=row.entered_by, entered_at=row.entered_at, wait_until=row.wait_until,
            verified_by=row.verified_by, verified_at=row.verified_at,
            called_person=row.called_person, closed_at=row.closed_at,
            closed_because=row.closed_because,
        )  # fmt: skip


class Withdrawn(BaseModel):
    again: ClientAccount | None = Field(description="The account that is open again.")


class RefundIn(Asked):
    amount: AmountIn
    because: Line = Field(min_length=1, max_length=200, examples=["Paid twice."])


class Bank(BaseModel):
    """The clock of a bank of ours."""

    iban: str = Field(examples=["DE89370400440532013000"])
    currency: Currency
    calendars: list[str] = Field(examples=[["TARGET"]])
    zone: str = Field(examples=["Europe/Berlin"])
    pays_on: date = Field(description="When it pays what it gets now.")
    closes_at: datetime = Field(description="Until then an order still makes that day.")
    missed: bool = Field(description="Today's cut-off is over.")
    order_version: str = Field(examples=["09"])


@of_clients.get("/{id}/accounts", response=Listed[ClientAccount], summary="List payout accounts")
def list_accounts(request: HttpRequest, id: UUID, asked: Query[Stretch]) -> Listed[ClientAccount]:
    """Also those that were closed, the newest first."""
    lists.known(models.Client, id)
    rows = models.ClientAccount.objects.filter(client_id=id)
    return lists.listed(rows, asked, ClientAccount.of)


@of_clients.post(
    "/{id}/accounts", response={201: ClientAccount}, summary="Enter a client's payout account"
)
@once.keyed(required=True)
def enter(request: HttpRequest, id: UUID, said: AccountIn) -> ClientAccount:
    """It replaces the one in this currency, waits, and is verified by another person. The client's
    contacts are told."""
    caller = gate.caller(request)
    lists.known(models.Client, id)
    row = accounts.enter(
        id, number=said.number, scheme=said.scheme, reference=said.reference, bic=said.bic,
        currency=said.currency, role=caller.role(Act.EDIT_PARTY), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return ClientAccount.of(row)


@router.post(
    "/{id}/verifications", response={201: ClientAccount}, summary="Verify a payout account"
)
@once.keyed(required=False)
def verify(request: HttpRequest, id: UUID, said: CallIn) -> ClientAccount:
    """Four eyes: never by who entered it, a key or a person."""
    caller = gate.caller(request)
    call = CallBack(person=said.person, number=said.number, remark=said.remark)
    row = accounts.verify(
        id, call, role=caller.role(Act.RELEASE_PAYOUT), at=clock.now(), actor=caller.actor
    )
    return ClientAccount.of(row)


@router.post("/{id}/withdrawals", response={201: Withdrawn}, summary="Stop a payout account")
@once.keyed(required=False)
def withdraw(request: HttpRequest, id: UUID, said: WithdrawalIn) -> Withdrawn:
    """Nothing more is paid to it; the verified account that it replaced is open again."""
    caller = gate.caller(request)
    again = accounts.withdraw(
        id, because=said.because, role=caller.role(Act.STOP_ACCOUNT), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return Withdrawn(again=ClientAccount.of(again) if again else None)


@of_lines.post("/{id}/refunds", response={201: Payout}, summary="Propose to pay a receipt back")
@once.keyed(required=True)
def refund(request: HttpRequest, id: UUID, said: RefundIn) -> Payout:
    """What is unapplied of it, or a part, goes back to the account that paid it, once another
    person has released it like a payout."""
    caller = gate.caller(request)
    row = refunds.propose(
        id, said.amount.money(), because=said.because, role=caller.role(Act.REFUND),
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return Payout.of(row)


@banks_router.get("", response=list[Bank], summary="List our banks with their cut-offs")
def list_banks(request: HttpRequest) -> list[Bank]:
    return [
        Bank(
            iban=one.row.iban, currency=one.row.currency,
            calendars=[calendar.value for calendar in one.calendars], zone=one.zone,
            pays_on=one.slot.on, closes_at=one.slot.closes_at, missed=one.slot.missed,
            order_version=one.row.order_version,
        )
        for one in cut_offs.banks(at=clock.now())
    ]  # fmt: skip
