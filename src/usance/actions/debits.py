"""Plan what is collected by direct debit, tell its debtor, drop what has changed.

Locks: mandates before invoices before debits.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from usance import models
from usance.domain.collection import debits as rule
from usance.domain.collection.debits import WAITING, State
from usance.domain.collection.signed import lapses_on
from usance.domain.distribution import Kind as By
from usance.domain.distribution import address_key
from usance.domain.events import Kind
from usance.domain.invoice import Stage
from usance.domain.journal import Account
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.letters.debit_notice import Announced, debit_notice, debit_recall
from usance.models.bulk import change
from usance.queries import amounts, cut_offs
from usance.queries import debits as query
from usance.queries.debits import DISPUTED
from usance.queries.overdue import BY_PLAN

from . import allocations
from .diary import Line, note


class NoCreditor(Refusal):
    code = "debit_creditor_missing"
    todo = "Set our creditor identifier under Settings, Banks."


class NotWaiting(Refusal):
    code = "debit_not_waiting"
    todo = "Look at the debit again: it was released, announced or cancelled meanwhile."


class RecallTold(Refusal):
    code = "debit_recall_told"
    todo = "Say how the debtor was told, or look again: it may know by now."


class ToldTooLate(Refusal):
    code = "debit_told_too_late"
    todo = "Cancel it: it is planned anew for a later day, with a notice in time."


@transaction.atomic
def plan(
    *, only: Collection[UUID] = (), role: Role | None = None, at: datetime, actor: str
) -> list[models.Debit]:
    """A debit for each invoice whose day is near and whose debtor signed, and a mail to tell it.

    Run twice, or by two at once, an invoice has one.

    :param only: these, by a person's choice. Empty: all whose day is near.
    :param role: of the person who asks; None: the day's end does.
    :raises NotAllowed: if the role may not.
    :raises NoCreditor: if a person asks and no account has a creditor identifier.
    """
    if role is not None:
        require(role, Act.PLAN_DEBITS)
    account = query.creditor()
    if account is None:
        if role is not None:
            raise NoCreditor("no account of ours collects")
        return []
    today = at.date()
    locked = query.live(on=today).values("pk")
    rows = models.DebitMandate.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.filter(pk__in=locked).order_by("pk")
    mandates = [one for one in rows if not one.closed_at]
    first = query.candidates(mandates, today=today, only=only)
    if not first:
        return []
    allocations.lock({one.invoice.pk for one in first})
    # Asked again: another may have planned, or somebody paid, before they were locked.
    chosen = query.candidates(mandates, today=today, only=[one.invoice.pk for one in first])
    before = query.past({one.mandate.pk for one in chosen})
    made = []
    for one in sorted(chosen, key=lambda one: (one.invoice.due_on, one.invoice.pk)):
        day = rule.collects_on(one.invoice.due_on, notice_days=one.mandate.notice_days, today=today)
        if lapses_on(one.mandate.signed_on, before[one.mandate.pk].last_used) <= day:
            continue
        made.append(_debit(one, day, account, at=at, actor=actor))
    models.Debit.objects.bulk_create(made)
    crashpoint("debits.planned")
    models.DebitNotice.objects.bulk_create(_notices(made, account, at=at))
    note(Kind.DEBIT_PLANNED, [line(one) for one in made], at=at, actor=actor)
    return made


def _debit(
    one: query.Candidate, day: date, account: models.BankAccount, *, at: datetime, actor: str
) -> models.Debit:
    row = models.Debit(
        mandate=one.mandate,
        invoice=one.invoice,
        amount_minor=one.outstanding.minor,
        currency=one.outstanding.currency,
        collect_on=day,
        notice_days=one.mandate.notice_days,
        planned_at=at,
        planned_by=actor[:64],
    )
    row.content = content(row, account)
    return row


def _notices(
    made: Sequence[models.Debit], account: models.BankAccount, *, at: datetime
) -> list[models.DebitNotice]:
    """To those whom a mail reaches; of the others a person is told."""
    reached, factor = _reached(made), models.Factor.objects.first()
    found = []
    for one in made:
        if (address := reached.get(one.pk)) is not None:
            language = one.invoice.debtor.language if one.invoice.debtor else ""
            subject, text = debit_notice(_told(one, account.creditor_id, factor), language)
            found.append(
                models.DebitNotice(
                    debit=one, address=address, language=language, subject=subject, text=text,
                    made_at=at,
                )
            )  # fmt: skip
    return found


def _reached(rows: Sequence[models.Debit]) -> dict[UUID, str]:
    """The address of the debtor of each, where a mail may reach it."""
    emails = {
        one.pk: email for one in rows if one.invoice.debtor and (email := one.invoice.debtor.email)
    }
    keys = {pk: address_key(By.EMAIL, {"email": email}) for pk, email in emails.items()}
    spoilt = set(
        models.Suppression.objects.filter(
            kind=By.EMAIL, address__in=set(keys.values()), lifted_at=None
        ).values_list("address", flat=True)
    )
    return {pk: email for pk, email in emails.items() if keys[pk] not in spoilt}


def _told(one: models.Debit, creditor: str, factor: models.Factor | None) -> Announced:
    return Announced(
        amount=one.amount, collect_on=one.collect_on, number=one.invoice.number,
        client=one.invoice.client.name if one.invoice.client else "",
        ending=one.mandate.iban[-4:], reference=one.mandate.reference, creditor=creditor,
        factor=factor.name if factor else "", phone=factor.phone if factor else "",
    )  # fmt: skip


def content(row: models.Debit, account: models.BankAccount) -> str:
    """The hash of everything that is taken from whom, and when: a release names it."""
    mandate = row.mandate
    said = (
        row.invoice_id, row.amount, row.collect_on, mandate.pk, mandate.reference, mandate.scheme,
        mandate.iban, mandate.bic, mandate.debtor_id, account.iban, account.creditor_id,
    )  # fmt: skip
    return sha256("|".join(map(str, said)).encode()).hexdigest()


@transaction.atomic
def announce(debits: Collection[UUID], *, how: str, role: Role, at: datetime, actor: str) -> None:
    """A person told the debtors of these, by letter or on the telephone.

    :raises NotAllowed: if the role may not.
    :raises NotWaiting: if one of them is not planned.
    :raises ToldTooLate: if one is collected before its debtor had the days that were agreed.
    """
    require(role, Act.PLAN_DEBITS)
    rows = list(_locked(models.Debit.objects.filter(pk__in=debits)))
    if len(rows) < len(set(debits)) or any(row.state != State.PLANNED for row in rows):
        raise NotWaiting("it is announced or closed already")
    if late := [row for row in rows if not _in_time(row, at)]:
        raise ToldTooLate(f"{late[0].amount} is to be collected on {late[0].collect_on}")
    _announced(rows, how.strip() or "told by a person", at=at, actor=actor)


@transaction.atomic
def mailed(debit: UUID, address: str, *, at: datetime, actor: str) -> bool:
    """The notice went out. False: too late, or it was cancelled meanwhile; it stays as it is."""
    rows = list(_locked(models.Debit.objects.filter(pk=debit, state=State.PLANNED)))
    rows = [row for row in rows if _in_time(row, at)]
    _announced(rows, f"mail to {address}", at=at, actor=actor)
    return bool(rows)


def _in_time(row: models.Debit, at: datetime) -> bool:
    return rule.told_in_time(at.date(), row.collect_on, notice_days=row.notice_days)


def _announced(rows: Sequence[models.Debit], how: str, *, at: datetime, actor: str) -> None:
    for row in rows:
        row.state, row.announced_at, row.announced_how = State.ANNOUNCED, at, how[:200]
    change(rows, ["state", "announced_at", "announced_how"])
    note(Kind.DEBIT_ANNOUNCED, [line(row, how=how[:200]) for row in rows], at=at, actor=actor)


@transaction.atomic
def cancel(debits: Collection[UUID], *, because: str, role: Role, at: datetime, actor: str) -> None:
    """A person takes back what was not released yet.

    :raises NotAllowed: if the role may not.
    :raises NotWaiting: if one of them is released or closed.
    """
    require(role, Act.PLAN_DEBITS)
    rows = list(_locked(models.Debit.objects.filter(pk__in=debits)))
    if len(rows) < len(set(debits)) or any(State(row.state) not in WAITING for row in rows):
        raise NotWaiting("it is released or closed already")
    _cancelled(rows, because.strip() or "cancelled", at=at, actor=actor)


def drop(mandates: Collection[UUID], *, because: str, at: datetime, actor: str) -> None:
    """What waits under these is not collected. Within a transaction that locked them."""
    rows = models.Debit.objects.filter(mandate__in=mandates, state__in=sorted(WAITING))
    _cancelled(list(_locked(rows)), because, at=at, actor=actor)


@transaction.atomic
def look_after(*, at: datetime, actor: str) -> int:
    """Cancel what waits and can no longer be collected as its debtor was told; how many. What is
    still to be collected is planned anew, for a later day and with a new notice."""
    account = query.creditor()
    rows = list(_locked(models.Debit.objects.filter(state__in=sorted(WAITING))))
    reasons = {row.pk: why for row in rows if (why := _unfit(row, account, at=at))}
    changed = changes(rows)
    for pk, why in changed.items():
        reasons.setdefault(pk, why)
    ended: dict[str, list[models.Debit]] = {}
    for row in rows:
        if row.pk in reasons:
            ended.setdefault(reasons[row.pk], []).append(row)
    for why, these in ended.items():
        _cancelled(these, why, at=at, actor=actor)
    return len(reasons)


def _unfit(row: models.Debit, account: models.BankAccount | None, *, at: datetime) -> str:
    if account is None or row.content != content(row, account):
        return "What it rests on has changed."
    if row.state == State.PLANNED and not _in_time(row, at):
        return "Its debtor was not told in time."
    if cut_offs.pays_on(account, at.date(), at=at) > rule.leaves_by(row.collect_on):
        return "Nobody released it in time."
    return ""


def changes(rows: Sequence[models.Debit]) -> dict[UUID, str]:
    """Of waiting debits those whose invoice asks for something else by now, and why."""
    pks = {row.invoice_id for row in rows}
    bought = models.Invoice.objects.filter(pk__in=pks, stage=Stage.FUNDED)
    fit = set(bought.exclude(DISPUTED).exclude(BY_PLAN).values_list("pk", flat=True))
    left = amounts.of_invoices(Account.FACTORED_RECEIVABLES, pks)
    found = {}
    for row in rows:
        if row.invoice_id not in fit:
            found[row.pk] = "The invoice is disputed, paid by a plan, or no longer ours."
        elif left.get(row.invoice_id, 0) != row.amount_minor:
            found[row.pk] = "Another amount is outstanding."
    return found


def _locked(rows: "QuerySet[models.Debit]") -> "QuerySet[models.Debit]":
    own = rows.select_for_update(no_key=True, of=("self",))
    return own.select_related("mandate", "invoice__debtor", "invoice__client").order_by("pk")


def _cancelled(rows: Sequence[models.Debit], why: str, *, at: datetime, actor: str) -> None:
    for row in rows:
        row.state, row.reason, row.closed_on = State.CANCELLED, why[:200], at.date()
    change(rows, ["state", "reason", "closed_on"])
    models.DebitNotice.objects.filter(debit__in=rows, state="due").update(
        state="refused", detail="It was cancelled before anybody was told."
    )
    # After that: who is being told at this moment is told that it is cancelled, too.
    models.DebitRecall.objects.bulk_create(_recalls(rows, at=at))
    note(Kind.DEBIT_CANCELLED, [line(row, because=why[:200]) for row in rows], at=at, actor=actor)


def _recalls(rows: Sequence[models.Debit], *, at: datetime) -> list[models.DebitRecall]:
    """To those who were told of what is cancelled, or may have been; by whichever way. Whom no mail
    reaches a person tells."""
    mailed = models.DebitNotice.objects.filter(
        debit__in=rows, state__in=["calling", "sent", "unknown"]
    )
    heard = set(mailed.values_list("debit_id", flat=True))
    told = [row for row in rows if row.announced_at is not None or row.pk in heard]
    reached, factor = _reached(told), models.Factor.objects.first()
    found = []
    for row in told:
        language = row.invoice.debtor.language if row.invoice.debtor else ""
        subject, text = debit_recall(_told(row, "", factor), language)
        recall = models.DebitRecall(
            debit=row, address=reached.get(row.pk, ""), language=language, subject=subject,
            text=text, made_at=at,
        )  # fmt: skip
        if not recall.address:  # It was told by letter or on the telephone; a person does so again.
            recall.state, recall.detail = "refused", "No mail reaches it."
        found.append(recall)
    return found


@transaction.atomic
def recall_told(pk: UUID, *, how: str, role: Role, at: datetime, actor: str) -> None:
    """A person told the debtor that nothing is collected, whom no mail reached.

    :raises NotAllowed: if the role may not.
    :raises RecallTold: without a word of how, or if a mail reached it or somebody told it before.
    """
    require(role, Act.PLAN_DEBITS)
    rows = models.DebitRecall.objects.select_for_update(no_key=True, of=("self",))
    row = rows.select_related("debit").get(pk=pk)
    if not how.strip() or row.state not in ("refused", "unknown"):
        raise RecallTold(f"the mail to {row.address or 'it'} is {row.state}")
    row.state, row.detail = "sent", f"Told by {actor}: {how.strip()}"[:400]
    row.save(update_fields=["state", "detail"])
    invoice = row.debit.invoice_id
    text = f"Told the debtor that nothing is collected: {how.strip()}"[:400]
    note(Kind.NOTE_WRITTEN, [Line(invoice, invoice, {"text": text})], at=at, actor=actor)


def line(row: models.Debit, **more: str) -> Line:
    """What the diary says of a debit."""
    told = {"amount": str(row.amount), "on": row.collect_on.isoformat(), **more}
    return Line(row.pk, row.invoice_id, told)
