"""Supporting papers of an invoice: its order, delivery note, time sheet, contract."""

from datetime import datetime
from typing import Annotated, Literal, get_args
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import supporting as actions
from usance.actions.documents import Content
from usance.domain.capture.supporting import Kind
from usance.domain.mandate import Act, Role
from usance.queries import supporting as queries

from . import gate, lists, once, uploads
from .uploads import FileIn
from .values import Asked

router = Router(tags=["Invoices"])
Kinds = Literal["order", "delivery_note", "time_sheet", "contract", "other"]
assert set(get_args(Kinds)) == {kind.value for kind in Kind}, "every kind is offered"


class SupportingPaper(BaseModel):
    id: UUID
    kind: Kinds
    name: str = Field(examples=["delivery-note-4711.pdf"])
    document: str = Field(description="SHA-256: GET /v1/documents/{sha256} gives its bytes.")
    because: str = Field(examples=["It names its order PO-77 (BT-13)."])
    for_debtor: bool = Field(description="Whether it goes out with the invoice.")
    filed_at: datetime
    filed_by: str

    @classmethod
    def of(cls, row: models.Supporting) -> "SupportingPaper":
        return cls(
            id=row.pk, kind=row.kind, name=row.name, document=row.document_id,
            because=row.because, for_debtor=row.for_debtor, filed_at=row.filed_at,
            filed_by=row.filed_by,
        )  # fmt: skip


class SupportingPapers(BaseModel):
    items: list[SupportingPaper]


class SupportingIn(Asked):
    kind: Kinds = "other"
    file: Annotated[list[FileIn], Field(min_length=1, max_length=1)]


@router.get(
    "/{id}/supporting", response=SupportingPapers, summary="List an invoice's supporting papers"
)
def list_papers(request: HttpRequest, id: UUID) -> SupportingPapers:
    lists.known(models.Invoice, id)
    return SupportingPapers(items=[SupportingPaper.of(row) for row in queries.of(id)])


@router.post(
    "/{id}/supporting",
    response={201: SupportingPaper},
    summary="File a supporting paper with an invoice",
    openapi_extra=uploads.described(
        {"kind": {"type": "string", "enum": [kind.value for kind in Kind]}},
        {"$ref": "#/components/schemas/SupportingIn"}, files="file", most=1,
    ),
)  # fmt: skip
@once.keyed(required=False)
def file_paper(request: HttpRequest, id: UUID) -> SupportingPaper:
    """An order, delivery note, time sheet, contract or other paper. It stays with us unless
    somebody in the office chooses that the debtor gets it."""
    if uploads.is_multipart(request):
        said = SupportingIn.model_validate(uploads.sent(request))
    else:
        said = SupportingIn.model_validate_json(request.body)
    lists.known(models.Invoice, id)
    (file,) = said.file
    caller = gate.caller(request)
    roles = [role for role in Role if role.value in caller.scopes]
    row = actions.attach(
        id,
        Content(data=file.content, media_type=file.media_type, name=file.name),
        kind=Kind(said.kind),
        role=caller.role(Act.TAKE_IN) if roles else None,
        at=clock.now(),
        actor=caller.actor,
    )
    return SupportingPaper.of(row)
