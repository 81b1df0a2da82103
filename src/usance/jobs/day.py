"""The day's end: write what recurs, end questions and offers that nobody answered and plans that
are over, earn charges for time, invoice fees of a month that is over, value what is in other
currencies, remind, tell debtors of what is confidential no longer, take recourse, try purchases
that fit by now, propose payouts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from usance.actions import (
    accruals,
    collection,
    debit_mandates,
    debits,
    distribution,
    eligibility,
    fees,
    finance,
    headroom,
    offers,
    plans,
    questions,
    recurring,
    refactoring,
    settlement,
    valuing,
    write_offs,
)
from usance.domain.distribution import Paper
from usance.domain.exchange import RateMissing
from usance.domain.refusal import Refusal
from usance.pipeline import CHUNK
from usance.queries import charges, disclosure, exchange, finality, overdue, periods

ACTOR = "day"
ACCRUED = 20_000  # Invoices at a time: one entry for each client and day among them.


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the day's end did."""

    reminders: int
    repurchases: int
    payouts_proposed: int
    refactored: int = 0  # Recourse was due and is put off against a fee, as the terms say.
    losses_proposed: int = 0  # Limited recourse is due: people agree to what would be our loss.
    drafts_written: int = 0
    questions_silent: int = 0
    accrued: int = 0  # Invoices whose charges for time were brought up to yesterday.
    rates_missing: tuple[str, ...] = ()  # What must be entered before the rest can be.
    valued: int = 0  # Days of currencies whose turnover was valued.
    purchases_freed: int = 0
    plans_ended: int = 0
    offers_over: int = 0
    debits_planned: int = 0
    debits_dropped: int = 0  # Cancelled because something changed, or nobody released them.
    fees_invoiced: int = 0
    fees_waiting: tuple[str, ...] = ()  # Why some clients' fees are not invoiced yet.
    disclosed: int = 0  # Bought in confidence, and told now: other terms hold.
    overdrawn: int = 0  # Clients that draw beyond their ledgers after an over-advance ended.
    reserves_freed: int = 0  # Paid invoices whose payment nobody can take back any more.


def end(*, at: datetime) -> Day:
    """Run what is due once a day. Run twice on a day, the second finds nothing left to do."""
    today = at.date()
    drafts = recurring.make_due(at=at, actor=ACTOR)
    silent = questions.time_out(at=at, actor=ACTOR)
    ended = plans.look_after(at=at, actor=ACTOR)
    unanswered = offers.end_over(at=at, actor=ACTOR)
    dropped, planned, final = _collect(at=at)
    reminders = sum(
        collection.remind(chunk, at=at, actor=ACTOR)
        for chunk in _chunks(overdue.due_for_reminder(today=today))
    )
    told = _disclose(at=at)
    accrued, missing = _accrue(at=at)
    # Before payouts are proposed: what clients owe by them is set off.
    invoiced, untold = fees.invoice_due(at=at, actor=ACTOR)
    valued = _value(at=at)
    write_offs.end_changed(at=at, actor=ACTOR)
    late, put_off = _put_off(overdue.past_recourse(today=today), at=at)
    taken = [write_offs.take_recourse(chunk, at=at, actor=ACTOR) for chunk in _chunks(late)]
    freed = headroom.try_again(remark="It fits into what is available by now.", at=at, actor=ACTOR)
    overdrawn = eligibility.end_over_advances(at=at, actor=ACTOR)
    proposed = finance.propose_payouts(at=at, actor=ACTOR)
    return Day(
        reminders=reminders,
        repurchases=sum(back for back, _ in taken),
        refactored=put_off,
        payouts_proposed=len(proposed),
        losses_proposed=sum(asked for _, asked in taken),
        drafts_written=drafts,
        questions_silent=silent,
        accrued=accrued,
        rates_missing=(*missing, *valued.missing),
        valued=valued.days,
        purchases_freed=freed,
        plans_ended=ended,
        offers_over=unanswered,
        debits_planned=planned,
        debits_dropped=dropped,
        reserves_freed=final,
        overdrawn=overdrawn,
        disclosed=told,
        fees_invoiced=invoiced,
        fees_waiting=untold,
    )


def _disclose(*, at: datetime) -> int:
    """Notices to the debtors of what was bought in confidence, where terms that tell hold by now.
    After the reminders: nobody is reminded on the day on which it hears of us."""
    told = disclosure.to_tell(on=at.date())
    for chunk in _chunks(told):
        distribution.plan(chunk, paper=Paper.NOTICE, at=at, actor=ACTOR)
    return len(told)


def _put_off(late: list[UUID], *, at: datetime) -> tuple[list[UUID], int]:
    """Whose recourse is taken today, and how many were put off."""
    done = {pk for chunk in _chunks(late)
            for pk in refactoring.put_off(chunk, at=at, actor=ACTOR)}  # fmt: skip
    return [pk for pk in late if pk not in done], len(done)


def _collect(*, at: datetime) -> tuple[int, int, int]:
    """Direct debits dropped and planned, and invoices whose payment is final by now."""
    debit_mandates.lapse(at=at, actor=ACTOR)
    dropped = debits.look_after(at=at, actor=ACTOR)
    planned = debits.plan(at=at, actor=ACTOR)
    final = finality.final(today=at.date())
    for chunk in _chunks(final):
        settlement.settle(chunk, at=at, actor=ACTOR)
    return dropped, len(planned), len(final)


def _accrue(*, at: datetime) -> tuple[int, tuple[str, ...]]:
    """To the end of yesterday: its statements are in, and today may still bring payments."""
    through = yesterday(at)
    return accrue(charges.behind(through=through), through=through, at=at)


def yesterday(at: datetime) -> date:
    """The last day that is over."""
    return at.date() - timedelta(days=1)


def accrue(behind: Sequence[UUID], *, through: date, at: datetime) -> tuple[int, tuple[str, ...]]:
    """How many of these invoices were accrued to the end of that day, and which rates lack."""
    waits: dict[UUID, Refusal] = {}
    for chunk in _chunks(behind, size=ACCRUED):
        waits |= accruals.accrue(chunk, through=through, at=at, actor=ACTOR)
    return len(behind) - len(waits), tuple(sorted({str(one) for one in waits.values()}))


def _value(*, at: datetime) -> valuing.Valued:
    """To the end of yesterday: its rates are out. Months that ended are revalued, and again when
    something was booked into one late, until it is closed."""
    if not exchange.home():
        return valuing.Valued(days=0)
    valued = valuing.value(through=yesterday(at), at=at, actor=ACTOR)
    try:
        for month in periods.ended_and_open(today=at.date()):
            valuing.revalue(month.last_on, at=at, actor=ACTOR)
    except (RateMissing, valuing.PositionsUnvalued) as no:
        missing = valued.missing or (str(no),)
        return valuing.Valued(days=valued.days, missing=missing)
    return valued


def _chunks(ids: Sequence[UUID], *, size: int = CHUNK) -> list[Sequence[UUID]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
