"""An invoice as JSON: short in a list, whole on its own."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from ninja import Field
from pydantic import BaseModel

from usance import models
from usance.domain.collection.disputes import Ending
from usance.domain.collection.disputes import Reason as Objection
from usance.domain.distribution import EVIDENCE, Evidence, Outcome, State, proves, unnamed
from usance.domain.money import Money
from usance.queries.dossier import Decided, Dossier
from usance.queries.evidence import PROVES
from usance.queries.standing import Standing, standing

from .values import Amount, FindingOut, Named


class Invoice(BaseModel):
    id: UUID
    number: str = Field(examples=["R-1001"])
    kind: str = Field(examples=["invoice"])
    stage: str = Field(examples=["funded"])
    client: Named
    debtor: Named | None = Field(description="Null: the paper did not say clearly who owes it.")
    face: Amount
    outstanding: Amount | None = Field(description="Null: not bought, or ended.")
    issued_on: date
    due_on: date
    days_overdue: int = Field(examples=[0])
    held: bool = Field(examples=[False])
    disputed: bool = Field(examples=[False])
    payment_reference: str = Field(examples=["RF1810000000"])
    received_at: datetime

    @classmethod
    def of(cls, one: Standing) -> "Invoice":
        row = one.row
        return cls(
            id=row.pk, number=row.number, kind=row.kind, stage=row.stage,
            client=Named.of(row.client), debtor=Named.maybe(row.debtor), face=Amount.of(row.face),
            outstanding=Amount.maybe(one.outstanding), issued_on=row.issued_on, due_on=row.due_on,
            days_overdue=one.days_overdue, held=one.held, disputed=one.disputed,
            payment_reference=row.payment_reference, received_at=row.received_at,
        )  # fmt: skip


class Check(BaseModel):
    passed: bool
    findings: list[FindingOut]
    at: datetime
    actor: str


class Reason(BaseModel):
    rule: str = Field(examples=["inside_the_debtor_limit"])
    agrees: bool
    says: str
    values: dict[str, str] = Field(examples=[{"limit": "50000.00 EUR"}])


class Decision(BaseModel):
    approved: bool
    reasons: list[Reason]
    at: datetime
    actor: str

    @classmethod
    def of(cls, one: Decided) -> "Decision":
        reasons = [
            Reason(rule=r.rule, agrees=r.agrees, says=r.says, values=r.values)
            for r, _ in one.reasons
        ]
        return cls(approved=one.row.approved, reasons=reasons, at=one.row.at, actor=one.row.actor)


class HoldShort(BaseModel):
    id: UUID
    step: str = Field(examples=["credit.assess"])
    because: str = Field(examples=["findings"])
    findings: list[FindingOut]
    opened_at: datetime
    closed_at: datetime | None
    decision: str
    closed_by: str
    remark: str


class Funding(BaseModel):
    face: Amount
    advance: Amount
    reserve: Amount
    fee: Amount
    funded_on: date
    at: datetime


class Settlement(BaseModel):
    fee: Amount
    rebate: Amount
    claim: Amount
    settled_on: date


class Conversion(BaseModel):
    """What came due to the client, or to be owed by it, in the currency of its facility, for an
    invoice in another one. Less than before is below zero."""

    what: str = Field(examples=["purchase"])
    is_owed: bool = Field(description="By the client. Else it is due to it.")
    amount: Amount
    came_to: Amount
    rate: str = Field(examples=["0.8"])
    published_on: date
    booked_on: date

    @classmethod
    def each(cls, row: models.Conversion) -> "list[Conversion]":
        return [
            cls(
                what=row.what, is_owed=owed, amount=Amount.of(gone), came_to=Amount.of(came),
                rate=f"{row.rate().rate.normalize():f}", published_on=row.published_on,
                booked_on=row.booked_on,
            )
            for owed, gone, came in row.parts
        ]  # fmt: skip


class Report(BaseModel):
    """A word of the carrier, by its own clock."""

    outcome: str = Field(examples=["delivered"])
    code: str
    detail: str
    at: datetime
    received_at: datetime = Field(description="When it reached us, by our clock.")
    carrier: str = Field(examples=["smtp"])
    evidence: str = Field(examples=["receiver_confirmed"], description="What this word proves.")
    estimated: bool = Field(description="Reckoned by the carrier, not seen.", examples=[False])


class Delivery(BaseModel):
    id: UUID
    paper: str = Field(examples=["invoice"])
    kind: str = Field(examples=["email"])
    carrier: str = Field(examples=["smtp"])
    because: str
    state: str = Field(examples=["delivered"])
    evidence: str = Field(
        examples=["receiver_confirmed"], description="How well it is proved that it arrived."
    )
    detail: str
    reference: str = Field(description="The carrier's own.", examples=["dl_9605acb439d4"])
    planned_at: datetime
    handed_at: datetime | None
    document: str | None = Field(description="SHA-256; null: not printed yet.")
    proof: str | None = Field(description="SHA-256 of the carrier's evidence; null: we have none.")
    reports: list[Report]

    @classmethod
    def of(cls, row: models.Dispatch) -> "Delivery":
        events = sorted(row.events.all(), key=lambda event: (event.at, event.pk))
        return cls(
            id=row.pk, paper=row.paper, kind=row.kind, carrier=row.carrier, because=row.because,
            state=row.state, evidence=EVIDENCE[State(row.state)].name.lower(), detail=row.detail,
            reference=row.reference, planned_at=row.planned_at, handed_at=row.handed_at,
            document=row.document_id,
            proof=proof.document_id if (proof := getattr(row, "proof", None)) else None,
            reports=[
                Report(
                    outcome=e.outcome, code=e.code, detail=e.detail, at=e.at,
                    received_at=e.received_at, carrier=e.carrier, estimated=e.estimated,
                    evidence=PROVES.get(
                        proves(Outcome(e.outcome), estimated=e.estimated), Evidence.NONE
                    ).name.lower(),
                )
                for e in events
            ],
        )  # fmt: skip

    @classmethod
    def outward(cls, row: models.Dispatch) -> "Delivery":
        """As the client is told: without our people."""
        return cls.of(row).model_copy(update={"because": unnamed(row.because)})


class Payment(BaseModel):
    bank_line: UUID
    amount: Amount
    booked_on: date
    score: str = Field(examples=["1.000"])
    because: list[str]
    at: datetime
    actor: str


class Reminder(BaseModel):
    level: int = Field(examples=[1])
    letter: str
    made_on: date
    days_overdue: int
    outstanding: Amount = Field(description="What was asked for: without what was disputed.")
    disputed: Amount
    interest: Amount | None = Field(description="Null: no verified rate covers it.")
    pay_by_on: date


class Dispute(BaseModel):
    id: UUID
    code: Objection = Field(examples=["quality"])
    amount: Amount | None = Field(description="What was disputed. Null: all of the invoice.")
    reason: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str
    ended_as: Ending | None
    outcome: str

    @classmethod
    def of(cls, row: models.Dispute, currency: str) -> "Dispute":
        part = row.amount_minor
        return cls(
            id=row.pk, code=Objection(row.code), reason=row.reason, opened_at=row.opened_at,
            amount=None if part is None else Amount.minors(part, currency),
            opened_by=row.opened_by, closed_at=row.closed_at, closed_by=row.closed_by,
            ended_as=Ending(row.ended_as) if row.ended_as else None, outcome=row.outcome,
        )  # fmt: skip


class DocumentRef(BaseModel):
    """Get its bytes at /v1/documents/{sha256}."""

    sha256: str
    media_type: str = Field(examples=["application/xml"])
    name: str = Field(examples=["R-1001.xml"])
    of: str = Field(examples=["received"])


class BatchRef(BaseModel):
    id: UUID
    number: int


class InvoiceDetail(Invoice):
    batch: BatchRef
    credits: str = Field(description="Of a credit note: the number of the invoice it reduces.")
    credited: UUID | None
    credit_notes: list[UUID]
    findings: list[FindingOut] = Field(description="What was odd when the paper was read.")
    checks: list[Check]
    decisions: list[Decision]
    holds: list[HoldShort]
    funding: Funding | None
    reserve: Amount
    settlement: Settlement | None
    conversions: list[Conversion]
    deliveries: list[Delivery]
    payments: list[Payment]
    reminders: list[Reminder]
    disputes: list[Dispute]
    disputed_part: Amount = Field(description="Of what is outstanding: nobody asks for it now.")
    documents: list[DocumentRef]


def detail(found: Dossier, *, today: date) -> InvoiceDetail:
    row = found.row
    (short,) = standing([row], today=today)
    return InvoiceDetail(
        **Invoice.of(short).model_dump(),
        batch=BatchRef(id=found.file.batch_id, number=found.file.batch.number),
        credits=row.credits,
        credited=row.credited_id,
        credit_notes=[note.pk for note in found.credit_notes],
        findings=[FindingOut.of(one) for one in found.odd],
        checks=[
            Check(
                passed=c.row.passed, findings=[FindingOut.of(f) for f in c.findings],
                at=c.row.at, actor=c.row.actor,
            )
            for c in found.checks
        ],
        decisions=[Decision.of(one) for one in found.decisions],
        holds=[
            HoldShort(
                id=s.row.pk, step=s.row.step, because=s.row.because,
                findings=[FindingOut.of(f) for f in s.findings], opened_at=s.row.opened_at,
                closed_at=s.row.closed_at, decision=s.row.decision, closed_by=s.row.closed_by,
                remark=s.row.remark,
            )
            for s in found.stops
        ],
        funding=_funding(found.funding),
        reserve=Amount.of(found.reserve),
        settlement=_settlement(found.settlement),
        conversions=[one for row in found.conversions for one in Conversion.each(row)],
        deliveries=[Delivery.of(one) for one in found.dispatches],
        payments=[_payment(one) for one in found.payments],
        reminders=[_reminder(one) for one in found.reminders],
        disputes=[Dispute.of(one, found.row.currency) for one in found.disputes],
        disputed_part=Amount.of(found.disputed),
        documents=_documents(found),
    )  # fmt: skip


def as_told(whole: InvoiceDetail, may_open: "QuerySet[models.Document]") -> InvoiceDetail:
    """As the client is told: without our checks, decisions, holds, matching and people, and with
    those documents only that are the client's to open."""
    hashes = [one.sha256 for one in whole.documents]
    open_to = set(may_open.filter(sha256__in=hashes).values_list("sha256", flat=True))
    return whole.model_copy(
        update={
            "findings": [],
            "checks": [],
            "decisions": [],
            "holds": [],
            "payments": [
                one.model_copy(update={"because": [], "score": "", "actor": ""})
                for one in whole.payments
            ],
            "deliveries": [
                one.model_copy(update={"because": unnamed(one.because)}) for one in whole.deliveries
            ],
            "disputes": [
                one.model_copy(update={"opened_by": "", "closed_by": ""}) for one in whole.disputes
            ],
            "documents": [one for one in whole.documents if one.sha256 in open_to],
        }
    )


