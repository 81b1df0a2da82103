"""The bank takes a receipt back, or gives a return back: what was matched with it follows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import ledger, payment
from usance.domain.events import Kind
from usance.domain.journal import NOBODY
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.models.ids import new_id
from usance.queries import cash, explained

from . import allocations, checkouts, collected, differences, exchanged
from .diary import Line, note
from .ledger import book


def take_back(statements: Sequence[UUID], *, at: datetime, actor: str) -> None:
    """Of these statements what surely takes a receipt back undoes all that the receipt paid; what
    surely gives a return back pays again what the receipt paid. The rest waits for a person.

    Each in a transaction of its own: who holds what one touched waits for nothing of the next.
    """
    for row in explained.unexplained_returns(statements):
        with transaction.atomic():
            _take_back(row, at=at, actor=actor)


def _take_back(row: models.BankLine, *, at: datetime, actor: str) -> None:
    if (debit := collected.in_sum(row)) is not None:
        _out_of_sum(row.pk, debit, at=at, actor=actor)
        return
    before = explained.before(row)
    found = payment.taken_back(
        cash.as_line(row),
        [payment.Movement(id=old.pk, line=cash.as_line(old)) for old in before],
    )
    if found is None:
        return
    (old,) = (one for one in before if one.pk == found.id)
    if collected.are_several(old):
        return
    if row.amount_minor < 0:
        go_back(row.pk, old.pk, at=at, actor=actor)
    else:
        pay_again(row.pk, old.pk, at=at, actor=actor)


@transaction.atomic
def returned(line: UUID, receipt: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """A person says which receipt this movement took back.

    :raises NotAllowed: if the role may not.
    :raises NotThat: as `go_back`.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    go_back(line, receipt, at=at, actor=actor)


def go_back(line: UUID, receipt: UUID, *, at: datetime, actor: str) -> None:
    """This movement took the receipt back: all that it paid is to be paid again.

    Within a transaction.

    :raises NotThat: if it is not the same amount the other way at the same account of ours, or one
        of both is explained.
    """
    locked = models.BankLine.objects.select_for_update(no_key=True).filter(pk__in=[line, receipt])
    by_key = {row.pk: row for row in locked.order_by("pk")}
    out, came = by_key[line], by_key[receipt]
    if out.account_id != came.account_id:
        # A bank takes back what it brought, and a payment provider what it took.
        raise payment.NotThat(f"{out.amount} is of another account than {came.amount}")
    if out.amount != -came.amount or out.unapplied_minor != out.amount_minor:
        raise payment.NotThat(f"{out.amount} does not take back {came.amount} of {came.booked_on}")
    if collected.are_several(came):
        raise payment.NotThat(f"{came.amount} of {came.booked_on} are several debits in one sum")
    paid = list(came.allocations.filter(undone_at=None).select_related("invoice"))
    whole = came.unapplied_minor + sum(one.of_line_minor for one in paid) + differences.over(came)
    if whole != came.amount_minor:
        raise payment.NotThat(f"a part of {came.amount} of {came.booked_on} paid no invoice")
    debit = collected.lock(came)
    why = out.return_reason or "Returned"
    came.verdict, came.says, came.proposals = "certain", f"Went back on {out.booked_on}: {why}.", []
    out.verdict, out.says = "certain", f"Takes back what came on {came.booked_on}: {why}."
    came.short = None
    allocations.take_back([came], paid, because=f"Returned: {why}"[:200], at=at, actor=actor)
    assert came.unapplied_minor == came.amount_minor, came.pk
    came.unapplied_minor = out.unapplied_minor = 0
    allocations.update_lines([came, out])
    _explained(came, out, why, at=at, actor=actor)
    if debit is not None:
        collected.went_back(debit, out, at=at, actor=actor)
    checkouts.went_back(came, out, at=at, actor=actor)


