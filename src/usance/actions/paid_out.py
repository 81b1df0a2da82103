"""What went out and is a payout of ours: by its key, by its payee, or several booked as one sum."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from usance import models
from usance.domain import ledger, payment
from usance.domain.collection import together
from usance.domain.events import Kind
from usance.domain.journal import About, Entry
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change
from usance.queries import cash, missing_payouts
from usance.queries import paid_out as query
from usance.queries.paid_out import UNDER_WAY, Debits

from . import paid_after_all
from .diary import Line, note
from .ledger import book as write

ONE = "A payout of ours."


def take(account: models.BankAccount, debits: Debits, *, at: datetime, actor: str) -> set[UUID]:
    """Close the payouts that these new debits are; which of the debits that explains."""
    found = query.decided(query.under_way(account), debits)
    return _book(found, dict(debits), ledger.payout_paid, at=at, actor=actor)


def may_be(account: models.BankAccount) -> Callable[[payment.BankLine], bool]:
    """Whether a debit could be payouts of ours, as far as it says itself; `take` decides."""
    missing = models.Payout.objects.filter(
        missing__in=missing_payouts.unseen().filter(payout__file__account=account)
    )
    rows = [*query.under_way(account), *missing]
    if not rows:
        return lambda _: False
    keys = {row.key for row in rows}
    payees = {(row.iban, row.amount) for row in rows}
    return lambda line: (
        line.end_to_end in keys
        or (line.counterparty_account, -line.amount) in payees
        or together.speaks(query.told(line))
    )


@transaction.atomic
def look_again(*, at: datetime, actor: str) -> int:
    """Debits that nobody has explained, once more: the bank may say after its statement which
    orders were not in the sum. How many are explained."""
    missing = missing_payouts.unseen()
    waits = Q(payout__state__in=UNDER_WAY) | Q(payout__missing__in=missing)
    files = models.PayoutFile.objects.filter(waits).distinct()
    done = 0
    for account in models.BankAccount.objects.filter(payoutfile__in=files).distinct():
        first = min(files.filter(account=account).values_list("pay_on", flat=True))
        rows = models.BankLine.objects.select_for_update(no_key=True).filter(
            account=account, amount_minor__lt=0, unapplied_minor=F("amount_minor"),
            booked_on__gte=first,
        )  # fmt: skip
        debits = [(row.pk, cash.as_line(row)) for row in rows.order_by("pk")]
        done += len(_found(account, debits, at=at, actor=actor))
    return done


def detailed(
    row: models.BankLine, details: Sequence[payment.BankLine], *, at: datetime, actor: str
) -> None:
    """The bank tells by now of which payments a debit is the sum."""
    row = models.BankLine.objects.select_for_update(no_key=True).get(pk=row.pk)
    if row.unapplied_minor != row.amount_minor:
        return  # A person was faster.
    line = replace(cash.as_line(row), orders=tuple(one.end_to_end for one in details))
    _found(row.account, [(row.pk, line)], at=at, actor=actor)


def _found(account: models.BankAccount, debits: Debits, *, at: datetime, actor: str) -> set[UUID]:
    """Of debits that are booked and unexplained, those that are told by now what they are."""
    sure = query.decided(query.under_way(account), debits)
    found = _book(sure, dict(debits), ledger.payout_found, at=at, actor=actor)
    rest = [one for one in debits if one[0] not in found]
    return found | paid_after_all.take(account, rest, at=at, actor=actor)


def _book(
    chosen: Mapping[UUID, tuple[str, ...]],
    lines: Mapping[UUID, payment.BankLine],
    entry: Callable[..., Entry],
    *,
    at: datetime,
    actor: str,
) -> set[UUID]:
    keys = [UUID(key) for keys in chosen.values() for key in keys]
    locked = models.Payout.objects.select_for_update(no_key=True).order_by("pk")
    rows = {row.key: row for row in locked.filter(pk__in=keys, state__in=UNDER_WAY)}
    entries: list[Entry] = []
    paid: list[models.Payout] = []
    says: dict[str, list[UUID]] = {}
    for pk, names in chosen.items():
        these = [rows[key] for key in names if key in rows]
        if len(these) < len(names):
            continue  # The bank has rejected one of them meanwhile.
        on = lines[pk].booked_on
        for row in these:
            whom = About(client=row.client_id)
            entries.append(entry(row.key, row.amount, about=whom, on=on, line=str(pk)))
            row.state, row.closed_on = "paid", on
        paid += these
        word = ONE if len(these) == 1 else f"{len(these)} payouts of ours in one sum."
        says.setdefault(word, []).append(pk)
    change(paid, ["state", "closed_on"])
    for word, pks in says.items():
        models.BankLine.objects.filter(pk__in=pks).update(
            unapplied_minor=0, verdict="certain", says=word
        )
    write(entries, at=at, actor=actor)
    crashpoint("paid_out.booked")
    note(
        Kind.PAYOUT_PAID,
        [Line(row.pk, None, {"amount": str(row.amount)}) for row in paid],
        at=at,
        actor=actor,
    )
    return {pk for pks in says.values() for pk in pks}
