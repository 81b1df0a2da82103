"""Payouts that come back: the payee's bank had no such account, or nobody wanted the money."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from usance import models
from usance.domain import ledger, payment
from usance.domain.events import Kind
from usance.domain.journal import About
from usance.engine.crashpoint import crashpoint
from usance.models.bulk import change
from usance.models.ids import is_key

from .diary import Line, note
from .ledger import book

SAYS = "A payout of ours that came back."


def take(credits: Sequence[tuple[UUID, payment.BankLine]], *, at: datetime, actor: str) -> int:
    """Receipts that carry the key and the amount of a payout that was paid: it is returned, and
    due to the client again. What comes back of a refund stays unapplied. Other amounts wait for a
    person. How many came back.
    """
    keys = {UUID(line.end_to_end) for _, line in credits if is_key(line.end_to_end)}
    if not keys:
        return 0
    paid = models.Payout.objects.select_for_update(no_key=True).filter(pk__in=keys, state="paid")
    payouts = {payout.key: payout for payout in paid.order_by("pk")}
    back: list[models.Payout] = []
    entries, explained = [], []
    for pk, line in credits:
        payout = payouts.get(line.end_to_end)
        if payout is None or payout.amount != line.amount:
            continue
        del payouts[line.end_to_end]
        payout.state, payout.return_line_id = "returned", pk
        payout.reason = " ".join((line.return_reason, *line.texts)).strip()[:200]
        back.append(payout)
        if payout.receipt_id is None:
            explained.append(pk)
            entries.append(
                ledger.payout_returned(
                    payout.key, payout.amount, about=About(client=payout.client_id),
                    on=line.booked_on, line=str(pk),
                )
            )  # fmt: skip
    models.BankLine.objects.filter(pk__in=explained).update(
        unapplied_minor=0, verdict="certain", says=SAYS
    )
    book(entries, at=at, actor=actor)
    crashpoint("payout_returns.booked")
    change(back, ["state", "return_line", "reason"])
    note(
        Kind.PAYOUT_RETURNED,
        [Line(p.pk, None, {"amount": str(p.amount), "reason": p.reason}) for p in back],
        at=at,
        actor=actor,
    )
    return len(back)
