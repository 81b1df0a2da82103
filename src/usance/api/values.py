"""Shapes that many operations share: amounts, texts, days, findings, lists."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from ninja import Field
from pydantic import BaseModel, BeforeValidator, ConfigDict, StrictInt

from usance import models
from usance.domain import money
from usance.domain.finding import Finding
from usance.domain.money import LARGEST_MINOR

Item = TypeVar("Item")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _day(value: object) -> object:
    # Pydantic would read a number as seconds since 1970.
    if isinstance(value, str) and not DAY.fullmatch(value):
        raise ValueError("a day is written 2026-03-31")
    if isinstance(value, int | float):
        raise ValueError("a day is a string")
    return value


Day = Annotated[date, BeforeValidator(_day)]
# One line for people: no control characters, which no database column and no letter takes.
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")]
Note = Annotated[str, Field(pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$", max_length=400)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"])]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$", examples=["DE"])]
Code = Annotated[str, Field(pattern="^[A-Za-z0-9 ./-]*$")]  # An identifier in an official register.
Rate = Annotated[str, Field(pattern=r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$", examples=["0.80"])]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["9f" * 32])]


class Amount(BaseModel):
    """Whole minor units (cents, öre, yen) and the currency."""

    minor: int = Field(examples=[1000000])
    currency: Currency

    @classmethod
    def of(cls, amount: money.Money) -> "Amount":
        return cls(minor=amount.minor, currency=amount.currency)

    @classmethod
    def maybe(cls, amount: money.Money | None) -> "Amount | None":
        return None if amount is None else cls.of(amount)

    @classmethod
    def minors(cls, minor: int, currency: str) -> "Amount":
        return cls(minor=minor, currency=currency)


class Asked(BaseModel):
    """What a request's body has in common: nothing that was not described is taken."""

    model_config = ConfigDict(extra="forbid")


class AmountIn(Asked):
    minor: Annotated[StrictInt, Field(ge=0, le=LARGEST_MINOR, examples=[1000000])]
    currency: Currency

    def money(self) -> money.Money:
        return money.Money(self.minor, self.currency)


class Named(BaseModel):
    """A party: to be looked up by its id, to be read by its name."""

    id: UUID
    name: str = Field(examples=["Acme Feinblech GmbH"])

    @classmethod
    def of(cls, row: models.Client | models.Debtor) -> "Named":
        return cls(id=row.pk, name=row.name)

    @classmethod
    def maybe(cls, row: models.Client | models.Debtor | None) -> "Named | None":
        return None if row is None else cls.of(row)


class OtherOut(BaseModel):
    """Another invoice as evidence, and what is the same on both."""

    invoice: UUID
    number: str = Field(examples=["R-1000"])
    agrees: list[str] = Field(examples=[["debtor", "amount", "lines"]])


class FindingOut(BaseModel):
    """What is wrong with a document, where, and what to do."""

    code: str = Field(examples=["total_differs"])
    says: str
    where: str = ""
    severity: str = Field("fatal", examples=["fatal"])
    todo: str = ""
    others: list[OtherOut] = []

    @classmethod
    def of(cls, finding: Finding) -> "FindingOut":
        return cls(
            code=finding.code, says=finding.says, where=finding.where,
            severity=finding.severity.value, todo=finding.todo,
            others=[
                OtherOut(invoice=UUID(one.invoice), number=one.number, agrees=list(one.agrees))
                for one in finding.others
            ],
        )  # fmt: skip

    @classmethod
    def each(cls, kept: Iterable[Mapping[str, Any]]) -> "list[FindingOut]":
        """Findings as they were kept in a JSON column."""
        names = cls.model_fields.keys()
        return [cls(**{name: one[name] for name in names & one.keys()}) for one in kept]


class Listed(BaseModel, Generic[Item]):
    """A stretch of a list; send `next` as `after` for the one that follows, until it is null."""

    items: list[Item]
    next: str | None = None


class Stretch(BaseModel):
    """Where a list goes on, and how much of it is wanted."""

    after: UUID | None = Field(None, description="`next` of the stretch before.")
    limit: int = Field(50, ge=1, le=200)
