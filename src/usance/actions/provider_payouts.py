"""What payment providers pay on: told by them, with its fees, and found on our bank's statement.

Locks: the provider's account, then our bank's, then payouts, then lines. Whoever books a statement
holds our bank's account, so that a payout that is told and a line that is booked at the same moment
do not miss each other.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import F

from usance import models
from usance.domain import ledger
from usance.domain.events import Kind
from usance.domain.journal import NOBODY
from usance.domain.mandate import Act, Role, require
from usance.domain.money import Money
from usance.domain.payment import Was, checkouts
from usance.domain.payment.checkouts import MOVES, Movement
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.ids import new_id
from usance.plugins.providers import Payout, Told
from usance.queries import provider_payouts as query

from . import online
from .checkouts import lock
from .diary import Line, note
from .documents import Content, keep
from .ledger import book

UNKNOWN = "It holds money of a payment that is none of ours: {id}."


class NotThatPayout(Refusal):
    code = "provider_payout_is_not_that"
    todo = "Choose a receipt of the same amount of which nothing is explained."


@transaction.atomic
def take(
    provider: str, told: Payout, movements: Sequence[Movement], *, at: datetime, actor: str
) -> str:
    """A payout and all that it is the sum of; its state afterwards. What of it nobody told us of
    is booked with it, its fees are our cost. One that has ended stays as it is.

    A payout that is not the sum of what we know is odd: nothing of it is booked, a person looks.
    """
    account = lock(provider, told.amount.currency)
    list(
        models.BankAccount.objects.select_for_update(no_key=True).filter(currency=account.currency)
    )
    row = _row(account, told, at=at)
    if row.state in ("arrived", "failed"):
        return row.state
    if row.state == "odd" and not _told(row, movements, at=at, actor=actor):
        return row.state
    if told.failed:
        # What the provider kept of it is gone all the same; the rest comes with a later payout.
        row.state, row.detail = "failed", "Our bank did not take it."
        row.save(update_fields=["state", "detail"])
        return row.state
    return _found(row, at=at, actor=actor)


def _told(
    row: models.ProviderPayout, movements: Sequence[Movement], *, at: datetime, actor: str
) -> bool:
    """Write down what a payout is the sum of, and book its fees. False: it is odd."""
    account = row.account
    if why := checkouts.odd(row.amount, movements) or _unknown(
        account, movements, at=at, actor=actor
    ):
        row.detail = why[:200]
        row.save()
        return False
    row.state, row.detail = "told", ""
    row.fee_minor = checkouts.fees(movements, account.currency).minor
    row.save()
    _write(row, movements)
    _book_fee(row, movements, at=at, actor=actor)
    crashpoint("provider_payouts.told")
    note(Kind.PROVIDER_PAYOUT_TOLD, [_said(row)], at=at, actor=actor)
    return True


def recognise(currency: str, *, at: datetime, actor: str) -> int:
    """Receipts at our bank that are payouts of providers; how many. Within a transaction that holds
    our bank's account."""
    rows = models.ProviderPayout.objects.filter(state="told", currency=currency).select_related(
        "account"
    )
    return sum(
        _found(row, at=at, actor=actor) == "arrived"
        for row in rows.select_for_update(no_key=True, of=("self",)).order_by("pk")
    )


