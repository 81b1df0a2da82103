"""Pay back what came in and is nobody's debt: to the account it came from, and to no other."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from usance import models
from usance.domain.events import Kind
from usance.domain.mandate import Act, ContentChanged, Role, require
from usance.domain.money import Money
from usance.domain.payee import is_iban
from usance.domain.refusal import Refusal
from usance.models.bulk import change

from .diary import Line, note


class NothingToRefund(Refusal):
    code = "nothing_to_refund"
    todo = "Look at the line again: only what is unapplied of a receipt is paid back."


class NoAccountToRefund(Refusal):
    code = "refund_account_unknown"
    todo = "The bank did not say from which account it came: return it by hand at the bank."


@transaction.atomic
def propose(
    line_id: UUID, amount: Money, *, because: str, role: Role, at: datetime, actor: str
) -> models.Payout:
    """What is unapplied of a receipt, or a part of it, goes back to the account that paid it, once
    a second person releases it. A proposal that nobody released yet is replaced.

    :raises NotAllowed: if the role may not.
    :raises NothingToRefund: if so much of it is not unapplied, or it is not matched yet.
    :raises NoAccountToRefund: if the bank named no IBAN that paid it.
    """
    require(role, Act.REFUND)
    row = models.BankLine.objects.select_for_update(no_key=True).get(pk=line_id)
    if row.currency != amount.currency or not 0 < amount.minor <= row.unapplied_minor:
        raise NothingToRefund(f"{amount} of {row.amount}")
    if not row.verdict:  # The belt may match all of it at this moment.
        raise NothingToRefund(f"{row.amount} was not looked at yet")
    account = "".join(row.counterparty_account.split()).upper()
    if not is_iban(account):
        raise NoAccountToRefund(f"the payer of {row.amount} is {account or 'not named'}")
    models.Payout.objects.filter(receipt=row, state="proposed").delete()
    payout = models.Payout(
        receipt=row,
        name=row.counterparty[:200] or account,
        iban=account,
        amount_minor=amount.minor,
        set_off_minor=0,
        currency=amount.currency,
        reason=because.strip()[:200],
        proposed_at=at,
        proposed_by=actor,
    )
    payout.content = content(payout)
    payout.save(force_insert=True)
    told = {"amount": str(amount), "refund_of": str(row.pk), "because": payout.reason}
    note(Kind.PAYOUT_PROPOSED, [Line(payout.pk, None, told)], at=at, actor=actor)
    return payout


def content(payout: models.Payout) -> str:
    """The hash of everything that is paid to whom: a release names it."""
    said = (
        payout.client_id or payout.receipt_id, payout.name, payout.scheme, payout.iban, payout.bic,
        payout.reference, payout.amount, payout.set_off,
    )  # fmt: skip
    return sha256("|".join(map(str, said)).encode()).hexdigest()


def lock(payouts: "QuerySet[models.Payout]") -> None:
    """Receipts first, as in propose: two who lock both wait for each other in one order."""
    rows = models.BankLine.objects.filter(pk__in=payouts.values("receipt_id"))
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def refuse_changed(payouts: Sequence[models.Payout]) -> None:
    """:raises ContentChanged: if less of a receipt is unapplied than is to be paid back."""
    lines = _locked(payouts)
    for payout in payouts:
        assert payout.receipt_id, payout.key
        line = lines[payout.receipt_id]
        if payout.amount_minor > line.unapplied_minor:
            raise ContentChanged(f"{payout.name}: only {line.unapplied_minor} is unapplied")


def take(payouts: Sequence[models.Payout]) -> None:
    """These are released: so much less of their receipts is unapplied."""
    _move(payouts, -1)


def give_back(payouts: Sequence[models.Payout]) -> None:
    """The bank rejected these: so much of their receipts is unapplied again."""
    _move(payouts, 1)


def _move(payouts: Sequence[models.Payout], sign: int) -> None:
    sums: dict[UUID, int] = defaultdict(int)
    for payout in payouts:
        assert payout.receipt_id, payout.key
        sums[payout.receipt_id] += sign * payout.amount_minor
    lines = list(_locked(payouts).values())
    for line in lines:
        line.unapplied_minor += sums[line.pk]
    change(lines, ["unapplied_minor"])


def _locked(payouts: Sequence[models.Payout]) -> dict[UUID, models.BankLine]:
    rows = models.BankLine.objects.select_for_update(no_key=True).filter(
        pk__in={payout.receipt_id for payout in payouts}
    )
    return {row.pk: row for row in rows.order_by("pk")}
