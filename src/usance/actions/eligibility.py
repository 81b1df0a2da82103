"""Agree on what counts, mark what does not, and let a client draw beyond it for a while."""

from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from usance import models
from usance.domain.credit.eligibility import OF_INVOICES, Agreed, Mark
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require, two_people
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.queries import availability

from . import headroom
from .diary import Line, note

LONGEST = timedelta(days=92)  # An over-advance that lasts longer is a facility.


class SetsOverlap(Refusal):
    code = "eligibility_sets_overlap"
    todo = "Let the new set begin after the day on which the old one did."


class NoFacility(Refusal):
    code = "no_facility"
    todo = "Agree on a facility in this currency first."


class FiguresOdd(Refusal):
    code = "eligibility_figures"
    todo = "Shares lie above 0 and at most at 1, days and amounts are not below zero."


class NoReason(Refusal):
    code = "reason_missing"
    todo = "Say why in a sentence: it stands in the diary."


class MarkOdd(Refusal):
    code = "eligibility_mark_odd"
    todo = "Contra takes a debtor and an amount; the others take a debtor or an invoice, no amount."


class AlreadyMarked(Refusal):
    code = "eligibility_marked_already"
    todo = "End the mark that holds first."


class NotOpen(Refusal):
    code = "over_advance_not_open"
    todo = "Look at the client's page: somebody decided already, or another one waits."


class SpanOdd(Refusal):
    code = "over_advance_span"
    todo = f"Let it end today or later, and within {LONGEST.days} days."


@transaction.atomic
def agree(
    client_id: UUID,
    currency: str,
    agreed: Agreed,
    *,
    valid_from: date,
    reason: str,
    role: Role,
    at: datetime,
    actor: str,
) -> models.EligibilitySet:
    """What counts from a day on; the set that held until then ends on the day before. From then on
    a purchase that goes beyond what is available is held.

    :raises NotAllowed: if the role may not.
    :raises NoFacility, FiguresOdd, NoReason, SetsOverlap: see their codes.
    """
    require(role, Act.SET_ELIGIBILITY)
    _said(reason)
    _refuse_odd(agreed)
    models.Client.objects.select_for_update(no_key=True).get(pk=client_id)
    _facility(client_id, currency)
    old = models.EligibilitySet.objects.filter(
        client_id=client_id, currency=currency, valid_to=None
    ).first()
    if old is not None:
        if old.valid_from >= valid_from:
            raise SetsOverlap(f"a set holds since {old.valid_from}")
        old.valid_to = valid_from - timedelta(days=1)
        old.save(update_fields=["valid_to"])
    row = models.EligibilitySet(
        client_id=client_id, currency=currency, valid_from=valid_from, reason=reason.strip()[:400],
        agreed_at=at, agreed_by=actor[:64],
        **{name: getattr(agreed, name) for name in Agreed.__dataclass_fields__}
        | {"countries": sorted(agreed.countries)},
    )  # fmt: skip
    row.save(force_insert=True)
    _changed(client_id, "eligibility agreed", f"{currency} from {valid_from}", at=at, actor=actor)
    return row


@transaction.atomic
def mark(
    client_id: UUID,
    kind: Mark,
    *,
    debtor: UUID | None = None,
    invoice: UUID | None = None,
    amount: Money | None = None,
    reason: str,
    role: Role,
    at: datetime,
    actor: str,
) -> models.EligibilityMark:
    """From today on a debtor or one invoice does not count for this client, wholly or in part.

    :raises NotAllowed: if the role may not.
    :raises MarkOdd, NoReason, AlreadyMarked: see their codes.
    """
    require(role, Act.SET_ELIGIBILITY)
    _said(reason)
    _refuse_odd_mark(client_id, kind, debtor=debtor, invoice=invoice, amount=amount)
    models.Client.objects.select_for_update(no_key=True).get(pk=client_id)
    about = Q(debtor_id=debtor) if debtor else Q(invoice_id=invoice)
    row = models.EligibilityMark(
        client_id=client_id, debtor_id=debtor, invoice_id=invoice, kind=kind,
        amount_minor=amount.minor if amount else None, currency=amount.currency if amount else "",
        reason=reason.strip()[:400], valid_from=at.date(), said_at=at, said_by=actor[:64],
    )  # fmt: skip
    same = models.EligibilityMark.objects.filter(
        about, client_id=client_id, kind=kind, currency=row.currency, valid_to=None
    )
    if same.exists():
        raise AlreadyMarked(f"it is marked {kind} since {same.get().valid_from}")
    row.save(force_insert=True)
    _changed(client_id, f"marked {kind}", str(debtor or invoice), at=at, actor=actor)
    return row


