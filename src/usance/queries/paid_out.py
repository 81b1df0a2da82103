"""Debits of our bank and the payouts that they are: said by the bank, or by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from usance import models

UNDER_WAY = ("released", "sent")
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
