"""What went out and is a payout of ours: by its key, by its payee, or several booked as one sum."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from usance import models
from usance.domain import ledger, payment
from usance.domain.collection import together
from usance.domain.events import Kind
from usance.domain.journal import About, Entry
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change
from usance.models.ids import is_key
from usance.queries import cash
from usance.queries.paid_out import UNDER_WAY

from .diary import Line, note
from .ledger import book as write

ONE = "A payout of ours."
Debits = Sequence[tuple[UUID, payment.BankLine]]


def take(account: models.BankAccount, debits: Debits, *, at: datetime, actor: str) -> set[UUID]:
    """Close the payouts that these new debits are; which of the debits that explains."""
    return _book(_decided(account, debits), dict(debits), ledger.payout_paid, at=at, actor=actor)


def may_be(account: models.BankAccount) -> Callable[[payment.BankLine], bool]:
    """Whether a debit could be payouts of ours, as far as it says itself; `take` decides."""
    rows = list(models.Payout.objects.filter(state__in=UNDER_WAY, file__account=account))
    if not rows:
        return lambda _: False
    keys = {row.key for row in rows}
    payees = {(row.iban, row.amount) for row in rows}
    return lambda line: (
        line.end_to_end in keys
        or (line.counterparty_account, -line.amount) in payees
        or together.speaks(_told(line))
    )


@transaction.atomic
def look_again(*, at: datetime, actor: str) -> int:
    """Debits that nobody has explained, once more: the bank may say after its statement which
    orders were not in the sum. How many are explained."""
    files = models.PayoutFile.objects.filter(payout__state__in=UNDER_WAY).distinct()
    done = 0
    for account in models.BankAccount.objects.filter(payoutfile__in=files).distinct():
        first = min(files.filter(account=account).values_list("pay_on", flat=True))
        rows = models.BankLine.objects.select_for_update(no_key=True).filter(
            account=account, amount_minor__lt=0, unapplied_minor=F("amount_minor"),
            booked_on__gte=first,
        )  # fmt: skip
        debits = [(row.pk, cash.as_line(row)) for row in rows.order_by("pk")]
        decided = _decided(account, debits)
        done += len(_book(decided, dict(debits), ledger.payout_found, at=at, actor=actor))
    return done


def detailed(
    row: models.BankLine, details: Sequence[payment.BankLine], *, at: datetime, actor: str
) -> None:
    """The bank tells by now of which payments a debit is the sum."""
    row = models.BankLine.objects.select_for_update(no_key=True).get(pk=row.pk)
    if row.unapplied_minor != row.amount_minor:
        return  # A person was faster.
    line = replace(cash.as_line(row), orders=tuple(one.end_to_end for one in details))
    decided = _decided(row.account, [(row.pk, line)])
    _book(decided, {row.pk: line}, ledger.payout_found, at=at, actor=actor)


def _decided(account: models.BankAccount, debits: Debits) -> dict[UUID, tuple[str, ...]]:
    """Which payouts each debit is; a payout is in one."""
    rows = models.Payout.objects.filter(state__in=UNDER_WAY, file__account=account)
    left = {row.key: row for row in rows.select_related("file").order_by("pk")} if debits else {}
    alike = Counter((line.counterparty_account, line.amount) for _, line in debits)
    found: dict[UUID, tuple[str, ...]] = {}
    # Those with a key first: what is left of a file may be a sum.
    for pk, line in sorted(debits, key=lambda one: one[1].end_to_end not in left):
        own = left.get(line.end_to_end)
        if own is not None:
            # Another amount than was ordered: a person looks at it.
            keys: Collection[str] = (own.key,) if own.amount == -line.amount else ()
        elif is_key(line.end_to_end):
            keys = ()  # Of one that is closed, or none of ours.
        else:
            keys = together.collected(_told(line), [_asked(row) for row in left.values()])
            if not keys and alike[line.counterparty_account, line.amount] == 1:
                keys = _to_payee(line, left)
        if keys:
            found[pk] = tuple(keys)
        for key in keys:
            del left[key]
    return found


def _told(line: payment.BankLine) -> together.Credit:
    return together.Credit(
        amount=-line.amount, booked_on=line.booked_on, keys=line.orders,
        says=(*line.texts, *(ref.value for ref in line.references), line.end_to_end, line.batch),
    )  # fmt: skip


def _asked(row: models.Payout) -> together.Asked:
    assert row.file is not None, row.pk
    return together.Asked(
        key=row.key, amount=row.amount, file=row.file.name, batch=row.file.name,
        collect_on=row.file.pay_on,
    )  # fmt: skip


def _to_payee(line: payment.BankLine, left: Mapping[str, models.Payout]) -> list[str]:
    """The one payout to whom the bank says that it paid; formats without keys tell no more."""
    if not line.counterparty_account or line.end_to_end:
        return []
    fits = [
        row.key for row in left.values()
        if row.iban == line.counterparty_account and row.amount == -line.amount
        and row.file is not None and row.file.pay_on <= line.booked_on
    ]  # fmt: skip
    return fits if len(fits) == 1 else []


def _book(
    decided: Mapping[UUID, tuple[str, ...]],
    lines: Mapping[UUID, payment.BankLine],
    entry: Callable[..., Entry],
    *,
    at: datetime,
    actor: str,
) -> set[UUID]:
    keys = [UUID(key) for keys in decided.values() for key in keys]
    locked = models.Payout.objects.select_for_update(no_key=True).order_by("pk")
    rows = {row.key: row for row in locked.filter(pk__in=keys, state__in=UNDER_WAY)}
    entries: list[Entry] = []
    paid: list[models.Payout] = []
    says: dict[str, list[UUID]] = {}
    for pk, names in decided.items():
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
