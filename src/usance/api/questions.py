"""Questions to debtors before the purchase: list them, note who was asked and what was answered."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel

from usance import clock, models
from usance.actions import questions as action
from usance.domain import mandate
from usance.domain.mandate import Act
from usance.domain.verification.questions import Answer, Channel, Grade, State
from usance.queries import questions as query

from . import gate, lists, once
from .values import Amount, Asked, Line, Listed, Named, Note, Stretch

router = Router(tags=["Questions"])


class QuestionFilter(Stretch):
    state: State | None = Field(None, description="Only those that stand so.")


class Mail(BaseModel):
    """A mail with which usance asked."""

    to: str = Field(examples=["rechnung@bolt.example"])
    state: str = Field(
        examples=["accepted"],
        description="queued, calling, accepted, sent, delivered, opened, failed, unknown or"
        " cancelled.",
    )
    detail: str = Field(description="In the carrier's words.")
    made_at: datetime
    sent_at: datetime | None = Field(description="When its carrier took it.")

    @classmethod
    def of(cls, row: models.QuestionMail) -> "Mail":
        return cls(
            to=row.address, state=row.state, detail=row.detail, made_at=row.made_at,
            sent_at=row.sent_at,
        )  # fmt: skip


class Question(BaseModel):
    id: UUID
    invoice: UUID
    number: str = Field(examples=["R-1001"])
    client: Named
    debtor: Named | None
    face: Amount
    state: str = Field(examples=["asked"])
    reasons: list[str] = Field(description="Why the debtor is asked.")
    channel: str = Field(examples=["link"], description="mail, link or call.")
    asked_to: str
    asked_at: datetime | None
    answer_by: date | None
    answered_at: datetime | None
    answered_by: str
    person: str = Field(description="Who said it on the telephone, and by which number.")
    said: str
    evidence: str = Field(
        examples=["signed"],
        description="none, opened, called, signed or buyer: how well it is proved.",
    )
    mails: list[Mail] = Field(description="That usance sent, the oldest first.")

    @classmethod
    def of(cls, row: models.Question) -> "Question":
        plain = ("id", "state", "reasons", "channel", "asked_to", "asked_at", "answer_by",
                 "answered_at", "answered_by", "person", "said")  # fmt: skip
        paper = row.invoice
        return cls(
            invoice=paper.pk, number=paper.number, client=Named.of(paper.client),
            debtor=Named.maybe(paper.debtor), face=Amount.of(paper.face),
            evidence=Grade(row.grade).name.lower(),
            mails=[Mail.of(one) for one in row.mails.all()],
            **{name: getattr(row, name) for name in plain},
        )  # fmt: skip


class AskingIn(Asked):
    channel: Channel
    to: Line = Field(max_length=200, description="The registered address or number.")


class AnswerIn(Asked):
    answer: Answer
    person: Line = Field(max_length=100, description="Who said it.")
    number: Line = Field(max_length=40, description="By which number.")
    text: Note = Field("", description="In their words; an objection needs some.")


@router.get("", response=Listed[Question], summary="List questions to debtors")
def list_questions(request: HttpRequest, asked: Query[QuestionFilter]) -> Listed[Question]:
    """The oldest first."""
    return lists.listed(query.with_mails(asked.state), asked, Question.of, newest_first=False)


@router.post(
    "/{id}/askings", response={201: Question}, summary="Ask the debtor, or note who is asked"
)
@once.keyed(required=False)
def ask(request: HttpRequest, id: UUID, said: AskingIn) -> Question:
    """The days to answer begin now. By `mail` usance sends the signed address to `to`, again if it
    was sent before; by `link` it is yours to give, by `call` yours to telephone."""
    caller = gate.caller(request)
    role = caller.role(Act.RELEASE_HOLD)
    mandate.require(role, Act.RELEASE_HOLD)
    lists.known(models.Question, id)
    action.ask(
        id, channel=said.channel, to=said.to, role=role, at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return Question.of(query.with_mails(None).get(pk=id))


@router.post("/{id}/answers", response={201: Question}, summary="Note an answer by telephone")
@once.keyed(required=False)
def answer(request: HttpRequest, id: UUID, said: AnswerIn) -> Question:
    """A confirmed invoice goes on, an objection holds it. The same answer twice is one."""
    caller = gate.caller(request)
    role = caller.role(Act.RELEASE_HOLD)
    mandate.require(role, Act.RELEASE_HOLD)
    lists.known(models.Question, id)
    action.answer(
        id, said=said.answer, person=said.person, number=said.number, text=said.text,
        role=role, at=clock.now(), actor=caller.actor,
    )  # fmt: skip
    return Question.of(query.with_mails(None).get(pk=id))
