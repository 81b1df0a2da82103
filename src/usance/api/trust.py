"""Trust over the API: what was cleansed, candidates, spellings, thresholds, fingerprints."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router
from pydantic import BaseModel, StrictInt, create_model

from usance import clock, models
from usance.actions import aliases as spellings
from usance.actions import fingerprints as exchange
from usance.actions import parties, suspicion
from usance.domain.mandate import Act, require
from usance.domain.verification.cleansing import SAYS, Change
from usance.domain.verification.signals import BOUNDS, SIGNALS, Mode, Thresholds, mode
from usance.queries import customs, dossier
from usance.queries import fingerprints as questions

from . import gate, lists, once
from .values import Asked, Line, Listed, Note, Stretch

of_invoices = Router(tags=["Trust"])
of_debtors = Router(tags=["Trust"])
of_clients = Router(tags=["Trust"])
prints = Router(tags=["Trust"])
BACK_DAYS = 400
HEAD = (
    '{"format": "usance-fingerprints-1", "circle": "nordic", "key": "2026a",'
    ' "factor": "Factor Syd AB", "on": "2026-03-02"}'
)
HASHES = 100_000  # Lines of a request; more are sent by the command line.


class ChangeOut(BaseModel):
    """A value that is read otherwise than it is written; or told, and left."""

    where: str = Field(examples=["BT-31"])
    field: str = Field(examples=["Seller: VAT id"])
    was: str = Field(examples=["SE 556677-8899 01"])
    cleaned: str = Field(examples=["SE556677889901"], description="As `was`: it was left.")
    rule: str = Field(examples=["identifier"])
    says: str

    @classmethod
    def of(cls, one: Change) -> "ChangeOut":
        return cls(
            where=one.where, field=one.field, was=one.was, cleaned=one.cleaned,
            rule=one.rule.value, says=SAYS[one.rule],
        )  # fmt: skip


class DebtorMeant(BaseModel):
    debtor: UUID
    name: str = Field(examples=["Bolt Maschinenbau AG"])
    place: str = Field(examples=["München, DE"])
    score: int = Field(examples=[89], description="The sum of the points of its reasons.")
    because: list[str] = Field(examples=[["same name", "same postcode"]])


class TrustSaid(BaseModel):
    """What was cleansed, and whom the buyer may be while no debtor is certain."""

    invoice: UUID
    cleansing: list[ChangeOut]
    candidates: list[DebtorMeant]


class ChoiceIn(Asked):
    debtor: UUID


class Spelling(BaseModel):
    """A spelling that a person said means this debtor."""

    id: UUID
    debtor: UUID
    name: str = Field(examples=["BOLT MASCHINENBAU WERK 2"])
    place: str = Field(examples=["Industrieweg 9, 80331 München, DE"])
    number: str = Field(examples=["R-1001"], description="The invoice on which it was chosen.")
    added_at: datetime
    added_by: str = Field(examples=["user:erik"])
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, row: models.Alias) -> "Spelling":
        return cls(
            id=row.pk, debtor=row.debtor_id, name=row.name, place=row.place, number=row.number,
            added_at=row.added_at, added_by=row.added_by, withdrawn_at=row.withdrawn_at,
        )  # fmt: skip


Figures = create_model(
    "Figures",
    __base__=Asked,
    **{
        name: (Annotated[StrictInt, Field(ge=least, le=most)], getattr(Thresholds(), name))
        for name, (least, most) in BOUNDS.items()
    },
)


class ThresholdsIn(Asked):
    figures: Figures  # type: ignore[valid-type]  # made of BOUNDS
    modes: dict[str, Mode] = Field({}, examples=[{"account_not_registered": "hold"}])
    reason: Note = Field(min_length=1, examples=["Two accounts were changed by e-mail."])


class ThresholdsOut(BaseModel):
    client: UUID
    own: bool = Field(description="False: what holds for all.")
    figures: dict[str, int] = Field(examples=[{"gap": 50}])
    modes: dict[str, Mode] = Field(examples=[{"number_gap": "warn"}])
    reason: str = ""


class Match(BaseModel):
    """One of ours that another factor holds a fingerprint of."""

    invoice: UUID
    number: str = Field(examples=["R-1001"])
    kind: str = Field(examples=["exact"], description="exact, number or month: docs/trust.md")
    factor: str = Field(examples=["Factor Syd AB"])
    circle: str = Field(examples=["nordic"])
    month: str = Field(examples=["2026-03"])


class Matches(BaseModel):
    items: list[Match]


class PrintsIn(Asked):
    lines: list[Line] = Field(
        min_length=1, max_length=HASHES,
        description="The lines of the file; the first names circle, key and factor.",
        examples=[[HEAD]],
    )  # fmt: skip


class TakenIn(BaseModel):
    read: int = Field(examples=[4120])
    new: int = Field(examples=[310])


class Exported(BaseModel):
    """The lines of the file: hand them to the others of the circle."""

    lines: list[str] = Field(examples=[[HEAD]])


@of_invoices.get("/{id}/trust", response=TrustSaid, summary="Show what was cleansed and doubted")
def show_trust(request: HttpRequest, id: UUID) -> TrustSaid:
    """Findings stand with the checks of the invoice itself."""
    gate.mine(request, models.Invoice.objects.all()).get(pk=id)
    found = dossier.dossier(id, today=clock.now().date())
    assert found is not None
    return TrustSaid(
        invoice=id,
        cleansing=[ChangeOut.of(one) for one in found.cleaned],
        candidates=[
            DebtorMeant(
                debtor=one.id, name=one.name, place=one.place, score=one.score,
                because=list(one.because),
            )
            for one in found.candidates
        ],
    )  # fmt: skip


@of_invoices.post("/{id}/debtor", response={201: TrustSaid}, summary="Choose who owes it")
@once.keyed(required=False)
def choose_debtor(request: HttpRequest, id: UUID, said: ChoiceIn) -> TrustSaid:
    """The choice is remembered for this spelling. Release the hold, and the invoice goes on."""
    caller = gate.caller(request)
    role = caller.role(Act.RELEASE_HOLD)
    require(role, Act.RELEASE_HOLD)
    lists.known(models.Invoice, id)
    lists.known(models.Debtor, said.debtor)
    parties.choose_debtor(id, said.debtor, role=role, at=clock.now(), actor=caller.actor)
    return show_trust(request, id)


@of_debtors.get("/{id}/spellings", response=Listed[Spelling], summary="List a debtor's spellings")
def list_spellings(request: HttpRequest, id: UUID, asked: Query[Stretch]) -> Listed[Spelling]:
    """Also those that were withdrawn."""
    lists.known(models.Debtor, id)
    return lists.listed(models.Alias.objects.filter(debtor_id=id), asked, Spelling.of)


@of_debtors.delete(
    "/{id}/spellings/{spelling}", response={204: None}, summary="Withdraw a spelling"
)
def withdraw_spelling(request: HttpRequest, id: UUID, spelling: UUID) -> None:
    """The next paper with it waits for a person again."""
    caller = gate.caller(request)
    role = caller.role(Act.RELEASE_HOLD)
    lists.known(models.Debtor, id)
    spellings.withdraw(spelling, role=role, at=clock.now(), actor=caller.actor)


@of_clients.get("/{id}/thresholds", response=ThresholdsOut, summary="Show a client's thresholds")
def show_thresholds(request: HttpRequest, id: UUID) -> ThresholdsOut:
    lists.known(models.Client, id)
    row = models.TrustSetting.objects.filter(client_id=id).first()
    said = customs.thresholds([id])[id]
    return ThresholdsOut(
        client=id, own=row is not None, figures={name: getattr(said, name) for name in BOUNDS},
        modes={name: mode(name, said) for name in SIGNALS}, reason=row.reason if row else "",
    )  # fmt: skip


@of_clients.post(
    "/{id}/thresholds", response={201: ThresholdsOut}, summary="Set a client's thresholds"
)
@once.keyed(required=False)
def set_thresholds(request: HttpRequest, id: UUID, said: ThresholdsIn) -> ThresholdsOut:
    """For what is verified from now on. A signal that is not named warns."""
    caller = gate.caller(request)
    role = caller.role(Act.SET_TRUST)
    require(role, Act.SET_TRUST)
    lists.known(models.Client, id)
    suspicion.set_thresholds(
        Thresholds(**said.figures.model_dump(), modes=said.modes),
        client=id, reason=said.reason, role=role, at=clock.now(),
        actor=caller.actor,
    )  # fmt: skip
    return show_thresholds(request, id)


@prints.get("/matches", response=Matches, summary="Compare ours with what others hold")
def matches(request: HttpRequest) -> Matches:
    since = clock.now().date() - timedelta(days=BACK_DAYS)
    return Matches(
        items=[
            Match(
                invoice=one.invoice, number=one.number, kind=one.kind, factor=one.factor,
                circle=one.circle, month=one.month,
            )
            for one in questions.compared(since=since)
        ]
    )  # fmt: skip


@prints.post("", response={201: TakenIn}, summary="Take in the fingerprints of another factor")
@once.keyed(required=False)
def take_in(request: HttpRequest, said: PrintsIn) -> TakenIn:
    caller = gate.caller(request)
    read, new = exchange.take_in(
        said.lines, role=caller.role(Act.SET_TRUST), at=clock.now(), actor=caller.actor
    )
    return TakenIn(read=read, new=new)


@prints.post(
    "/{circle}/exports", response={201: Exported}, summary="Export our fingerprints for a circle"
)
@once.keyed(required=False)
def export(request: HttpRequest, circle: str) -> Exported:
    """That it was made stands in the diary."""
    caller, at = gate.caller(request), clock.now()
    since = at.date() - timedelta(days=BACK_DAYS)
    lines = exchange.export(
        circle, since=since, role=caller.role(Act.SET_TRUST), at=at, actor=caller.actor
    )
    return Exported(lines=list(lines))
