"""Let a debtor pay an invoice at a payment provider: begun here, paid there, ended by either.

What is asked for is written down and committed before the provider hears of it. Its id is the key
of the call: whoever asks again after a death or a silence gets the same checkout.

Locks: the provider's account before invoices before checkouts. None is held while it is called.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.money import Money
from usance.domain.payment.checkouts import OPEN_FOR, WAITING, State
from usance.domain.refusal import Refusal
from usance.engine.crashpoint import crashpoint
from usance.plugins.providers import Ask, CameTo, Outcome
from usance.queries import checkouts as query
from usance.queries import outside, portal

from . import allocations
from .diary import Line, note

NOBODY = "Nobody paid in time."
OTHER_AMOUNT = "Another amount is to be paid by now."


class NotPayable(Refusal):
    code = "checkout_not_payable"
    todo = "Look at the page again: nothing is to be paid online at this moment."


class ProviderSilent(Refusal):
    code = "checkout_provider_silent"
    todo = "Try again in a minute, or pay to the account that the page names."


class ProviderRefuses(Refusal):
    code = "checkout_provider_refuses"
    todo = "Pay to the account that the page names."


def begin(dispatch: UUID, *, back: str, language: str, at: datetime, actor: str) -> str:
    """Where the debtor pays what is due on this page now: an address of the provider's.

    :param dispatch: the delivery that the page belongs to.
    :param back: the page's own address.
    :raises NotPayable: if nothing is due to us, or a debit collects it.
    :raises ProviderSilent: if nobody knows whether the provider heard; asking again is safe.
    :raises ProviderRefuses: if it will not.
    """
    row, old = _written(dispatch, back=back, language=language, at=at, actor=actor)
    crashpoint("checkouts.begun")
    if old is not None:
        _close_there(old)
    if row.state == State.OPEN:
        return row.url
    provider = outside.providers()[row.account.provider]
    ask = Ask(
        key=row.key, amount=row.amount, number=row.invoice.number,
        reference=row.invoice.payment_reference, language=row.language, back=row.back,
        until=row.until,
    )  # fmt: skip
    outcome: Outcome = provider.module.begin(ask, provider.config)
    crashpoint("checkouts.told")
    _answered(row.pk, outcome, at=at, actor=actor)
    if outcome.came_to is CameTo.REFUSED:
        raise ProviderRefuses(outcome.detail)
    if outcome.came_to is not CameTo.DONE:
        raise ProviderSilent(outcome.detail)
    return outcome.url


@transaction.atomic
def _written(
    dispatch: UUID, *, back: str, language: str, at: datetime, actor: str
) -> tuple[models.Checkout, models.Checkout | None]:
    """The checkout of what is due now, and the one that it replaces."""
    sent = models.Dispatch.objects.select_related("invoice").get(pk=dispatch)
    provider = outside.provider(sent.invoice.currency)
    if provider is None:
        raise NotPayable(f"nobody takes {sent.invoice.currency}")
    account = lock(provider.name, sent.invoice.currency)
    allocations.lock({sent.invoice_id})
    page = portal.page(dispatch, today=at.date())
    if page is None or page.account is None or page.due_now.minor <= 0:
        raise NotPayable("nothing is to be paid to us now")
    if query.is_collected(sent.invoice_id):
        raise NotPayable("a direct debit collects it")
    waiting = models.Checkout.objects.filter(invoice=sent.invoice, state__in=sorted(WAITING))
    waiting = waiting.select_for_update(no_key=True, of=("self",))
    old = waiting.select_related("invoice", "account").first()
    if old is not None:
        # Half of its time has to be left to type a card.
        if old.amount == page.due_now and at + OPEN_FOR / 2 <= old.until:
            return old, None
        _end(old, OTHER_AMOUNT if old.amount != page.due_now else NOBODY, at=at, actor=actor)
    row = models.Checkout(
        account=account, invoice=sent.invoice, dispatch=sent, amount_minor=page.due_now.minor,
        currency=page.due_now.currency, back=back, language=language, begun_at=at,
        until=at + OPEN_FOR,
    )  # fmt: skip
    row.save(force_insert=True)
    note(Kind.CHECKOUT_BEGUN, [line(row)], at=at, actor=actor)
    return row, old


@transaction.atomic
def _answered(pk: UUID, outcome: Outcome, *, at: datetime, actor: str) -> None:
    """What the provider said. It may have told of the payment before we are here."""
    row = _locked(pk)
    if row.state != State.BEGUN:
        return
    row.detail = outcome.detail[:200]
    if outcome.came_to is CameTo.REFUSED:
        _end(row, outcome.detail or "refused", at=at, actor=actor)
        return
    if outcome.came_to is CameTo.DONE:
        row.state, row.reference, row.url = State.OPEN, outcome.reference, outcome.url
    row.save(update_fields=["state", "reference", "url", "detail"])


@transaction.atomic
def end(pk: UUID, because: str, *, at: datetime, actor: str) -> bool:
    """Nothing is waited for any more. A payment that is told of later is booked all the same."""
    row = _locked(pk)
    if State(row.state) not in WAITING:
        return False
    _end(row, because, at=at, actor=actor)
    return True


def call_off(row: models.Checkout, *, at: datetime, actor: str) -> bool:
    """End it, and let nobody pay it any more. A provider that does not hear it ends it in time."""
    ended = end(row.pk, OTHER_AMOUNT, at=at, actor=actor)
    if ended:
        _close_there(row)
    return ended


def _close_there(row: models.Checkout) -> None:
    provider = outside.providers().get(row.account.provider)
    if provider is not None and row.reference:
        provider.module.close(row.reference, provider.config)


def _end(row: models.Checkout, because: str, *, at: datetime, actor: str) -> None:
    row.state, row.closed_at, row.detail = State.ENDED, at, because[:200]
    row.save(update_fields=["state", "closed_at", "detail"])
    note(Kind.CHECKOUT_ENDED, [line(row, because=because[:200])], at=at, actor=actor)


def lock(provider: str, currency: str) -> models.BankAccount:
    """What we have at a provider in a currency, locked: all that changes it waits for each other.

    Within a transaction.
    """
    rows = models.BankAccount.every.select_for_update(no_key=True)
    found = rows.filter(provider=provider, currency=currency).first()
    if found is None:
        made = models.BankAccount(
            name=provider.capitalize(), iban=f"{provider}:{currency}", currency=currency,
            provider=provider, bank="",
        )  # fmt: skip
        models.BankAccount.every.bulk_create([made], ignore_conflicts=True)
        found = rows.get(provider=provider, currency=currency)
    return found


def _locked(pk: UUID) -> models.Checkout:
    rows = models.Checkout.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("invoice", "account").get(pk=pk)


def went_back(receipt: models.BankLine, out: models.BankLine, *, at: datetime, actor: str) -> None:
    """The receipt of a checkout was taken back by this movement, as a whole."""
    row = models.Checkout.objects.select_related("account").filter(line=receipt).first()
    if row is None:
        return
    row.state, row.return_line, row.detail = State.RETURNED, out, out.return_reason
    row.save(update_fields=["state", "return_line", "detail"])
    told = {"amount": str(Money(-out.amount_minor, out.currency)), "because": out.return_reason}
    note(Kind.CHECKOUT_RETURNED, [line(row, **told)], at=at, actor=actor)


def came_again(out: UUID, receipt: models.BankLine, *, at: datetime, actor: str) -> None:
    """What was taken back was given back: it is paid after all, and as final as before."""
    row = models.Checkout.objects.select_related("account").filter(return_line=out).first()
    if row is None:
        return
    row.state, row.line, row.return_line, row.detail = State.PAID, receipt, None, ""
    row.save(update_fields=["state", "line", "return_line", "detail"])
    note(Kind.CHECKOUT_PAID, [line(row)], at=at, actor=actor)


def line(row: models.Checkout, **more: str) -> Line:
    """What the diary says of a checkout."""
    told = {"amount": str(row.amount), "provider": row.account.name, **more}
    return Line(row.pk, row.invoice_id, told)
