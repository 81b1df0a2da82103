"""What is due when: bank, carriers, mail, folders every minute, statements each morning, the day.

A book with a simulated clock has its days from the demo; there only the bank and the
carriers are visited.
"""

import logging
from datetime import timedelta

from django.db import close_old_connections
from procrastinate.contrib.django import app

from usance import clock
from usance.actions import schedules
from usance.actions.exchange import RatesUnreadable
from usance.actions.inspection import NotInspected
from usance.plugins import TryLater
from usance.queries.outside import NotConfigured

from . import (
    asking,
    bank,
    fetching,
    inbox,
    notices,
    online,
    rates,
    registrations,
    shares,
    sweeping,
    witnesses,
)
from .belt import AGAIN

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="usance.bank", queue="schedule", queueing_lock="bank")
def visit_bank(timestamp: int) -> None:
    """Hand over released order files, take in the answers."""
    close_old_connections()
    at = clock.now()
    try:
        bank.hand_over_files(at=at)
        bank.fetch_answers(at=at)
    except (NotConfigured, TryLater) as trouble:
        log.info("the bank was not visited: %s", trouble)


@app.periodic(cron="* * * * *")
@app.task(name="usance.reports", queue="schedule", queueing_lock="reports")
def fetch_reports(timestamp: int) -> None:
    """What carriers say who do not call, what they wait for us to say, what they can prove."""
    close_old_connections()
    fetching.fetch_reports(at=clock.now())
    registrations.answer(at=clock.now())
    witnesses.fetch_proofs(at=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="usance.mailbox", queue="schedule", queueing_lock="mailbox")
def visit_mailbox(timestamp: int) -> None:
    """Take in the mails that wait in the mailbox, if one is set up."""
    close_old_connections()
    try:
        while inbox.visit() == inbox.AT_ONCE:
            pass
    except NotConfigured:
        return
    except (TryLater, NotInspected) as trouble:
        log.warning("the mailbox was not visited: %s", trouble)


@app.periodic(cron="* * * * *")
@app.task(name="usance.folders", queue="schedule", queueing_lock="folders")
def sweep_folders(timestamp: int) -> None:
    """Take in what lies whole in the clients' folders, here and over SFTP."""
    close_old_connections()
    sweeping.sweep(at=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="usance.answers", queue="schedule", queueing_lock="answers")
def answer_senders(timestamp: int) -> None:
    """Tell clients' senders what was taken in of their mails."""
    close_old_connections()
    try:
        notices.answer_due(at=clock.now())
    except NotConfigured as trouble:
        log.info("no answers go out: %s", trouble)


@app.periodic(cron="* * * * *")
@app.task(name="usance.warnings", queue="schedule", queueing_lock="warnings")
def warn_contacts(timestamp: int) -> None:
    """Tell clients' old contacts that a payout account was changed."""
    close_old_connections()
    try:
        notices.warn_due(at=clock.now())
    except NotConfigured as trouble:
        log.warning("nobody is told of changed accounts: %s", trouble)


@app.periodic(cron="* * * * *")
@app.task(name="usance.notices", queue="schedule", queueing_lock="notices")
def announce_debits(timestamp: int) -> None:
    """Mail debtors what will be taken from their accounts, and when; and what will not."""
    close_old_connections()
    try:
        notices.announce_due(at=clock.now())
        notices.recall_due(at=clock.now())
    except NotConfigured as trouble:
        log.warning("no debtor is told of direct debits: %s", trouble)


@app.periodic(cron="*/5 * * * *")
@app.task(name="usance.checkouts", queue="schedule", queueing_lock="checkouts")
def look_after_checkouts(timestamp: int) -> None:
    """Ask payment providers about what debtors began and nobody told the end of."""
    close_old_connections()
    online.look_after(at=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="usance.provider_refunds", queue="schedule", queueing_lock="provider_refunds")
def pay_back(timestamp: int) -> None:
    """Tell payment providers what to pay back, and ask what became of it."""
    close_old_connections()
    online.pay_back(at=clock.now())


@app.periodic(cron="37 * * * *")
@app.task(name="usance.provider_payouts", queue="schedule", queueing_lock="provider_payouts")
def fetch_provider_payouts(timestamp: int) -> None:
    """Take in what payment providers paid on."""
    close_old_connections()
    online.fetch_payouts(at=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="usance.schedules", queue="schedule", queueing_lock="schedules")
def print_schedules(timestamp: int) -> None:
    """Print and seal schedules of assignment: new ones, and those that everybody has signed."""
    close_old_connections()
    schedules.print_due(at=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="usance.fees", queue="schedule", queueing_lock="fees")
def mail_fee_invoices(timestamp: int) -> None:
    """Mail clients their fee invoices."""
    close_old_connections()
    try:
        notices.bill_due(at=clock.now())
    except NotConfigured as trouble:
        log.info("no client is mailed its fee invoice: %s", trouble)


@app.periodic(cron="* * * * *")
@app.task(name="usance.questions", queue="schedule", queueing_lock="questions")
def ask_debtors(timestamp: int) -> None:
    """Mail debtors what they are asked before we buy."""
    close_old_connections()
    try:
        asking.ask_due(at=clock.now())
    except NotConfigured as trouble:
        log.info("no debtor is asked by mail: %s", trouble)


@app.periodic(cron="23 4 * * *")  # UTC; banks close the day before midnight, local time.
@app.task(name="usance.statements", queue="schedule", queueing_lock="statements", retry=AGAIN)
def fetch_statements(timestamp: int) -> None:
    """Book the statements of each account up to yesterday's. A refused one waits for a person."""
    close_old_connections()
    if clock.simulated():
        return
    at = clock.now()
    try:
        bank.fetch_statements(at.date() - timedelta(days=1), at=at)
    except (NotConfigured, TryLater) as trouble:
        log.warning("no statements today: %s", trouble)


@app.periodic(cron="30 15,16,17 * * *")  # Published around 16:00 CET; a late one, an hour later.
@app.task(name="usance.rates", queue="schedule", queueing_lock="rates")
def fetch_rates(timestamp: int) -> None:
    """What currencies are worth today, if somebody publishes it to us."""
    close_old_connections()
    try:
        rates.fetch(at=clock.now())
    except NotConfigured:
        return
    except (TryLater, RatesUnreadable) as trouble:
        log.warning("no exchange rates were fetched: %s", trouble)


@app.periodic(cron="0 16 * * *")
@app.task(name="usance.day", queue="schedule", queueing_lock="day", retry=AGAIN)
def end_day(timestamp: int) -> None:
    """Earn charges for time by all workers; then remind, take recourse, propose payouts."""
    close_old_connections()
    if not clock.simulated():
        shares.begin(at=clock.now())
