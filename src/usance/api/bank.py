"""Bank statements in, and what their lines pay."""

from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictBool, model_validator

from usance import clock, law, models
from usance.actions import allocations, paying, payment
from usance.domain.mandate import Act
from usance.domain.money import Money
from usance.domain.payment import Debt, Rule
from usance.queries import released, statements

from . import gate, lists, once, uploads
from .uploads import FileIn
from .values import Amount, AmountIn, Asked, Listed, Stretch

router = Router(tags=["Bank"])
lines_router = Router(tags=["Bank"])
order_router = Router(tags=["Bank"])
passing_router = Router(tags=["Bank"])


class StatementIn(Asked):
    file: FileIn
    gap_known: bool = Field(
        False,
        description="The bank says that there is no statement with the numbers that are left out.",
    )
    account: str = Field(
        "", description="IBAN of ours, where the file does not name its account or currency (CSV)."
    )


class StatementFile(Asked):
    """The same, of a multipart request."""

    file: Annotated[list[FileIn], Field(min_length=1, max_length=1)]
    gap_known: bool = False
    account: str = ""


class Imported(BaseModel):
    """What came of the file. Matching goes on by itself: see /v1/bank-lines."""

    document: str = Field(description="SHA-256 of the file.", examples=["9f" * 32])
    statements: int = Field(examples=[1], description="0: the file was known already.")
    lines: int = Field(examples=[42], description="Movements that were new.")
    known: int = Field(examples=[0], description="Movements that stood in the books already.")


class Statement(BaseModel):
    id: UUID
    account: str = Field(examples=["Factor Nord AB"])
    iban: str = Field(examples=["DE89370400440532013000"])
    reference: str = Field(examples=["2026-03-31/1"])
    closed_on: date | None
    document: str
    lines: int
    open_lines: int
    opening: Amount | None
    entries: Amount
    closing: Amount | None

    @classmethod
    def of(cls, one: statements.Controlled) -> "Statement":
        return cls(
            id=one.id, account=one.account, iban=one.iban, reference=one.reference,
            closed_on=one.closed_on, document=one.document, lines=one.lines,
            open_lines=one.open_lines, opening=Amount.maybe(one.opening),
            entries=Amount.of(one.entries), closing=Amount.maybe(one.closing),
        )  # fmt: skip


class Verdict(StrEnum):
    CERTAIN = "certain"
    PROBABLE = "probable"
    NONE = "none"


class Proposal(BaseModel):
    """An open invoice that the line may pay."""

    invoice: UUID
    number: str
    amount: Amount
    score: str = Field(examples=["0.700"])
    because: list[str]


class BankLine(BaseModel):
    id: UUID
    statement: UUID
    amount: Amount = Field(description="What came in is positive.")
    unapplied: Amount = Field(description="What of it is not explained.")
    booked_on: date
    value_on: date | None
    counterparty: str = Field(examples=["Bolt Maschinenbau AG"])
    counterparty_account: str
    texts: list[str]
    bank_reference: str
    end_to_end: str
    ordered: Amount | None = Field(
        description="What the payer ordered in another currency, if the bank says so."
    )
    rate: str = Field(
        description="At which the bank says that it was exchanged. Empty: it does not say.",
        examples=["1 EUR = 1.095"],
    )
    verdict: str = Field(description="Empty: not looked at yet.", examples=["probable"])
    says: str
    short: str = Field(description="Why less was paid than was owed.", examples=[""])
    proposals: list[Proposal]

    @classmethod
    def of(cls, row: models.BankLine) -> "BankLine":
        told = row.told()
        return cls(
            id=row.pk, statement=row.statement_id, amount=Amount.of(row.amount),
            unapplied=Amount.minors(row.unapplied_minor, row.currency), booked_on=row.booked_on,
            value_on=row.value_on, counterparty=row.counterparty,
            counterparty_account=row.counterparty_account, texts=list(row.texts),
            bank_reference=row.bank_reference, end_to_end=row.end_to_end,
            ordered=Amount.of(told.amount) if told and told.amount else None,
            rate=told.told_rate if told else "", verdict=row.verdict,
            says=row.says, short=row.short["says"] if row.short else "",
            proposals=[
                Proposal(
                    invoice=p["invoice"], number=p["number"], score=p["score"],
                    
                    amount=Amount.minors(p["amount_minor"], p.get("currency", row.currency)),
                    because=p["because"],
                )
                for p in row.proposals
            ],
        )  # fmt: skip


