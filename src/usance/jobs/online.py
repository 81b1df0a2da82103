"""Ask payment providers what they did not tell of checkouts, refunds and what they paid on, and
tell them of refunds that were released."""

import logging
from datetime import datetime, timedelta

from usance import models
from usance.actions import checkouts, online, provider_payouts, provider_refunds
from usance.domain.refusal import Refusal
from usance.plugins import TryLater, Unreadable
from usance.plugins.providers import Payout
from usance.queries import checkouts as query
from usance.queries import outside, portal
from usance.queries import provider_refunds as refunds
from usance.queries.provider_payouts import settled

ACTOR = "online"
BACK = timedelta(days=21)  # A payout that is older is looked at by a person.
log = logging.getLogger(__name__)


def look_after(*, at: datetime) -> int:
    """Ask about what waits, end what is over or asks for another amount by now; how many ended.

    So a checkout that a death cut off, or of which no call came through, has its end.
    """
    ended = 0
    providers = outside.providers()
    for row in query.to_ask(at=at):
        provider = providers.get(row.account.provider)
        if provider is not None and row.reference:
            try:
                told = provider.module.look(row.reference, provider.config)
            except (TryLater, Unreadable) as trouble:
                log.warning("%s was not asked about %s: %s", provider.name, row.key, trouble)
                continue
            online.take(provider.name, told, at=at, actor=ACTOR)
        if row.until + query.ASKED_AFTER <= at:
            ended += checkouts.end(row.pk, checkouts.NOBODY, at=at, actor=ACTOR)
        elif _asks_otherwise(row, at=at):
            ended += checkouts.call_off(row, at=at, actor=ACTOR)
    return ended


def _asks_otherwise(row: models.Checkout, *, at: datetime) -> bool:
    page = portal.page(row.dispatch_id, today=at.date())
    if page is None or page.account is None or page.due_now != row.amount:
        return True
    return query.is_collected(row.invoice_id)


def fetch_payouts(*, at: datetime) -> int:
    """Take in what providers paid on lately, with all that it is the sum of; how many are settled
    or wait for our bank's statement."""
    taken = 0
    for provider in outside.providers().values():
        try:
            found = provider.module.payouts((at - BACK).date(), provider.config)
        except (TryLater, Unreadable) as trouble:
            log.warning("%s was not asked for payouts: %s", provider.name, trouble)
            continue
        known = settled([one.id for one in found], provider.name)
        for one in sorted(found, key=lambda one: (one.arrives_on, one.id)):
            # What a provider takes from our account stands there as a debit: a person explains it.
            if one.id not in known and one.amount.minor > 0:
                taken += _taken(provider, one, at=at)
    return taken


def _taken(provider: outside.Provider, one: Payout, *, at: datetime) -> bool:
    try:
        rows = provider.module.movements(one.id, provider.config)
        state = provider_payouts.take(provider.name, one, rows, at=at, actor=ACTOR)
    except (TryLater, Unreadable, Refusal) as trouble:
        log.warning("payout %s of %s was not taken: %s", one.id, provider.name, trouble)
        return False
    return state in ("told", "arrived")


def pay_back(*, at: datetime) -> int:
    """Tell providers of the refunds that were released, and ask about those of which nobody knows
    what became; how many have their end now."""
    before = list(refunds.under_way())
    for row in refunds.to_send():
        provider_refunds.send(row.pk, at=at, actor=ACTOR)
    for row in refunds.to_ask(at=at):
        try:
            provider_refunds.ask(row.pk, at=at, actor=ACTOR)
        except (TryLater, Unreadable) as trouble:
            log.warning("%s was not asked about %s: %s", row.account.provider, row.key, trouble)
    return len(before) - refunds.under_way().filter(pk__in=[row.pk for row in before]).count()
