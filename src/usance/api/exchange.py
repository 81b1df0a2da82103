"""What currencies are worth, and what the books hold in them, in the currency of the book."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import exchange, valuing
from usance.domain.mandate import Act, require
from usance.domain.periods import month
from usance.queries import exchange as questions

from . import gate, lists, once, uploads
from .uploads import FileIn
from .values import Amount, Asked, Currency, Day, Line, Listed, Sha256, Stretch

rates = Router(tags=["Exchange rates"])
positions = Router(tags=["Ledger"])

PerEuro = Annotated[str, Field(pattern=r"^[0-9]{1,8}(\.[0-9]{1,10})?$", examples=["1.0826"])]
Month = Annotated[str, Field(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-03"])]


class ExchangeRate(BaseModel):
    id: UUID
    currency: Currency
    published_on: date
    per_euro: str = Field(description="Units for one euro.", examples=["1.0826"])
    source: str = Field(description="Who publishes it; `typed`: a person.", examples=["ecb"])
    says: str = Field(description="Where a typed one is from.")
    state: str = Field(description="`proposed`, `known`, `declined`.", examples=["known"])
    said_by: str
    decided_by: str
    decided_at: datetime | None
    digest: str = Field(description="Of a proposed one: what a second person names as seen.")

    @classmethod
    def of(cls, row: models.ExchangeRate) -> "ExchangeRate":
        plain = ("id", "currency", "published_on", "source", "says", "state", "said_by",
                 "decided_by", "decided_at")  # fmt: skip
        return cls(
            per_euro=row.plain, digest=exchange.digest(row) if row.state == "proposed" else "",
            **{name: getattr(row, name) for name in plain},
        )  # fmt: skip


class RateFilter(Stretch):
    currency: Currency | None = None
    published_on: Day | None = None
    state: str | None = Field(None, pattern="^(proposed|known|declined)$")


class RateTyped(Asked):
    currency: Currency
    published_on: Day
    per_euro: PerEuro
    says: Line = Field(min_length=1, max_length=200, examples=["Riksbanken, 20 March"])


class RateAgreementIn(Asked):
    digest: Sha256


class RatesIn(Asked):
    file: FileIn
    source: str = Field("ecb", pattern="^[a-z0-9_]{1,24}$", examples=["ecb"])


class RatesFile(Asked):
    """The same, of a multipart request."""

    file: Annotated[list[FileIn], Field(min_length=1, max_length=1)]
    source: str = Field("ecb", pattern="^[a-z0-9_]{1,24}$")


class RatesTaken(BaseModel):
    rates: int = Field(description="In the file.", examples=[30])
    new: int = Field(description="Not known so before.", examples=[30])


class PositionOut(BaseModel):
    account: str = Field(examples=["1200"])
    name: str = Field(examples=["Factored receivables"])
    units: Amount = Field(description="Debits less credits.")
    carried: Amount
    worth: Amount = Field(description="At the closing rate; without one: as carried.")
    unrealised: Amount
    rate: str | None = Field(description="Null: not monetary, or not known.", examples=["0.9237"])

    @classmethod
    def of(cls, one: questions.Held) -> "PositionOut":
        return cls(
            account=one.account.value, name=one.name, units=Amount.of(one.units),
            carried=Amount.of(one.carried), worth=Amount.of(one.worth),
            unrealised=Amount.of(one.unrealised),
            rate=f"{one.closing.rate.normalize():f}" if one.closing else None,
        )  # fmt: skip


class Unvalued(BaseModel):
    currency: Currency
    booked_on: date


class HomeLine(BaseModel):
    account: str
    name: str
    balance: Amount = Field(description="On the debit side positive.")


class HomeBalance(BaseModel):
    """Of every currency, in that of the book. Without one: nothing."""

    as_of_on: date
    currency: str = Field(description="Empty: none is chosen.", examples=["EUR"])
    accounts: list[HomeLine]
    positions: list[PositionOut]
    unvalued: list[Unvalued] = Field(description="What is not in it yet.")


class ValuingIn(Asked):
    month: Month = Field(description="Revalued at its end; what is not valued yet is before.")


class ValuingOut(BaseModel):
    days: int = Field(description="Days of currencies that were valued.")
    missing: list[str] = Field(description="Rates that are missing.")
    entries: int = Field(description="At the closing rates, and back on the day after.")


@rates.get("", response=Listed[ExchangeRate], summary="List exchange rates, the newest first")
def list_exchange_rates(request: HttpRequest, asked: Query[RateFilter]) -> Listed[ExchangeRate]:
    """Of several for one currency and day the one that is known last holds."""
    chosen = asked.model_dump(exclude={"after", "limit"}, exclude_none=True)
    return lists.listed(models.ExchangeRate.objects.filter(**chosen), asked, ExchangeRate.of)


@rates.post("", response={201: ExchangeRate}, summary="Type an exchange rate")
@once.keyed(required=True)
def type_rate(request: HttpRequest, said: RateTyped) -> ExchangeRate:
    """For a day of which no file can be had. It holds when a second person agrees."""
    caller = gate.caller(request)
    row = exchange.propose(
        said.currency, said.published_on, Decimal(said.per_euro), says=said.says,
        role=caller.role(Act.SET_EXCHANGE), at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return ExchangeRate.of(row)


@rates.post(
    "/files",
    response={201: RatesTaken},
    summary="Import a file of exchange rates",
    openapi_extra=uploads.described(
        {"source": {"type": "string"}}, {"$ref": "#/components/schemas/RatesIn"}, files="file"
    ),
)
@once.keyed(required=False)
def import_rates(request: HttpRequest) -> RatesTaken:
    """As it is published, such as the ECB's eurofxref-daily.xml. The same again is nothing new."""
    caller = gate.caller(request)
    role = caller.role(Act.SET_EXCHANGE)
    require(role, Act.SET_EXCHANGE)  # Before the file is looked at.
    if uploads.is_multipart(request):
        many = RatesFile.model_validate(uploads.sent(request))
        file, source = many.file[0], many.source
    else:
        one = RatesIn.model_validate_json(request.body)
        file, source = one.file, one.source
    found, new = exchange.import_file(
        file.content, source=source, name=file.name, role=role, at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return RatesTaken(rates=found, new=new)


@rates.post("/{id}/agreements", response={201: ExchangeRate}, summary="Agree to a typed rate")
@once.keyed(required=False)
def agree(request: HttpRequest, id: UUID, said: RateAgreementIn) -> ExchangeRate:
    """Another person than who typed it, for exactly what was seen."""
    caller = gate.caller(request)
    row = exchange.agree(
        id, seen=said.digest, role=caller.role(Act.SET_EXCHANGE), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return ExchangeRate.of(row)


@rates.post("/{id}/refusals", response={201: ExchangeRate}, summary="Decline a typed rate")
@once.keyed(required=False)
def decline(request: HttpRequest, id: UUID) -> ExchangeRate:
    caller = gate.caller(request)
    row = exchange.decline(
        id, role=caller.role(Act.SET_EXCHANGE), at=clock.now(), actor=caller.actor
    )
    return ExchangeRate.of(row)


class HomeCurrencyIn(Asked):
    currency: Currency


class HomeCurrency(BaseModel):
    currency: str = Field(description="Empty: none is chosen.", examples=["EUR"])
    is_fixed: bool = Field(description="Something was valued in it: it stays.")


@positions.get("/home-currency", response=HomeCurrency, summary="Show the currency of the book")
def show_home(request: HttpRequest) -> HomeCurrency:
    return _home()


@positions.post(
    "/home-currency", response={201: HomeCurrency}, summary="Choose the currency of the book"
)
@once.keyed(required=False)
def choose_home(request: HttpRequest, said: HomeCurrencyIn) -> HomeCurrency:
    """In which it is closed and reported. It stays once something was valued in it."""
    caller = gate.caller(request)
    role = caller.role(Act.SET_EXCHANGE)
    exchange.choose_home(said.currency, role=role, at=clock.now(), actor=caller.actor)
    return _home()


@positions.get("/home-balance", response=HomeBalance, summary="Show the books in one currency")
def home_balance(request: HttpRequest, as_of: Day | None = None) -> HomeBalance:
    """Each account and each position in other currencies, at the end of a day; without one, of
    yesterday."""
    day = as_of or clock.now().date() - timedelta(days=1)
    home = questions.home()
    if not home:
        return HomeBalance(as_of_on=day, currency="", accounts=[], positions=[], unvalued=[])
    trial = questions.home_trial(home, on=day)
    return HomeBalance(
        as_of_on=day, currency=home,
        accounts=[
            HomeLine(account=row.account.value, name=row.name, balance=Amount.of(row.balance))
            for row in trial.rows
        ],
        positions=[PositionOut.of(one) for one in questions.positions(home, on=day)],
        unvalued=[Unvalued(currency=one, booked_on=on) for one, on in trial.behind],
    )  # fmt: skip


@positions.post("/revaluations", response={201: ValuingOut}, summary="Revalue at a month's end")
@once.keyed(required=False)
def revalue(request: HttpRequest, said: ValuingIn) -> ValuingOut:
    """What the day's end does by itself. Again, only what came in between is booked."""
    caller, at = gate.caller(request), clock.now()
    role = caller.role(Act.SET_EXCHANGE)
    _, last_on = month(date.fromisoformat(f"{said.month}-01"))
    through = min(last_on, at.date() - timedelta(days=1))
    done = valuing.value(through=through, role=role, at=at, actor=caller.actor)
    entries = valuing.revalue(last_on, role=role, at=at, actor=caller.actor)
    return ValuingOut(days=done.days, missing=list(done.missing), entries=len(entries))


def _home() -> HomeCurrency:
    return HomeCurrency(currency=questions.home(), is_fixed=questions.is_home_fixed())
