"""What terms say about recourse, as the API has it: how far it goes, and how it is put off."""

from decimal import Decimal
from typing import Annotated

from ninja import Field
from pydantic import StrictInt

from usance.domain.finance import Extent, Refactoring
from usance.domain.money import LARGEST_MINOR

from .values import Asked, Rate


def bare(rate: Decimal) -> str:
    """A share without zeros at its end."""
    return f"{rate.normalize():f}"


class ExtentShape(Asked):
    """How far recourse goes: for a share of what is not paid, up to an amount for each invoice in
    minor units, or the less of both. Nulls: for all of it."""

    share: Rate | None = Field(None, examples=["0.8"])
    most: Annotated[StrictInt, Field(gt=0, le=LARGEST_MINOR)] | None = None

    def extent(self) -> Extent:
        share = None if self.share is None else Decimal(self.share).normalize()
        return Extent(share=share, most=self.most)

    @classmethod
    def of(cls, said: Extent) -> "ExtentShape":
        return cls(share=None if said.share is None else bare(said.share), most=said.most)


class RefactoringShape(Asked):
    """Recourse that is due is put off for so many days against a share of what is outstanding."""

    days: Annotated[StrictInt, Field(ge=1, le=365)]
    fee_rate: Rate = Field("0", examples=["0.005"])
    times: Annotated[StrictInt, Field(ge=1, le=12)] = 1

    def refactoring(self) -> Refactoring:
        return Refactoring(days=self.days, fee_rate=Decimal(self.fee_rate), times=self.times)

    @classmethod
    def of(cls, said: Refactoring | None) -> "RefactoringShape | None":
        if said is None:
            return None
        return cls(days=said.days, fee_rate=bare(said.fee_rate), times=said.times)
