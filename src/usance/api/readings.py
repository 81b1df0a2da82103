"""Documents that were read page by page: what waits for a person, and a person's word on it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictInt

from usance import clock, models
from usance.actions import review
from usance.domain.capture.review import DECIDABLE
from usance.domain.mandate import Act
from usance.domain.party.resolution import Resolution
from usance.queries import capture, resolution

from . import gate, lists, once
from .values import Asked, Day, FindingOut, Line, Listed, Named, Note, Stretch

router = Router(tags=["Review"])
Tab = Literal["", "unread", "waiting", "postponed", "passed", "confirmed", "rejected", "unreadable"]


class ReadingFilter(Stretch):
    state: Tab = Field(
        "", description="confirmed: with those that were sure by themselves (passed)."
    )
    client: UUID | None = None
    batch: UUID | None = None


class Place(BaseModel):
    """On a page, in points (1/72 inch) from its left top."""

    page: int = Field(examples=[1])
    left: float
    top: float
    right: float
    bottom: float


class Because(BaseModel):
    code: str = Field(examples=["label"])
    says: str = Field(examples=["Stands right of “Invoice date”."])
    weight: float


class FieldOut(BaseModel):
    name: str = Field(examples=["issued_on"])
    value: str = Field(examples=["2026-04-28"])
    confidence: float = Field(examples=[0.93])
    doubtful: bool
    term: str = Field(description="Of EN 16931.", examples=["BT-2"])
    reasons: list[Because]
    place: Place | None = Field(description="Null: it was concluded, not read.")


class CandidateOut(Named):
    place: str = Field(examples=["Köln, DE"])
    because: list[str] = Field(examples=[["same postcode"]])

    @classmethod
    def each(cls, found: Resolution) -> "list[CandidateOut]":
        return [
            cls(id=one.id, name=one.name, place=one.place, because=list(one.because))
            for one in found.candidates
        ]


class CorrectionOut(BaseModel):
    field: str = Field(examples=["number"])
    read: str
    said: str
    confidence: str = Field(examples=["0.710"])
    at: datetime
    actor: str


class ReadingOut(BaseModel):
    id: UUID
    batch: UUID
    file: str = Field(examples=["scan-1.pdf"])
    document: str = Field(description="SHA-256 of the original: GET /v1/documents/{sha256}.")
    state: str = Field(examples=["waiting"])
    version: int = Field(description="Send it with your decision.", examples=[0])
    client: Named | None
    debtor: Named | None
    kind: str = Field(examples=["invoice"])
    number: str = Field(examples=["R-1001"])
    pages: int
    doubtful: int = Field(description="Fields below the client's threshold.")
    doubts: list[FindingOut] = Field(description="Why it waits for a person.")
    invoice: UUID | None
    postponed_until: date | None
    remark: str
    received_at: datetime
    closed_at: datetime | None
    closed_by: str

    @classmethod
    def of(cls, row: models.Reading) -> "ReadingOut":
        return cls(
            id=row.pk, batch=row.file.batch_id, file=row.file.name, document=row.file.document_id,
            state=row.state, version=row.version, client=Named.maybe(row.client),
            debtor=Named.maybe(row.debtor), kind=row.kind, number=row.number, pages=row.pages,
            doubtful=row.doubtful, doubts=FindingOut.each(row.doubts), invoice=row.invoice_id,
            postponed_until=row.postponed_until, remark=row.remark, received_at=row.received_at,
            closed_at=row.closed_at, closed_by=row.closed_by,
        )  # fmt: skip


class ReadingDetail(ReadingOut):
    fields: list[FieldOut]
    candidates: list[CandidateOut] = Field(description="Debtors that it may mean.")
    clients: list[CandidateOut] = Field(
        description="Clients that its seller may be, where neither batch nor seller says whose "
        "it is."
    )
    corrections: list[CorrectionOut]


class ConfirmationIn(Asked):
    version: Annotated[StrictInt, Field(ge=0, le=10**6)]
    fields: dict[Line, Line] = Field(
        {}, description="Only what differs: days ISO 8601, amounts as 1234.50.",
        examples=[{"number": "R-1001"}], max_length=80,
    )  # fmt: skip
    client: UUID | None = Field(None, description="Where neither batch nor seller says it.")
    debtor: UUID | None = None


class PostponementIn(Asked):
    version: Annotated[StrictInt, Field(ge=0, le=10**6)]
    until: Day | None = Field(None, description="Null: to the end of the queue.")
    remark: Note = ""


class RejectionIn(Asked):
    version: Annotated[StrictInt, Field(ge=0, le=10**6)]
    reason: Note = Field(examples=["It is a delivery note."])


@router.get("", response=Listed[ReadingOut], summary="List documents that are read page by page")
def list_readings(request: HttpRequest, asked: Query[ReadingFilter]) -> Listed[ReadingOut]:
    rows = capture.matching(
        asked.state, client=asked.client, batch=asked.batch, today=clock.now().date()
    )
    return lists.listed(rows, asked, ReadingOut.of, newest_first=False)


@router.get("/{id}", response=ReadingDetail, summary="Show what was read, and why")
def show(request: HttpRequest, id: UUID) -> ReadingDetail:
    return _detail(id)


@router.post("/{id}/confirmations", response={201: ReadingDetail}, summary="Into the books with it")
@once.keyed(required=True)
def confirm(request: HttpRequest, id: UUID, said: ConfirmationIn) -> ReadingDetail:
    """What was read, with your corrections, becomes an invoice like any other. Corrections are
    kept, and the sender's next document is read by them."""
    caller = gate.caller(request)
    lists.known(models.Reading, id)
    review.confirm(
        id, said.fields, version=said.version, client=said.client, debtor=said.debtor,
        role=caller.role(Act.REVIEW), at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return _detail(id)


@router.post("/{id}/postponements", response={201: ReadingDetail}, summary="Lay it aside")
@once.keyed(required=True)
def postpone(request: HttpRequest, id: UUID, said: PostponementIn) -> ReadingDetail:
    caller = gate.caller(request)
    lists.known(models.Reading, id)
    review.postpone(
        id, version=said.version, until=said.until, remark=said.remark,
        role=caller.role(Act.REVIEW), at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return _detail(id)


@router.post("/{id}/rejections", response={201: ReadingDetail}, summary="No invoice comes of it")
@once.keyed(required=True)
def reject(request: HttpRequest, id: UUID, said: RejectionIn) -> ReadingDetail:
    """The reason stays on its file, and is shown with the batch."""
    caller = gate.caller(request)
    lists.known(models.Reading, id)
    review.reject(
        id, version=said.version, reason=said.reason, role=caller.role(Act.REVIEW),
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return _detail(id)


def _detail(pk: UUID) -> ReadingDetail:
    rows = models.Reading.objects.select_related("file", "client", "debtor").defer("words")
    row = rows.get(pk=pk)
    fields: list[FieldOut] = []
    candidates: list[CandidateOut] = []
    clients: list[CandidateOut] = []
    if row.content:
        reading, sure_from = capture.read(row), capture.sure_from(row.client)
        fields = [
            FieldOut(
                name=one.name, value=one.value, confidence=one.confidence, term=one.term,
                doubtful=Decimal(str(one.confidence)) < sure_from,
                reasons=[Because(code=r.code, says=r.says, weight=r.weight) for r in one.reasons],
                place=Place(
                    page=one.box.page, left=one.box.left, top=one.box.top, right=one.box.right,
                    bottom=one.box.bottom,
                ) if one.box else None,
            )
            for one in reading.fields.values()
        ]  # fmt: skip
        if row.state in DECIDABLE:
            buyer, seller = reading.invoice.buyer, reading.invoice.seller
            candidates = CandidateOut.each(resolution.debtors([buyer])[buyer])
            if capture.parties_of(row, reading.invoice)[0] is None:
                clients = CandidateOut.each(resolution.clients([seller])[seller])
    return ReadingDetail(
        **ReadingOut.of(row).model_dump(),
        fields=fields,
        candidates=candidates,
        clients=clients,
        corrections=[
            CorrectionOut(
                field=one.field, read=one.read, said=one.said, confidence=str(one.confidence),
                at=one.at, actor=one.actor,
            )
            for one in row.corrections.order_by("pk")
        ],
    )  # fmt: skip
