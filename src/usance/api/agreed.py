"""What a contract says, as JSON: its charges, how invoices are bought, other currencies."""

from dataclasses import asdict
from typing import Annotated

from ninja import Field
from pydantic import StrictBool, StrictInt

from usance.domain import finance
from usance.domain.finance import DayCount, Foreign, How, Keeping, Start
from usance.domain.finance.keeping import MOST_DAYS, MOST_LIST_DAYS
from usance.domain.money import LARGEST_MINOR

from .recourse import bare
from .values import Asked, Currency, Rate

Yearly = Annotated[str, Field(pattern=r"^-?(0(\.[0-9]{1,8})?|1(\.0{1,8})?)$", examples=["0.0325"])]
Days = Annotated[StrictInt, Field(ge=0, le=3650)]
Minor = Annotated[StrictInt, Field(ge=0, le=LARGEST_MINOR)]
Reference = Annotated[str, Field(pattern=r"^[A-Z0-9€._-]{0,24}$", examples=["EURIBOR3M"])]


class BracketShape(Asked):
    days: Annotated[StrictInt, Field(ge=1, le=3650, examples=[30])]
    rate: Rate = Field(examples=["0.015"])


class BracketsShape(Asked):
    """A fee that grows with time. `whole`: a step that began counts in full."""

    steps: list[BracketShape] = Field(min_length=1, max_length=60)
    repeats: StrictBool = True
    base: str = Field("face", pattern="^(face|advance)$")
    start: Start = Start.PURCHASE
    day_one: StrictBool = False
    whole: StrictBool = True
    minimum_days: Days = 0
    float_days: Days = 0


class InterestShape(Asked):
    """A charge a year on money in use. Without `reference` the margin is all of it."""

    margin: Yearly
    reference: Reference = ""
    floor: Yearly | None = None
    count: DayCount = DayCount.ACT_360
    base: finance.Base = finance.Base.IN_USE
    start: Start = Start.PURCHASE
    day_one: StrictBool = False
    minimum_days: Days = 0
    float_days: Days = 0
    monthly: StrictBool = False
    to_due: StrictBool = Field(
        False, description="A discount to the due date, whenever it is paid; kept back at once."
    )


class ChargesShape(Asked):
    """What comes to the service fee with time. Amounts are minor units of the facility's currency.

    `minimum` and `maximum` are of all charges for one invoice without tax, `minimum_month` and
    `minimum_year` of the fees of a month and of a year of the contract. `vat_rate` is deducted
    with each charge; what the law asks for beyond it comes with the month's invoice.
    """

    brackets: BracketsShape | None = None
    interest: InterestShape | None = None
    minimum: Minor = 0
    maximum: Minor | None = None
    vat_rate: Rate = "0"
    minimum_month: Minor = 0
    minimum_year: Minor = 0


class BuyingShape(Asked):
    """How invoices come to be bought. `instant`: faces offered in a day without a person, in minor
    units. `fallback_days`: recourse for what has no cover, where the terms are without."""

    how: How = How.ALL
    valid_days: Annotated[StrictInt, Field(ge=0, le=30)] = 1
    instant: Minor = 0
    fallback_days: Days | None = None


class ForeignShape(Asked):
    """Invoices in other currencies that are bought as well, in the order of the alphabet.
    `haircut`: of the face, so much less is advanced of them."""

    currencies: list[Currency] = Field([], max_length=30, examples=[["USD"]])
    haircut: Rate = Field("0", examples=["0.05"])

    @classmethod
    def of(cls, said: Foreign) -> "ForeignShape":
        return cls(currencies=list(said.currencies), haircut=bare(said.haircut))


class KeepingShape(Asked):
    """What a client promised that keeps its own ledger and collects: in so many days after a
    month's end it hands in what is open, in so many after its due date we ask about what is not
    paid, and so many after that we may tell the debtor."""

    list_days: Annotated[StrictInt, Field(ge=1, le=MOST_LIST_DAYS)]
    ask_days: Annotated[StrictInt, Field(ge=0, le=MOST_DAYS)]
    tell_days: Annotated[StrictInt, Field(ge=1, le=MOST_DAYS)]

    def keeping(self) -> Keeping:
        return Keeping(**self.model_dump())

    @classmethod
    def of(cls, said: Keeping | None) -> "KeepingShape | None":
        return None if said is None else cls(**asdict(said))
