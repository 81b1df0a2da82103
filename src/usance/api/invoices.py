"""Find invoices, and see everything that is known of one."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import disputes
from usance.domain.collection.disputes import Ending, Reason
from usance.domain.mandate import Act
from usance.queries import dossier, evidence, invoices, own, standing

from . import gate, lists, once
from .invoice_shapes import Delivery, Invoice, InvoiceDetail, as_told, detail
from .ledger import EntryOut
from .values import Amount, AmountIn, Asked, Currency, Day, Line, Listed, Note, Stretch

router = Router(tags=["Invoices"])


class InvoiceFilter(Stretch):
    """The filters of the office's list."""

    view: invoices.View = invoices.View.ALL
    batch: UUID | None = None
    client: UUID | None = None
    debtor: UUID | None = None
    debtor_name: Line = Field("", max_length=200, description="How the debtor's name begins.")
    currency: Currency | None = None
    words: Line = Field("", max_length=80, description="A number, payment reference or amount.")
    due_from: Day | None = None
    due_to: Day | None = None
    issued_from: Day | None = None
    issued_to: Day | None = None
    purchased_on: Day | None = None


class Spoken(BaseModel):
    """In which language."""

    language: Literal["sv", "nb", "da", "fi", "de", "fr", "en"] = "en"


PRINTED = {
    "responses": {
        200: {
            "description": "The PDF",
            "content": {
                "application/pdf": {
                    "schema": {"type": "string", "contentMediaType": "application/pdf"}
                }
            },
        }
    }
}


class DiaryLine(BaseModel):
    """One thing that happened."""

    id: UUID
    kind: str = Field(examples=["invoice.funded"])
    subject: UUID
    at: datetime
    actor: str = Field(examples=["belt"])
    particulars: dict[str, object] = Field(examples=[{"batch": 17}])

    @classmethod
    def of(cls, row: models.Diary) -> "DiaryLine":
        return cls(
            id=row.pk, kind=row.kind, subject=row.subject_id, at=row.at, actor=row.actor,
            particulars=row.particulars,
        )  # fmt: skip


class DisputeIn(Asked):
    reason: Note = Field(min_length=1, examples=["The goods came damaged."])
    code: Reason = Reason.OTHER
    amount: AmountIn | None = Field(None, description="What is disputed. Left out: all of it.")
    instead: bool = Field(False, description="The open one ends as `restated`, and this begins.")


class Closing(BaseModel):
    outcome: Note = Field("", examples=["The goods were found."])
    ended_as: Literal["withdrawn", "credit_note", "payment"] = Field(
        "withdrawn", description="A credit note or a payment must be there since it was opened."
    )


class DisputeOut(BaseModel):
    id: UUID
    invoice: UUID
    code: Reason
    amount: Amount | None = Field(description="Null: all of the invoice.")
    reason: str = Field(examples=["The goods came damaged."])
    opened_at: datetime
    opened_by: str = Field(examples=["key:us_4f2a91c0de"])
    closed_at: datetime | None
    outcome: str

    @classmethod
    def of(cls, row: models.Dispute) -> "DisputeOut":
        part, currency = row.amount_minor, row.invoice.currency
        return cls(
            id=row.pk, invoice=row.invoice_id, code=Reason(row.code), reason=row.reason,
            amount=None if part is None else Amount.minors(part, currency),
            opened_at=row.opened_at, opened_by=row.opened_by, closed_at=None, outcome="",
        )  # fmt: skip


@router.get("", response=Listed[Invoice], summary="List invoices, the newest first")
def list_invoices(request: HttpRequest, asked: Query[InvoiceFilter]) -> Listed[Invoice]:
    today = clock.now().date()
    chosen = asked.model_dump(exclude={"after", "limit", "batch"})
    rows = invoices.matching(
        invoices.Filter(**{**chosen, "currency": asked.currency or ""}), today=today
    )
    if asked.batch is not None:
        rows = rows.filter(file__batch_id=asked.batch)
    rows = gate.mine(request, rows)
    found, next_ = lists.stretch(rows.select_related("client", "debtor"), asked)
    return Listed(
        items=[Invoice.of(one) for one in standing.standing(found, today=today)], next=next_
    )


