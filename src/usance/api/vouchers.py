"""Our entries for the bookkeeping of others: pending, exported, then booked or failed there."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictInt

from usance import clock, models
from usance.actions import vouchers as action
from usance.domain.charts import CHARTS
from usance.domain.mandate import Act
from usance.domain.money import Money
from usance.domain.vouchers import Answer, State
from usance.queries import vouchers as questions

from . import gate, lists, once
from .values import Amount, Asked, Currency, Day, Line, Listed, Note, Stretch

bookkeepings = Router(tags=["Ledger"])
batches = Router(tags=["Ledger"])
Number = Annotated[str, Field(pattern="^[0-9]{1,9}$", examples=["1510"])]
Short = Annotated[Line, Field(max_length=80)]
# A number of theirs that fits its column.
Their = Annotated[Line, Field(max_length=20)]
Chart = Literal["bas", "skr03", "skr04", "own"]
assert set(CHARTS) == set(Chart.__args__), "every chart is described"  # type: ignore[attr-defined]  # Of a Literal.


class PendingOut(BaseModel):
    currency: Currency
    year: int = Field(description="In which the fiscal year begins.", examples=[2026])
    entries: int
    first_on: date
    last_on: date


class Bookkeeping(BaseModel):
    id: UUID
    name: str = Field(examples=["Fortnox"])
    format: str = Field(examples=["sie4"])
    chart: str = Field(examples=["bas"])
    series: str = Field(examples=["U"])
    year_begins: int = Field(description="Month.", examples=[1])
    since_on: date
    numbers: dict[str, str] = Field(examples=[{"1200": "1519"}])
    settings: dict[str, str] = Field(examples=[{}])
    in_home: bool = Field(description="All currencies at their worth in that of the book.")
    ended_at: datetime | None
    pending: list[PendingOut] = Field(description="What an export today would take.")

    @classmethod
    def of(cls, row: models.VoucherTarget, *, today: date) -> "Bookkeeping":
        waiting = [] if row.ended_at else questions.pending(row, until=today)
        return cls(
            id=row.pk, name=row.name, format=row.format, chart=row.chart, series=row.series,
            year_begins=row.year_begins, since_on=row.since, numbers=row.numbers,
            settings=row.settings, in_home=row.in_home, ended_at=row.ended_at,
            pending=[PendingOut(currency=one.currency, year=one.year, entries=one.entries,
                                first_on=one.first_on, last_on=one.last_on) for one in waiting],
        )  # fmt: skip


class Bookkeepings(BaseModel):
    bookkeepings: list[Bookkeeping]


class BookkeepingIn(Asked):
    """One of the same name is changed."""

    name: Line = Field(min_length=1, max_length=80, examples=["Fortnox"])
    format: str = Field(examples=["sie4"], max_length=20, pattern="^[a-z0-9_]+$")
    chart: Chart = Field(examples=["bas"])
    series: str = Field("U", pattern="^[A-Z0-9]{1,4}$")
    year_begins: Annotated[StrictInt, Field(ge=1, le=12)] = 1
    since_on: Day = Field(description="Entries that count for an earlier day stay here.")
    numbers: dict[Annotated[str, Field(pattern="^([0-9]{4}|retained)$")], Number] = Field(
        default={}, examples=[{}], description="Our number → theirs, where the chart's do not do."
    )
    settings: dict[Annotated[str, Field(pattern="^[a-z_]{1,20}$")], Short] = Field(
        default={}, examples=[{}], description="As docs/operations.md names them for the format."
    )
    in_home: bool = Field(
        False, description="All currencies in one file, at their worth in that of the book."
    )


class ExportIn(Asked):
    until_on: Day | None = Field(None, description="The last day taken along; null: today.")


class VoucherBatch(BaseModel):
    id: UUID
    bookkeeping: UUID
    name: str = Field(examples=["V260302-000001-SEK"])
    currency: Currency
    year: int = Field(examples=[2026])
    first_on: date
    last_on: date
    postings: int
    total: Amount
    document: str = Field(description="SHA-256: its bytes are at /v1/documents/{sha256}.")
    made_at: datetime
    made_by: str
    vouchers: dict[str, int] = Field(
        description="By state; those of none are left out.", examples=[{"pending": 12}]
    )

    @classmethod
    def of(cls, one: questions.Batch) -> "VoucherBatch":
        row = one.row
        return cls(
            id=row.pk, bookkeeping=row.target_id, name=row.name, currency=row.currency,
            year=row.year, first_on=row.first_on, last_on=row.last_on, postings=row.postings,
            total=Amount.of(one.total), document=row.document_id, made_at=row.made_at,
            made_by=row.made_by, vouchers={state.value: n for state, n in one.counts.items()},
        )  # fmt: skip


class VouchersExported(BaseModel):
    batches: list[VoucherBatch]


class BatchFilter(Stretch):
    bookkeeping: UUID | None = None


class PostingOut(BaseModel):
    """By the numbers of the other chart."""

    debit: str = Field(examples=["1510"])
    credit: str = Field(examples=["2890"])
    amount: Amount


class VoucherOut(BaseModel):
    number: int = Field(description="Without gaps within bookkeeping, currency and year.")
    entry: UUID
    booked_on: date
    text: str
    state: State
    external: str = Field(description="Their id of what they took.")
    their_series: str = Field(examples=["A"])
    their_number: str = Field(examples=["771"])
    their_year: str = Field(examples=["2026"])
    error: str
    postings: list[PostingOut]


class VoucherFilter(BaseModel):
    state: State | None = None
    after: int | None = Field(None, ge=0, le=2**31 - 1, description="`next` of the stretch before.")
    limit: int = Field(50, ge=1, le=200)


class VoucherAnswerIn(Asked):
    """Of one voucher, by our number; without it of all that may still become so."""

    state: State
    number: Annotated[StrictInt, Field(ge=1, le=2**31 - 1)] | None = None
    external: Short = ""
    their_series: Their = ""
    their_number: Annotated[Line, Field(max_length=40)] = Field(
        "", description="Empty for a booked one: it stands there under our number."
    )
    their_year: Their = ""
    error: Note = ""


class VoucherAnswersIn(Asked):
    answers: list[VoucherAnswerIn] = Field(min_length=1, max_length=10_000)


class VouchersAnswered(BaseModel):
    changed: int = Field(description="What was said before changes nothing.")


@bookkeepings.get("", response=Bookkeepings, summary="List the bookkeepings that take our entries")
def list_bookkeepings(request: HttpRequest) -> Bookkeepings:
    today = clock.now().date()
    rows = questions.targets()
    return Bookkeepings(bookkeepings=[Bookkeeping.of(row, today=today) for row in rows])


@bookkeepings.post("", response={201: Bookkeeping}, summary="Set up a bookkeeping, or change it")
@once.keyed(required=False)
def set_bookkeeping(request: HttpRequest, said: BookkeepingIn) -> Bookkeeping:
    """Series, fiscal year and first day stay once it has vouchers."""
    caller, at = gate.caller(request), clock.now()
    row = action.set_target(
        name=said.name, format=said.format, chart=said.chart, series=said.series,
        year_begins=said.year_begins, since=said.since_on, numbers=dict(said.numbers),
        settings=dict(said.settings), in_home=said.in_home,
        role=caller.role(Act.SET_VOUCHER_TARGET), at=at, actor=caller.actor,
    )  # fmt: skip
    return Bookkeeping.of(row, today=at.date())


@bookkeepings.delete("/{id}", response={204: None}, summary="End a bookkeeping")
def end_bookkeeping(request: HttpRequest, id: UUID) -> None:
    """Nothing more is exported to it; what it has, it has. Set up again, it goes on."""
    caller = gate.caller(request)
    role = caller.role(Act.SET_VOUCHER_TARGET)
    lists.known(models.VoucherTarget, id)
    action.end_target(id, role=role, at=clock.now(), actor=caller.actor)


@bookkeepings.post(
    "/{id}/exports", response={201: VouchersExported}, summary="Export what is pending"
)
@once.keyed(required=True)
def export(request: HttpRequest, id: UUID, said: ExportIn) -> VouchersExported:
    """A file for each currency and fiscal year. Nothing is pending: no batch."""
    caller, at = gate.caller(request), clock.now()
    made = action.export(
        id, until=said.until_on or at.date(), role=caller.role(Act.EXPORT_VOUCHERS), at=at,
        actor=caller.actor,
    )  # fmt: skip
    return VouchersExported(batches=[VoucherBatch.of(one) for one in questions.counted(made)])


@batches.get("", response=Listed[VoucherBatch], summary="List exports, the newest first")
def list_batches(request: HttpRequest, asked: Query[BatchFilter]) -> Listed[VoucherBatch]:
    rows = questions.batches()
    if asked.bookkeeping is not None:
        rows = rows.filter(target=asked.bookkeeping)
    found, next_ = lists.stretch(rows, asked)
    return Listed(items=[VoucherBatch.of(one) for one in questions.counted(found)], next=next_)


@batches.get("/{id}", response=VoucherBatch, summary="Show an export")
def show_batch(request: HttpRequest, id: UUID) -> VoucherBatch:
    (one,) = questions.counted([lists.known(models.VoucherBatch, id)])
    return VoucherBatch.of(one)


@batches.get("/{id}/vouchers", response=Listed[VoucherOut], summary="List vouchers of an export")
def list_vouchers(
    request: HttpRequest, id: UUID, asked: Query[VoucherFilter]
) -> Listed[VoucherOut]:
    """In the order of their numbers, with what the other side said."""
    batch = lists.known(models.VoucherBatch, id)
    rows = questions.vouchers(id, state=asked.state or "").filter(number__gt=asked.after or 0)
    found = list(rows.prefetch_related("entry__moves")[: asked.limit + 1])
    more, found = len(found) > asked.limit, found[: asked.limit]
    numbers = {one.ours.value: one.number for one in questions.chart(batch.target) if one.ours}
    return Listed(
        items=[_voucher(row, numbers) for row in found],
        next=str(found[-1].number) if more else None,
    )


@batches.post(
    "/{id}/answers", response={201: VouchersAnswered}, summary="Say what became of vouchers"
)
@once.keyed(required=False)
def answer(request: HttpRequest, id: UUID, said: VoucherAnswersIn) -> VouchersAnswered:
    """`exported`, then `booked` with their numbers, or `failed` with the reason; a failed one is
    handed over again as `pending`. All of it is taken, or nothing."""
    caller = gate.caller(request)
    changed = action.take_answers(
        id, [Answer(**one.model_dump()) for one in said.answers],
        role=caller.role(Act.EXPORT_VOUCHERS), at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return VouchersAnswered(changed=changed)


def _voucher(row: models.Voucher, numbers: dict[str, str]) -> VoucherOut:
    moves = sorted(row.entry.moves.all(), key=lambda move: move.pk)
    return VoucherOut(
        number=row.number, entry=row.entry_id, booked_on=row.entry.booked_on,
        text=row.entry.because, state=State(row.state), external=row.external,
        their_series=row.their_series, their_number=row.their_number, their_year=row.their_year,
        error=row.error,
        postings=[
            PostingOut(debit=numbers[move.debit], credit=numbers[move.credit],
                       amount=Amount.of(Money(move.amount_minor, move.currency)))
            for move in moves
        ],
    )  # fmt: skip
