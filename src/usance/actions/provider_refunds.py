"""Pay back through a payment provider what it took in and is nobody's debt.

One proposes, another releases; from then on so much of the receipt is gone. The provider is told
after that is committed, with our id as the key. What nobody knows the end of is asked about, and
said again only when the provider knows nothing of it, with the same key.

Locks: the provider's account, then the refund, then the receipt. None is held while it is called.
"""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain import ledger
from usance.domain.events import Kind
from usance.domain.mandate import Act, ContentChanged, Role, require, two_people
from usance.domain.money import Money
from usance.domain.payment.paid_back import Next, State, after_silence
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.models.ids import is_key
from usance.plugins.providers import Back, CameTo, Outcome, Told
from usance.queries import outside

from . import online
from .checkouts import lock
from .diary import note
from .ledger import book
from .refunded import line, over
from .refunds import NothingToRefund

NOTHING_KNOWN = "The provider knows nothing of it."


class NotPaidOnline(Refusal):
    code = "receipt_not_at_provider"
    todo = "Propose a refund by the bank: no payment provider took this money in."


class RefundNotOpen(Refusal):
    code = "provider_refund_not_open"
    todo = "Look at it again: it was released, withdrawn or replaced meanwhile."


class ProviderGone(Refusal):
    code = "provider_not_set_up"
    todo = "Set the provider up again, or pay it back in its dashboard."


@transaction.atomic
def propose(
    receipt: UUID, amount: Money, *, because: str, role: Role, at: datetime, actor: str
) -> models.ProviderRefund:
    """What is unapplied of a payment made online, or a part of it, goes back the way it came, once
    a second person releases it. A proposal that nobody released yet is replaced.

    :raises NotAllowed: if the role may not.
    :raises NotPaidOnline: if no provider took it in.
    :raises ProviderGone: if that provider is not set up any more.
    :raises NothingToRefund: if so much of it is not unapplied.
    """
    require(role, Act.REFUND)
    rows = models.BankLine.objects.select_for_update(no_key=True, of=("self",))
    row = rows.select_related("account").get(pk=receipt)
    paid = _checkout(row)
    if paid is None:
        raise NotPaidOnline(f"{row.amount} came by the bank")
    if row.account.provider not in outside.providers():
        raise ProviderGone(row.account.name)
    if row.currency != amount.currency or not 0 < amount.minor <= row.unapplied_minor:
        raise NothingToRefund(f"{amount} of {row.amount}")
    models.ProviderRefund.objects.filter(receipt=row, state=State.PROPOSED).delete()
    refund = models.ProviderRefund(
        account=row.account, receipt=row, payment=paid.payment, amount_minor=amount.minor,
        currency=amount.currency, reason=because.strip()[:200], proposed_at=at, proposed_by=actor,
    )  # fmt: skip
    refund.content = _content(refund)
    refund.save(force_insert=True)
    note(Kind.PROVIDER_REFUND_PROPOSED, [line(refund, because=refund.reason)], at=at, actor=actor)
    return refund


@transaction.atomic
def withdraw(pk: UUID, *, role: Role, at: datetime, actor: str) -> None:
    """Nobody is to release it any more.

    :raises NotAllowed: if the role may not.
    :raises RefundNotOpen: if it is released or over.
    """
    require(role, Act.REFUND)
    row = _locked(pk)
    if row is None or row.state != State.PROPOSED:
        raise RefundNotOpen(f"{pk}")
    row.state, row.closed_at, row.detail = State.WITHDRAWN, at, f"Withdrawn by {actor}."[:200]
    row.save(update_fields=["state", "closed_at", "detail"])
    note(Kind.PROVIDER_REFUND_ENDED, [line(row, because=row.detail)], at=at, actor=actor)


@transaction.atomic
def release(pk: UUID, *, seen: str, role: Role, at: datetime, actor: str) -> models.ProviderRefund:
    """A second person releases exactly what was proposed; the provider is told within a minute.

    :param seen: the content that the person saw.
    :raises NotAllowed: if the role may not.
    :raises RefundNotOpen: if it is no open proposal.
    :raises NobodyBehind, SecondPersonNeeded, ContentChanged: as `two_people`; the last one also if
        less of the receipt is unapplied by now.
    """
    require(role, Act.RELEASE_PAYOUT)
    place = models.ProviderRefund.objects.select_related("account").filter(pk=pk).first()
    if place is None:
        raise RefundNotOpen(f"{pk}")
    lock(place.account.provider, place.currency)
    row = _locked(pk)
    if row is None or row.state != State.PROPOSED:
        raise RefundNotOpen(f"{place}")
    two_people(prepared_by=row.proposed_by, released_by=actor, prepared=row.content, seen=seen)
    receipt = models.BankLine.objects.select_for_update(no_key=True).get(pk=row.receipt_id)
    if row.amount_minor > receipt.unapplied_minor:
        raise ContentChanged(f"only {Money(receipt.unapplied_minor, row.currency)} is unapplied")
    receipt.unapplied_minor -= row.amount_minor
    receipt.proposals = []
    receipt.save(update_fields=["unapplied_minor", "proposals"])
    row.state, row.released_at, row.released_by = State.RELEASED, at, actor
    row.save(update_fields=["state", "released_at", "released_by"])
    entry = ledger.refund_released(str(row.pk), row.amount, on=at.date(), line=str(receipt.pk))
    book([entry], at=at, actor=actor)
    note(Kind.PROVIDER_REFUND_RELEASED, [line(row)], at=at, actor=actor)
    return row