@router.get("/{id}", response=InvoiceDetail, summary="Show an invoice with all its records")
def show(request: HttpRequest, id: UUID) -> InvoiceDetail:
    """Facts, stage, every decision with its reasons, funding, deliveries with their evidence,
    payments, reminders, documents."""
    today = clock.now().date()
    gate.mine(request, models.Invoice.objects.all()).get(pk=id)
    found = dossier.dossier(id, today=today)
    assert found is not None, "it was there a moment ago, and invoices are never deleted"
    whole = detail(found, today=today)
    client = gate.caller(request).client
    return whole if client is None else as_told(whole, own.documents(client))


@router.get(
    "/{id}/deliveries", response=Listed[Delivery], summary="Show what was sent, with its evidence"
)
def deliveries(request: HttpRequest, id: UUID, asked: Query[Stretch]) -> Listed[Delivery]:
    """Every delivery of this invoice's papers, the newest first: state, grade of evidence, and each
    report with the carrier's time and ours."""
    gate.mine(request, models.Invoice.objects.all()).get(pk=id)
    rows = models.Dispatch.objects.filter(invoice_id=id)
    rows = rows.select_related("proof").prefetch_related("events")
    is_client = gate.caller(request).client is not None
    return lists.listed(rows, asked, Delivery.outward if is_client else Delivery.of)


@router.get(
    "/{id}/certificate", summary="Get the certificate of delivery (PDF)", openapi_extra=PRINTED
)
def certificate(request: HttpRequest, id: UUID, asked: Query[Spoken]) -> HttpResponse:
    """What was sent, when, by whom, to where; SHA-256 of each document; every report; the sealed
    blocks of the diary that hold it. 409 `nothing_sent` before anything was."""
    gate.mine(request, models.Invoice.objects.all()).get(pk=id)
    is_client = gate.caller(request).client is not None
    facts = evidence.of(id, at=clock.now(), is_outward=is_client)
    response = HttpResponse(evidence.printed(facts, asked.language), content_type="application/pdf")
    name = f"certificate-{facts.number}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@router.get(
    "/{id}/timeline", response=Listed[DiaryLine], summary="What happened to an invoice, in order"
)
def timeline(request: HttpRequest, id: UUID, asked: Query[Stretch]) -> Listed[DiaryLine]:
    lists.known(models.Invoice, id)
    rows = models.Diary.objects.filter(invoice_id=id)
    return lists.listed(rows, asked, DiaryLine.of, newest_first=False)


@router.get("/{id}/journal", response=Listed[EntryOut], summary="The entries that an invoice made")
def journal(request: HttpRequest, id: UUID, asked: Query[Stretch]) -> Listed[EntryOut]:
    """With those moves of each entry that are about this invoice."""
    lists.known(models.Invoice, id)
    rows = models.Entry.objects.filter(moves__invoice_id=id).distinct()
    rows = rows.prefetch_related("moves")
    return lists.listed(rows, asked, lambda row: EntryOut.of(row, invoice=id), newest_first=False)


@router.post(
    "/{id}/disputes", response={201: DisputeOut}, summary="Open a dispute: the debtor objects"
)
@once.keyed(required=False)
def open_dispute(request: HttpRequest, id: UUID, said: DisputeIn) -> DisputeOut:
    """What is disputed nobody asks for while it is open, and it does not count when we lend; the
    rest is collected. 409 `disputed_amount_impossible` for more than the invoice asks for."""
    caller = gate.caller(request)
    begin = disputes.restate if said.instead else disputes.open_dispute
    row = begin(
        id, reason=said.reason, code=said.code, role=caller.role(Act.DISPUTE), at=clock.now(),
        amount=said.amount.money() if said.amount else None, actor=caller.actor,
    )  # fmt: skip
    return DisputeOut.of(row)


@router.delete("/{id}/disputes/current", response={204: None}, summary="Close the open dispute")
def close_dispute(request: HttpRequest, id: UUID, asked: Query[Closing]) -> None:
    lists.known(models.Invoice, id)
    caller = gate.caller(request)
    disputes.close_dispute(
        id, outcome=asked.outcome, ends=Ending(asked.ended_as), role=caller.role(Act.DISPUTE),
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
