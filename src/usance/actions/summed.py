"""A person says which direct debits a receipt is, where the bank books a sum and nothing but people
can tell of which; and takes it back.

Locks: our account, the line, then as whoever books what was collected.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.collection import together
from usance.domain.collection.debits import UNDER_WAY, State
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, name_of, require
from usance.domain.refusal import Refusal
from usance.models.bulk import change

from . import allocations, collected
from .allocations import UNDO_WITHIN, TooLate, UndoneBefore
from .debits import line as told_of
from .diary import note

SAID = "Direct debits of ours in one sum, as {actor} says."


class NotThatSum(Refusal):
    code = "debits_are_not_that_sum"
    todo = "Tick the debits that are in it: together the amount, or a little more by a charge."


class DebitBack(Refusal):
    code = "debit_came_back"
    todo = "One of them was returned: what the bank said of it stays."


@transaction.atomic
def say(line: UUID, debits: Sequence[UUID], *, role: Role, at: datetime, actor: str) -> int:
    """The receipt is these debits: each pays its invoice, and the last one what is left, if the
    bank kept a charge. How many were collected.

    :raises NotAllowed: if the role may not.
    :raises NotThatSum: if the line is explained, one of them is not under way at its bank, or they
        are less than the line, or more by more than a charge may be.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    place = models.BankLine.objects.get(pk=line)
    account = models.BankAccount.objects.select_for_update(no_key=True).get(pk=place.account_id)
    row = models.BankLine.objects.select_for_update(no_key=True).get(pk=line)
    found = list(
        models.Debit.objects.filter(
            pk__in=debits, state__in=sorted(UNDER_WAY), file__account=account,
            currency=row.currency,
        ).order_by("pk")
    )  # fmt: skip
    if row.amount_minor <= 0 or row.unapplied_minor != row.amount_minor:
        raise NotThatSum(f"{row.amount} is explained, at least in part")
    if not found or len(found) != len(set(debits)):
        raise NotThatSum("one of them is not under way at this bank")
    short = together.lacks(row.amount, [one.amount for one in found])
    if short is None:
        raise NotThatSum(f"together they are not {row.amount}")
    keys = tuple(one.key for one in found)
    short_of = {found[-1].key: short}
    done = collected.book({row.pk: keys}, short_of, at=at, actor=actor)
    if done != len(found):
        raise NotThatSum("somebody has said of one of them what it is meanwhile")
    says = SAID.format(actor=name_of(actor))[:200]
    models.BankLine.objects.filter(pk=row.pk).update(says=says)
    return done


@transaction.atomic
def take_back(line: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """It was not those: they are under way again, and their invoices are owed.

    :raises NotAllowed: if the role may not.
    :raises UndoneBefore: if nobody said so of this line, or it was taken back.
    :raises TooLate: if it is older than UNDO_WITHIN.
    :raises DebitBack: if the bank took one of them back meanwhile.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    row = models.BankLine.objects.select_for_update(no_key=True).get(pk=line)
    paid = list(row.allocations.filter(undone_at=None).select_related("invoice"))
    collected.lock(row)
    allocations.lock({one.invoice_id for one in paid})
    locked = models.Debit.objects.select_for_update(no_key=True, of=("self",)).filter(line=row)
    debits = list(locked.select_related("mandate", "file").order_by("pk"))
    if not debits or not row.says.startswith(SAID.partition("{")[0]):
        raise UndoneBefore("nobody said of it which debits it is")
    if any(at - one.at > UNDO_WITHIN for one in paid):
        raise TooLate(f"it is more than {UNDO_WITHIN.days} days old")
    if any(one.state != State.COLLECTED for one in debits):
        raise DebitBack(f"of {len(debits)} debits")
    row.verdict, row.says, row.proposals = "none", f"Taken back by {name_of(actor)}."[:200], []
    # While the debits still hold it: what is settled with them opens again first.
    allocations.take_back([row], paid, because="Taken back.", at=at, actor=actor)
    for one in debits:
        one.state = State.SENT if one.file and one.file.handed_at else State.RELEASED
        one.line, one.closed_on, one.final_on, one.short_minor = None, None, None, 0
    change(debits, ["state", "line", "closed_on", "final_on", "short_minor"])
    because = f"Not in the sum of {row.booked_on}."
    lines = [told_of(one, because=because) for one in debits]
    note(Kind.DEBIT_NOT_COLLECTED, lines, at=at, actor=actor)
