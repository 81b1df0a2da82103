"""A person lets a bank line pay an invoice in another currency, and sees both amounts before."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import payment
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.payment import Across
from usance.queries import across, cash

from . import allocations, differences, payers
from .allocations import NotOpen


@transaction.atomic
def pay(
    line_id: UUID, invoice_id: UUID, *, paid: Money, pays: Money, role: Role, at: datetime,
    actor: str,
) -> Across:  # fmt: skip
    """So much of a line pays so much of an invoice in another currency.

    Both amounts are what was shown, at the day's rate or at the bank's. They are booked for the day
    of the line; what the book makes of their difference at home is realised when that is valued.

    :raises NotAllowed: if the role may not.
    :raises NotOpen: if the line or the invoice has not that much left, or it pays it already.
    :raises RateMissing: if the rate of the line's day is not known.
    :raises RateTooFar: if the amounts are too far from it.
    :raises TooLittle: if one of both is nothing.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    row = models.BankLine.objects.select_for_update(no_key=True).get(pk=line_id)
    allocations.lock({invoice_id})
    item = next(iter(cash.items([invoice_id])), None)
    if (
        item is None
        or models.BankAccount.every.filter(pk=row.account_id).exclude(provider="").exists()
        or row.allocations.filter(undone_at=None, invoice=invoice_id).exists()
        or (paid.currency, pays.currency) != (row.currency, item.outstanding.currency)
        or paid.currency == pays.currency
        or paid.minor > row.unapplied_minor
        or pays > item.outstanding
    ):
        raise NotOpen(f"{paid} of line {row.bank_reference} cannot pay {pays} of it")
    made = across.quote(row, item, paid=paid, pays=pays)
    left = {invoice_id: (item.outstanding - pays).minor}
    chosen = [(row, payment.Allocation(
        item=item, amount=pays, score=payment.CERTAIN, across=made,
        because=("Chosen by hand.", made.because),
    ))]  # fmt: skip
    row.verdict, row.says, row.proposals = "certain", "Matched by hand, in another currency.", []
    row.unapplied_minor -= paid.minor
    small = differences.within(chosen, left, at=at)
    allocations.update_lines([row])
    allocations.write(chosen, left, at=at, actor=actor)
    differences.write(small, at=at, actor=actor)
    payers.learn(row, {item.debtor}, at=at, actor=actor)
    return made
