"""Take in what debtors undertake irrevocably to pay. What waited for it goes on to credit.

An undertaking may come before its invoice does. Until the invoice is bought another one may take
its place; from then on it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import credit
from usance.domain.credit.undertaking import Means
from usance.domain.distribution import Stance
from usance.domain.events import Kind
from usance.domain.finding import Finding
from usance.domain.intake import numbered
from usance.domain.invoice import Kind as Paper
from usance.domain.invoice import Stage
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.models.ids import new_id
from usance.queries import responses, same, undertakings

from . import holds
from .credit import STEP
from .diary import Line, note
from .documents import Content, keep

CODE = credit.approved_by_the_debtor.__name__
BUYER = "debtor:response"


class NoProof(Refusal):
    code = "undertaking_without_proof"
    todo = "File the debtor's signed paper, and say who signed it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """A line of what a debtor approved."""

    client: UUID
    number: str
    amount: Money
    due_on: date

    @property
    def fingerprint(self) -> str:
        return numbered(self.number, client=self.client, kind=Paper.INVOICE)


@transaction.atomic
def take(
    debtor: UUID, lines: Sequence[Approved], *, means: Means, proof: Content, person: str = "",
    role: Role, at: datetime, actor: str,
) -> list[Finding | None]:  # fmt: skip
    """The debtor undertakes to pay these, each its amount on its day; what is wrong with each, or
    None: it stands. One faulty line does not stop the others, and the same once more is harmless.

    :param proof: the paper that was signed, or the list as it came.
    :raises NotAllowed: if the role may not.
    :raises NoProof: if a person of ours enters it without the paper or who signed it.
    """
    require(role, Act.TAKE_UNDERTAKING)
    if not proof.data or (means is Means.DESK and not person.strip()):
        raise NoProof("the debtor's paper and who signed it are missing")
    (document,) = keep([proof], at=at)
    return _take(
        debtor, lines, means=means, document=document, person=person.strip()[:200], at=at,
        actor=actor,
    )  # fmt: skip


@transaction.atomic
def take_responses(told: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """A buyer's system accepted an invoice for good: where the terms ask for it, that undertakes.

    That it accepts with conditions, or only pays, undertakes nothing.
    """
    found = responses.decisive(told)
    accepted = [pk for pk, one in found.items() if one.stance == Stance.ACCEPTED and pk]
    rows = models.Invoice.objects.filter(pk__in=accepted, stage=Stage.VERIFIED).order_by("pk")
    for row in rows:
        if row.debtor_id is None or not undertakings.is_asked(row, today=at.date()):
            continue
        line = Approved(client=row.client_id, number=row.number, amount=row.face, due_on=row.due_on)
        _take(
            row.debtor_id, [line], means=Means.NETWORK, document=None, person="", at=at,
            actor=BUYER,
        )  # fmt: skip


def _take(
    debtor: UUID, lines: Sequence[Approved], *, means: Means, document: str | None, person: str,
    at: datetime, actor: str,
) -> list[Finding | None]:  # fmt: skip
    # Who decides on an invoice locks its debtor: neither misses what the other writes.
    company = [pk for these in same.members([debtor]).values() for pk in these]
    rows = models.Debtor.objects.select_for_update(no_key=True).filter(pk__in=company)
    list(rows.order_by("pk").values_list("pk", flat=True))
    prints = [line.fingerprint for line in lines]
    standing = models.Undertaking.objects.select_for_update().filter(
        debtor__in=company, fingerprint__in=prints, ended_at=None
    )
    known = {row.fingerprint: row for row in standing.order_by("pk")}
    bought = set(
        models.Invoice.objects.filter(fingerprint__in=prints)
        .exclude(stage__in=[Stage.RECEIVED, Stage.VERIFIED, Stage.REJECTED])
        .values_list("fingerprint", flat=True)
    )
    said: list[Finding | None] = []
    written, over = dict[str, models.Undertaking](), []
    for line, fingerprint in zip(lines, prints, strict=True):
        old = known.get(fingerprint)
        no = _fault(line, old, again=fingerprint in written, bought=fingerprint in bought)
        said.append(no)
        if no is not None or (old is not None and _same(old, line)):
            continue
        if old is not None:
            over.append(old.pk)
        written[fingerprint] = models.Undertaking(
            id=new_id(), debtor_id=debtor, client_id=line.client, number=line.number[:100],
            fingerprint=fingerprint, face_minor=line.amount.minor, currency=line.amount.currency,
            due_on=line.due_on, means=means, person=person, document_id=document, at=at,
            actor=actor[:64],
        )  # fmt: skip
    models.Undertaking.objects.filter(pk__in=over).update(ended_at=at)
    models.Undertaking.objects.bulk_create(written.values())
    _go_on(written, at=at, actor=actor)
    return said


def _fault(
    line: Approved, old: models.Undertaking | None, *, again: bool, bought: bool
) -> Finding | None:
    if again:
        says, todo = "It stands in the list twice.", "Send each invoice once."
        return Finding(code="undertaking_twice", says=says, where=line.number, todo=todo)
    if line.amount.minor <= 0:
        says, todo = f"{line.amount} is no amount to pay.", "Send what is to be paid."
        return Finding(code="undertaking_amount", says=says, where=line.number, todo=todo)
    if bought and old is not None and not _same(old, line):
        return Finding(
            code="undertaking_stands",
            says=f"{old.amount} on {old.due_on} was undertaken, and the invoice is bought.",
            where=line.number, todo="It is irrevocable: settle the rest with the supplier.",
        )  # fmt: skip
    return None


def _same(old: models.Undertaking, line: Approved) -> bool:
    return (old.amount, old.due_on) == (line.amount, line.due_on)


def _go_on(written: dict[str, models.Undertaking], *, at: datetime, actor: str) -> None:
    """What waited for nothing else goes on; what waits for more as well, a person decides on."""
    rows = models.Invoice.objects.filter(fingerprint__in=written.keys())
    known = {row.fingerprint: row for row in rows.order_by("pk")}
    lines = []
    for fingerprint, one in written.items():
        invoice = known.get(fingerprint)
        told = {"amount": str(one.amount), "until": str(one.due_on), "person": one.person,
                "document": one.document_id or "", "number": one.number}  # fmt: skip
        lines.append(Line(one.pk, invoice.pk if invoice else None, told))
    note(Kind.UNDERTAKING_GIVEN, lines, at=at, actor=actor)
    waiting = models.Hold.objects.filter(
        invoice__in=[row.pk for row in known.values()], step=STEP, closed_at=None
    )
    cured = [
        pk
        for pk, findings in waiting.values_list("invoice_id", "findings")
        if {one["code"] for one in findings} == {CODE}
    ]
    remark = "The debtor undertook to pay it."
    holds.release_cured(cured, stage=STEP, remark=remark, at=at, actor=actor)
