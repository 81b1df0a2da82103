"""Bank lines that pay invoices in other currencies: what would be booked, and a person's yes."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import across
from usance.domain.mandate import Act
from usance.domain.money import Money
from usance.domain.payment import Across
from usance.queries import across as questions
from usance.queries import cash

from . import gate, lists, once
from .values import Amount, AmountIn, Asked

of_lines = Router(tags=["Bank"])


class AcrossFilter(Asked):
    invoice: UUID
    rate: Decimal | None = Field(
        None, gt=0, examples=["0.9132"],
        description="Of the bank: units of the invoice's currency for one of the line's. Without"
        " it the one that the bank's statement tells, else the day's.",
    )  # fmt: skip
    paid_minor: int | None = Field(
        None, gt=0, le=2**63 - 1, description="What of the line pays it. Without it what is left."
    )


class ConversionIn(Asked):
    invoice: UUID
    paid: AmountIn = Field(description="Of the line, in its currency.")
    pays: AmountIn = Field(description="Of the invoice, in its currency.")


class PaymentAcross(BaseModel):
    bank_line: UUID
    invoice: UUID
    paid: Amount = Field(description="Of the line.")
    pays: Amount = Field(description="Of the invoice.")
    rate: str = Field(examples=["0.9132420091"])
    is_of_day: bool = Field(description="The published rate. Else what both amounts make.")
    published_on: date = Field(description="Of the day's rate: the last before the line's day.")
    at_day: Amount = Field(description="What `paid` is worth at the day's rate.")

    @classmethod
    def of(cls, line: UUID, invoice: UUID, told: Across) -> "PaymentAcross":
        return cls(
            bank_line=line, invoice=invoice, paid=Amount.of(told.paid), pays=Amount.of(told.pays),
            rate=f"{told.rate.rate.normalize():f}", is_of_day=told.is_of_day,
            published_on=told.day.published_on, at_day=Amount.of(told.at_day),
        )  # fmt: skip


class ConversionOut(PaymentAcross):
    unapplied: Amount = Field(description="What of the line is still not explained.")
    at: datetime


@of_lines.get(
    "/{id}/conversions", response=PaymentAcross,
    summary="Say what a line would pay of an invoice in another currency",
)  # fmt: skip
def quote(request: HttpRequest, id: UUID, asked: Query[AcrossFilter]) -> PaymentAcross:
    """Nothing is booked. At the rate of the bank, asked for or told in its statement, which may be
    at most 10 % away from the one that was published last before the line's day; else at that."""
    row = lists.known(models.BankLine, id)
    lists.known(models.Invoice, asked.invoice)
    item = next(iter(cash.items([asked.invoice])), None)
    if item is None or item.outstanding.currency == row.currency:
        raise across.NotOpen("it is not open in another currency than the line's")
    paid = None if asked.paid_minor is None else Money(asked.paid_minor, row.currency)
    return PaymentAcross.of(
        id, asked.invoice, questions.quote(row, item, rate=asked.rate, paid=paid)
    )


@of_lines.post(
    "/{id}/conversions", response={201: ConversionOut},
    summary="Let a bank line pay an invoice in another currency",
)  # fmt: skip
@once.keyed(required=True)
def pay(request: HttpRequest, id: UUID, said: ConversionIn) -> ConversionOut:
    """Both amounts as they were shown: they make the rate. It is taken back like any allocation."""
    caller, at = gate.caller(request), clock.now()
    role = caller.role(Act.ALLOCATE_PAYMENT)
    lists.known(models.BankLine, id)
    lists.known(models.Invoice, said.invoice)
    told = across.pay(
        id, said.invoice, paid=said.paid.money(), pays=said.pays.money(), role=role, at=at,
        actor=caller.actor,
    )  # fmt: skip
    row = lists.known(models.BankLine, id)
    shown = PaymentAcross.of(id, said.invoice, told)
    return ConversionOut(
        **dict(shown), unapplied=Amount.minors(row.unapplied_minor, row.currency), at=at
    )