def send(pk: UUID, *, at: datetime, actor: str) -> None:
    """Tell the provider of a released one, and write down what it said. Who comes second does
    nothing."""
    row = _claimed(pk, at=at)
    if row is not None:
        _call(row, at=at, actor=actor)


def ask(pk: UUID, *, at: datetime, actor: str) -> None:
    """What became of one that nobody knows the end of.

    :raises TryLater: if the provider cannot be asked.
    """
    row = models.ProviderRefund.objects.select_related("account").get(pk=pk)
    provider = outside.providers().get(row.account.provider)
    if provider is None or row.state != State.ASKED or row.asked_at is None:
        return
    known = provider.module.refunds(row.payment, provider.config)
    mine = next((one for one in known if one.key == row.key), None)
    if mine is not None:
        _known(row, mine.reference, mine.told, at=at, actor=actor)
        return
    assert row.released_at is not None, row.key
    following = after_silence(released_at=row.released_at, asked_at=row.asked_at, at=at)
    if following is Next.AGAIN and _asked_again(row, at=at):
        _call(row, at=at, actor=actor)
    elif following is Next.GIVE_UP:
        _give_up(row, NOTHING_KNOWN, at=at, actor=actor)


def _call(row: models.ProviderRefund, *, at: datetime, actor: str) -> None:
    provider = outside.providers().get(row.account.provider)
    if provider is None:
        _answered(row.pk, State.RELEASED, "The provider is not set up.")
        return
    crashpoint("provider_refunds.asked")
    back = Back(key=row.key, payment=row.payment, amount=row.amount)
    outcome: Outcome = provider.module.refund(back, provider.config)
    crashpoint("provider_refunds.told")
    if outcome.came_to is CameTo.DONE:
        _known(row, outcome.reference, outcome.told, at=at, actor=actor)
    elif outcome.came_to is CameTo.REFUSED:
        _give_up(row, outcome.detail, at=at, actor=actor)
    elif outcome.came_to is CameTo.TRY_LATER:
        _answered(row.pk, State.RELEASED, outcome.detail)
    else:
        _answered(row.pk, State.ASKED, outcome.detail)


@transaction.atomic
def _claimed(pk: UUID, *, at: datetime) -> models.ProviderRefund | None:
    row = _locked(pk)
    if row is None or row.state != State.RELEASED:
        return None
    row.state, row.asked_at = State.ASKED, at
    row.save(update_fields=["state", "asked_at"])
    return row


def _asked_again(row: models.ProviderRefund, *, at: datetime) -> bool:
    """Nobody else did meanwhile."""
    same = models.ProviderRefund.objects.filter(pk=row.pk, state=State.ASKED, asked_at=row.asked_at)
    return same.update(asked_at=at) == 1


@transaction.atomic
def _known(
    row: models.ProviderRefund, reference: str, told: tuple[Told, ...], *, at: datetime,
    actor: str,
) -> None:  # fmt: skip
    """The provider has it. What it tells may have been told by its call before we are here."""
    lock(row.account.provider, row.currency)
    same = models.ProviderRefund.objects.filter(pk=row.pk)
    same.update(reference=reference[:100])
    online.take(row.account.provider, told, at=at, actor=actor)


@transaction.atomic
def _give_up(row: models.ProviderRefund, why: str, *, at: datetime, actor: str) -> None:
    lock(row.account.provider, row.currency)
    now = _locked(row.pk)
    if now is not None and now.state == State.ASKED:
        over(now, why, at=at, actor=actor)


@transaction.atomic
def _answered(pk: UUID, state: State, detail: str) -> None:
    row = _locked(pk)
    if row is not None and row.state == State.ASKED:
        row.state, row.detail = state, detail[:200]
        row.save(update_fields=["state", "detail"])


def _checkout(receipt: models.BankLine) -> models.Checkout | None:
    """What the receipt is a payment of: it, or what of it was given back, carries its key."""
    if not (receipt.account.provider and receipt.amount_minor > 0 and is_key(receipt.end_to_end)):
        return None
    rows = models.Checkout.objects.filter(account=receipt.account)
    return rows.filter(pk=receipt.end_to_end).exclude(payment="").first()


def _content(row: models.ProviderRefund) -> str:
    said = (row.receipt_id, row.account_id, row.payment, row.amount, row.reason)
    return sha256("|".join(map(str, said)).encode()).hexdigest()


def _locked(pk: UUID) -> models.ProviderRefund | None:
    rows = models.ProviderRefund.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("account", "receipt").filter(pk=pk).first()
