"""What people said at the cash desk: what lines were, taken back or not, and who pays for whom."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import allocations, explained, payers, returns
from usance.domain.mandate import Act, require
from usance.domain.payment import By, NotThat, Was

from . import gate, lists, once
from .values import Amount, AmountIn, Asked, Line, Listed, Stretch

router = Router(tags=["Bank"])
lines = Router(tags=["Bank"])


class PayerRule(BaseModel):
    id: UUID
    by: By
    says: str = Field(examples=["DE75512108001245126199"])
    debtor: UUID | None
    client: UUID | None
    line: UUID | None = Field(description="The choice from which it was learned.")
    said_at: datetime
    said_by: str = Field(examples=["user:erik"])
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, row: models.PayerRule) -> "PayerRule":
        return cls(
            id=row.pk, by=By(row.by), says=row.says, debtor=row.debtor_id, client=row.client_id,
            line=row.line_id, said_at=row.said_at, said_by=row.said_by,
            withdrawn_at=row.withdrawn_at,
        )  # fmt: skip


class DebtorPays(Asked):
    """The payer pays for this debtor."""

    by: By = By.ACCOUNT
    text: Line = Field(min_length=1, max_length=140, examples=["DE75512108001245126199"])
    debtor: UUID


class ExplanationIn(Asked):
    was: Was
    amount: AmountIn
    debtor: UUID | None = Field(None, description="Of overpaid, duplicate and refund.")
    client: UUID | None = Field(None, description="Of misdirected.")
    receipt: UUID | None = Field(None, description="Of returned: the line that went back.")
    because: Line = Field("", max_length=200)


class Explanation(BaseModel):
    id: UUID
    bank_line: UUID
    was: Was
    amount: Amount
    unapplied: Amount = Field(description="What of the line is still not explained.")


@router.get("", response=Listed[PayerRule], summary="List who pays for whom")
def list_rules(request: HttpRequest, asked: Query[Stretch]) -> Listed[PayerRule]:
    """Also rules that were withdrawn."""
    return lists.listed(models.PayerRule.objects.all(), asked, PayerRule.of)


@router.post("", response={201: PayerRule}, summary="Say for which debtor a payer pays")
@once.keyed(required=False)
def write_rule(request: HttpRequest, said: DebtorPays) -> PayerRule:
    """A clue beside others; it alone books nothing. If two rules name two debtors for one payer,
    neither counts."""
    caller = gate.caller(request)
    role = caller.role(Act.ALLOCATE_PAYMENT)
    require(role, Act.ALLOCATE_PAYMENT)
    lists.known(models.Debtor, said.debtor)
    pk = payers.write(
        said.by, said.text, debtor=said.debtor, role=role, at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return PayerRule.of(lists.known(models.PayerRule, pk))


@router.delete("/{id}", response={204: None}, summary="Withdraw a rule about a payer")
def withdraw_rule(request: HttpRequest, id: UUID) -> None:
    """What was matched with its help stays."""
    caller = gate.caller(request)
    role = caller.role(Act.ALLOCATE_PAYMENT)
    lists.known(models.PayerRule, id)
    payers.withdraw(id, role=role, at=clock.now(), actor=caller.actor)


@lines.delete(
    "/{id}/allocations/{invoice}", response={204: None}, summary="Take back what a line paid"
)
def undo(request: HttpRequest, id: UUID, invoice: UUID) -> None:
    """Within 14 days. The money is unapplied again; a settled invoice is open again."""
    caller = gate.caller(request)
    role = caller.role(Act.ALLOCATE_PAYMENT)
    lists.known(models.BankLine, id)
    found = models.Allocation.objects.filter(line_id=id, invoice_id=invoice, undone_at=None)
    pks = list(found.values_list("pk", flat=True))
    if not pks:
        raise allocations.UndoneBefore("the line pays nothing of this invoice")
    allocations.undo(pks, role=role, at=clock.now(), actor=caller.actor)


@lines.post(
    "/{id}/explanations", response={201: Explanation}, summary="Say what a bank line was else"
)
@once.keyed(required=True)
def explain(request: HttpRequest, id: UUID, said: ExplanationIn) -> Explanation:
    """For money that pays no invoice: overpaid, paid twice, the client's, a bank's charge, a
    refund, a return of an earlier receipt."""
    caller, at = gate.caller(request), clock.now()
    role = caller.role(Act.ALLOCATE_PAYMENT)
    lists.known(models.BankLine, id)
    if said.was is Was.RETURNED:
        receipt = lists.known(models.BankLine, said.receipt) if said.receipt else None
        if receipt is None:
            raise NotThat("a return names the receipt that went back")
        returns.returned(id, receipt.pk, role=role, at=at, actor=caller.actor)
    else:
        explained.explain(
            id, said.was, said.amount.money(), debtor=said.debtor, client=said.client,
            because=said.because, role=role, at=at, actor=caller.actor,
        )  # fmt: skip
    row = models.Explanation.objects.filter(line_id=id, was=said.was).latest("at", "pk")
    left = lists.known(models.BankLine, id)
    return Explanation(
        id=row.pk, bank_line=id, was=said.was, amount=Amount.of(row.amount),
        unapplied=Amount.minors(left.unapplied_minor, left.currency),
    )  # fmt: skip


@lines.delete(
    "/{id}/explanations/{explanation}", response={204: None}, summary="Take an explanation back"
)
def unexplain(request: HttpRequest, id: UUID, explanation: UUID) -> None:
    caller = gate.caller(request)
    role = caller.role(Act.ALLOCATE_PAYMENT)
    lists.known(models.Explanation, explanation)
    explained.withdraw(explanation, role=role, at=clock.now(), actor=caller.actor)
