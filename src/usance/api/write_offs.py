"""What is given up: propose, agree, decline, book what comes back, set who may."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import explained
from usance.actions import write_offs as action
from usance.domain.mandate import Act, Role
from usance.domain.money import Money
from usance.domain.settlement.losses import Band, Bearer, Cause
from usance.queries import write_offs as query

from . import gate, lists, once
from .values import Amount, AmountIn, Asked, Listed, Named, Note, Sha256, Stretch

of_invoices = Router(tags=["Write-offs"])
of_clients = Router(tags=["Write-offs"])
router = Router(tags=["Write-offs"])
authority = Router(tags=["Write-offs"])
REASON = "The estate was closed without a dividend."


class WriteOffIn(Asked):
    cause: Cause
    reason: Note = Field(min_length=1, examples=[REASON])


class ClaimWriteOffIn(WriteOffIn):
    amount: AmountIn = Field(description="Of what the client owes us.")


class WriteOffAgreementIn(Asked):
    digest: Sha256 = Field(description="Of the write-off as you saw it.")


class WriteOffRefusalIn(Asked):
    remark: Note = ""


class RecoveryIn(Asked):
    bank_line: UUID
    amount: AmountIn


class WriteOff(BaseModel):
    id: UUID
    client: Named
    invoice: UUID | None = Field(description="Null: of a claim on the client.")
    amount: Amount
    cause: Cause
    reason: str = Field(examples=[REASON])
    bearer: Bearer = Field(
        description="client: it is charged back, and no loss is booked. shared: limited recourse."
    )
    charged_back: Amount = Field(description="What of it the client takes back.")
    people: int = Field(description="How many it takes.", examples=[2])
    state: Literal["proposed", "done", "declined"]
    digest: str = Field(description="Of what somebody agrees to.")
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str
    remark: str
    loss: Amount | None = Field(description="Ours. Null: none was booked.")
    recovered: Amount

    @classmethod
    def of(cls, told: query.Told) -> "WriteOff":
        row = told.row
        plain = ("id", "reason", "people", "state", "proposed_at", "proposed_by", "decided_at",
                 "decided_by", "remark")  # fmt: skip
        loss = None if row.loss_minor is None else Money(row.loss_minor, row.currency)
        return cls(
            client=Named.of(row.client), invoice=row.invoice_id, amount=Amount.of(row.amount),
            cause=Cause(row.cause), bearer=Bearer(row.bearer), digest=action.digest(row),
            charged_back=Amount.of(row.back), loss=Amount.maybe(loss),
            recovered=Amount.of(told.recovered),
            **{name: getattr(row, name) for name in plain},
        )  # fmt: skip


class BandShape(Asked):
    up_to_units: int | None = Field(
        None, description="Whole units of the claim's currency. Null, on the last: any amount."
    )
    role: Literal["collection", "finance", "admin"] = Field(description="Of who agrees.")
    people: Literal[1, 2]


class AuthorityIn(Asked):
    bands: list[BandShape] = Field(max_length=6)
    reason: Note = Field(min_length=1, examples=["Decision of the board, 3 June."])


class Authority(BaseModel):
    bands: list[BandShape]


class WriteOffFilter(Stretch):
    state: str = Field("", pattern="^(|proposed|done|declined)$")


def _role(caller: gate.Caller, act: Act) -> Role:
    """Of several roles the one whose authority goes furthest."""
    far = (role for role in (Role.ADMIN, Role.FINANCE) if role.value in caller.scopes)
    return next(far, None) or caller.role(act)


def _one(pk: UUID) -> WriteOff:
    (told,) = query.told([query.rows().get(pk=pk)])
    return WriteOff.of(told)


@router.get("", response=Listed[WriteOff], summary="List write-offs, the newest first")
def list_write_offs(request: HttpRequest, asked: Query[WriteOffFilter]) -> Listed[WriteOff]:
    rows = query.rows().filter(state=asked.state) if asked.state else query.rows()
    found, next_ = lists.stretch(rows, asked)
    items = [WriteOff.of(one) for one in query.told(found)]
    return Listed[WriteOff].model_construct(items=items, next=next_)


@of_invoices.post(
    "/{id}/write-offs", response={201: WriteOff}, summary="Write off what is outstanding"
)
@once.keyed(required=False)
def propose(request: HttpRequest, id: UUID, said: WriteOffIn) -> WriteOff:
    """Within your own authority it is done at once, else it waits for a yes. What the client bears
    (recourse, pledge, a debtor who is right) is charged back instead of lost; of limited recourse
    only the client's part."""
    lists.known(models.Invoice, id)
    caller = gate.caller(request)
    row = action.propose(
        id, cause=said.cause, reason=said.reason, role=_role(caller, Act.WRITE_OFF),
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return _one(row.pk)


@of_clients.post(
    "/{id}/claims/write-offs", response={201: WriteOff}, summary="Write off what a client owes us"
)
@once.keyed(required=False)
def propose_claim(request: HttpRequest, id: UUID, said: ClaimWriteOffIn) -> WriteOff:
    lists.known(models.Client, id)
    caller = gate.caller(request)
    row = action.propose_claim(
        id, said.amount.money(), cause=said.cause, reason=said.reason,
        role=_role(caller, Act.WRITE_OFF), at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return _one(row.pk)


@router.post("/{id}/agreements", response={201: WriteOff}, summary="Agree to a write-off")
@once.keyed(required=False)
def agree(request: HttpRequest, id: UUID, said: WriteOffAgreementIn) -> WriteOff:
    """Whoever's authority the amount takes; where it takes two people another one than who proposed
    it. What the day's end proposed (`day`) waits for a second yes then. 409
    `write_off_above_authority`, `second_person_needed`, `content_changed`."""
    lists.known(models.WriteOff, id)
    caller = gate.caller(request)
    action.agree(
        id, seen=said.digest, role=_role(caller, Act.APPROVE_WRITE_OFF), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return _one(id)


@router.post("/{id}/refusals", response={201: WriteOff}, summary="Decline a write-off")
@once.keyed(required=False)
def decline(request: HttpRequest, id: UUID, said: WriteOffRefusalIn) -> WriteOff:
    lists.known(models.WriteOff, id)
    caller = gate.caller(request)
    action.decline(
        id, remark=said.remark, role=_role(caller, Act.WRITE_OFF), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return _one(id)


@router.post("/{id}/recoveries", response={201: WriteOff}, summary="Book what was paid after all")
@once.keyed(required=False)
def recover(request: HttpRequest, id: UUID, said: RecoveryIn) -> WriteOff:
    """At most what is left of the receipt and of the loss. Withdraw it as other explanations."""
    lists.known(models.WriteOff, id)
    lists.known(models.BankLine, said.bank_line)
    caller = gate.caller(request)
    explained.recovered(
        said.bank_line, id, said.amount.money(), role=caller.role(Act.ALLOCATE_PAYMENT),
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return _one(id)


@authority.get("", response=Authority, summary="Who may write off how much")
def show_authority(request: HttpRequest) -> Authority:
    return _authority()


@authority.post("", response={201: Authority}, summary="Set who may write off how much")
@once.keyed(required=False)
def set_authority(request: HttpRequest, said: AuthorityIn) -> Authority:
    """The first band that an amount fits into holds. Only an administrator's key."""
    caller = gate.caller(request)
    bands = [
        Band(up_to_units=one.up_to_units, role=Role(one.role), people=one.people)
        for one in said.bands
    ]
    action.set_authority(
        bands, reason=said.reason, role=caller.role(Act.SET_AUTHORITY), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return _authority()


def _authority() -> Authority:
    return Authority(
        bands=[
            BandShape.model_construct(
                up_to_units=one.up_to_units, role=one.role.value, people=one.people
            )
            for one in query.bands()
        ]
    )
