"""A person says which payouts a debit is, where the bank tells neither order nor payee; and takes
it back.

Locks: our account, the line, the payouts, as whoever books a statement.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import ledger
from usance.domain.events import Kind
from usance.domain.journal import About
from usance.domain.mandate import Act, Role, name_of, require
from usance.domain.money import Money, total
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change
from usance.queries import paid_out as query

from .allocations import UNDO_WITHIN, TooLate, UndoneBefore
from .diary import Line, note
from .ledger import book


class NotThatDebit(Refusal):
    code = "payouts_are_not_that_debit"
    todo = "Tick the payouts that are in it: together at most what is not explained of it."


class PayoutBack(Refusal):
    code = "payout_came_back"
    todo = "One of them came back: what the bank said of it stays."


@transaction.atomic
def say(line: UUID, payouts: Sequence[UUID], *, role: Role, at: datetime, actor: str) -> Money:
    """The debit is these payouts, which are paid by it. What is left of it waits for another
    explanation, such as a charge: positive.

    :raises NotAllowed: if the role may not.
    :raises NotThatDebit: if the line is no debit, one of them is not under way at its bank, or they
        are more than what is not explained of it.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    row = _locked(line)
    locked = models.Payout.objects.select_for_update(no_key=True).order_by("pk")
    found = list(
        locked.filter(
            pk__in=payouts, state__in=query.UNDER_WAY, file__account=row.account_id,
            currency=row.currency,
        )
    )  # fmt: skip
    if row.unapplied_minor >= 0:
        raise NotThatDebit(f"{row.amount} is explained, or no debit")
    if not found or len(found) != len(set(payouts)):
        raise NotThatDebit("one of them is not under way at this bank")
    left = -Money(row.unapplied_minor, row.currency)
    whole = total((one.amount for one in found), row.currency)
    if whole > left:
        raise NotThatDebit(f"together they are {whole}, and {left} is not explained")
    _move(row, found, undone=False, at=at, actor=actor)
    return left - whole


@transaction.atomic
def take_back(line: UUID, *, role: Role, at: datetime, actor: str) -> int:
    """It was not those: they are under way again, and the debit is unexplained. How many.

    :raises NotAllowed: if the role may not.
    :raises UndoneBefore: if nobody said so of this line, or it was taken back.
    :raises TooLate: if it was said longer ago than UNDO_WITHIN.
    :raises PayoutBack: if one of them came back meanwhile.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    row = _locked(line)
    said = query.said_of(row)
    locked = models.Payout.objects.select_for_update(no_key=True).order_by("pk")
    found = list(locked.filter(pk__in=[one.payout.pk for one in said]))
    if not found:
        raise UndoneBefore("nobody said of it which payouts it is")
    if any(at - one.at > UNDO_WITHIN for one in said):
        raise TooLate(f"it is more than {UNDO_WITHIN.days} days old")
    if any(one.state != "paid" for one in found):
        raise PayoutBack(f"of {len(found)} payouts")
    _move(row, found, undone=True, at=at, actor=actor)
    return len(found)


def _locked(line: UUID) -> models.BankLine:
    place = models.BankLine.objects.get(pk=line)
    models.BankAccount.objects.select_for_update(no_key=True).get(pk=place.account_id)
    return models.BankLine.objects.select_for_update(no_key=True).get(pk=line)


def _move(
    row: models.BankLine, payouts: Sequence[models.Payout], *, undone: bool, at: datetime,
    actor: str,
) -> None:  # fmt: skip
    turns = query.turns(payouts)
    on = at.date() if undone else row.booked_on
    entries = [
        ledger.payout_said(
            one.key, one.amount, turn=turns[one.key], about=About(client=one.client_id), on=on,
            line=str(row.pk), undone=undone,
        )
        for one in payouts
    ]  # fmt: skip
    whole = total((one.amount for one in payouts), row.currency).minor
    row.unapplied_minor += -whole if undone else whole
    row.verdict = "none" if undone else "certain"
    count = "A payout" if len(payouts) == 1 else f"{len(payouts)} payouts"
    who = name_of(actor)
    row.says = (f"Taken back by {who}." if undone else f"{count} of ours, as {who} says.")[:200]
    row.save(update_fields=["unapplied_minor", "verdict", "says"])
    handed = query.handed(payouts)
    for one in payouts:
        back = "sent" if one.pk in handed else "released"
        one.state, one.closed_on = (back, None) if undone else ("paid", row.booked_on)
    change(payouts, ["state", "closed_on"])
    book(entries, at=at, actor=actor)
    crashpoint("paid_out.said")
    remark = {"remark": f"not in the debit of {row.booked_on}"} if undone else {}
    note(
        Kind.PAYOUT_SENT if undone else Kind.PAYOUT_PAID,
        [Line(one.pk, None, {"amount": str(one.amount), **remark}) for one in payouts],
        at=at,
        actor=actor,
    )
