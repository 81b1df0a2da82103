"""What a client may still draw, its rows, what if; what counts, marks, over-advances."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictBool, StrictInt

from usance import clock, models
from usance.actions import eligibility
from usance.domain.credit.availability import Waterfall
from usance.domain.credit.eligibility import Agreed, Base, Because, Mark, sentence
from usance.domain.mandate import Act, require
from usance.domain.money import LARGEST_MINOR
from usance.queries import availability
from usance.queries.availability import Ledger, Pretend

from . import gate, lists, once
from .over_advance import OverAdvanceDecisionIn, OverAdvanceIn, OverAdvanceOut, Why
from .values import (
    Amount,
    AmountIn,
    Asked,
    Country,
    Currency,
    Day,
    Listed,
    Rate,
)

router = Router(tags=["Availability"])
of_clients = Router(tags=["Availability"])
over_advances = Router(tags=["Availability"])
marks = Router(tags=["Availability"])
Days = Annotated[StrictInt, Field(ge=0, le=3650)]
Minor = Annotated[StrictInt, Field(ge=0, le=LARGEST_MINOR)]


class AvailabilityFilter(BaseModel):
    client: UUID | None = Field(None, description="A client's own key needs none.")
    currency: Currency | None = Field(None, description="Of several facilities.")
    as_of: Day | None = Field(None, description="The evening of that day; without it, now.")
    advance_rate: Rate | None = Field(None, description="What if.")
    concentration_share: Rate | None = Field(None, description="What if.")
    without_debtor: UUID | None = Field(None, description="What if it did not count.")
    paid_invoice: UUID | None = Field(None, description="What if it were paid.")


class RowsFilter(AvailabilityFilter):
    because: Because | None = Field(None, description="Of this line; without it, all.")
    debtor: UUID | None = None
    after: UUID | None = Field(None, description="`next` of the stretch before.")
    limit: int = Field(50, ge=1, le=200)


class Cut(BaseModel):
    because: Because = Field(examples=["aged_past_due"])
    says: str = Field(examples=["It is further past its due date than was agreed."])
    amount: Amount
    invoices: int


class AvailabilityOut(BaseModel):
    """Gross - ineligible = eligible; x advance rate - reserves - funds in use = available."""

    client: UUID
    as_of_on: date
    binds: bool = Field(description="A set was agreed: what goes beyond is held.")
    pretended: bool
    gross: Amount
    invoices: int
    ineligible: list[Cut]
    eligible: Amount
    advance_rate: Rate
    value: Amount = Field(description="Each invoice rounded down, as its advance is.")
    retention: Amount
    dilution: Amount
    funds_in_use: Amount
    facility_limit: Amount
    available: Amount = Field(description="Below zero: an over-advance.")
    over_advance: Amount = Field(description="Approved and not expired.")
    spendable: Amount

    @classmethod
    def of(cls, of: Ledger, said: Waterfall, *, pretended: bool) -> "AvailabilityOut":
        return cls(
            client=of.client, as_of_on=of.on, binds=of.binds, pretended=pretended,
            gross=Amount.of(said.gross), invoices=said.invoices,
            ineligible=[
                Cut(because=line.because, says=sentence(line.because),
                    amount=Amount.of(line.amount), invoices=line.invoices)
                for line in said.out
            ],
            eligible=Amount.of(said.eligible), advance_rate=f"{said.advance_rate.normalize():f}",
            value=Amount.of(said.value), retention=Amount.of(said.retention),
            dilution=Amount.of(said.dilution), funds_in_use=Amount.of(said.in_use),
            facility_limit=Amount.of(said.limit), available=Amount.of(said.available),
            over_advance=Amount.of(said.over_advance), spendable=Amount.of(said.spendable),
        )  # fmt: skip


class Freed(BaseModel):
    says: str
    on: date | None = Field(description="Null: an act does it, no day.")


class Position(BaseModel):
    """An open invoice: what of it counts, and why the rest does not."""

    invoice: UUID
    number: str = Field(examples=["R-1001"])
    debtor: UUID
    debtor_name: str = Field(examples=["Bolt Maschinenbau AG"])
    issued_on: date
    due_on: date
    outstanding: Amount
    part: Amount = Field(description="What the asked line counts of it.")
    eligible: Amount
    value: Amount
    primary: Because | None = Field(description="The one primary reason; null: all counts.")
    also: list[Because]
    released_by: list[Freed]
    counts_until_on: date | None

    @classmethod
    def of(cls, row: availability.Row) -> "Position":
        said = row.said
        return cls(
            invoice=said.item.invoice, number=said.item.number, debtor=row.debtor,
            debtor_name=said.standing.name, issued_on=said.item.issued_on,
            due_on=said.item.due_on, outstanding=Amount.of(row.outstanding),
            part=Amount.of(row.part), eligible=Amount.of(row.eligible),
            value=Amount.of(row.value), primary=said.primary, also=list(said.reasons[1:]),
            released_by=[
                Freed(says=one.says, on=one.on) for one in dict.fromkeys(said.releases)
            ],
            counts_until_on=said.counts_until if said.eligible else None,
        )  # fmt: skip


class EligibilityIn(Asked):
    """Null: this is not looked at."""

    currency: Currency
    past_due_days: Days | None = Field(90, examples=[90])
    since_issue_days: Days | None = None
    cross_age_share: Rate | None = Field("0.5", examples=["0.5"])
    concentration_share: Rate | None = Field(None, examples=["0.25"])
    concentration_base: Base = Base.ELIGIBLE
    countries: list[Country] = Field([], max_length=250, description="Of debtors; empty: any.")
    government: StrictBool = True
    confirmed_from_minor: Minor | None = None
    notice_days: Days | None = None
    ledger_days: Days | None = Field(None, description="For the client's list, after a month.")
    dilution_share: Rate | None = None
    retention_minor: Minor = 0
    valid_from: Day
    reason: Why

    def agreed(self) -> Agreed:
        names = (
            "past_due_days", "since_issue_days", "concentration_base", "government",
            "confirmed_from_minor", "notice_days", "ledger_days", "retention_minor",
        )  # fmt: skip
        return Agreed(
            **{name: getattr(self, name) for name in names},
            countries=frozenset(self.countries), cross_age_share=_rate(self.cross_age_share),
            concentration_share=_rate(self.concentration_share),
            dilution_share=_rate(self.dilution_share),
        )  # fmt: skip


class EligibilityOut(BaseModel):
    id: UUID
    client: UUID
    currency: Currency
    past_due_days: int | None
    since_issue_days: int | None
    cross_age_share: Rate | None
    concentration_share: Rate | None
    concentration_base: Base
    countries: list[Country]
    government: bool
    confirmed_from_minor: int | None
    notice_days: int | None
    ledger_days: int | None
    dilution_share: Rate | None
    retention_minor: int
    valid_from: date
    valid_to: date | None
    reason: str
    agreed_by: str

    @classmethod
    def of(cls, row: models.EligibilitySet) -> "EligibilityOut":
        shares = ("cross_age_share", "concentration_share", "dilution_share")
        said = {name: getattr(row, name) for name in cls.model_fields if name not in shares}
        said |= {name: _text(getattr(row, name)) for name in shares}
        return cls(**said | {"client": row.client_id, "id": row.pk})


class MarkIn(Asked):
    kind: Mark = Field(examples=["contra"])
    debtor: UUID | None = None
    invoice: UUID | None = None
    amount: AmountIn | None = Field(None, description="Of contra: what the client owes its debtor.")
    reason: Why


class MarkOut(BaseModel):
    id: UUID
    kind: Mark
    debtor: UUID | None
    invoice: UUID | None
    amount: Amount | None
    reason: str
    valid_from: date
    valid_to: date | None
    said_by: str

    @classmethod
    def of(cls, row: models.EligibilityMark) -> "MarkOut":
        return cls(
            id=row.pk, kind=Mark(row.kind), debtor=row.debtor_id, invoice=row.invoice_id,
            amount=Amount.maybe(row.amount), reason=row.reason, valid_from=row.valid_from,
            valid_to=row.valid_to, said_by=row.said_by,
        )  # fmt: skip


@router.get("", response=AvailabilityOut, summary="Show what a client may still draw, and what if")
def show_availability(request: HttpRequest, asked: Query[AvailabilityFilter]) -> AvailabilityOut:
    """A client with one facility needs no `currency`. Nothing is written, whatever is asked."""
    of, pretended = _ledger(request, asked)
    return AvailabilityOut.of(of, of.waterfall(), pretended=pretended)


@router.get("/invoices", response=Listed[Position], summary="List the invoices of a line")
def list_positions(request: HttpRequest, asked: Query[RowsFilter]) -> Listed[Position]:
    """Their `part`s add up to the line, those of all stretches together."""
    of, _ = _ledger(request, asked)
    rows, after = availability.rows(
        of, because=asked.because, debtor=asked.debtor, after=asked.after, size=asked.limit
    )
    return Listed(items=[Position.of(row) for row in rows], next=str(after) if after else None)


@of_clients.get(
    "/{id}/eligibility", response=list[EligibilityOut], summary="List what was agreed to count"
)
def list_eligibility(request: HttpRequest, id: UUID) -> list[EligibilityOut]:
    lists.known(models.Client, id)
    rows = models.EligibilitySet.objects.filter(client_id=id).order_by("currency", "-valid_from")
    return [EligibilityOut.of(row) for row in rows]


@of_clients.post(
    "/{id}/eligibility", response={201: EligibilityOut}, summary="Agree on what counts"
)
@once.keyed(required=True)
def agree_eligibility(request: HttpRequest, id: UUID, said: EligibilityIn) -> EligibilityOut:
    """From that day on a purchase that goes beyond what is available is held."""
    row = eligibility.agree(
        id, said.currency, said.agreed(), valid_from=said.valid_from, reason=said.reason,
        **_signed(request, Act.SET_ELIGIBILITY),
    )  # fmt: skip
    return EligibilityOut.of(row)


@of_clients.get("/{id}/marks", response=list[MarkOut], summary="List marks that hold")
def list_marks(request: HttpRequest, id: UUID) -> list[MarkOut]:
    lists.known(models.Client, id)
    rows = models.EligibilityMark.objects.filter(client_id=id, valid_to=None).order_by("-pk")
    return [MarkOut.of(row) for row in rows]


@of_clients.post("/{id}/marks", response={201: MarkOut}, summary="Mark a debtor or an invoice")
@once.keyed(required=True)
def add_mark(request: HttpRequest, id: UUID, said: MarkIn) -> MarkOut:
    row = eligibility.mark(
        id, said.kind, debtor=said.debtor, invoice=said.invoice,
        amount=said.amount.money() if said.amount else None, reason=said.reason,
        **_signed(request, Act.SET_ELIGIBILITY),
    )  # fmt: skip
    return MarkOut.of(row)


@marks.delete("/{id}", response={204: None}, summary="End a mark")
def end_mark(request: HttpRequest, id: UUID) -> tuple[int, None]:
    signed = _signed(request, Act.SET_ELIGIBILITY)
    require(signed["role"], Act.SET_ELIGIBILITY)
    eligibility.end_mark(lists.known(models.EligibilityMark, id).pk, **signed)
    return 204, None


@of_clients.get("/{id}/over-advances", response=list[OverAdvanceOut], summary="List over-advances")
def list_over_advances(request: HttpRequest, id: UUID) -> list[OverAdvanceOut]:
    lists.known(models.Client, id)
    rows = models.OverAdvance.objects.filter(client_id=id).order_by("-pk")
    return [OverAdvanceOut.of(row) for row in rows]


@of_clients.post(
    "/{id}/over-advances", response={201: OverAdvanceOut}, summary="Propose an over-advance"
)
@once.keyed(required=True)
def propose_over_advance(request: HttpRequest, id: UUID, said: OverAdvanceIn) -> OverAdvanceOut:
    """A second person approves it; it ends by itself after its last day."""
    row = eligibility.propose_over_advance(
        id, said.amount.money(), reason=said.reason, valid_to=said.valid_to,
        **_signed(request, Act.OVER_ADVANCE),
    )  # fmt: skip
    return OverAdvanceOut.of(row)


@over_advances.post(
    "/{id}/decisions", response={201: OverAdvanceOut}, summary="Approve or decline an over-advance"
)
@once.keyed(required=True)
def decide_over_advance(
    request: HttpRequest, id: UUID, said: OverAdvanceDecisionIn
) -> OverAdvanceOut:
    row = eligibility.decide_over_advance(
        id, yes=said.approved, seen=said.seen, **_signed(request, Act.OVER_ADVANCE)
    )
    return OverAdvanceOut.of(row)


def _ledger(request: HttpRequest, asked: AvailabilityFilter) -> tuple[Ledger, bool]:
    """:raises ObjectDoesNotExist: another client's, for a client's key: 404."""
    own = gate.caller(request).client
    wanted = asked.client or own
    if wanted is None or (own is not None and wanted != own):
        raise models.Client.DoesNotExist
    lists.known(models.Client, wanted)
    on = asked.as_of or clock.now().date()
    held = availability.currencies(wanted, on=on)
    currency = asked.currency or next(iter(held), "")
    share = _rate(asked.concentration_share)
    if share == 0:
        raise eligibility.FiguresOdd("concentration share is 0")
    pretend = Pretend(
        advance_rate=_rate(asked.advance_rate),
        concentration_share=share,
        without=frozenset(filter(None, [asked.without_debtor])),
        paid=frozenset(filter(None, [asked.paid_invoice])),
    )
    found = availability.ledger(wanted, currency, on=on, pretend=pretend)
    if found is None:
        raise eligibility.NoFacility(f"no facility in {currency or 'any currency'} holds on {on}")
    return found, bool(pretend)


def _signed(request: HttpRequest, act: Act) -> dict[str, object]:
    caller = gate.caller(request)
    return {"role": caller.role(act), "at": clock.now(), "actor": caller.actor}


def _rate(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None


def _text(share: Decimal | None) -> str | None:
    return None if share is None else f"{share.normalize():f}"
