"""How a client's files come in by themselves: its code in folders and addresses, its senders."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router
from pydantic import BaseModel, StrictBool

from usance import clock, models
from usance.actions import doors as action
from usance.domain.mandate import Act
from usance.queries import doors, outside

from . import gate, lists, once
from .values import Asked, Line

router = Router(tags=["Parties"])


class DoorIn(Asked):
    code: Line = Field(min_length=2, max_length=40, examples=["acme"])
    senders: list[Line] = Field([], max_length=50, examples=[["ap@acme.example", "@acme.example"]])
    acknowledges: StrictBool = Field(True, description="Senders are told what was taken.")


class Door(BaseModel):
    code: str = Field(description="Its folder in the inbox is called so.")
    address: str = Field(description="Where it mails invoices; empty: no mail is taken.")
    senders: list[str]
    acknowledges: bool


@router.get("/{id}/door", response=Door, summary="Show how a client's files come in")
def show(request: HttpRequest, id: UUID) -> Door:
    return _told(lists.known(models.Client, id))


@router.post("/{id}/door", response={201: Door}, summary="Say how a client's files come in")
@once.keyed(required=False)
def set_door(request: HttpRequest, id: UUID, said: DoorIn) -> Door:
    """A folder and an address by the client's code, and whose mail is believed."""
    row = lists.known(models.Client, id)
    caller = gate.caller(request)
    action.set_door(
        row.pk, code=said.code, senders=said.senders, acknowledges=said.acknowledges,
        role=caller.role(Act.EDIT_PARTY), at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return _told(row)


def _told(client: models.Client) -> Door:
    row, word = doors.of(client), doors.word_of(client)
    return Door(
        code=word,
        address=doors.address(word, outside.invoices_address()),
        senders=row.senders if row else [],
        acknowledges=row.acknowledges if row else True,
    )
