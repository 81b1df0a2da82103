"""The ledger that a client keeps itself: its open items, what differs from ours, late invoices."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictBool

from usance import clock, models
from usance.actions import client_ledgers as action
from usance.actions import disclosing
from usance.actions.documents import Content
from usance.domain.finance.client_ledger import SAYS, Differs, Theirs
from usance.domain.mandate import Act, require
from usance.queries import client_ledgers as query

from . import gate, lists, once
from .values import Amount, AmountIn, Asked, Day, Line, Listed, Named, Note, Stretch

router = Router(tags=["Open items"])
of_invoices = Router(tags=["Open items"])
MOST = 10_000
Said = Annotated[Note, Field(min_length=1)]


class OpenItemIn(Asked):
    number: Line = Field(min_length=1, max_length=100, examples=["R-1001"])
    amount: AmountIn = Field(description="What is open; zero: it is paid.")
    issued_on: Day | None = None
    due_on: Day | None = None
    credit_note: StrictBool = False


class OpenItemsIn(Asked):
    """All of what is open; files (CSV, XLSX) are handed in at the office's page."""

    client: UUID | None = Field(None, description="A client's own key needs none.")
    as_of: Day = Field(description="At the end of this day; it is over.")
    items: Annotated[list[OpenItemIn], Field(max_length=MOST)]


class OpenDifference(BaseModel):
    id: UUID
    client: Named
    as_of: date
    kind: Differs
    says: str
    todo: str
    number: str
    invoice: UUID | None
    ours: Amount | None = Field(description="null: it is not open here.")
    theirs: Amount | None = Field(description="null: the list does not have it.")
    closed_at: datetime | None
    remark: str

    @classmethod
    def of(cls, row: models.OpenDifference) -> "OpenDifference":
        says, todo = SAYS[Differs(row.kind)]
        return cls(
            id=row.pk, client=Named.of(row.of.client), as_of=row.of.as_of, kind=Differs(row.kind),
            says=says, todo=todo, number=row.number, invoice=row.invoice_id,
            ours=Amount.maybe(row.ours), theirs=Amount.maybe(row.theirs),
            closed_at=row.closed_at, remark=row.remark,
        )  # fmt: skip


class OpenItemsTaken(BaseModel):
    id: UUID
    as_of: date
    rows: int
    differences: int = Field(description="That wait for a person of ours.")


class DifferenceClosedIn(Asked):
    remark: Said = Field(examples=["Paid on 2026-03-30; passed on today."])


class ClientAskedIn(Asked):
    answer: Said = Field(description="What the client says.", examples=["It pays next week."])


class DiscloseIn(Asked):
    because: Said = Field(examples=["The client does not answer."])


class Disclosure(BaseModel):
    invoice: UUID
    asked_at: datetime
    answer: str
    told_at: datetime | None
    because: str

    @classmethod
    def of(cls, row: models.Disclosure) -> "Disclosure":
        return cls(
            invoice=row.invoice_id, asked_at=row.asked_at, answer=row.answer, told_at=row.told_at,
            because=row.because,
        )  # fmt: skip


@router.post(
    "", response={201: OpenItemsTaken}, summary="Hand in what is open in a client's ledger"
)
@once.keyed(required=True)
def compare(request: HttpRequest, said: OpenItemsIn) -> OpenItemsTaken:
    """Of a client that keeps its own ledger, once a month. What differs from ours waits for a
    person; what is named no longer is closed. The same list once more is harmless."""
    caller = gate.caller(request)
    role = caller.role(Act.COMPARE_LEDGER)
    require(role, Act.COMPARE_LEDGER)
    client = said.client or caller.client
    if client is None or (caller.client is not None and client != caller.client):
        raise ObjectDoesNotExist("this is of one client")
    lists.known(models.Client, client)
    row = action.compare(
        client, _rows(said), as_of=said.as_of, role=role,
        proof=Content(data=request.body, media_type="application/json", name="open-items.json"),
        at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    left = row.differences.filter(closed_at=None).count()
    return OpenItemsTaken(id=row.pk, as_of=row.as_of, rows=row.rows, differences=left)


def _rows(said: OpenItemsIn) -> list[tuple[str, Theirs]]:
    return [
        (
            f"items/{place}",
            Theirs(
                number=one.number, open=one.amount.money(), issued_on=one.issued_on,
                due_on=one.due_on, credits=one.credit_note,
            ),
        )
        for place, one in enumerate(said.items)
    ]  # fmt: skip


@router.get(
    "/differences", response=Listed[OpenDifference], summary="List what clients' ledgers differ in"
)
def list_differences(request: HttpRequest, asked: Query[Stretch]) -> Listed[OpenDifference]:
    """What nobody has dealt with, the newest first."""
    return lists.listed(query.differences().order_by(), asked, OpenDifference.of)


@router.post(
    "/differences/{id}/closings", response={201: OpenDifference}, summary="Close a difference"
)
@once.keyed(required=False)
def close(request: HttpRequest, id: UUID, said: DifferenceClosedIn) -> OpenDifference:
    lists.known(models.OpenDifference, id)
    caller = gate.caller(request)
    row = action.close(
        id, remark=said.remark, role=caller.role(Act.CLOSE_DIFFERENCE), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return OpenDifference.of(row)


@of_invoices.post(
    "/{id}/client-answers", response={201: Disclosure}, summary="Note what the client says of it"
)
@once.keyed(required=False)
def asked(request: HttpRequest, id: UUID, said: ClientAskedIn) -> Disclosure:
    """Of an invoice that was bought in confidence and is late: its client collects."""
    lists.known(models.Invoice, id)
    caller = gate.caller(request)
    row = disclosing.asked(
        id, answer=said.answer, role=caller.role(Act.DISCLOSE), at=clock.now(), actor=caller.actor
    )
    return Disclosure.of(row)


@of_invoices.post(
    "/{id}/disclosures", response={201: Disclosure}, summary="Tell the debtor that it is ours"
)
@once.keyed(required=False)
def disclose(request: HttpRequest, id: UUID, said: DiscloseIn) -> Disclosure:
    """After the client was asked and had its days. The notice goes out with the day's end."""
    lists.known(models.Invoice, id)
    caller = gate.caller(request)
    row = disclosing.tell(
        id, because=said.because, role=caller.role(Act.DISCLOSE), at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return Disclosure.of(row)
