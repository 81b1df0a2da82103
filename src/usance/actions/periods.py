"""Close months of the books, and reopen them with two people."""

from dataclasses import asdict
from datetime import date, datetime
from hashlib import sha256

from django.db import OperationalError, connection, transaction

from usance import models
from usance.domain.events import Kind
from usance.domain.mandate import Act, Role, require, two_people
from usance.domain.periods import (
    BooksBusy,
    PeriodNotClosed,
    RemarkMissing,
    State,
    may_close,
    may_reopen,
    month,
)
from usance.models.period import LOCK
from usance.queries import periods as questions

from .diary import Line, note

PATIENCE_SECONDS = 10  # Who comes to book while we wait for the books waits behind us.
TOO_LONG = "55P03"  # SQLSTATE of a lock that was not had in time.


@transaction.atomic
def close(
    first_on: date, to: State, *, remark: str = "", role: Role, at: datetime, actor: str
) -> models.Period:
    """Close the month that begins on that day, soft or hard. What is being booked into it at this
    moment is waited for; what comes later is refused by the database.

    :raises NotAllowed: if the role may not.
    :raises PeriodNotOver, PeriodOutOfOrder, PeriodNotClosed, PeriodUnclean, RemarkMissing:
        as domain.periods.may_close says.
    :raises BooksBusy: if what is being booked takes longer than PATIENCE_SECONDS.
    """
    require(role, Act.CLOSE_PERIOD)
    first_on, last_on = month(first_on)
    checks = questions.checklist(first_on, seed=int(at.timestamp())) if to is State.HARD else []
    # After the checklist: it reads for minutes in a large book, and nobody could book meanwhile.
    _stop_booking()
    may_close(first_on, to, questions.before(first_on), checks, remark=remark, today=at.date())
    row = models.Period.objects.filter(first_on=first_on).first()
    row = row or models.Period(first_on=first_on, last_on=last_on)
    row.state, row.closed_at, row.closed_by, row.remark = to, at, actor, remark.strip()[:400]
    row.checks = [asdict(one) for one in checks]
    row.asked_by = row.asked_because = row.reopened_by = ""
    row.asked_at = row.reopened_at = None
    row.save()
    said = {"month": f"{first_on:%Y-%m}", "state": to.value, "remark": row.remark}
    note(Kind.PERIOD_CLOSED, [Line(row.pk, None, said)], at=at, actor=actor)
    return row


@transaction.atomic
def ask_to_reopen(
    first_on: date, *, because: str, role: Role, at: datetime, actor: str
) -> models.Period:
    """A first person asks to reopen a closed month; it stays closed until a second one agrees.

    :raises NotAllowed: if the role may not.
    :raises RemarkMissing: without a reason.
    :raises PeriodNotClosed, PeriodOutOfOrder: as domain.periods.may_reopen says.
    :raises BooksBusy: as close.
    """
    require(role, Act.CLOSE_PERIOD)
    row = _closed(first_on)
    if not because.strip():
        raise RemarkMissing("a month is not reopened without a reason")
    row.asked_by, row.asked_at, row.asked_because = actor, at, because.strip()[:400]
    row.reopened_by, row.reopened_at = "", None
    row.save()
    said = {"month": f"{row.first_on:%Y-%m}", "remark": row.asked_because}
    note(Kind.PERIOD_REOPENING_ASKED, [Line(row.pk, None, said)], at=at, actor=actor)
    return row


@transaction.atomic
def reopen(first_on: date, *, seen: str, role: Role, at: datetime, actor: str) -> models.Period:
    """A second person agrees with what was asked, and the month is open.

    :param seen: digest of the question that the second person saw.
    :raises NotAllowed: if the role may not.
    :raises PeriodNotClosed: if nobody asked, or it is open.
    :raises PeriodOutOfOrder: if a later month was closed meanwhile.
    :raises SecondPersonNeeded, ContentChanged, NobodyBehind: if this yes does not count.
    :raises BooksBusy: as close.
    """
    require(role, Act.CLOSE_PERIOD)
    row = _closed(first_on)
    if not row.asked_by:
        raise PeriodNotClosed(f"nobody asked to reopen {row.first_on:%Y-%m}")
    two_people(prepared_by=row.asked_by, released_by=actor, prepared=digest(row), seen=seen)
    row.state, row.reopened_by, row.reopened_at = State.OPEN, actor, at
    row.save()
    said = {"month": f"{row.first_on:%Y-%m}", "asked_by": row.asked_by,
            "remark": row.asked_because}  # fmt: skip
    note(Kind.PERIOD_REOPENED, [Line(row.pk, None, said)], at=at, actor=actor)
    return row


def digest(row: models.Period) -> str:
    """What a second person agrees with: which month, how it is closed, who asks and why."""
    said = f"{row.first_on}|{row.state}|{row.closed_at}|{row.asked_by}|{row.asked_because}"
    return sha256(said.encode()).hexdigest()


def _closed(first_on: date) -> models.Period:
    first_on, _ = month(first_on)
    _stop_booking()
    row = models.Period.objects.select_for_update(no_key=True).filter(first_on=first_on).first()
    if row is None:
        raise PeriodNotClosed(f"{first_on:%Y-%m} is open")
    may_reopen(first_on, State(row.state), questions.closed_until())
    return row


def _stop_booking() -> None:
    """Wait for everybody who books, and let nobody book until we commit. Who books takes the same
    lock, shared, by the trigger on `entry`.

    :raises BooksBusy: if it lasts.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE_SECONDS}s"])
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [LOCK])
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as no:
        if getattr(no.__cause__, "sqlstate", "") != TOO_LONG:
            raise
        raise BooksBusy(f"the books were not free for {PATIENCE_SECONDS} seconds") from no