class AllocationIn(Asked):
    invoice: UUID
    amount: AmountIn


class AllocationOut(BaseModel):
    bank_line: UUID
    invoice: UUID
    amount: Amount
    unapplied: Amount = Field(description="What of the line is still not explained.")
    at: datetime


class SplitIn(Asked):
    parts: Annotated[list[AllocationIn], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _each_once(self) -> "SplitIn":
        if len({one.invoice for one in self.parts}) != len(self.parts):
            raise ValueError("an invoice is named twice")
        return self


class SplitPart(BaseModel):
    invoice: UUID
    amount: Amount


class SplitOut(BaseModel):
    bank_line: UUID
    parts: list[SplitPart]
    unapplied: Amount = Field(description="What of the line is still not explained.")
    at: datetime


@router.post(
    "",
    response={201: Imported},
    summary="Import a bank statement",
    openapi_extra=uploads.described(
        {"gap_known": {"type": "boolean"}, "account": {"type": "string"}},
        {"$ref": "#/components/schemas/StatementIn"},
        files="file",
    ),
)
@once.keyed(required=True)
def import_statement(request: HttpRequest) -> Imported:
    """camt.053, MT940, BAI2, CODA and more: the format is recognised. Each movement is booked
    once, whatever files it stands in. Nothing is booked of a file that is broken."""
    said: StatementFile | StatementIn
    if uploads.is_multipart(request):
        said = StatementFile.model_validate(uploads.sent(request))
        file = said.file[0]
    else:
        said = StatementIn.model_validate_json(request.body)
        file = said.file
    caller = gate.caller(request)
    came = payment.import_statement(
        file.name,
        file.content,
        gap_known=said.gap_known,
        of_account=said.account,
        role=caller.role(Act.IMPORT_STATEMENT),
        at=clock.now(),
        actor=caller.actor,
    )
    return Imported(
        document=sha256(file.content).hexdigest(), statements=came.statements, lines=came.lines,
        known=came.known,
    )  # fmt: skip


@router.get("", response=Listed[Statement], summary="List statements, the newest first")
def list_statements(request: HttpRequest, asked: Query[Stretch]) -> Listed[Statement]:
    found, next_ = lists.stretch(statements.statements(), asked)
    return Listed(items=[Statement.of(one) for one in statements.controlled(found)], next=next_)


class AllocationRule(BaseModel):
    rule: Rule = Field(
        description="claim: the claim first. law: the order of the debtor's country."
    )
    law: dict[str, list[Debt]] = Field(
        description="The orders that are known, by country.", examples=[{"SE": ["interest"]}]
    )


class AllocationRuleIn(Asked):
    rule: Rule


@order_router.get("", response=AllocationRule, summary="Say what payments pay first")
def allocation_rule(request: HttpRequest) -> AllocationRule:
    """Where a payment is not enough for claim and late interest."""
    return _rule()


@order_router.post("", response={201: AllocationRule}, summary="Choose what payments pay first")
@once.keyed(required=False)
def set_allocation_rule(request: HttpRequest, said: AllocationRuleIn) -> AllocationRule:
    """It holds for lines that are matched from now on."""
    caller = gate.caller(request)
    paying.set_allocation(
        said.rule, role=caller.role(Act.SET_PAYING), at=clock.now(), actor=caller.actor
    )
    return _rule()


class PassingOn(BaseModel):
    by_itself: bool = Field(
        description="What surely pays an invoice that its client bought back is the client's at"
        " once; else a person says so of each receipt."
    )


class PassingOnIn(Asked):
    by_itself: StrictBool


@passing_router.get("", response=PassingOn, summary="Say who passes on money of clients")
def passing_on(request: HttpRequest) -> PassingOn:
    """What debtors pay us on invoices that are ours no longer."""
    return PassingOn(by_itself=released.is_passed_on())


@passing_router.post("", response={201: PassingOn}, summary="Choose who passes on money of clients")
@once.keyed(required=False)
def set_passing_on(request: HttpRequest, said: PassingOnIn) -> PassingOn:
    """It holds for lines that are matched from now on. What is passed on is owed to the client,
    and leaves with its next payout, which another person releases."""
    caller = gate.caller(request)
    paying.set_passing_on(
        said.by_itself, role=caller.role(Act.SET_PAYING), at=clock.now(), actor=caller.actor
    )
    return PassingOn(by_itself=released.is_passed_on())


def _rule() -> AllocationRule:
    held = models.Factor.objects.values_list("allocation_rule", flat=True).get()
    orders = {country: list(one.debts) for country, one in law.allocation_orders().items()}
    return AllocationRule(rule=Rule(held), law=orders)


@lines_router.get("", response=Listed[BankLine], summary="List bank lines, the newest first")
def list_lines(
    request: HttpRequest,
    asked: Query[Stretch],
    verdict: Verdict | None = None,
    statement: UUID | None = None,
    unapplied: bool | None = None,
) -> Listed[BankLine]:
    """`unapplied=true`: those of which something is not explained yet."""
    rows = models.BankLine.objects.all()
    if verdict is not None:
        rows = rows.filter(verdict=verdict.value)
    if statement is not None:
        rows = rows.filter(statement_id=statement)
    if unapplied is not None:
        rows = rows.exclude(unapplied_minor=0) if unapplied else rows.filter(unapplied_minor=0)
    return lists.listed(rows, asked, BankLine.of)


@lines_router.post(
    "/{id}/allocations", response={201: AllocationOut}, summary="Say what a bank line pays"
)
@once.keyed(required=True)
def allocate(request: HttpRequest, id: UUID, said: AllocationIn) -> AllocationOut:
    caller, at = gate.caller(request), clock.now()
    lists.known(models.Invoice, said.invoice)
    payment.allocate(
        id,
        said.invoice,
        said.amount.money(),
        role=caller.role(Act.ALLOCATE_PAYMENT),
        at=at,
        actor=caller.actor,
    )
    left = lists.known(models.BankLine, id)
    return AllocationOut(
        bank_line=id, invoice=said.invoice, amount=Amount.of(said.amount.money()),
        unapplied=Amount.of(Money(left.unapplied_minor, left.currency)), at=at,
    )  # fmt: skip


@lines_router.post(
    "/{id}/splits", response={201: SplitOut}, summary="Say which invoices a bank line pays"
)
@once.keyed(required=True)
def split(request: HttpRequest, id: UUID, said: SplitIn) -> SplitOut:
    """All or none. Each part is taken back like any allocation."""
    caller, at = gate.caller(request), clock.now()
    role = caller.role(Act.ALLOCATE_PAYMENT)
    lists.known(models.BankLine, id)
    for one in said.parts:
        lists.known(models.Invoice, one.invoice)
    parts = {one.invoice: one.amount.money() for one in said.parts}
    allocations.split(id, parts, role=role, at=at, actor=caller.actor)
    left = lists.known(models.BankLine, id)
    return SplitOut(
        bank_line=id, at=at, unapplied=Amount.minors(left.unapplied_minor, left.currency),
        parts=[SplitPart(invoice=pk, amount=Amount.of(amount)) for pk, amount in parts.items()],
    )  # fmt: skip
