"""Until when our banks take orders, and on which day they pay them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from usance import models
from usance.domain import calendars
from usance.domain.calendars import Calendar, CutOff, Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """One of our accounts and the clock of its bank."""

    row: models.BankAccount
    calendars: tuple[Calendar, ...]
    zone: str
    now: datetime  # Local.
    slot: Slot
    closed: tuple[date, ...]  # The next days, besides weekends, on which it does not pay.

    @property
    def left(self) -> timedelta:
        """Until the cut-off of the day it would pay on."""
        return self.slot.closes_at - self.now


def banks(*, at: datetime) -> list[Bank]:
    """All our accounts, by currency."""
    return [_bank(row, at) for row in models.BankAccount.objects.order_by("currency")]


def pays_on(account: models.BankAccount, wanted: date, *, at: datetime) -> date:
    """When the bank pays what it gets now and is asked to pay on the wished day."""
    cut_off = _cut_off(account)
    earliest = calendars.slot(at.astimezone(_zone(account)), cut_off)
    return calendars.pays_on(wanted, earliest, cut_off.calendars)


def late(*, at: datetime) -> "QuerySet[models.Payout]":
    """Payouts that the bank should have paid by now and that no statement shows: two banking days
    are over since the day they were ordered for, or one, and the bank has not answered the order.
    The oldest first."""
    over = Q(pk=None)
    for account in models.BankAccount.objects.all():
        day = Q(file__pay_on__lte=_over(account, 2, at=at))
        silent = Q(file__answered_at=None, file__pay_on__lte=_over(account, 1, at=at))
        over |= Q(file__account=account) & (day | silent)
    rows = models.Payout.objects.filter(over, state__in=["released", "sent"])
    return rows.select_related("client", "file__account").order_by("file__pay_on", "pk")


def may_be_missing(payout: models.Payout, *, at: datetime) -> bool:
    """Whether the bank has it, and two banking days are over since the day it was ordered for."""
    if payout.state != "sent" or payout.file is None:
        return False
    return payout.file.pay_on <= _over(payout.file.account, 2, at=at)


def _over(account: models.BankAccount, count: int, *, at: datetime) -> date:
    return calendars.days_over(at.date(), count, _cut_off(account).calendars)


def _bank(row: models.BankAccount, at: datetime) -> Bank:
    cut_off, zone = _cut_off(row), _zone(row)
    now = at.astimezone(zone)
    closed = (
        day
        for n in range(120)
        if (day := now.date() + timedelta(days=n)).weekday() < calendars.SATURDAY
        and not calendars.is_open(day, cut_off.calendars)
    )
    return Bank(
        row=row,
        calendars=tuple(sorted(cut_off.calendars)),
        zone=str(zone),
        now=now,
        slot=calendars.slot(now, cut_off),
        closed=tuple(closed)[:4],
    )


def _cut_off(row: models.BankAccount) -> CutOff:
    days = calendars.of_account(row.iban[:2], row.currency)
    return CutOff(calendars=days, until=row.cut_off, eve=row.eve_cut_off)


def _zone(row: models.BankAccount) -> ZoneInfo:
    return ZoneInfo(calendars.ZONES.get(row.iban[:2], calendars.ZONE))
