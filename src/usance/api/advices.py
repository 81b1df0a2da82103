"""Payment advices: what payers say that they paid, in and out."""

from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import advices
from usance.domain.mandate import Act, require
from usance.queries import advices as questions

from . import gate, lists, once, uploads
from .uploads import FileIn
from .values import Amount, Asked, Listed, Stretch

router = Router(tags=["Bank"])


class AdviceIn(Asked):
    file: FileIn


class AdviceFile(Asked):
    """The same, of a multipart request."""

    file: Annotated[list[FileIn], Field(min_length=1, max_length=1)]


class Received(BaseModel):
    """What came of the file. Lines that wait for it are matched by themselves."""

    document: str = Field(description="SHA-256 of the file.", examples=["9f" * 32])
    advices: list[UUID] = Field(description="Those that were new.")
    known: int = Field(examples=[0], description="Those that said what another had said before.")


class State(StrEnum):
    WAITS = "waits"
    USED = "used"
    WITHDRAWN = "withdrawn"


class Part(BaseModel):
    """A line of an advice."""

    numbers: list[str] = Field(
        examples=[["R-1001"]], description="One of them is the invoice's, the first most likely."
    )
    amount: Amount = Field(description="Negative: a credit note that was taken off.")
    deducted: Amount | None
    reason: str = Field(examples=["Skonto 2 %"])


class PaymentAdvice(BaseModel):
    id: UUID
    state: State = Field(description="used: the bank line with its total has come.")
    total: Amount
    payer: str = Field(examples=["Bolt Maschinenbau AG"])
    payer_account: str
    reference: str
    paid_on: date | None
    parts: list[Part]
    way: str = Field(examples=["mail"])
    document: str
    received_at: datetime
    bank_line: UUID | None
    matched_at: datetime | None
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, row: models.PaymentAdvice) -> "PaymentAdvice":
        state = State.USED if row.line_id else State.WAITS
        return cls(
            id=row.pk, state=State.WITHDRAWN if row.withdrawn_at else state,
            total=Amount.of(row.total), payer=row.payer, payer_account=row.payer_account,
            reference=row.reference, paid_on=row.paid_on,
            parts=[
                Part(
                    numbers=one["numbers"], reason=one["reason"],
                    amount=Amount.minors(one["amount_minor"], row.currency),
                    deducted=Amount.minors(one["deducted_minor"], row.currency)
                    if one["deducted_minor"] else None,
                )
                for one in row.parts
            ],
            way=row.way, document=row.document_id, received_at=row.received_at,
            bank_line=row.line_id, matched_at=row.matched_at, withdrawn_at=row.withdrawn_at,
        )  # fmt: skip


@router.get("", response=Listed[PaymentAdvice], summary="List payment advices, the newest first")
def list_advices(
    request: HttpRequest, asked: Query[Stretch], state: State | None = None
) -> Listed[PaymentAdvice]:
    rows = models.PaymentAdvice.objects.all() if state is None else questions.found(state.value)
    return lists.listed(rows, asked, PaymentAdvice.of)


@router.post(
    "",
    response={201: Received},
    summary="Hand in what a payer says that it paid",
    openapi_extra=uploads.described({}, {"$ref": "#/components/schemas/AdviceIn"}, files="file"),
)
@once.keyed(required=True)
def receive(request: HttpRequest) -> Received:
    """A mail, PDF, CSV, XLSX or UBL RemittanceAdvice with invoice numbers, amounts and one total.
    It books nothing by itself: it tells what the bank line with its total pays, which may have
    come before or comes later."""
    if uploads.is_multipart(request):
        file = AdviceFile.model_validate(uploads.sent(request)).file[0]
    else:
        file = AdviceIn.model_validate_json(request.body).file
    caller = gate.caller(request)
    came = advices.receive(
        file.name, file.content, way="api", role=caller.role(Act.ALLOCATE_PAYMENT),
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    document = sha256(file.content).hexdigest()
    return Received(document=document, advices=list(came.new), known=came.known)


@router.delete("/{id}", response={204: None}, summary="Withdraw a payment advice")
def withdraw(request: HttpRequest, id: UUID, because: str = "") -> None:
    """Only while its money has not come."""
    caller = gate.caller(request)
    role = caller.role(Act.ALLOCATE_PAYMENT)
    require(role, Act.ALLOCATE_PAYMENT)
    lists.known(models.PaymentAdvice, id)
    advices.withdraw(id, because=because, role=role, at=clock.now(), actor=caller.actor)


@router.post("/{id}/restorations", response={201: PaymentAdvice}, summary="Take a withdrawal back")
@once.keyed(required=False)
def restore(request: HttpRequest, id: UUID) -> PaymentAdvice:
    """It waits for its money again, which may have come meanwhile."""
    caller = gate.caller(request)
    lists.known(models.PaymentAdvice, id)
    role = caller.role(Act.ALLOCATE_PAYMENT)
    advices.restore(id, role=role, at=clock.now(), actor=caller.actor)
    return PaymentAdvice.of(lists.known(models.PaymentAdvice, id))