@transaction.atomic
def arrived(payout: UUID, line: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """A person says which receipt at our bank is this payout.

    :raises NotAllowed: if the role may not.
    :raises NotThatPayout: if it is not of that amount, or one of both is explained already.
    """
    require(role, Act.ALLOCATE_PAYMENT)
    rows = models.ProviderPayout.objects.select_for_update(no_key=True, of=("self",))
    row = rows.select_related("account").get(pk=payout)
    if row.state != "told" or not _arrive(row, line, at=at, actor=actor):
        raise NotThatPayout(f"{row.reference} of {row.amount}")


def _row(account: models.BankAccount, told: Payout, *, at: datetime) -> models.ProviderPayout:
    rows = models.ProviderPayout.objects.select_for_update(no_key=True)
    row = rows.filter(account=account, reference=told.id).first() or models.ProviderPayout(
        account=account, reference=told.id, state="odd", told_at=at
    )
    row.amount_minor, row.currency = told.amount.minor, told.amount.currency
    row.arrives_on, row.marks, row.account = told.arrives_on, list(told.marks), account
    return row


def _unknown(
    account: models.BankAccount, movements: Sequence[Movement], *, at: datetime, actor: str
) -> str:
    """Take what these movements tell first; what is still unknown then, in words."""
    missed = [
        Told(
            id=one.told, happened=MOVES[one.sort], at=one.at, key=one.key, payment=one.payment,
            amount=Money(abs(one.amount.minor), one.amount.currency),
        )
        for one in movements
        if one.sort in MOVES
    ]  # fmt: skip
    online.take(account.provider, missed, at=at, actor=actor)
    known = _lines(account, movements)
    strange = next((one for one in missed if one.id not in known), None)
    return UNKNOWN.format(id=strange.payment or strange.id) if strange else ""


def _lines(account: models.BankAccount, movements: Sequence[Movement]) -> dict[str, UUID]:
    rows = models.BankLine.objects.filter(
        account=account, identity__in=[one.told for one in movements if one.told]
    )
    return dict(rows.values_list("identity", "pk"))


def _write(row: models.ProviderPayout, movements: Sequence[Movement]) -> None:
    lines = _lines(row.account, movements)
    models.ProviderMovement.objects.bulk_create(
        models.ProviderMovement(
            payout=row, reference=one.id, sort=one.sort, amount_minor=one.amount.minor,
            fee_minor=one.fee.minor, line_id=lines.get(one.told),
        )
        for one in movements
    )  # fmt: skip


def _book_fee(
    row: models.ProviderPayout, movements: Sequence[Movement], *, at: datetime, actor: str
) -> None:
    """What the provider kept is a charge, on the day on which we learn of it."""
    if not row.fee_minor:
        return
    data = msgspec.json.encode(list(movements))
    name = f"{row.reference}.json"
    (digest,) = keep([Content(data=data, media_type="application/json", name=name)], at=at)
    statement = models.Statement(
        account=row.account, document_id=digest, reference=row.reference[:80], imported_at=at,
        actor=actor,
    )  # fmt: skip
    statement.save(force_insert=True)
    line = models.BankLine(
        account=row.account, statement=statement, identity=f"{row.reference}:fee", ordinal=0,
        amount_minor=-row.fee_minor, unapplied_minor=0, currency=row.currency,
        booked_on=at.date(), value_on=row.arrives_on, counterparty=row.account.name,
        texts=[f"Fees of {row.reference}"], bank_reference=f"{row.reference}:fee"[:80],
        verdict="certain", says="Fees of the payment provider.",
    )  # fmt: skip
    line.save(force_insert=True)
    because = f"Fees of {row.account.name} in {row.reference}."
    explained = models.Explanation(
        id=new_id(), line=line, was=Was.CHARGE, amount_minor=row.fee_minor, currency=row.currency,
        because=because[:200], at=at, actor=actor,
    )  # fmt: skip
    explained.save(force_insert=True)
    on, key = line.booked_on, str(line.pk)
    book(
        [
            ledger.withdrawal(row.fee, on=on, line=key, at_provider=True),
            ledger.explanation(
                str(explained.pk), Was.CHARGE, row.fee, about=NOBODY, on=on, line=key
            ),
        ],
        at=at,
        actor=actor,
    )


def _found(row: models.ProviderPayout, *, at: datetime, actor: str) -> str:
    """Let the bank's line that carries a mark of this payout be it."""
    line = query.marked(row)
    if line is not None:
        _arrive(row, line, at=at, actor=actor)
    return row.state


def _arrive(row: models.ProviderPayout, line: UUID, *, at: datetime, actor: str) -> bool:
    receipt = (
        models.BankLine.objects.select_for_update(no_key=True, of=("self",))
        .filter(
            pk=line, account__provider="", currency=row.currency, amount_minor=row.amount_minor,
            unapplied_minor=F("amount_minor"),
        )
        .first()
    )  # fmt: skip
    if receipt is None:
        return False
    explained = models.Explanation(
        id=new_id(), line=receipt, was=Was.PROVIDER, amount_minor=row.amount_minor,
        currency=row.currency, because=f"Payout {row.reference} of {row.account.name}."[:200],
        at=at, actor=actor,
    )  # fmt: skip
    explained.save(force_insert=True)
    receipt.verdict, receipt.says = "certain", f"A payout of {row.account.name}."
    receipt.unapplied_minor, receipt.proposals = 0, []
    receipt.save(update_fields=["verdict", "says", "unapplied_minor", "proposals"])
    row.state, row.line = "arrived", receipt
    row.save(update_fields=["state", "line"])
    book(
        [
            ledger.explanation(
                str(explained.pk), Was.PROVIDER, row.amount, about=NOBODY, on=receipt.booked_on,
                line=str(receipt.pk),
            )
        ],
        at=at, actor=actor,
    )  # fmt: skip
    crashpoint("provider_payouts.arrived")
    note(Kind.PROVIDER_PAYOUT_ARRIVED, [_said(row)], at=at, actor=actor)
    return True


def _said(row: models.ProviderPayout) -> Line:
    told = {"amount": str(row.amount), "fee": str(row.fee), "provider": row.account.name}
    return Line(row.pk, None, told)
