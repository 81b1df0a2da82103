"""Invoices that we write for clients: drafts from data, activation, credit notes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictBool, StrictInt

from usance import clock, models
from usance.actions import issuing as action
from usance.domain.intake.entry import Entry, EntryAllowance, EntryLine
from usance.domain.intake.issuing import OPEN, State
from usance.domain.mandate import Act, require
from usance.queries import issuing as questions

from . import gate, lists, once
from .invoices import PRINTED
from .values import (
    Amount,
    AmountIn,
    Asked,
    Currency,
    Day,
    FindingOut,
    Line,
    Listed,
    Named,
    Note,
    Stretch,
)

router = Router(tags=["Issuing"])
of_invoices = Router(tags=["Issuing"])
of_clients = Router(tags=["Issuing"])
Figure = Annotated[str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,4})?$", examples=["333.33"])]
Word = Annotated[Line, Field(max_length=200)]
Category = Literal["S", "Z", "E", "AE", "K", "G", "O"]
Rate = Annotated[str, Field(pattern=r"^([0-9]|[1-9][0-9])(\.[0-9]{1,2})?$")]
StateIn = Literal["draft", "waiting", "issued", "discarded"]


class LineIn(Asked):
    text: Annotated[Word, Field(min_length=1, examples=["Frästeile für Öfen"])]
    quantity: Figure = Field("1", examples=["3"])
    price: Figure = Field(description="Net, of one unit.", examples=["333.33"])
    unit: Annotated[str, Field(pattern="^[A-Z0-9]{2,3}$")] = Field(
        "C62", description="UN/ECE Rec. 20.", examples=["C62"]
    )
    allowance: Figure = Field("0", description="Of the line.", examples=["0.99"])
    category: Category = Field("S", description="UNTDID 5305.", examples=["S"])
    rate: Rate = Field("0", description="VAT in per cent.", examples=["19"])

    def entry(self) -> EntryLine:
        rate = Decimal(self.rate) if self.category == "S" else Decimal(0)
        return EntryLine(
            text=self.text, quantity=Decimal(self.quantity), price=Decimal(self.price),
            unit=self.unit, allowance=Decimal(self.allowance), category=self.category, rate=rate,
        )  # fmt: skip


class AllowanceIn(Asked):
    """Off the whole invoice, or on top of it: an amount, or per cent of the lines at its rate."""

    kind: Literal["allowance", "charge"] = Field("allowance", examples=["allowance"])
    text: Annotated[Word, Field(min_length=1, examples=["Treuerabatt"])]
    amount: Figure = Field("0", examples=["10.00"])
    percent: Annotated[str, Field(pattern=r"^(100|[0-9]{1,2})(\.[0-9]{1,2})?$")] = Field(
        "0", description="Of the lines under the same rate; 0: `amount` says how much."
    )
    category: Category = Field("S", description="UNTDID 5305.", examples=["S"])
    rate: Rate = Field("0", description="VAT in per cent.", examples=["19"])

    def entry(self) -> EntryAllowance:
        return EntryAllowance(
            is_charge=self.kind == "charge", text=self.text, amount=Decimal(self.amount),
            percent=Decimal(self.percent), category=self.category,
            rate=Decimal(self.rate) if self.category == "S" else Decimal(0),
        )  # fmt: skip


class DraftIn(Asked):
    client: UUID
    debtor: UUID = Field(description="Of the register.")
    kind: Literal["invoice", "credit_note"] = Field("invoice", examples=["invoice"])
    currency: Currency
    issued_on: Day | None = Field(None, description="Null: the day on which it is issued.")
    due_on: Day | None = None
    due_days: Annotated[StrictInt, Field(ge=0, le=365)] | None = Field(
        None, description="From issue to due date, if there is no `due_on`.", examples=[30]
    )
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=200)]
    allowances: Annotated[list[AllowanceIn], Field(max_length=20)] = Field(
        [], description="On the invoice as a whole."
    )
    order: Word = ""
    note: Note = ""
    credited: Word = Field("", description="Of a credit note: the number of the invoice.")

    def entry(self, client: models.Client, debtor: models.Debtor) -> Entry:
        is_credit_note = self.kind == "credit_note"
        return Entry(
            is_credit_note=is_credit_note, number="", issued_on=self.issued_on,
            due_on=self.due_on, currency=self.currency, seller=questions.party(client),
            buyer=questions.party(debtor), lines=[line.entry() for line in self.lines],
            allowances=[one.entry() for one in self.allowances],
            order=self.order, note=self.note, credited=self.credited if is_credit_note else "",
        )  # fmt: skip


class DraftFilter(Stretch):
    state: StateIn | None = Field(None, description="Without it: drafts and those that wait.")
    client: UUID | None = None


class DraftOut(BaseModel):
    id: UUID
    state: str = Field(examples=["waiting"], description="draft, waiting, issued or discarded.")
    kind: str = Field(examples=["invoice"])
    client: Named
    debtor: Named | None = Field(description="Null: not in the register.")
    gross: Amount
    number: str = Field(examples=["2026-00001"], description="Empty until it is issued.")
    because: str = Field(description="Why a second person is asked.")
    digest: str = Field(description="Send it as `seen` to approve what you looked at.")
    prepared_by: str
    prepared_at: datetime
    issued_by: str
    issued_at: datetime | None
    by_rule: bool
    period_on: date | None = Field(description="Of what recurs.")
    invoice: UUID | None

    @classmethod
    def of(cls, row: models.Draft) -> "DraftOut":
        plain = cls.model_fields.keys() - {"client", "debtor", "gross", "invoice"}
        return cls(
            client=Named.of(row.client), debtor=Named.maybe(row.debtor),
            gross=Amount.of(row.gross), invoice=row.invoice_id,
            **{name: getattr(row, name) for name in plain},
        )  # fmt: skip


class DraftDetail(DraftOut):
    findings: list[FindingOut] = Field(description="What stands in its way, or is odd.")


class ActivationIn(Asked):
    seen: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = Field(
        "", description="The digest that you looked at; it takes it to approve."
    )


class PartIn(Asked):
    line: Annotated[StrictInt, Field(ge=1, le=200, examples=[1])]
    quantity: Figure = Field(examples=["1"])


class CreditIn(Asked):
    lines: Annotated[list[PartIn], Field(max_length=200)] = Field(
        [], description="Empty: all of the invoice."
    )
    anew: StrictBool = Field(False, description="Also draft the invoice anew.")


class Credited(BaseModel):
    credit_note: DraftOut
    invoice: DraftOut | None = Field(description="The draft that takes its place.")


class SeriesIn(Asked):
    kind: Literal["invoice", "credit_note"] = Field(examples=["invoice"])
    pattern: Annotated[Line, Field(min_length=3, max_length=40, examples=["{year}-{n:05}"])]
    first: Annotated[StrictInt, Field(ge=1, le=10**9 - 1)] = Field(1, examples=[1])


class RuleIn(Asked):
    below: AmountIn


class SeriesOut(BaseModel):
    kind: str = Field(examples=["invoice"])
    pattern: str = Field(examples=["{year}-{n:05}"])


class SettingsOut(BaseModel):
    series: list[SeriesOut]
    rules: list[Amount] = Field(description="Below which drafts need no second person.")

    @classmethod
    def of(cls, client: UUID) -> "SettingsOut":
        series, rules = questions.settings(client)
        return cls(
            series=[SeriesOut(kind=kind, pattern=one) for kind, one in series.items()],
            rules=[Amount.of(rule) for rule in rules],
        )


@router.get("", response=Listed[DraftOut], summary="List drafts")
def list_drafts(request: HttpRequest, asked: Query[DraftFilter]) -> Listed[DraftOut]:
    """The newest first."""
    states = (State(asked.state),) if asked.state else OPEN
    return lists.listed(questions.of_client(asked.client, states), asked, DraftOut.of)


@router.post("", response={201: DraftDetail}, summary="Write a draft")
@once.keyed(required=False)
def write_draft(request: HttpRequest, said: DraftIn) -> DraftDetail:
    """It has no number yet. Its findings say what to correct before it can be issued."""
    caller = gate.caller(request)
    role = caller.role(Act.PREPARE_DRAFT)
    require(role, Act.PREPARE_DRAFT)  # Before it is told which clients there are.
    client = lists.known(models.Client, said.client)
    debtor = lists.known(models.Debtor, said.debtor)
    row = action.write(
        said.entry(client, debtor),
        client=client.pk,
        debtor=debtor.pk,
        due_days=said.due_days,
        role=role,
        at=clock.now(),
        actor=caller.actor,
    )
    return _detail(row)


@router.get("/{id}", response=DraftDetail, summary="Look at a draft")
def get_draft(request: HttpRequest, id: UUID) -> DraftDetail:
    return _detail(lists.known(models.Draft, id))


@router.get("/{id}/letter", summary="Preview its letter (PDF)", openapi_extra=PRINTED)
def get_draft_letter(request: HttpRequest, id: UUID) -> HttpResponse:
    """As the debtor would get it, with both brands: a PDF."""
    data = questions.preview(lists.known(models.Draft, id), today=clock.now().date())
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@router.post("/{id}/activations", response={201: DraftOut}, summary="Issue a draft")
@once.keyed(required=False)
def activate_draft(request: HttpRequest, id: UUID, said: ActivationIn) -> DraftOut:
    """It is issued if the client's rule lets it out; else it waits, and a second person issues it
    in the same way. Then it is locked, has its number and walks like any other invoice."""
    caller = gate.caller(request)
    row = action.activate(
        id, seen=said.seen, role=caller.role(Act.ISSUE), at=clock.now(), actor=caller.actor
    )
    return DraftOut.of(row)


@router.post("/{id}/discards", response={201: DraftOut}, summary="Discard a draft")
@once.keyed(required=False)
def discard_draft(request: HttpRequest, id: UUID) -> DraftOut:
    caller = gate.caller(request)
    role = caller.role(Act.PREPARE_DRAFT)
    return DraftOut.of(action.discard(id, role=role, at=clock.now(), actor=caller.actor))


@of_clients.get("/{id}/issuing", response=SettingsOut, summary="Show how a client's papers go out")
def show_issuing(request: HttpRequest, id: UUID) -> SettingsOut:
    lists.known(models.Client, id)
    return SettingsOut.of(id)


@of_clients.post(
    "/{id}/number-series", response={201: SettingsOut}, summary="Number a client's papers"
)
@once.keyed(required=False)
def set_number_series(request: HttpRequest, id: UUID, said: SeriesIn) -> SettingsOut:
    """From now on, beginning with `first`."""
    caller = gate.caller(request)
    role = caller.role(Act.SET_ISSUING)
    require(role, Act.SET_ISSUING)
    lists.known(models.Client, id)
    action.set_series(
        id, said.kind, said.pattern, first=said.first, role=role, at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return SettingsOut.of(id)


@of_clients.post(
    "/{id}/issuing-rules", response={201: SettingsOut}, summary="Let small invoices out at once"
)
@once.keyed(required=False)
def set_issuing_rule(request: HttpRequest, id: UUID, said: RuleIn) -> SettingsOut:
    """Below this amount, to debtors of the register, without a second person; 0: never."""
    caller = gate.caller(request)
    role = caller.role(Act.SET_ISSUING)
    require(role, Act.SET_ISSUING)
    lists.known(models.Client, id)
    below = said.below.money()
    action.set_rule(
        id, below.currency, below if below.minor else None, role=role, at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return SettingsOut.of(id)


@of_invoices.post(
    "/{id}/credit-drafts", response={201: Credited}, summary="Credit an invoice that we issued"
)
@once.keyed(required=False)
def credit_invoice(request: HttpRequest, id: UUID, said: CreditIn) -> Credited:
    """All of it, or quantities of lines. Both drafts are then issued like any other."""
    caller = gate.caller(request)
    note, again = action.credit(
        id,
        part={one.line: Decimal(one.quantity) for one in said.lines} or None,
        anew=said.anew,
        role=caller.role(Act.PREPARE_DRAFT),
        at=clock.now(),
        actor=caller.actor,
    )
    return Credited(credit_note=DraftOut.of(note), invoice=DraftOut.of(again) if again else None)


def _detail(row: models.Draft) -> DraftDetail:
    found = questions.findings(row, today=clock.now().date()) if row.state in OPEN else ()
    return DraftDetail(
        **DraftOut.of(row).model_dump(), findings=[FindingOut.of(one) for one in found]
    )
