"""What debtors signed: entered by one, confirmed by another; amended, cancelled, lapsed.

Whoever changes a mandate locks it before its debits.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.collection import debits as days
from usance.domain.collection import signed
from usance.domain.collection.signed import Scheme
from usance.domain.events import Kind
from usance.domain.invoice import Stage
from usance.domain.invoice.square import SEPA
from usance.domain.mandate import Act, Role, require, two_people
from usance.domain.party import identifier_key
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change
from usance.queries import debits as query
from usance.queries.same import company

from . import debits
from .diary import Line, note

AMENDED, LAPSED = "amended", "nothing was collected under it for 36 months"


class ReferenceTaken(Refusal):
    code = "debit_reference_taken"
    todo = "Give every mandate a reference of its own, also after one has ended."


class MandateOpen(Refusal):
    code = "debit_mandate_open"
    todo = "Change the one that there is, or cancel it first."


class MandateOver(Refusal):
    code = "debit_mandate_over"
    todo = "Look at the debtor's mandates again: it was confirmed, amended or closed meanwhile."


class NoEvidence(Refusal):
    code = "debit_mandate_without_paper"
    todo = "Say where the signed paper lies: without it each debit goes back for 13 months."


class NoticeOutOfBounds(Refusal):
    code = "debit_notice_out_of_bounds"
    todo = f"Give a number of days from {days.SHORTEST_NOTICE} to {days.LONGEST_NOTICE}."


class NotItsInvoice(Refusal):
    code = "debit_invoice_of_another"
    todo = "Choose a bought invoice in euro of this debtor."


@transaction.atomic
def enter(
    debtor_id: UUID,
    *,
    reference: str,
    scheme: Scheme,
    iban: str,
    signed_on: date,
    evidence: str,
    bic: str = "",
    notice_days: int = days.NOTICE_DAYS,
    invoice: UUID | None = None,
    role: Role,
    at: datetime,
    actor: str,
) -> models.DebitMandate:
    """A mandate that the debtor signed. Nothing is collected before another person confirmed it.

    :param invoice: it is for this one collection only. None: for all of the debtor's invoices.
    :raises NotAllowed: if the role may not.
    :raises ReferenceWrong, ReferenceTaken: of the reference.
    :raises AccountNotInSepa, SignedAhead, NoEvidence, NoticeOutOfBounds: of the rest.
    :raises MandateOpen: if the debtor has one for all of its invoices.
    :raises NotItsInvoice: if the invoice is not bought, in euro and the debtor's.
    """
    require(role, Act.KEEP_DEBIT_MANDATES)
    debtor = models.Debtor.objects.select_for_update(no_key=True).get(pk=company(debtor_id))
    row = models.DebitMandate(
        debtor=debtor,
        reference=signed.reference(reference),
        scheme=scheme,
        iban=signed.account(iban, SEPA),
        bic=identifier_key(bic)[:11],
        signed_on=_past(signed_on, at),
        notice_days=_notice(notice_days),
        evidence=_evidence(evidence),
        invoice_id=_its(debtor.pk, invoice),
        entered_at=at,
        entered_by=actor[:64],
    )
    if models.DebitMandate.objects.filter(reference=row.reference).exists():
        raise ReferenceTaken(row.reference)
    open_ = models.DebitMandate.objects.filter(debtor=debtor, closed_at=None, invoice=invoice)
    if open_.exists():
        raise MandateOpen(f"{debtor.name} has {open_[0].reference}")
    row.save(force_insert=True)
    crashpoint("debit_mandates.entered")
    _changed([row], "debit mandate entered", at=at, actor=actor, scheme=scheme.value)
    return row


@transaction.atomic
def amend(
    mandate_id: UUID,
    *,
    iban: str,
    evidence: str,
    reference: str = "",
    bic: str = "",
    notice_days: int | None = None,
    role: Role,
    at: datetime,
    actor: str,
) -> models.DebitMandate:
    """The debtor's account, the reference or the notice changed. The mandate goes on as it was
    until another person confirms the change; the next collection then tells the bank of it.

    :raises NotAllowed: if the role may not.
    :raises MandateOver: if it is not live, or another change of it waits.
    :raises ReferenceWrong, ReferenceTaken, AccountNotInSepa, NoEvidence, NoticeOutOfBounds.
    """
    require(role, Act.KEEP_DEBIT_MANDATES)
    old = models.DebitMandate.objects.select_for_update(no_key=True).get(pk=mandate_id)
    if old.state != "live" or old.amended_by.filter(closed_at=None).exists():
        raise MandateOver(f"{old.reference} is {old.state}, or a change of it waits")
    row = models.DebitMandate(
        debtor_id=old.debtor_id,
        invoice_id=old.invoice_id,
        reference=signed.reference(reference or old.reference),
        scheme=old.scheme,
        iban=signed.account(iban, SEPA),
        bic=identifier_key(bic)[:11],
        signed_on=old.signed_on,
        notice_days=_notice(old.notice_days if notice_days is None else notice_days),
        evidence=_evidence(evidence),
        ends=old.ends,
        entered_at=at,
        entered_by=actor[:64],
        amends=old,
    )
    known = models.DebitMandate.objects.filter(reference=row.reference)
    if row.reference != old.reference and known.exists():
        raise ReferenceTaken(row.reference)
    row.save(force_insert=True)
    _changed([row], "debit mandate amended", at=at, actor=actor)
    return row


@transaction.atomic
def confirm(
    mandate_id: UUID, *, seen: str, role: Role, at: datetime, actor: str
) -> models.DebitMandate:
    """Another person than who entered it compared it with the signed paper.

    :param seen: the IBAN as it was shown.
    :raises NotAllowed: if the role may not.
    :raises SecondPersonNeeded: if the actor entered it.
    :raises ContentChanged: if it is not what was seen.
    :raises MandateOver: if it is confirmed or closed already, or what it amends is closed.
    """
    require(role, Act.KEEP_DEBIT_MANDATES)
    before = models.DebitMandate.objects.filter(amended_by=mandate_id)
    locked = models.DebitMandate.objects.select_for_update(no_key=True)
    old = locked.filter(pk__in=before.values("pk")).first()
    row = locked.get(pk=mandate_id)
    two_people(prepared_by=row.entered_by, released_by=actor, prepared=row.iban, seen=seen)
    if row.state != "entered" or (old is not None and old.state != "live"):
        raise MandateOver(f"{row.reference} is {row.state}")
    if old is not None:
        _close([old], AMENDED, at=at, actor=actor)
    row.confirmed_at, row.confirmed_by = at, actor[:64]
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    crashpoint("debit_mandates.confirmed")
    _changed([row], "debit mandate confirmed", at=at, actor=actor)
    return row


@transaction.atomic
def cancel(
    mandate_id: UUID,
    *,
    because: str,
    after_next: bool = False,
    role: Role,
    at: datetime,
    actor: str,
) -> models.DebitMandate:
    """Nothing more is collected under it; what was planned and not released is cancelled.

    :param after_next: its next collection is the last one, and ends it.
    :raises NotAllowed: if the role may not.
    :raises MandateOver: if it is closed already.
    """
    require(role, Act.KEEP_DEBIT_MANDATES)
    row = models.DebitMandate.objects.select_for_update(no_key=True).get(pk=mandate_id)
    if row.state == "closed":
        raise MandateOver(f"{row.reference} is closed already")
    why = because.strip()[:200] or "cancelled"
    if after_next and row.state == "live" and row.invoice_id is None:
        row.ends = True
        row.save(update_fields=["ends"])
        _changed([row], "debit mandate ends after its next", at=at, actor=actor, because=why)
        return row
    _end([row], why, at=at, actor=actor)
    return row


def end(mandates: Sequence[UUID], because: str, *, at: datetime, actor: str) -> None:
    """The bank or the rulebook ends these; those that are closed stay as they are.

    Within a transaction, and locked before their debits.
    """
    rows = models.DebitMandate.objects.select_for_update(no_key=True).filter(
        pk__in=mandates, closed_at=None
    )
    _end(list(rows.order_by("pk")), because, at=at, actor=actor)


@transaction.atomic
def lapse(*, at: datetime, actor: str) -> int:
    """Close those under which nothing was collected for 36 months; how many."""
    if rows := query.lapsed(on=at.date()):
        end([row.pk for row in rows], LAPSED, at=at, actor=actor)
    return len(rows)


def _end(rows: Sequence[models.DebitMandate], why: str, *, at: datetime, actor: str) -> None:
    changes = models.DebitMandate.objects.filter(amends__in=rows, closed_at=None)
    ended = [*rows, *changes]
    _close(ended, why, at=at, actor=actor)
    debits.drop([one.pk for one in ended], because=f"The mandate ended: {why}", at=at, actor=actor)
    _changed(ended, "debit mandate closed", at=at, actor=actor, because=why)


def _close(rows: Sequence[models.DebitMandate], why: str, *, at: datetime, actor: str) -> None:
    for row in rows:
        row.closed_at, row.closed_by, row.closed_because = at, actor[:64], why[:200]
    change(rows, ["closed_at", "closed_by", "closed_because"])
    # What was planned under the version before is planned anew under the one that follows.
    if why == AMENDED:
        debits.drop(
            [row.pk for row in rows], because="The mandate was amended.", at=at, actor=actor
        )


def _its(debtor: UUID, invoice: UUID | None) -> UUID | None:
    if invoice is None:
        return None
    row = models.Invoice.objects.filter(pk=invoice, stage=Stage.FUNDED, currency="EUR").first()
    if row is None or row.debtor_id is None or company(row.debtor_id) != debtor:
        raise NotItsInvoice(str(invoice))
    return row.pk


def _past(signed_on: date, at: datetime) -> date:
    if signed_on > at.date():
        raise signed.SignedAhead(str(signed_on))
    return signed_on


def _notice(notice_days: int) -> int:
    if not days.SHORTEST_NOTICE <= notice_days <= days.LONGEST_NOTICE:
        raise NoticeOutOfBounds(f"{notice_days} days")
    return notice_days


def _evidence(text: str) -> str:
    if not text.strip():
        raise NoEvidence("nobody says where the signed mandate lies")
    return text.strip()[:200]


def _changed(
    rows: Sequence[models.DebitMandate], what: str, *, at: datetime, actor: str, **more: str
) -> None:
    lines = [
        Line(
            row.debtor_id,
            None,
            {"what": what, "value": row.reference, "account": row.iban[-4:], **more},
        )
        for row in rows
    ]
    note(Kind.MASTER_DATA_CHANGED, lines, at=at, actor=actor)