def _funding(row: models.Funding | None) -> Funding | None:
    if row is None:
        return None
    offer = row.offer()
    return Funding(
        face=Amount.minors(row.face_minor, row.currency), advance=Amount.of(offer.advance),
        reserve=Amount.of(offer.reserve), fee=Amount.of(offer.fee), funded_on=row.funded_on,
        at=row.at,
    )  # fmt: skip


def _settlement(row: models.Settlement | None) -> Settlement | None:
    if row is None:
        return None
    return Settlement(
        fee=Amount.minors(row.fee_minor, row.currency),
        rebate=Amount.minors(row.rebate_minor, row.currency),
        claim=Amount.minors(row.claim_minor, row.currency),
        settled_on=row.settled_on,
    )


def _payment(row: models.Allocation) -> Payment:
    return Payment(
        bank_line=row.line_id, amount=Amount.minors(row.amount_minor, row.currency),
        booked_on=row.line.booked_on, score=str(row.score), because=list(row.because), at=row.at,
        actor=row.actor,
    )  # fmt: skip


def _reminder(row: models.Reminder) -> Reminder:
    interest = None if row.interest_minor is None else Money(row.interest_minor, row.currency)
    return Reminder(
        level=row.level, letter=row.letter, made_on=row.made_on, days_overdue=row.days_overdue,
        outstanding=Amount.minors(row.outstanding_minor, row.currency),
        disputed=Amount.minors(row.disputed_minor, row.currency),
        interest=Amount.maybe(interest), pay_by_on=row.pay_by,
    )  # fmt: skip


def _documents(found: Dossier) -> list[DocumentRef]:
    """What was received, then what went out, each once."""
    kept = [(found.file.document, "received")]
    kept += [(one.document, one.paper) for one in found.dispatches if one.document is not None]
    once = {document.pk: (document, of) for document, of in reversed(kept)}
    return [
        DocumentRef(sha256=document.pk, media_type=document.media_type, name=document.name, of=of)
        for document, of in reversed(once.values())
    ]