def _out_of_sum(line: UUID, debit: models.Debit, *, at: datetime, actor: str) -> None:
    """This movement took back one of the debits that came in one sum: the others stay paid.

    Within a transaction.
    """
    locked = models.BankLine.objects.select_for_update(no_key=True)
    by_key = {one.pk: one for one in locked.filter(pk__in=[line, debit.line_id]).order_by("pk")}
    out = by_key[line]
    came = next(one for pk, one in by_key.items() if pk != line)
    collected.lock(came)
    same = collected.in_sum(out)  # Asked again, now that nobody changes them.
    if same is None or out.unapplied_minor != out.amount_minor:
        return
    why = (out.return_reason or "Returned")[:180]
    out.verdict = "certain"
    out.says = f"Takes back one of the debits that came on {came.booked_on}: {why}."[:200]
    paid = came.allocations.filter(undone_at=None, invoice=debit.invoice_id)
    because = f"Returned: {why}"[:200]
    allocations.take_back([came], list(paid.select_related("invoice")), because=because, at=at,
                          actor=actor)  # fmt: skip
    came.unapplied_minor -= debit.amount_minor
    assert came.unapplied_minor >= 0, came.pk
    out.unapplied_minor = 0
    allocations.update_lines([came, out])
    _explained(came, out, why, at=at, actor=actor)
    collected.went_back(same, out, at=at, actor=actor)


def _explained(
    came: models.BankLine, out: models.BankLine, why: str, *, at: datetime, actor: str
) -> None:
    """The one took back of the other what it is."""
    amount, key = -out.amount, new_id()
    for row, other, pk in ((came, out, key), (out, came, new_id())):
        models.Explanation.objects.create(
            id=pk, line=row, other=other, was=payment.Was.RETURNED, currency=row.currency,
            amount_minor=amount.minor, because=why[:200], at=at, actor=actor,
        )  # fmt: skip
    entry = ledger.explanation(
        str(key), payment.Was.RETURNED, amount, about=NOBODY, on=out.booked_on, line=str(out.pk)
    )
    book([entry], at=at, actor=actor)
    note(
        Kind.PAYMENT_EXPLAINED,
        [Line(out.pk, None, {"was": "returned", "amount": str(amount), "because": why})],
        at=at,
        actor=actor,
    )


def pay_again(line: UUID, out: UUID, *, at: datetime, actor: str) -> None:
    """The return was taken back: the money pays what the receipt paid, as far as it is open.

    Within a transaction.
    """
    row = models.BankLine.objects.select_for_update(no_key=True).get(pk=line)
    receipt = models.Explanation.objects.get(line=out, was="returned", undone_at=None).other_id
    paid = models.Allocation.objects.filter(
        line_id=receipt, undone_at__isnull=False, undone_because__startswith="Returned"
    ).order_by("pk")
    if (own := models.Debit.objects.filter(return_line=out).first()) is not None:
        paid = paid.filter(invoice=own.invoice_id)  # It may have come with others in one sum.
    parts = {one.invoice_id: one for one in paid}
    allocations.lock(parts.keys())
    items = {item.invoice: item for item in cash.items(parts.keys())}
    left = {pk: item.outstanding.minor for pk, item in items.items()}
    if row.unapplied_minor != row.amount_minor or any(
        left.get(pk, 0) < one.amount_minor for pk, one in parts.items()
    ):
        return  # Something else has paid them meanwhile: a person decides.
    went = exchanged.known(list(parts.values()))
    chosen = [
        (row, payment.Allocation(
            item=items[pk], amount=one.amount, score=payment.CERTAIN,
            interest=Money(one.interest_minor, one.currency) if one.interest_minor else None,
            because=("The bank took the return back.",), across=went.get(one),
        ))
        for pk, one in parts.items()
    ]  # fmt: skip
    for pk, one in parts.items():
        left[pk] -= one.amount_minor
        row.unapplied_minor -= one.of_line_minor
    row.verdict, row.says, row.proposals = "certain", "The bank took the return back.", []
    allocations.update_lines([row])
    # Before it pays: what is paid with it is settled only when it is final.
    collected.came_again(out, row, at=at, actor=actor)
    checkouts.came_again(out, row, at=at, actor=actor)
    allocations.write(chosen, left, at=at, actor=actor)
