"""What becomes of refunds that payment providers make for us: taken, refused, given back.

Within the transaction of what was told, which holds the provider's account.
"""

from datetime import datetime

from usance import models
from usance.domain import ledger
from usance.domain.events import Kind
from usance.domain.payment.paid_back import UNDER_WAY, State
from usance.models.ids import is_key

from . import allocations, checkouts
from .diary import Line, note
from .ledger import book

CAME_BACK = "The provider could not pay it back: the money is unapplied again."


def meant(event: models.ProviderEvent) -> models.ProviderRefund | None:
    """The refund of ours, still under way, that this tells of."""
    rows = models.ProviderRefund.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.filter(account=event.account, state__in=sorted(UNDER_WAY))
    found = rows.filter(pk=event.key).first() if is_key(event.key) else None
    reference = event.event.partition(":")[0]
    return found or rows.filter(reference=reference).exclude(reference="").first()


def is_ours(key: str, provider: str) -> models.ProviderRefund | None:
    """The refund with this key, in whatever state it is."""
    rows = models.ProviderRefund.objects.filter(account__provider=provider)
    return rows.filter(pk=key).first() if is_key(key) else None


def taken(row: models.ProviderRefund, out: models.BankLine, *, at: datetime, actor: str) -> None:
    """The provider took it from what it holds for us: this movement."""
    out.unapplied_minor, out.verdict = 0, "certain"
    out.says = f"Paid back to who paid, as {row.released_by} released."[:200]
    allocations.update_lines([out])
    row.state, row.line, row.closed_at, row.detail = State.DONE, out, at, ""
    row.reference = row.reference or out.identity.partition(":")[0][:100]
    row.save(update_fields=["state", "line", "closed_at", "detail", "reference"])
    book(
        [ledger.refund_taken(str(row.pk), row.amount, on=out.booked_on, line=str(out.pk))],
        at=at, actor=actor,
    )  # fmt: skip
    if row.amount_minor == row.receipt.amount_minor:
        checkouts.went_back(row.receipt, out, at=at, actor=actor)
    note(Kind.PROVIDER_REFUND_DONE, [line(row)], at=at, actor=actor)


def over(row: models.ProviderRefund, why: str, *, at: datetime, actor: str) -> None:
    """It was not done, and will not be: so much of the receipt is unapplied again."""
    locked = models.BankLine.objects.select_for_update(no_key=True)
    receipt = locked.get(pk=row.receipt_id)
    receipt.unapplied_minor += row.amount_minor
    receipt.save(update_fields=["unapplied_minor"])
    _end(row, why, at=at, actor=actor)
    book(
        [
            ledger.refund_rejected(
                str(row.pk), row.amount, on=at.date(), why=row.detail, at_provider=True
            )
        ],
        at=at, actor=actor,
    )  # fmt: skip


def came_again(out: models.BankLine, receipt: models.BankLine, *, at: datetime, actor: str) -> None:
    """What this movement had taken is back at the provider: a receipt of nobody's debt again."""
    row = models.ProviderRefund.objects.select_related("account").filter(line=out).first()
    if row is None or row.state != State.DONE:
        return
    checkouts.came_again(out.pk, receipt, at=at, actor=actor)
    _end(row, CAME_BACK, at=at, actor=actor)


def _end(row: models.ProviderRefund, why: str, *, at: datetime, actor: str) -> None:
    row.state, row.closed_at, row.detail = State.FAILED, at, (why or "refused")[:200]
    row.save(update_fields=["state", "closed_at", "detail"])
    note(Kind.PROVIDER_REFUND_ENDED, [line(row, because=row.detail)], at=at, actor=actor)


def line(row: models.ProviderRefund, **more: str) -> Line:
    """What the diary says of a refund."""
    return Line(row.pk, None, {"amount": str(row.amount), "provider": row.account.name, **more})
