"""Debits that are payouts of which two people said that the bank never executed them.

What went to a client is a claim on it: it is set off before anything more is paid. What was paid
back of a receipt stays an unexplained debit that says what it is, as the receipt may have been
used otherwise. Within a transaction that holds the lines.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from usance import models
from usance.domain import ledger, payment
from usance.domain.events import Kind
from usance.domain.journal import About
from usance.domain.money import total
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change
from usance.queries import missing_payouts as query
from usance.queries import paid_out as payouts
from usance.queries.paid_out import UNDER_WAY, Debits

from .diary import Line, note
from .ledger import book

AFTER_ALL = "The bank executed after all what was said to be missing."


def take(account: models.BankAccount, debits: Debits, *, at: datetime, actor: str) -> set[UUID]:
    """Find missing payouts in debits that are booked and unexplained, also where others of their
    file are in the same sum. Which of the debits are told by now what they are."""
    missing = query.unseen().filter(payout__file__account=account)
    if not debits or not missing.exists():
        return set()
    theirs = models.Payout.objects.filter(missing__in=missing).select_related("file")
    looked_at = [*payouts.under_way(account), *theirs.order_by("pk")]
    found = payouts.decided(looked_at, debits)
    keys = {UUID(key) for these in found.values() for key in these}
    locked = models.Payout.objects.select_for_update(no_key=True).order_by("pk")
    rows = {row.key: row for row in locked.filter(pk__in=keys)}
    own = missing.filter(payout__in=keys).select_for_update(no_key=True, of=("self",))
    said = {row.payout_id: row for row in own.order_by("pk")}
    lines = dict(debits)
    done = set[UUID]()
    for pk, names in found.items():
        these = [rows[name] for name in names]
        known = all(row.state in UNDER_WAY or row.pk in said for row in these)
        if known and any(row.pk in said for row in these):
            _book(pk, lines[pk], these, said, at=at, actor=actor)
            done.add(pk)
    return done


def _book(
    pk: UUID,
    line: payment.BankLine,
    rows: Sequence[models.Payout],
    said: dict[UUID, models.MissingPayout],
    *,
    at: datetime,
    actor: str,
) -> None:
    paid = [row for row in rows if row.pk not in said]
    after_all = [row for row in rows if row.pk in said]
    owed = [row for row in after_all if row.client_id]
    back = [row for row in after_all if not row.client_id]
    on, name = line.booked_on, str(pk)
    entries = [
        *(ledger.payout_found(row.key, row.amount, about=About(client=row.client_id), on=on,
                              line=name) for row in paid),
        *(ledger.payout_after_all(row.key, row.amount, about=About(client=row.client_id), on=on,
                                  line=name) for row in owed),
    ]  # fmt: skip
    for row in (*paid, *owed):
        row.state, row.closed_on = "paid", on
    change([*paid, *owed], ["state", "closed_on"])
    for row in after_all:
        said[row.pk].line_id = pk
    change([said[row.pk] for row in after_all], ["line"])
    left = total((row.amount for row in back), line.amount.currency).minor
    models.BankLine.objects.filter(pk=pk).update(
        unapplied_minor=-left, verdict="none" if left else "certain", says=AFTER_ALL
    )
    book(entries, at=at, actor=actor)
    crashpoint("paid_after_all.booked")
    for kind, these in ((Kind.PAYOUT_PAID, paid), (Kind.PAYOUT_PAID_AFTER_ALL, after_all)):
        told = [Line(row.pk, None, {"amount": str(row.amount), "line": name}) for row in these]
        note(kind, told, at=at, actor=actor)