@transaction.atomic
def end_mark(mark_id: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """From today on it holds no more; one that was made today never held.

    :raises NotAllowed: if the role may not.
    """
    require(role, Act.SET_ELIGIBILITY)
    row = models.EligibilityMark.objects.select_for_update(no_key=True).get(pk=mark_id)
    if row.valid_to is not None:
        return
    row.valid_to = at.date() - timedelta(days=1)
    row.ended_by = actor[:64]
    row.save(update_fields=["valid_to", "ended_by"])
    _changed(row.client_id, f"mark {row.kind} ended", str(row.pk), at=at, actor=actor)


@transaction.atomic
def propose_over_advance(
    client_id: UUID,
    amount: Money,
    *,
    reason: str,
    valid_to: date,
    role: Role,
    at: datetime,
    actor: str,
) -> models.OverAdvance:
    """Ask a colleague to let the client draw so much beyond what its ledger covers.

    :raises NotAllowed: if the role may not.
    :raises NoFacility, NoReason, SpanOdd, NotOpen: see their codes.
    """
    require(role, Act.OVER_ADVANCE)
    _said(reason)
    if amount.minor <= 0:
        raise FiguresOdd("an over-advance is above zero")
    if not at.date() <= valid_to <= at.date() + LONGEST:
        raise SpanOdd(f"it would end on {valid_to}")
    models.Client.objects.select_for_update(no_key=True).get(pk=client_id)
    _facility(client_id, amount.currency)
    waiting = models.OverAdvance.objects.filter(
        client_id=client_id, currency=amount.currency, state="proposed"
    ).first()
    if waiting is not None:
        raise NotOpen(f"{waiting.amount} by {waiting.proposed_by} waits for a second person")
    why = reason.strip()[:400]
    row = models.OverAdvance(
        client_id=client_id, currency=amount.currency, amount_minor=amount.minor, reason=why,
        valid_to=valid_to, content=_content(client_id, amount, why, valid_to), proposed_at=at,
        proposed_by=actor[:64],
    )  # fmt: skip
    row.save(force_insert=True)
    _over_advance(Kind.OVER_ADVANCE_PROPOSED, row, at=at, actor=actor)
    return row


@transaction.atomic
def decide_over_advance(
    row_id: UUID, *, yes: bool, seen: str, role: Role, at: datetime, actor: str
) -> models.OverAdvance:
    """A second person says yes or no to exactly what was proposed. After a yes, purchases that
    were held for want of availability are tried again.

    :raises NotAllowed: if the role may not.
    :raises SecondPersonNeeded, ContentChanged, NobodyBehind: see domain.mandate.two_people. Who
        proposed it may take it back.
    :raises NotOpen: if it was decided before. :raises SpanOdd: if it has expired meanwhile.
    """
    require(role, Act.OVER_ADVANCE)
    row = models.OverAdvance.objects.select_for_update(no_key=True).filter(pk=row_id).first()
    if row is None or row.state != "proposed":
        raise NotOpen("it is decided already" if row else "there is none")
    if yes:
        two_people(prepared_by=row.proposed_by, released_by=actor, prepared=row.content, seen=seen)
        if row.valid_to < at.date():
            raise SpanOdd(f"it ended on {row.valid_to}")
    row.state = "approved" if yes else "declined"
    row.decided_at, row.decided_by = at, actor[:64]
    row.save(update_fields=["state", "decided_at", "decided_by"])
    kind = Kind.OVER_ADVANCE_APPROVED if yes else Kind.OVER_ADVANCE_DECLINED
    _over_advance(kind, row, at=at, actor=actor)
    if yes:
        headroom.try_again(
            row.client_id, remark="An over-advance was approved.", at=at, actor=actor
        )
    return row


@transaction.atomic
def end_over_advances(*, at: datetime, actor: str) -> int:
    """What nobody decided on by its last day is declined. Of what was approved and is over, it is
    written down what the client draws beyond its ledger, until that is nothing. How many clients,
    by currency, draw too much."""
    over = models.OverAdvance.objects.select_for_update(no_key=True).filter(valid_to__lt=at.date())
    for row in over.filter(state="proposed").order_by("pk"):
        row.state, row.decided_at, row.decided_by = "declined", at, actor[:64]
        row.save(update_fields=["state", "decided_at", "decided_by"])
        _over_advance(Kind.OVER_ADVANCE_DECLINED, row, at=at, actor=actor)
    ended = over.filter(Q(uncovered_minor=None) | Q(uncovered_minor__gt=0), state="approved")
    drawn: dict[tuple[UUID, str], int] = {}
    for row in ended.order_by("client_id", "currency", "-valid_to", "-pk"):
        line = row.client_id, row.currency
        # The last of a line says it for those before.
        row.uncovered_minor = 0 if line in drawn else _uncovered(*line, on=at.date())
        drawn.setdefault(line, row.uncovered_minor)
        row.save(update_fields=["uncovered_minor"])
    return sum(minor > 0 for minor in drawn.values())


def _uncovered(client: UUID, currency: str, *, on: date) -> int:
    """Nothing where no set was agreed: there the ledger binds nobody."""
    ledger = availability.ledger(client, currency, on=on)
    if ledger is None or not ledger.binds:
        return 0
    return max(-ledger.waterfall().spendable.minor, 0)


def _over_advance(kind: Kind, row: models.OverAdvance, *, at: datetime, actor: str) -> None:
    told = {"amount": str(row.amount), "until": str(row.valid_to), "reason": row.reason,
            "client": row.client_id.hex}  # fmt: skip
    note(kind, [Line(row.client_id, None, told)], at=at, actor=actor)


def _content(client: UUID, amount: Money, reason: str, valid_to: date) -> str:
    return sha256(f"{client}|{amount}|{reason}|{valid_to}".encode()).hexdigest()


def _facility(client: UUID, currency: str) -> None:
    if not models.Facility.objects.filter(
        client_id=client, currency=currency, valid_to=None
    ).exists():
        raise NoFacility(f"the client has no facility in {currency}")


def _said(reason: str) -> None:
    if not reason.strip():
        raise NoReason("there is no reason")


def _refuse_odd(agreed: Agreed) -> None:
    for name in ("cross_age_share", "concentration_share", "dilution_share"):
        share = getattr(agreed, name)
        least_is_odd = share == 0 and name == "concentration_share"
        if share is not None and (not 0 <= share <= 1 or least_is_odd):
            raise FiguresOdd(f"{name.replace('_', ' ')} is {share}")
    for name in (
        "past_due_days",
        "since_issue_days",
        "notice_days",
        "ledger_days",
        "confirmed_from_minor",
        "retention_minor",
    ):
        if (figure := getattr(agreed, name)) is not None and figure < 0:
            raise FiguresOdd(f"{name.replace('_', ' ')} is {figure}")


def _refuse_odd_mark(
    client: UUID, kind: Mark, *, debtor: UUID | None, invoice: UUID | None, amount: Money | None
) -> None:
    if (debtor is None) == (invoice is None):
        raise MarkOdd("a mark is about a debtor or about an invoice")
    if kind is Mark.CONTRA and (debtor is None or amount is None or amount.minor <= 0):
        raise MarkOdd("contra is about a debtor and an amount")
    if kind is not Mark.CONTRA and amount is not None:
        raise MarkOdd(f"{kind} takes the whole of it")
    if invoice is not None:
        if kind not in OF_INVOICES:
            raise MarkOdd(f"{kind} is said of a debtor")
        if not models.Invoice.objects.filter(pk=invoice, client_id=client).exists():
            raise MarkOdd("the client has no such invoice")


def _changed(subject: UUID, what: str, value: str, *, at: datetime, actor: str) -> None:
    note(
        Kind.MASTER_DATA_CHANGED,
        [Line(subject, None, {"what": what, "value": value})],
        at=at,
        actor=actor,
    )
