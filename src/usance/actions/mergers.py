"""Two debtors of the register are one company: one person says so, another one agrees.

The row that goes points to the row that stays. Nothing that was booked changes: invoices and moves
keep their row, and whoever asks what the company owes asks all its rows (queries.same). The row
that goes has no limit of its own any more, so that taking the merger back never makes one.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import connection, transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require, two_people
from usance.domain.refusal import Refusal
from usance.models.ids import new_id

from .diary import Line, note
from .trust import ONE_AT_A_TIME

DAY = timedelta(days=1)


class NotTwoDebtors(Refusal):
    code = "not_two_debtors"
    todo = "Choose another debtor that is its own company; take an earlier merger back first."


class MergerDecided(Refusal):
    code = "merger_decided"
    todo = "Look at the debtor again: somebody was faster."


class ReasonMissing(Refusal):
    code = "merger_without_reason"
    todo = "Write how you know that both are one company."


@transaction.atomic
def propose(
    goes: UUID, stays: UUID, *, reason: str, role: Role, at: datetime, actor: str
) -> models.Merger:
    """Write down that both are one company; nothing changes before another person agrees.

    :raises NotAllowed: if the role may not.
    :raises ReasonMissing: if it says nothing.
    :raises NotTwoDebtors: if it is one row, or one of them is part of another merger.
    """
    require(role, Act.EDIT_PARTY)
    if not reason.strip():
        raise ReasonMissing("a merger needs its reason")
    rows = _two(goes, stays)
    if models.Merger.objects.filter(goes=goes, state="proposed").exists():
        raise NotTwoDebtors(f"a merger of {rows[goes].name} waits for a second person")
    row = models.Merger(
        id=new_id(), goes=rows[goes], stays=rows[stays], reason=reason.strip()[:400],
        proposed_at=at, proposed_by=actor[:64],
    )  # fmt: skip
    row.save(force_insert=True)
    _changed(row, "merger proposed", at=at, actor=actor)
    return row


@transaction.atomic
def agree(merger_id: UUID, *, seen: str, role: Role, at: datetime, actor: str) -> models.Merger:
    """A second person agrees: from now on what names the one means the other, and both have one
    limit, that of the row that stays.

    :param seen: the digest of the proposal that the person looked at.
    :raises NotAllowed: if the role may not.
    :raises MergerDecided: if it does not wait any more.
    :raises NotTwoDebtors: if one of them became part of another merger meanwhile.
    :raises SecondPersonNeeded, ContentChanged, NobodyBehind: if this yes does not count.
    """
    require(role, Act.EDIT_PARTY)
    row = _in_state(merger_id, "proposed")
    two_people(prepared_by=row.proposed_by, released_by=actor, prepared=digest(row), seen=seen)
    _compare_nothing()
    went = _two(row.goes_id, row.stays_id)[row.goes_id]

    went.same_as = row.stays
    went.save(update_fields=["same_as"])
    row.state, row.decided_at, row.decided_by = "merged", at, actor[:64]
    row.save(update_fields=["state", "decided_at", "decided_by"])
    # What is compared for double financing are claims on a company.
    models.Trait.objects.filter(debtor_id=row.goes_id).update(debtor_id=row.stays_id)
    # Until yesterday: of two limits that hold on one day the debtor would have both.
    models.CreditLimit.objects.filter(debtor_id=row.goes_id, valid_to=None).update(
        valid_to=at.date() - DAY
    )
    _changed(row, "merged", at=at, actor=actor)
    return row


@transaction.atomic
def decline(merger_id: UUID, *, role: Role, at: datetime, actor: str) -> models.Merger:
    """They are two companies after all, or nobody wants it any more.

    :raises NotAllowed: if the role may not.
    :raises MergerDecided: if it does not wait any more.
    """
    require(role, Act.EDIT_PARTY)
    row = _in_state(merger_id, "proposed")
    row.state, row.decided_at, row.decided_by = "declined", at, actor[:64]
    row.save(update_fields=["state", "decided_at", "decided_by"])
    _changed(row, "merger declined", at=at, actor=actor)
    return row


@transaction.atomic
def undo(merger_id: UUID, *, reason: str, role: Role, at: datetime, actor: str) -> models.Merger:
    """They are two companies again. One person is enough: the row that went stands without a limit
    until somebody assesses it, so that nothing more can be bought than before.

    :raises NotAllowed: if the role may not.
    :raises ReasonMissing: if it says nothing.
    :raises MergerDecided: if they are not merged.
    """
    require(role, Act.EDIT_PARTY)
    if not reason.strip():
        raise ReasonMissing("taking a merger back needs its reason")
    row = _in_state(merger_id, "merged")
    _compare_nothing()
    went = _locked(row.goes_id, row.stays_id)[row.goes_id]
    went.same_as = None
    went.save(update_fields=["same_as"])
    row.state, row.undone_at, row.undone_by = "undone", at, actor[:64]
    row.undone_because = reason.strip()[:400]
    row.save(update_fields=["state", "undone_at", "undone_by", "undone_because"])
    models.Trait.objects.filter(invoice__debtor_id=row.goes_id).update(debtor_id=row.goes_id)
    _changed(row, "merger taken back", at=at, actor=actor)
    return row


def digest(row: models.Merger) -> str:
    """What a second person agrees to: which rows, as they are called and numbered now, and why."""
    told = [row.reason, row.proposed_by]
    for one in (row.goes, row.stays):
        told += [str(one.pk), one.name, one.country, one.vat_id, one.legal_id]
    return sha256("\n".join(told).encode()).hexdigest()


def _two(goes: UUID, stays: UUID) -> dict[UUID, models.Debtor]:
    """Both rows, locked, each its own company; into the one that goes nothing went before."""
    rows = _locked(goes, stays)
    if len(rows) < 2:
        raise NotTwoDebtors("that is one debtor, or there is no such debtor")
    for one in rows.values():
        if one.same_as_id is not None:
            raise NotTwoDebtors(f"{one.name} went into another debtor already")
    if models.Debtor.objects.filter(same_as=goes).exists():
        raise NotTwoDebtors(f"another debtor went into {rows[goes].name}: merge it the other way")
    return rows


def _locked(goes: UUID, stays: UUID) -> dict[UUID, models.Debtor]:
    """Whoever spends a limit holds the same locks, so that no purchase is on its way."""
    rows = models.Debtor.objects.select_for_update(no_key=True).filter(pk__in={goes, stays})
    return {one.pk: one for one in rows.order_by("pk")}


def _in_state(merger_id: UUID, wanted: str) -> models.Merger:
    row = models.Merger.objects.select_for_update(no_key=True).get(pk=merger_id)
    if row.state != wanted:
        raise MergerDecided(f"it is {row.state}")
    return row


def _compare_nothing() -> None:
    """No batch writes what is compared while that is keyed anew."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)


def _changed(row: models.Merger, what: str, *, at: datetime, actor: str) -> None:
    """Both debtors tell it."""
    said = {
        "what": what, "merger": str(row.pk), "goes": row.goes.name, "stays": row.stays.name,
        "remark": row.undone_because or row.reason,
    }  # fmt: skip
    lines = [
        Line(row.goes_id, None, {**said, "value": row.stays.name}),
        Line(row.stays_id, None, {**said, "value": row.goes.name}),
    ]
    note(Kind.MASTER_DATA_CHANGED, lines, at=at, actor=actor)
