"""Money to clients: proposed by one, released by another."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, model_validator

from usance import clock, models
from usance.actions import finance, paid_out_said
from usance.domain.mandate import Act
from usance.domain.payee import Scheme
from usance.queries import payouts

from . import gate, lists, once
from .values import Amount, Asked, Currency, Day, Listed, Named, Sha256, Stretch

router = Router(tags=["Payouts"])
of_lines = Router(tags=["Payouts"])


class PayoutState(StrEnum):
    PROPOSED = "proposed"
    RELEASED = "released"
    SENT = "sent"
    PAID = "paid"
    REJECTED = "rejected"
    RETURNED = "returned"


class Payout(BaseModel):
    id: UUID
    client: Named | None = Field(description="null: it is a refund of a receipt.")
    receipt: UUID | None = Field(description="The bank line that is paid back.")
    amount: Amount
    set_off: Amount = Field(description="What is kept for our claims on the client.")
    name: str = Field(examples=["Acme Feinblech GmbH"], description="Who is paid.")
    iban: str = Field(examples=["DE02120300000000202051"], description="Or the giro's number.")
    scheme: Scheme
    reference: str
    state: PayoutState
    content: Sha256 = Field(description="Hash of what is paid to whom: a release names it.")
    proposed_at: datetime
    proposed_by: str = Field(examples=["day"])
    released_at: datetime | None
    released_by: str
    closed_on: date | None
    reason: str

    @classmethod
    def of(cls, row: models.Payout) -> "Payout":
        return cls(
            id=row.pk, receipt=row.receipt_id, amount=Amount.of(row.amount),
            client=Named(id=row.client_id, name=row.name) if row.client_id else None,
            set_off=Amount.minors(row.set_off_minor, row.currency), iban=row.iban, name=row.name,
            scheme=Scheme(row.scheme), reference=row.reference,
            state=PayoutState(row.state), content=row.content, proposed_at=row.proposed_at,
            proposed_by=row.proposed_by, released_at=row.released_at, released_by=row.released_by,
            closed_on=row.closed_on, reason=row.reason,
        )  # fmt: skip


class Due(BaseModel):
    """What we owe a client in a currency, and what stands in the way of paying it."""

    client: Named
    due: Amount
    claims: Amount = Field(description="What the client owes us: set off first.")
    unsigned: Amount = Field(description="Waits until the client has signed what it assigned.")
    pays: Amount = Field(description="What would be proposed now.")
    account: str | None = Field(
        examples=["DE02120300000000202051"],
        description="To which it can be paid. null: there is none; somebody has to enter one, to"
        " verify it, or to wait.",
    )
    unverified: str | None = Field(description="An account that cannot be paid to yet.")
    waits_until: datetime | None = Field(description="It is verified, and too new until then.")
    proposal: UUID | None = Field(description="The payout that was proposed and not released.")

    @classmethod
    def of(cls, row: payouts.Due) -> "Due":
        return cls(
            client=Named(id=row.client, name=row.name), due=Amount.of(row.due),
            claims=Amount.of(row.claims), unsigned=Amount.of(row.unsigned),
            pays=Amount.of(row.pays), account=row.account or None,
            unverified=row.unverified or None, waits_until=row.waits_until,
            proposal=row.proposal.pk if row.proposal else None,
        )  # fmt: skip


class AllDue(BaseModel):
    items: list[Due]


class PaidOutIn(Asked):
    payouts: Annotated[list[UUID], Field(min_length=1, max_length=500)]


class PaidOut(BaseModel):
    bank_line: UUID
    payouts: list[UUID]
    left: Amount = Field(description="Of the debit, which waits for another explanation.")


class Proposed(BaseModel):
    payouts: list[Payout]


class Seen(Asked):
    id: UUID
    content: Sha256


class ReleaseIn(Asked):
    """Each payout with the content that you saw: what changed since is not released."""

    pay_on: Day | None = Field(
        None, description="Wished day; the bank's calendar and cut-off may move it. null: today."
    )
    payouts: Annotated[list[Seen], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _each_once(self) -> "ReleaseIn":
        if len({one.id for one in self.payouts}) != len(self.payouts):
            raise ValueError("a payout is named twice")
        return self


class OrderFile(BaseModel):
    """The order to the bank (pain.001)."""

    id: UUID
    name: str = Field(examples=["PAY260302-00000001"])
    document: str = Field(description="SHA-256: its bytes are at /v1/documents/{sha256}.")
    currency: Currency
    pay_on: date


class Released(BaseModel):
    payouts: list[UUID]
    files: list[OrderFile]


@router.get("", response=Listed[Payout], summary="List payouts, the newest first")
def list_payouts(
    request: HttpRequest,
    asked: Query[Stretch],
    state: PayoutState | None = None,
    client: UUID | None = None,
) -> Listed[Payout]:
    rows = models.Payout.objects.all()
    if state is not None:
        rows = rows.filter(state=state.value)
    if client is not None:
        rows = rows.filter(client_id=client)
    return lists.listed(rows, asked, Payout.of)


@router.get("/due", response=AllDue, summary="List what is due to clients")
def list_due(request: HttpRequest, without_account: bool | None = None) -> AllDue:
    """Of each client and currency. `without_account`: those alone that have no account to which it
    can be paid, or those alone that have one."""
    rows = payouts.due(at=clock.now())
    return AllDue(items=[Due.of(row) for row in rows if without_account in (None, not row.account)])


@of_lines.post("/{id}/payouts", response={201: PaidOut}, summary="Say which payouts a debit is")
@once.keyed(required=True)
def say_paid_out(request: HttpRequest, id: UUID, said: PaidOutIn) -> PaidOut:
    """Where the bank tells neither order nor payee. Together they are the amount, or less: what is
    left waits for another explanation, such as a charge."""
    caller = gate.caller(request)
    lists.known(models.BankLine, id)
    left = paid_out_said.say(
        id, said.payouts, role=caller.role(Act.ALLOCATE_PAYMENT), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return PaidOut(bank_line=id, payouts=sorted(set(said.payouts)), left=Amount.of(left))


@of_lines.delete("/{id}/payouts", response={204: None}, summary="Take back which payouts it is")
def take_paid_out_back(request: HttpRequest, id: UUID) -> None:
    """Within 14 days, of what a person said. The payouts are under way again."""
    caller = gate.caller(request)
    lists.known(models.BankLine, id)
    role = caller.role(Act.ALLOCATE_PAYMENT)
    paid_out_said.take_back(id, role=role, at=clock.now(), actor=caller.actor)


@router.post("/proposals", response={201: Proposed}, summary="Propose what is due to clients")
@once.keyed(required=True)
def propose(request: HttpRequest) -> Proposed:
    """One payout for each client and currency. Proposals that nobody released are replaced."""
    caller = gate.caller(request)
    made = finance.propose_payouts(
        role=caller.role(Act.PROPOSE_PAYOUT), at=clock.now(), actor=caller.actor
    )
    return Proposed(payouts=[Payout.of(row) for row in made])


@router.post("/releases", response={201: Released}, summary="Release payouts to the bank")
@once.keyed(required=True)
def release(request: HttpRequest, said: ReleaseIn) -> Released:
    """Four eyes: who proposed one of them, a key or a person, cannot release it."""
    caller, at = gate.caller(request), clock.now()
    seen = {one.id: one.content for one in said.payouts}
    files = finance.release_payouts(
        seen,
        role=caller.role(Act.RELEASE_PAYOUT),
        pay_on=said.pay_on or at.date(),
        at=at,
        actor=caller.actor,
    )
    return Released(
        payouts=sorted(seen),
        files=[
            OrderFile(
                id=file.pk, name=file.name, document=file.document_id,
                currency=file.account.currency, pay_on=file.pay_on,
            )
            for file in files
        ],
    )  # fmt: skip
