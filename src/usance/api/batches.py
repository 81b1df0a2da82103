"""Hand in invoices, and see what became of each file."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictInt, TypeAdapter, model_validator

from usance import clock, models
from usance.actions import intake
from usance.domain.intake.control import Control
from usance.domain.mandate import Act, Role
from usance.queries import batches

from . import gate, lists, once, uploads
from .uploads import FileIn
from .values import Amount, AmountIn, Asked, FindingOut, Listed, Named, Stretch

router = Router(tags=["Intake"])
of_clients = Router(tags=["Intake"])


EXPORTED = TypeAdapter(dict[str, object] | list[dict[str, object]])


class ControlIn(Asked):
    """Your own totals: where ours differ, the answer says so."""

    count: Annotated[StrictInt, Field(ge=0, le=1_000_000)] | None = None
    total: AmountIn | None = None
    totals: Annotated[list[AmountIn], Field(max_length=20)] = Field(
        [], description="One for each currency, instead of `total`."
    )

    @model_validator(mode="after")
    def _once(self) -> "ControlIn":
        said = [one.currency for one in self.each()]
        if len(said) > len(set(said)):
            raise ValueError("one total for each currency")
        return self

    def each(self) -> list[AmountIn]:
        return [*([self.total] if self.total else []), *self.totals]


class BatchIn(Asked):
    client: UUID | None = Field(
        None,
        description="Whose invoices these are; without it each goes to its seller. A client's own"
        " key hands in its own, and may leave it out.",
    )
    control: ControlIn = ControlIn()
    files: Annotated[list[FileIn], Field(min_length=1, max_length=uploads.MOST_FILES)]


class FileFinding(FindingOut):
    file: str = Field("", description="Empty: of the batch as a whole.", examples=["R-1001.xml"])


class WaitsFor(BaseModel):
    """A table of which nobody confirmed yet which column is which: see /v1/tables/{id}."""

    id: UUID
    file: str = Field(examples=["march.csv"])


class Taken(BaseModel):
    """What was taken in. The invoices now walk by themselves: follow them in /v1/events."""

    id: UUID
    number: int = Field(examples=[17])
    files: int = Field(examples=[1])
    invoices: int = Field(examples=[1])
    to_read: int = Field(
        examples=[0], description="Files that are read page by page: follow them in /v1/readings."
    )
    findings: list[FileFinding]
    waiting: list[WaitsFor] = []


class Progress(BaseModel):
    """How far the invoices have come; each number includes those that went further."""

    received: int
    verified: int
    approved: int
    funded: int
    to_fund: int
    credit_notes: int
    rejected: int
    held: int
    moving: int


class Batch(BaseModel):
    id: UUID
    number: int = Field(examples=[17])
    client: Named | None = Field(description="Null: each invoice belongs to its seller.")
    way: str = Field(examples=["api"])
    received_at: datetime
    actor: str = Field(
        examples=["key:us_4f2a91c0de"],
        description="Empty for a client's key, where others than the client handed them in.",
    )

    @classmethod
    def of(cls, row: models.Batch, caller: gate.Caller) -> "Batch":
        its_own = caller.client is None or row.way == "client" or row.actor == caller.actor
        return cls(
            id=row.pk, number=row.number, client=Named.maybe(row.client), way=row.way,
            received_at=row.received_at, actor=row.actor if its_own else "",
        )  # fmt: skip


class BatchTotal(BaseModel):
    count: int
    ours: Amount
    theirs: Amount | None


class BatchDetail(Batch):
    files: int
    invoices: int
    to_read: int
    totals: list[BatchTotal]
    progress: Progress
    findings: list[FileFinding]
    waiting: list[WaitsFor]


MULTIPART = {
    "client": {"type": "string", "format": "uuid"},
    "control_count": {"type": "string", "pattern": "^[0-9]{1,6}$"},
    "control_total_minor": {"type": "string", "pattern": "^[0-9]{1,15}$"},
    "control_currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
}


@router.post(
    "",
    response={201: Taken},
    summary="Hand in a batch of invoices",
    openapi_extra=uploads.described(
        MULTIPART, {"$ref": "#/components/schemas/BatchIn"}, files="files"
    ),
)
@once.keyed(required=False)
def hand_in(request: HttpRequest) -> Taken:
    """UBL, CII and Factur-X invoices, CSV schedules, PDFs and pictures of paper. Every byte is
    kept. What cannot become an invoice is answered as a finding with its place; the rest goes
    on. Pages are read later: see `to_read`."""
    said, caller = _said(request), gate.caller(request)
    client = caller.client if said.client is None else said.client
    if client is not None:
        gate.mine(request, models.Client.objects.all(), by="pk").get(pk=client)
    roles = [role for role in Role if role.value in caller.scopes]
    batch = intake.receive(
        [intake.File(name=f.name, data=f.content, media_type=f.media_type) for f in said.files],
        client=client,
        way="api",
        control=Control(
            count=said.control.count,
            totals=tuple(one.money() for one in said.control.each()),
        ),
        role=caller.role(Act.TAKE_IN) if roles or caller.client else None,
        at=clock.now(),
        actor=caller.actor,
    )
    report = batches.report(batch.pk)
    return Taken(id=batch.pk, **{name: report[name] for name in report if name != "batch"})


@of_clients.post(
    "/{id}/invoices",
    response={201: Taken},
    summary="Hand in invoices as a bookkeeping system exports them",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "anyOf": [
                            {"type": "object"},
                            {"type": "array", "items": {"type": "object"}},
                        ]
                    },
                    "example": {
                        "DocumentNumber": "20417",
                        "InvoiceDate": "2026-03-02",
                        "DueDate": "2026-04-01",
                        "Currency": "SEK",
                        "CustomerName": "Bolt AB",
                        "TotalVAT": 25,
                        "TotalToPay": 125,
                    },
                }
            },
        }
    },
)
@once.keyed(required=False)
def hand_in_json(request: HttpRequest, id: UUID) -> Taken:
    """Field sets shaped like those of Quiddly, Fortnox and Business Central: one document, a list,
    or the answer of their API as it is. The body is kept as it came; findings name a JSON pointer.
    """
    uploads.limit(request)
    EXPORTED.validate_json(request.body)
    lists.known(models.Client, id)
    caller = gate.caller(request)
    roles = [role for role in Role if role.value in caller.scopes]
    file = intake.File(name="invoices.json", data=request.body, media_type=uploads.JSON)
    batch = intake.receive(
        [file],
        client=id,
        way="api",
        role=caller.role(Act.TAKE_IN) if roles else None,
        at=clock.now(),
        actor=caller.actor,
    )
    report = batches.report(batch.pk)
    return Taken(id=batch.pk, **{name: report[name] for name in report if name != "batch"})


@router.get("", response=Listed[Batch], summary="List batches, the newest first")
def list_batches(
    request: HttpRequest, asked: Query[Stretch], client: UUID | None = None, view: str = ""
) -> Listed[Batch]:
    """`view=findings` lists those of which something is to be said."""
    caller = gate.caller(request)
    rows = gate.mine(request, batches.found(view=view, client=client))
    return lists.listed(rows, asked, lambda row: Batch.of(row, caller))


@router.get("/{id}", response=BatchDetail, summary="Show a batch: totals, progress, findings")
def show(request: HttpRequest, id: UUID) -> BatchDetail:
    row = gate.mine(request, models.Batch.objects.select_related("client")).get(pk=id)
    told, report = batches.detail(row), batches.report(id)
    return BatchDetail(
        **Batch.of(row, gate.caller(request)).model_dump(),
        files=report["files"],
        invoices=report["invoices"],
        to_read=report["to_read"],
        totals=[
            BatchTotal(count=one.count, ours=Amount.of(one.ours), theirs=Amount.maybe(one.theirs))
            for one in told.totals
        ],
        progress=Progress(**{name: getattr(told.progress, name) for name in Progress.model_fields}),
        findings=report["findings"],
        waiting=report["waiting"],
    )


def _said(request: HttpRequest) -> BatchIn:
    if not uploads.is_multipart(request):
        return BatchIn.model_validate_json(request.body)
    sent = uploads.sent(request)
    control = {}
    if "control_count" in sent:
        control["count"] = _whole(sent.pop("control_count"))
    if sent.keys() & {"control_total_minor", "control_currency"}:
        minor = _whole(sent.pop("control_total_minor", None))
        control["total"] = {"minor": minor, "currency": sent.pop("control_currency", None)}
    return BatchIn.model_validate({**sent, **({"control": control} if control else {})})


def _whole(text: object) -> object:
    """Multipart has only texts; what is no number is refused by the shape."""
    digits = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 18
    return int(text) if digits else text  # type: ignore[arg-type]  # A string of digits.
