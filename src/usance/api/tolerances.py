"""Small differences of payments: what was agreed about them; and why a payment is short."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import short_payments, tolerances
from usance.domain.mandate import Act, require
from usance.domain.payment import Bears, Follows, Reason

from . import gate, lists, once
from .values import Amount, AmountIn, Asked, Day, Line, Listed, Rate, Stretch

router = Router(tags=["Bank"])
of_lines = Router(tags=["Bank"])
differences_router = Router(tags=["Bank"])


class ShortReason(StrEnum):
    """Why a payment is short. The disputes of this interface have reasons of their own."""

    CHARGES = Reason.CHARGES
    DISCOUNT = Reason.DISCOUNT
    ROUNDING = Reason.ROUNDING
    PART = Reason.PART
    DISCOUNT_NOT_AGREED = Reason.DISCOUNT_NOT_AGREED
    FREIGHT = Reason.FREIGHT
    PRICE = Reason.PRICE
    QUANTITY = Reason.QUANTITY
    QUALITY = Reason.QUALITY
    TAX = Reason.TAX
    CONTRA = Reason.CONTRA
    UNKNOWN = Reason.UNKNOWN


assert {one.value for one in ShortReason} == {one.value for one in Reason}, "they are the same"


class ToleranceOut(BaseModel):
    id: UUID
    most: Amount
    share: str | None = Field(description="Of what was owed. null: any share.", examples=["0.005"])
    bears: Bears
    client: UUID | None
    debtor: UUID | None
    valid_from: date
    valid_to: date | None = Field(description="The last day. null: until further notice.")
    reason: str
    set_by: str = Field(examples=["user:erik"])

    @classmethod
    def of(cls, row: models.Tolerance) -> "ToleranceOut":
        return cls(
            id=row.pk, most=Amount.of(row.most), bears=Bears(row.bears), client=row.client_id,
            share=None if row.share is None else f"{row.share.normalize():f}",
            debtor=row.debtor_id, valid_from=row.valid_from, valid_to=row.valid_to,
            reason=row.reason, set_by=row.actor,
        )  # fmt: skip


class ToleranceIn(Asked):
    most: AmountIn
    share: Rate | None = Field(None, description="At most 0.1 of what was owed.")
    bears: Bears = Bears.FACTOR
    client: UUID | None = Field(None, description="Needed where the client bears it.")
    debtor: UUID | None = None
    valid_from: Day
    valid_to: Day | None = None
    reason: Line = Field(min_length=1, max_length=400, examples=["Framework contract, §7"])


class ToleranceEnd(Asked):
    last: Day = Field(description="It holds on this day, and no longer.")
    because: Line = Field("", max_length=200)


class ShortPaymentIn(Asked):
    invoice: UUID
    reason: ShortReason
    follows: Follows | None = Field(None, description="null: what usually follows on the reason.")
    amount: AmountIn | None = Field(None, description="null: all that is outstanding.")
    because: Line = Field("", max_length=200)


class ShortPayment(BaseModel):
    id: UUID
    bank_line: UUID
    invoice: UUID
    reason: ShortReason
    follows: Follows
    amount: Amount
    over: bool = Field(description="Paid more than was owed, not less.")
    tolerance: UUID | None = Field(description="null: a person said it.")
    at: datetime
    said_by: str = Field(examples=["user:erik"])
    undone_at: datetime | None

    @classmethod
    def of(cls, row: models.Difference) -> "ShortPayment":
        return cls(
            id=row.pk, bank_line=row.line_id, invoice=row.invoice_id,
            reason=ShortReason(row.reason),
            follows=Follows(row.follows), amount=Amount.of(row.amount), over=row.over,
            tolerance=row.tolerance_id, at=row.at, said_by=row.actor, undone_at=row.undone_at,
        )  # fmt: skip


@router.get("", response=Listed[ToleranceOut], summary="List what was agreed on differences")
def list_tolerances(request: HttpRequest, asked: Query[Stretch]) -> Listed[ToleranceOut]:
    """Also what is over."""
    return lists.listed(models.Tolerance.objects.all(), asked, ToleranceOut.of)


@router.post("", response={201: ToleranceOut}, summary="Agree how small a difference is borne")
@once.keyed(required=True)
def set_tolerance(request: HttpRequest, said: ToleranceIn) -> ToleranceOut:
    """What held for the same parties and currency ends on the day before. What we bear ourselves is
    at most what one person of the caller's role may write off alone."""
    caller = gate.caller(request)
    role = caller.role(Act.SET_TOLERANCE)
    require(role, Act.SET_TOLERANCE)
    row = tolerances.set_tolerance(
        said.most.money(), share=None if said.share is None else Decimal(said.share),
        bears=said.bears,
        client=lists.known(models.Client, said.client).pk if said.client else None,
        debtor=lists.known(models.Debtor, said.debtor).pk if said.debtor else None,
        valid_from=said.valid_from, valid_to=said.valid_to, reason=said.reason, role=role,
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return ToleranceOut.of(row)


@router.post("/{id}/ends", response={201: ToleranceOut}, summary="End it with a day")
@once.keyed(required=False)
def end_tolerance(request: HttpRequest, id: UUID, said: ToleranceEnd) -> ToleranceOut:
    caller = gate.caller(request)
    lists.known(models.Tolerance, id)
    tolerances.end(
        id, last=said.last, because=said.because, role=caller.role(Act.SET_TOLERANCE),
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return ToleranceOut.of(lists.known(models.Tolerance, id))


@of_lines.post(
    "/{id}/short-payments", response={201: ShortPayment}, summary="Say why a payment is short"
)
@once.keyed(required=True)
def say(request: HttpRequest, id: UUID, said: ShortPaymentIn) -> ShortPayment:
    """The line pays the invoice, and something of it is outstanding. It is borne, disputed or
    collected, as follows on the reason."""
    caller = gate.caller(request)
    lists.known(models.BankLine, id)
    row = short_payments.say(
        id, said.invoice, Reason(said.reason), follows=said.follows, because=said.because,
        amount=said.amount.money() if said.amount else None,
        role=caller.role(Act.ALLOCATE_PAYMENT), at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return ShortPayment.of(row)


@differences_router.get(
    "", response=Listed[ShortPayment], summary="List payments that were not what was owed"
)
def list_differences(
    request: HttpRequest, asked: Query[Stretch], bank_line: UUID | None = None
) -> Listed[ShortPayment]:
    """Also those that were taken back."""
    rows = models.Difference.objects.all()
    if bank_line is not None:
        rows = rows.filter(line_id=bank_line)
    return lists.listed(rows, asked, ShortPayment.of)


@differences_router.delete("/{id}", response={204: None}, summary="Take back what was said")
def take_back(request: HttpRequest, id: UUID) -> None:
    """Within 14 days. What was borne is owed again; a dispute that was opened is closed."""
    caller = gate.caller(request)
    lists.known(models.Difference, id)
    role = caller.role(Act.ALLOCATE_PAYMENT)
    short_payments.take_back(id, role=role, at=clock.now(), actor=caller.actor)
