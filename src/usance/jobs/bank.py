"""What goes to the bank and comes from it: order files, its answers, the day's statements."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db.models import Exists, OuterRef

from usance import models
from usance.actions import collected, debit_files, finance, held_statements, paid_out, payment
from usance.engine.crashpoint import crashpoint
from usance.plugins import TryLater, Unreadable
from usance.plugins.banks import OutcomeUnknown, Refused
from usance.plugins.payouts import Answer, Verdict, pain001
from usance.queries import outside
from usance.queries.parcels import stored

ACTOR = "bank"
DAYS_AGAIN = 10  # That a bank is asked about, the longest: long holidays, or a week without it.
log = logging.getLogger(__name__)


def hand_over_files(*, at: datetime) -> int:
    """Give the bank every order file that it has not got; how many it took.

    A file whose end nobody knows is given again next time: the bank knows it by its name.
    """
    taken = 0
    for kind, take, handed in (
        (models.PayoutFile, finance.take_answers, finance.hand_over_file),
        (models.DebitFile, debit_files.take_answers, debit_files.hand_over),
    ):
        for file in kind.objects.filter(handed_at=None).select_related("account"):
            if _handed_over(file, take, at=at):
                handed(file.pk, at=at, actor=ACTOR)
                taken += 1
    return taken


def _handed_over(
    file: models.PayoutFile | models.DebitFile, take: Callable[..., int], *, at: datetime
) -> bool:
    """Whether the bank has it by now, or will never take it."""
    connection, config = outside.bank()
    data = stored(file.document_id)
    if sha256(data).hexdigest() != file.document_id:
        log.error("%s is not what was released; it is not sent", file.name)
        return False
    try:
        connection.send(file.account.iban, file.name, data, config)
    except (TryLater, OutcomeUnknown) as trouble:
        log.warning("the bank did not confirm %s: %s", file.name, trouble)
        return False
    except Refused as refusal:
        whole = Answer(file=file.name, key="", verdict=Verdict.REJECTED, reason=str(refusal))
        take([whole], at=at, actor=ACTOR)
    crashpoint("bank.file_sent")
    return True


def fetch_answers(*, at: datetime) -> int:
    """Take in the bank's answers to the files of which something is under way: it may say first
    that it got the file, and days later what came of an order. How many orders it rejected."""
    connection, config = outside.bank()
    rejected = 0
    for order, file, take in (
        (models.Payout, models.PayoutFile, finance.take_answers),
        (models.Debit, models.DebitFile, debit_files.take_answers),
    ):
        under_way = order.objects.filter(file=OuterRef("pk"), state__in=["released", "sent"])
        waiting = file.objects.filter(Exists(under_way), handed_at__isnull=False)
        for one in waiting.select_related("account").order_by("made_at", "pk"):
            data = connection.answer(one.account.iban, one.name, config)
            if data is not None:
                rejected += take(_answers(one.name, data), raw=data, at=at, actor=ACTOR)
    if rejected:
        paid_out.look_again(at=at, actor=ACTOR)
        collected.look_again(at=at, actor=ACTOR)  # What is left may be a sum that came before.
    return rejected


def _answers(file: str, data: bytes) -> list[Answer]:
    """None where it cannot be read: it is asked for again, and what no statement shows in time is
    told under Payouts or Direct debits."""
    try:
        return pain001.read_status(data)
    except Unreadable as broken:
        log.error("the bank's answer to %s cannot be read: %s", file, broken)
        return []


def fetch_statements(on: date, *, at: datetime) -> list[payment.Imported]:
    """Import the statements of each of our accounts up to this day, where the bank has them.

    What is refused is kept for a person, and stops no other account. The last days are asked about
    again, if there is no statement of them: the bank may have been late, or not reached.
    """
    connection, config = outside.bank()
    done = []
    for account in models.BankAccount.objects.order_by("currency"):
        for day in _days_to_ask(account, on):
            data = connection.statement(account.iban, day, config)
            if data is None:
                continue
            crashpoint("bank.statement_fetched")
            taken = held_statements.take_fetched(account, day, data, at=at, actor=ACTOR)
            done += [taken] if taken else []
        done += held_statements.take_again(account, at=at, actor=ACTOR)
    return done


def _days_to_ask(account: models.BankAccount, on: date) -> list[date]:
    """The day, and those before it since the last statement; without one, the day alone. What a
    person laid aside is not asked for again."""
    told = models.Statement.objects.filter(account=account, closed_on__lt=on)
    last = told.order_by("-closed_on").values_list("closed_on", flat=True).first()
    missed = min((on - last).days, DAYS_AGAIN) if last else 1
    days = [on - timedelta(days=n) for n in reversed(range(missed))]
    aside = models.HeldStatement.objects.filter(account=account, on__in=days).exclude(laid_aside="")
    return sorted({*days} - {*aside.values_list("on", flat=True)})
