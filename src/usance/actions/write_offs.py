"""Give up a claim: proposed by one person, agreed to by whom its amount takes, booked once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from django.db import transaction

from usance import models
from usance.domain import ledger
from usance.domain.events import Kind
from usance.domain.invoice import Stage
from usance.domain.journal import About, Account
from usance.domain.mandate import (
    Act,
    ContentChanged,
    NobodyBehind,
    Role,
    nobody_behind,
    require,
    two_people,
)
from usance.domain.money import Money
from usance.domain.refusal import Refusal
from usance.domain.settlement import losses
from usance.domain.settlement.losses import Band, Bearer, Cause, NothingToWriteOff
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change
from usance.models.ids import new_id
from usance.queries import amounts
from usance.queries import write_offs as query

from . import settlement
from .diary import Line, note
from .ledger import book

SLEEPS = timedelta(days=30)
THE_DAY = "day"  # Who proposes what falls due: no person.
RECOURSE_DUE = "The recourse period is over, and recourse is limited."


class ReasonMissing(Refusal):
    code = "write_off_without_reason"
    todo = "Write why it will not be paid, and what was tried."


class WriteOffDecided(Refusal):
    code = "write_off_decided"
    todo = "Look at it again: somebody was faster."


class WriteOffWaits(Refusal):
    code = "write_off_waits"
    todo = "Decide on the write-off that was proposed before."


class AuthorityFaulty(Refusal):
    code = "authority_faulty"
    todo = "Correct the bands, then set them."


@transaction.atomic
def propose(
    invoice_id: UUID, *, cause: Cause, reason: str, role: Role, at: datetime, actor: str
) -> models.WriteOff:
    """All that is outstanding on an invoice will not be paid. Within the proposer's own authority
    it is done at once; else it waits.

    :raises NotAllowed: if the role may not.
    :raises ReasonMissing: without one.
    :raises NothingToWriteOff: if nothing is outstanding.
    :raises WriteOffWaits: if one was proposed before.
    :raises ChargesUntold: if a rate is missing that its charges take.
    """
    require(role, Act.WRITE_OFF)
    invoice = _locked(invoice_id)
    owed = _outstanding(invoice)
    row = _of(invoice, owed, cause)
    if models.WriteOff.objects.filter(invoice=invoice, state="proposed").exists():
        raise WriteOffWaits(f"a write-off of {invoice.number} waits for a second person")
    return _propose(row, reason, role=role, at=at, actor=actor)


@transaction.atomic
def take_recourse(invoices: Sequence[UUID], *, at: datetime, actor: str) -> tuple[int, int]:
    """The recourse period of these is over: what recourse gives back as a whole the client takes
    back at once. Where it is limited, the rest would be our loss: it is proposed, and nothing moves
    before the people agree whom the amount takes.

    What waits stays as it is (`end_changed` ends what is wrong by now), and what people declined is
    proposed again after SLEEPS days.

    :returns: how many were taken back, how many proposed.
    """
    rows = list(
        models.Invoice.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=invoices, stage=Stage.FUNDED)
        .select_related("funding__facility")
        .order_by("pk")
    )
    left = amounts.of_invoices(Account.FACTORED_RECEIVABLES, [row.pk for row in rows])
    open_ = [row for row in rows if left.get(row.pk, 0) > 0]
    split = [_of(row, Money(left[row.pk], row.currency), Cause.DEFAULT) for row in open_]
    whole = [one.invoice.pk for one in split if one.invoice and one.bearer == Bearer.CLIENT]
    settlement.repurchase(whole, because="recourse period over", at=at, actor=actor)
    rest = [one for one in split if one.bearer != Bearer.CLIENT]
    asked = query.asked([one.invoice_id for one in rest], since=at - SLEEPS, but_by=THE_DAY)
    fresh = [one for one in rest if one.invoice_id not in asked]
    bands = query.bands()
    for one in fresh:
        one.reason = RECOURSE_DUE
        one.people = losses.band_of(one.amount, bands).people
        one.proposed_at, one.proposed_by = at, THE_DAY
    models.WriteOff.objects.bulk_create(fresh)
    note(Kind.WRITE_OFF_PROPOSED, [_line(one) for one in fresh], at=at, actor=actor)
    return len(whole), len(fresh)


@transaction.atomic
def end_changed(*, at: datetime, actor: str) -> int:
    """What was proposed because recourse is over, and is not what is outstanding any more, ends
    without anybody's no, also if the first of two people agreed: `take_recourse` proposes it anew.
    How many."""
    waiting = models.WriteOff.objects.filter(state="proposed", reason=RECOURSE_DUE)
    ids = sorted(waiting.exclude(invoice=None).values_list("invoice_id", flat=True))
    # Before their write-offs, as everywhere.
    locked = models.Invoice.objects.select_for_update(no_key=True).filter(pk__in=ids)
    stages = dict(locked.order_by("pk").values_list("pk", "stage"))
    left = amounts.of_invoices(Account.FACTORED_RECEIVABLES, ids)
    rows = waiting.select_for_update(no_key=True).filter(invoice__in=ids).order_by("pk")
    changed = {}
    for row in rows:
        assert row.invoice_id, row.pk
        owed = left.get(row.invoice_id, 0) if stages[row.invoice_id] == Stage.FUNDED else 0
        if owed != row.amount_minor:
            changed[row] = f"{Money(owed, row.currency)} is outstanding by now."
    _end(changed, at=at, actor=actor)
    return len(changed)


def end_put_off(until: Mapping[UUID, date], *, at: datetime, actor: str) -> None:
    """What was proposed because recourse on these was over ends likewise: it was put off to the
    days given. Within the transaction that puts it off, which holds the invoices."""
    rows = models.WriteOff.objects.select_for_update(no_key=True).filter(
        state="proposed", reason=RECOURSE_DUE, invoice__in=until
    )
    over = {
        row: f"Recourse was put off until {until[row.invoice_id]}."
        for row in rows.order_by("pk")
        if row.invoice_id
    }
    _end(over, at=at, actor=actor)


def _end(why: Mapping[models.WriteOff, str], *, at: datetime, actor: str) -> None:
    for row, remark in why.items():
        row.state, row.decided_at, row.decided_by, row.remark = "declined", at, actor, remark
    change(list(why), ["state", "decided_at", "decided_by", "remark"])
    told = [Line(row.pk, row.invoice_id, {"remark": row.remark}) for row in why]
    note(Kind.WRITE_OFF_DECLINED, told, at=at, actor=actor)


@transaction.atomic
def propose_claim(
    client_id: UUID, amount: Money, *, cause: Cause, reason: str, role: Role, at: datetime,
    actor: str,
) -> models.WriteOff:  # fmt: skip
    """The client will not pay so much of what it owes us.

    :raises NotAllowed: if the role may not.
    :raises ReasonMissing: without one.
    :raises NothingToWriteOff: if it does not owe that much.
    :raises WriteOffWaits: if one was proposed before.
    """
    require(role, Act.WRITE_OFF)
    client = models.Client.objects.select_for_update(no_key=True).get(pk=client_id)
    _refuse_too_much(client, amount)
    waiting = models.WriteOff.objects.filter(client=client, invoice=None, state="proposed")
    if waiting.filter(currency=amount.currency).exists():
        raise WriteOffWaits(f"a write-off of claims on {client.name} waits for a second person")
    row = models.WriteOff(
        id=new_id(), client=client, currency=amount.currency, amount_minor=amount.minor,
        cause=cause, bearer=Bearer.FACTOR,
    )  # fmt: skip
    return _propose(row, reason, role=role, at=at, actor=actor)


@transaction.atomic
def agree(
    write_off_id: UUID, *, seen: str, role: Role, at: datetime, actor: str
) -> models.WriteOff:
    """Whom the amount takes agrees to exactly what was seen, and it is booked. Of what the machine
    proposed and two people are asked for, the first yes only makes it that person's proposal.

    :param seen: the digest of what the person looked at.
    :raises NotAllowed, AboveAuthority: if the role may not, or not so much.
    :raises WriteOffDecided: if it does not wait any more.
    :raises SecondPersonNeeded, ContentChanged, NobodyBehind: if this yes does not count.
    :raises NothingToWriteOff: if it was paid or taken back meanwhile.
    """
    require(role, Act.APPROVE_WRITE_OFF)
    row = _waiting(write_off_id)
    band = losses.band_of(row.amount, query.bands())
    if band.people > 1 and row.proposed_by == THE_DAY:
        return _second(row, seen=seen, at=at, actor=actor)
    losses.require(band, role)
    if band.people > 1:
        two_people(prepared_by=row.proposed_by, released_by=actor, prepared=digest(row), seen=seen)
    elif digest(row) != seen:
        raise ContentChanged("it was changed after it was shown")
    if row.invoice is not None and _outstanding(row.invoice) != row.amount:
        raise ContentChanged(f"{_outstanding(row.invoice)} is outstanding by now")
    if row.invoice is None:
        _refuse_too_much(row.client, row.amount)
    row.people = band.people
    _do(row, at=at, actor=actor)
    row.save(update_fields=["people", "state", "decided_at", "decided_by", "loss_minor"])
    return row


@transaction.atomic
def decline(
    write_off_id: UUID, *, remark: str = "", role: Role, at: datetime, actor: str
) -> models.WriteOff:
    """It is not given up, or whoever proposed it thought again.

    :raises NotAllowed: if the role may not.
    :raises WriteOffDecided: if it does not wait any more.
    """
    require(role, Act.WRITE_OFF)
    row = _waiting(write_off_id)
    row.state, row.decided_at, row.decided_by, row.remark = "declined", at, actor, remark[:400]
    row.save(update_fields=["state", "decided_at", "decided_by", "remark"])
    note(
        Kind.WRITE_OFF_DECLINED, [Line(row.pk, row.invoice_id, {"remark": row.remark})], at=at,
        actor=actor,
    )  # fmt: skip
    return row


@transaction.atomic
def set_authority(
    bands: Sequence[Band], *, reason: str, role: Role, at: datetime, actor: str
) -> models.WriteOffAuthority:
    """Who may write off how much, from now on.

    :raises NotAllowed: if the role may not.
    :raises ReasonMissing: without one.
    :raises AuthorityFaulty: if the bands contradict each other; says all that is wrong.
    """
    require(role, Act.SET_AUTHORITY)
    if not reason.strip():
        raise ReasonMissing("new bands say why, or who decided on them")
    if found := losses.faults(bands):
        raise AuthorityFaulty(" ".join(one.says for one in found))
    row = models.WriteOffAuthority(
        id=new_id(), said=msgspec.to_builtins(tuple(bands)), reason=reason.strip()[:400], at=at,
        actor=actor,
    )  # fmt: skip
    row.save(force_insert=True)
    told = {"what": "authority to write off", "reason": row.reason}
    note(Kind.MASTER_DATA_CHANGED, [Line(row.pk, None, told)], at=at, actor=actor)
    return row


def digest(row: models.WriteOff) -> str:
    """What a second person agrees to: what, how much, why, and whose loss it is."""
    told = (row.pk, row.client_id, row.invoice_id, row.amount, row.back, row.cause, row.reason,
            row.bearer, row.proposed_by)  # fmt: skip
    return sha256("\n".join(map(str, told)).encode()).hexdigest()


def _of(invoice: models.Invoice, owed: Money, cause: Cause) -> models.WriteOff:
    parts = query.borne(invoice, owed, cause=cause)
    return models.WriteOff(
        id=new_id(), client_id=invoice.client_id, invoice=invoice, currency=invoice.currency,
        amount_minor=owed.minor, client_minor=parts.client.minor, cause=cause, bearer=parts.bearer,
    )  # fmt: skip


def _second(row: models.WriteOff, *, seen: str, at: datetime, actor: str) -> models.WriteOff:
    """The first of two people stands for what the machine proposed."""
    if digest(row) != seen:
        raise ContentChanged("it was changed after it was shown")
    if nobody_behind(actor):
        raise NobodyBehind(f"{actor} has no owner: nobody knows whose word it is")
    row.proposed_by, row.proposed_at, row.people = actor, at, 2
    row.save(update_fields=["proposed_by", "proposed_at", "people"])
    note(Kind.WRITE_OFF_PROPOSED, [_line(row)], at=at, actor=actor)
    return row


def _propose(
    row: models.WriteOff, reason: str, *, role: Role, at: datetime, actor: str
) -> models.WriteOff:
    if not reason.strip():
        raise ReasonMissing("a write-off says why")
    band = losses.band_of(row.amount, query.bands())
    row.reason, row.people = reason.strip()[:400], band.people
    row.proposed_at, row.proposed_by = at, actor
    is_alone = band.people == 1 and role in (Role.ADMIN, band.role)
    if is_alone:
        _do(row, at=at, actor=actor)
    row.save(force_insert=True)
    if not is_alone:
        note(Kind.WRITE_OFF_PROPOSED, [_line(row)], at=at, actor=actor)
    return row


def _do(row: models.WriteOff, *, at: datetime, actor: str) -> None:
    row.state, row.decided_at, row.decided_by = "done", at, actor
    if row.bearer != Bearer.CLIENT:
        row.loss_minor = row.ours.minor
    if row.invoice is None:
        entry = ledger.claim_written_off(
            row.client.name, row.amount, about=About(client=row.client_id), on=at.date(),
            record=str(row.pk),
        )  # fmt: skip
        book([entry], at=at, actor=actor)
        note(Kind.CLAIM_WRITTEN_OFF, [_line(row)], at=at, actor=actor)
    elif row.bearer == Bearer.CLIENT:
        because = f"charged back, {row.cause.replace('_', ' ')}"
        settlement.repurchase([row.invoice.pk], because=because, at=at, actor=actor)
        row.invoice.refresh_from_db(fields=["stage"])
        if row.invoice.stage == Stage.FUNDED:
            raise settlement.ChargesUntold(f"a rate is missing for what {row.invoice.number} cost")
    else:
        settlement.write_off(row.invoice, back=row.back, at=at, actor=actor)
        note(Kind.INVOICE_WRITTEN_OFF, [_line(row)], at=at, actor=actor)
    crashpoint("write_offs.booked")


def _line(row: models.WriteOff) -> Line:
    told = {"amount": str(row.amount), "cause": row.cause.replace("_", " "), "reason": row.reason}
    if row.bearer == Bearer.SHARED:
        told |= {"charged_back": str(row.back), "loss": str(row.ours)}
    return Line(row.invoice_id or row.pk, row.invoice_id, told)


def _waiting(write_off_id: UUID) -> models.WriteOff:
    """The row with its invoice, both locked: the invoice first, as everywhere."""
    found = models.WriteOff.objects.select_related("client").get(pk=write_off_id)
    invoice = _locked(found.invoice_id) if found.invoice_id else None
    if invoice is None:
        models.Client.objects.select_for_update(no_key=True).get(pk=found.client_id)
    row = models.WriteOff.objects.select_for_update(no_key=True).get(pk=write_off_id)
    if row.state != "proposed":
        raise WriteOffDecided(f"it was {row.state} before")
    row.client, row.invoice = found.client, invoice
    return row


def _locked(invoice_id: UUID) -> models.Invoice:
    return (
        models.Invoice.objects.select_for_update(of=("self",), no_key=True)
        .select_related("funding__facility")
        .get(pk=invoice_id)
    )


def _outstanding(invoice: models.Invoice) -> Money:
    """:raises NothingToWriteOff: if it is not bought, has ended or is paid."""
    left = amounts.of_invoices(Account.FACTORED_RECEIVABLES, [invoice.pk]).get(invoice.pk, 0)
    if invoice.stage != Stage.FUNDED or left <= 0:
        raise NothingToWriteOff(f"nothing is outstanding on {invoice.number}")
    return Money(left, invoice.currency)


def _refuse_too_much(client: models.Client, amount: Money) -> None:
    owes = amounts.of_clients(Account.CLIENT_CLAIMS, [client.pk], amount.currency)
    if not 0 < amount.minor <= owes.get(client.pk, 0):
        raise NothingToWriteOff(f"{client.name} does not owe us {amount}")
