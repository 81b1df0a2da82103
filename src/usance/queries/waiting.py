"""What waits for a person on pages of its own, beside what `queries.work` counts for each page."""

from dataclasses import dataclass, fields
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q

from usance import models

from . import (
    client_ledgers,
    cut_offs,
    disclosure,
    exchange,
    facilities,
    held_statements,
    missing_payouts,
    pages,
    parked,
    payouts,
    rates_missing,
    same,
    supporting,
    trust_accounts,
)

FAILED = Q(state__in=["refused", "unknown"])  # Of a mail of ours that nobody got for sure.


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """How much waits, counted as far as pages.counted does."""

    payouts: int  # Proposed: a second person releases them.
    payouts_back: int  # Rejected or returned, and nothing was ordered since.
    late: int  # Payouts that no statement shows in time: a person asks the bank.
    missing: int  # Payouts said never to be executed: a second person agrees.
    unpayable: int  # Due in a currency in which the client has no account.
    terms: int  # Proposed.
    over_advances: int  # Proposed.
    overdrawn: int  # Over-advances that ended, and what was drawn is not covered.
    accounts: int  # Of clients, that nobody has verified.
    mergers: int  # Proposed.
    rates: int  # Typed, and nobody has agreed yet.
    papers: int  # That came with no invoice.
    reports: int  # Of carriers, that somebody places.
    vouchers: int  # Batches of which bookkeeping refused something.
    periods: int  # That somebody asks to open again.
    fee_notices: int  # Mails with fee invoices that failed.
    statements: int  # Of the bank's connection, that were refused.
    warnings: int  # Mails about a changed account that failed.
    differences: int  # Between our books and ledgers that clients keep.
    awaited: int  # Clients whose own ledger is overdue.
    quiet: int  # Late, bought in confidence: the client is asked, then the debtor told.
    unheld: int  # Terms that ask for an account in trust that is not there.
    unchecked: int  # Accounts in trust that a second person has not seen.
    unpriced: int  # Reference rates that are missing: what they price earns nothing.


def elsewhere(*, at: datetime) -> Elsewhere:
    """Few queries, over few rows each."""
    today = at.date()
    refused = models.Voucher.objects.filter(batch=OuterRef("pk"), state="failed")
    asked = models.Period.objects.filter(asked_at__isnull=False)
    waits = {
        "payouts": models.Payout.objects.filter(state="proposed"),
        "payouts_back": payouts.back_and_owed(),
        "late": cut_offs.late(at=at).select_related(None).order_by(),
        "missing": missing_payouts.waiting(),
        "unpayable": payouts.unpayable(),
        "terms": facilities.waiting(),
        "over_advances": models.OverAdvance.objects.filter(state="proposed"),
        "overdrawn": models.OverAdvance.objects.filter(uncovered_minor__gt=0),
        "accounts": models.ClientAccount.objects.filter(verified_at=None, closed_at=None),
        "mergers": same.waiting(),
        "rates": exchange.waiting(),
        "papers": supporting.waiting(),
        "reports": parked.waiting(),
        "vouchers": models.VoucherBatch.objects.filter(Exists(refused)),
        "periods": asked.filter(Q(reopened_at=None) | Q(reopened_at__lt=F("asked_at"))),
        "fee_notices": models.FeeNotice.objects.filter(FAILED),
        "statements": held_statements.waiting(),
        "warnings": models.AccountWarning.objects.filter(FAILED),
        "differences": models.OpenDifference.objects.filter(closed_at=None),
        "awaited": client_ledgers.awaited(today=today).order_by(),
        "quiet": disclosure.to_do(today=today).order_by(),
        "unheld": trust_accounts.missing(today=today).order_by(),
        "unchecked": trust_accounts.listed().filter(checked_at=None).order_by(),
    }
    counted = dict(zip(waits, pages.counted_each(list(waits.values())), strict=True))
    counted["unpriced"] = len(rates_missing.missing(today=today))
    assert list(counted) == [one.name for one in fields(Elsewhere)], "each is counted"
    return Elsewhere(**counted)
