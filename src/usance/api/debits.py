"""Direct debits: what debtors signed, what is collected when, who released it, what came of it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, model_validator

from usance import clock, models
from usance.actions import debit_files, summed
from usance.actions import debit_mandates as signing
from usance.actions import debits as action
from usance.domain.collection.debits import NOTICE_DAYS, State
from usance.domain.collection.signed import Scheme
from usance.domain.mandate import Act
from usance.queries import debits as questions

from . import gate, lists, once
from .values import Amount, Asked, Code, Day, Line, Listed, Sha256, Stretch

of_lines = Router(tags=["Direct debits"])
of_debtors = Router(tags=["Direct debits"])
mandates_router = Router(tags=["Direct debits"])
router = Router(tags=["Direct debits"])
IBAN = "DE75512108001245126199"
Mark = Annotated[str, Field(pattern=r"^[A-Za-z0-9+?/:().,' -]*$", max_length=35)]


class MandateIn(Asked):
    reference: Mark = Field(min_length=1, examples=["M-2026/17"])
    scheme: Scheme = Field(Scheme.CORE, description="B2B: no refund, and the bank must know.")
    iban: Code = Field(min_length=15, max_length=42, examples=[IBAN])
    bic: Code = Field("", max_length=11)
    signed_on: Day = Field(examples=["2026-01-15"])
    notice_days: int = Field(NOTICE_DAYS, ge=1, le=60, description="Before each collection.")
    evidence: Line = Field(min_length=1, max_length=200, examples=["Folder 7, page 3"])
    invoice: UUID | None = Field(None, description="For this one alone. null: for all that come.")


class ChangeIn(Asked):
    iban: Code = Field(min_length=15, max_length=42, examples=["DE02100500000054540402"])
    bic: Code = Field("", max_length=11)
    reference: Mark = Field("", description="Empty: as before.")
    notice_days: int | None = Field(None, ge=1, le=60, description="null: as before.")
    evidence: Line = Field(min_length=1, max_length=200, examples=["Letter of 2 March"])


class MandateConfirmationIn(Asked):
    iban: Code = Field(min_length=15, max_length=34, examples=[IBAN], description="As you saw it.")


class EndIn(Asked):
    because: Line = Field(min_length=1, max_length=200, examples=["They pay by themselves now."])
    after_next: bool = Field(False, description="Its next collection is the last one.")


class DebitMandate(BaseModel):
    id: UUID
    debtor: UUID
    invoice: UUID | None
    reference: str = Field(examples=["M-2026/17"])
    scheme: Scheme
    iban: str = Field(examples=[IBAN])
    signed_on: date
    notice_days: int
    evidence: str
    state: str = Field(examples=["live"], description="entered, live or closed")
    ends: bool = Field(description="Its next collection is the last one.")
    amends: UUID | None = Field(description="The version before.")
    entered_at: datetime
    entered_by: str
    confirmed_at: datetime | None
    confirmed_by: str
    closed_at: datetime | None
    closed_because: str

    @classmethod
    def of(cls, row: models.DebitMandate) -> "DebitMandate":
        keys = {"debtor", "invoice", "amends"}
        return cls(
            debtor=row.debtor_id, invoice=row.invoice_id, amends=row.amends_id,
            **{name: getattr(row, name) for name in cls.model_fields.keys() - keys},
        )  # fmt: skip


class Debit(BaseModel):
    id: UUID
    mandate: UUID
    invoice: UUID
    amount: Amount
    collect_on: date
    state: State
    content: Sha256 = Field(description="Hash of what is taken from whom: a release names it.")
    sequence: str = Field(examples=["RCUR"])
    planned_at: datetime
    planned_by: str = Field(examples=["day"])
    announced_at: datetime | None
    announced_how: str = Field(examples=["mail to rechnung@bolt.example"])
    released_at: datetime | None
    released_by: str
    final_on: date | None = Field(description="The reserve waits for this day.")
    closed_on: date | None
    reason: str = Field(examples=["AM04"])

    @classmethod
    def of(cls, row: models.Debit) -> "Debit":
        keys = {"mandate", "invoice", "amount"}
        return cls(
            mandate=row.mandate_id, invoice=row.invoice_id, amount=Amount.of(row.amount),
            **{name: getattr(row, name) for name in cls.model_fields.keys() - keys},
        )  # fmt: skip


class DebitPlanIn(Asked):
    invoices: list[UUID] = Field([], max_length=500, description="Empty: all whose day is near.")


class DebitPlan(BaseModel):
    debits: list[Debit]


class AnnouncementIn(Asked):
    how: Line = Field(min_length=1, max_length=200, examples=["Letter of 2 March"])


class RecallToldIn(Asked):
    how: Line = Field(min_length=1, max_length=200, examples=["On the telephone, Ms Berg"])


class DebitRecall(BaseModel):
    """What tells a debtor that was told of a debit that nothing is collected."""

    debit: UUID
    address: str = Field(examples=["rechnung@bolt.example"])
    state: str = Field(examples=["refused"], description="due, calling, sent, unknown or refused")
    detail: str = Field(examples=["550 no such mailbox"])
    made_at: datetime

    @classmethod
    def of(cls, row: models.DebitRecall) -> "DebitRecall":
        return cls(
            debit=row.debit_id, address=row.address, state=row.state, detail=row.detail,
            made_at=row.made_at,
        )  # fmt: skip


class DebitCancellationIn(Asked):
    because: Line = Field(min_length=1, max_length=200, examples=["They will pay by transfer."])


class DebitSeen(Asked):
    id: UUID
    content: Sha256


class DebitReleaseIn(Asked):
    """Each debit with the content that you saw: what changed since is not released."""

    debits: Annotated[list[DebitSeen], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _each_once(self) -> "DebitReleaseIn":
        if len({one.id for one in self.debits}) != len(self.debits):
            raise ValueError("a debit is named twice")
        return self


class DebitFile(BaseModel):
    """The order to the bank (pain.008)."""

    id: UUID
    name: str = Field(examples=["COL260302-00000001"])
    document: str = Field(description="SHA-256: its bytes are at /v1/documents/{sha256}.")
    scheme: Scheme


class DebitsReleased(BaseModel):
    debits: list[UUID]
    files: list[DebitFile]


@of_debtors.get("/{id}/mandates", response=Listed[DebitMandate], summary="List debit mandates")
def list_mandates(request: HttpRequest, id: UUID, asked: Query[Stretch]) -> Listed[DebitMandate]:
    """Also those that ended, the newest first."""
    lists.known(models.Debtor, id)
    return lists.listed(models.DebitMandate.objects.filter(debtor_id=id), asked, DebitMandate.of)


@of_debtors.post("/{id}/mandates", response={201: DebitMandate}, summary="Enter a debit mandate")
@once.keyed(required=True)
def enter(request: HttpRequest, id: UUID, said: MandateIn) -> DebitMandate:
    """Nothing is collected under it before another person confirmed it."""
    caller = gate.caller(request)
    role = caller.role(Act.KEEP_DEBIT_MANDATES)
    lists.known(models.Debtor, id)
    row = signing.enter(id, **said.model_dump(), role=role, at=clock.now(), actor=caller.actor)
    return DebitMandate.of(row)


@mandates_router.post(
    "/{id}/confirmations", response={201: DebitMandate}, summary="Confirm a debit mandate"
)
@once.keyed(required=False)
def confirm(request: HttpRequest, id: UUID, said: MandateConfirmationIn) -> DebitMandate:
    """Four eyes: never by who entered it, a key or a person."""
    caller = gate.caller(request)
    row = signing.confirm(
        id, seen=said.iban, role=caller.role(Act.KEEP_DEBIT_MANDATES), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return DebitMandate.of(row)


@mandates_router.post(
    "/{id}/changes", response={201: DebitMandate}, summary="Change a debit mandate"
)
@once.keyed(required=True)
def amend(request: HttpRequest, id: UUID, said: ChangeIn) -> DebitMandate:
    """Another account or reference: a version that holds once another person confirms it."""
    caller = gate.caller(request)
    row = signing.amend(
        id, **said.model_dump(), role=caller.role(Act.KEEP_DEBIT_MANDATES), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return DebitMandate.of(row)


@mandates_router.post("/{id}/ends", response={201: DebitMandate}, summary="End a debit mandate")
@once.keyed(required=False)
def end(request: HttpRequest, id: UUID, said: EndIn) -> DebitMandate:
    """What was planned under it and not released is cancelled."""
    caller = gate.caller(request)
    row = signing.cancel(
        id, because=said.because, after_next=said.after_next,
        role=caller.role(Act.KEEP_DEBIT_MANDATES), at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return DebitMandate.of(row)


@router.get("", response=Listed[Debit], summary="List direct debits, the newest first")
def list_debits(
    request: HttpRequest,
    asked: Query[Stretch],
    state: State | None = None,
    invoice: UUID | None = None,
) -> Listed[Debit]:
    rows = models.Debit.objects.all()
    if state is not None:
        rows = rows.filter(state=state)
    if invoice is not None:
        rows = rows.filter(invoice_id=invoice)
    return lists.listed(rows, asked, Debit.of)


@router.post("/plans", response={201: DebitPlan}, summary="Plan what is collected")
@once.keyed(required=True)
def plan(request: HttpRequest, said: DebitPlanIn) -> DebitPlan:
    """An invoice has one open debit at most. Its debtor is told by mail where one reaches it."""
    caller = gate.caller(request)
    made = action.plan(
        only=said.invoices, role=caller.role(Act.PLAN_DEBITS), at=clock.now(), actor=caller.actor
    )
    return DebitPlan(debits=[Debit.of(row) for row in made])


@router.post("/{id}/announcements", response={201: Debit}, summary="Say that a debtor was told")
@once.keyed(required=False)
def announce(request: HttpRequest, id: UUID, said: AnnouncementIn) -> Debit:
    """By letter or on the telephone, as many days before as were agreed."""
    caller = gate.caller(request)
    action.announce(
        [id], how=said.how, role=caller.role(Act.PLAN_DEBITS), at=clock.now(), actor=caller.actor
    )
    return Debit.of(models.Debit.objects.get(pk=id))


@router.post("/{id}/cancellations", response={201: Debit}, summary="Cancel a direct debit")
@once.keyed(required=False)
def cancel(request: HttpRequest, id: UUID, said: DebitCancellationIn) -> Debit:
    """One that was not released yet."""
    caller = gate.caller(request)
    action.cancel(
        [id], because=said.because, role=caller.role(Act.PLAN_DEBITS), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return Debit.of(models.Debit.objects.get(pk=id))


@router.get("/recalls", response=Listed[DebitRecall], summary="List debtors to tell of cancelled")
def list_recalls(request: HttpRequest, asked: Query[Stretch]) -> Listed[DebitRecall]:
    """They know of a debit that is cancelled, and no mail reached them: a person tells them."""
    return lists.listed(questions.unrecalled(), asked, DebitRecall.of)


@router.post(
    "/{id}/recalls", response={201: DebitRecall}, summary="Say that it was told to be cancelled"
)
@once.keyed(required=False)
def recall_told(request: HttpRequest, id: UUID, said: RecallToldIn) -> DebitRecall:
    """Of a cancelled debit whose debtor no mail reached."""
    caller = gate.caller(request)
    role = caller.role(Act.PLAN_DEBITS)
    row = models.DebitRecall.objects.get(debit=id)
    action.recall_told(row.pk, how=said.how, role=role, at=clock.now(), actor=caller.actor)
    row.refresh_from_db()
    return DebitRecall.of(row)


@router.post("/releases", response={201: DebitsReleased}, summary="Release direct debits")
@once.keyed(required=True)
def release(request: HttpRequest, said: DebitReleaseIn) -> DebitsReleased:
    """Four eyes: who planned one of them, a key or a person, cannot release it."""
    caller = gate.caller(request)
    seen = {one.id: one.content for one in said.debits}
    files = debit_files.release(
        seen, role=caller.role(Act.RELEASE_DEBITS), at=clock.now(), actor=caller.actor
    )
    return DebitsReleased(
        debits=sorted(seen),
        files=[
            DebitFile(
                id=file.pk, name=file.name, document=file.document_id, scheme=Scheme(file.scheme)
            )
            for file in files
        ],
    )


class SumIn(Asked):
    debits: Annotated[list[UUID], Field(min_length=1, max_length=500)]


class SumOut(BaseModel):
    bank_line: UUID
    debits: list[UUID]
    kept: Amount = Field(description="By the bank: the last invoice is paid short by it.")


@of_lines.post("/{id}/debits", response={201: SumOut}, summary="Say which debits a receipt is")
@once.keyed(required=True)
def say_sum(request: HttpRequest, id: UUID, said: SumIn) -> SumOut:
    """Where the bank books a sum, and nothing but people can tell of which. Together they are the
    amount, or a little more where the bank kept a charge."""
    caller = gate.caller(request)
    row = lists.known(models.BankLine, id)
    summed.say(
        id, said.debits, role=caller.role(Act.ALLOCATE_PAYMENT), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    found = models.Debit.objects.filter(line=row).order_by("pk")
    kept = sum(one.short_minor for one in found)
    return SumOut(
        bank_line=id, debits=[one.pk for one in found], kept=Amount.minors(kept, row.currency)
    )


@of_lines.delete("/{id}/debits", response={204: None}, summary="Take back which debits it is")
def take_sum_back(request: HttpRequest, id: UUID) -> None:
    """Within 14 days, of what a person said. The debits are under way again."""
    caller = gate.caller(request)
    lists.known(models.BankLine, id)
    role = caller.role(Act.ALLOCATE_PAYMENT)
    summed.take_back(id, role=role, at=clock.now(), actor=caller.actor)
