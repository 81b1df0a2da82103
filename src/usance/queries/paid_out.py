"""Debits of our bank and the payouts that they are: said by the bank, or by a person."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from usance import models
from usance.domain import payment
from usance.domain.collection import together
from usance.models.ids import is_key

UNDER_WAY = ("released", "sent")
Debits = Sequence[tuple[UUID, payment.BankLine]]
MOST_TO_CHOOSE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A payout that a person found in a debit."""

    payout: models.Payout
    at: datetime
    actor: str


def for_line(row: models.BankLine) -> list[models.Payout]:
    """What our bank was ordered to pay and no statement shows, from which a person says what a
    debit is. Those of about its day come first."""
    rows = models.Payout.objects.filter(
        state__in=UNDER_WAY, file__account=row.account_id, currency=row.currency,
        amount_minor__lte=-row.unapplied_minor,
    )  # fmt: skip
    found = list(rows.select_related("client", "file").order_by("file__pay_on", "pk"))
    found.sort(key=lambda one: abs((_pay_on(one) - row.booked_on).days))
    return found[:MOST_TO_CHOOSE]


def _pay_on(payout: models.Payout) -> date:
    assert payout.file is not None, payout.pk
    return payout.file.pay_on


def under_way(account: models.BankAccount) -> "QuerySet[models.Payout]":
    rows = models.Payout.objects.filter(state__in=UNDER_WAY, file__account=account)
    return rows.select_related("file").order_by("pk")


def decided(rows: Iterable[models.Payout], debits: Debits) -> dict[UUID, tuple[str, ...]]:
    """Which of these payouts each debit is; a payout is in one."""
    left = {row.key: row for row in rows} if debits else {}
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
            keys = together.collected(told(line), [_asked(row) for row in left.values()])
            if not keys and alike[line.counterparty_account, line.amount] == 1:
                keys = _to_payee(line, left)
        if keys:
            found[pk] = tuple(keys)
        for key in keys:
            del left[key]
    return found


def told(line: payment.BankLine) -> together.Credit:
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


def turns(payouts: Sequence[models.Payout]) -> dict[str, int]:
    """How often each was found by a person and taken back, by its key."""
    found = {one.key: 0 for one in payouts}
    again = set(found)
    while again:
        keys = {f"payout_unsaid:{key}:{found[key]}": key for key in again}
        booked = models.Entry.objects.filter(key__in=keys).values_list("key", flat=True)
        again = {keys[key] for key in booked}
        for key in again:
            found[key] += 1
    return found


def said_of(row: models.BankLine) -> list[Said]:
    """The payouts that a person found in this debit, as it is said now."""
    if row.amount_minor > 0:
        return []
    rows = models.Payout.objects.filter(
        state__in=("paid", "returned"), closed_on=row.booked_on, file__account=row.account_id
    )
    payouts = {one.key: one for one in rows.select_related("client").order_by("pk")}
    keys = {f"payout_said:{key}:{turn}": key for key, turn in turns(list(payouts.values())).items()}
    entries = models.Entry.objects.filter(key__in=keys, voucher=str(row.pk)).order_by("key")
    return [Said(payout=payouts[keys[one.key]], at=one.at, actor=one.actor) for one in entries]


def handed(payouts: Sequence[models.Payout]) -> set[UUID]:
    """Of these, those whose file the bank has."""
    rows = models.Payout.objects.filter(
        pk__in=[one.pk for one in payouts], file__handed_at__isnull=False
    )
    return set(rows.values_list("pk", flat=True))
