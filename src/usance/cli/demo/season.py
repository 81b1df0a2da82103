"""Play the season, day by day: what clients, carriers, debtors and the bank do, and our people."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.db import connection, transaction

from usance import clock, models
from usance.actions import finance, intake
from usance.domain.intake.control import Control
from usance.domain.mandate import Role
from usance.domain.refusal import Refusal
from usance.jobs import bank, day, delivery, rates
from usance.plugins import TryLater
from usance.shared.models import Role as UserRole
from usance.shared.models import User

from . import keeping, paying
from .outside import Outside
from .papers import slug
from .plan import Plan

PATIENCE_SECONDS = 300.0
RELEASER = "user:astrid"
HERS = 2  # Batches that the client's own user hands in herself: the newest.
TAKEN = ".taken"  # Behind the name of a folder whose files were taken in.
WAITING = """
SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'belt' AND status IN ('todo', 'doing')
"""


class Stuck(RuntimeError):
    """The belt does not come to rest: the workers' logs say why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One day of the season."""

    on: date
    invoices: int
    reminders: int
    bank_lines: int
    payouts: int


class Display(Protocol):
    def day(self, played: Played) -> None: ...

    def say(self, text: str) -> None: ...


def one_day(plan: Plan, outside: Outside, display: Display) -> Played:
    """The next day: take in, read yesterday's statement, let the belt run, let debtors pay, end the
    day, pay out.

    Each part may be run again after an interruption: what is done is not done twice.
    """
    today = plan.first + timedelta(days=plan.done)
    morning = datetime.combine(today, datetime.min.time(), UTC).replace(hour=8)
    _go_to(morning, outside)
    taken = _take_in(plan.home / "demo" / "inbox" / today.isoformat(), at=morning)
    lines = _bank_morning(today, at=morning, display=display)
    settle_down()
    paying.morning(outside, seed=plan.seed, at=morning, say=display.say)
    evening = morning.replace(hour=17)
    _go_to(evening, outside)
    delivery.judge_late(at=evening)  # Days pass in seconds here: its own job comes too seldom.
    _learn_rates(today, at=evening, display=display)
    done = day.end(at=evening)
    paying.evening(at=evening, say=display.say)
    keeping.evening(outside, seed=plan.seed, at=evening)
    paid = _pay_out(today, at=evening, display=display)
    settle_down()
    keep(evening)
    return Played(
        on=today, invoices=taken, reminders=done.reminders, bank_lines=lines, payouts=paid
    )


def settle_down() -> None:
    """Wait until the belt is empty.

    :raises Stuck: after PATIENCE_SECONDS.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise Stuck(f"the belt was not empty after {PATIENCE_SECONDS:.0f} s")


def _go_to(at: datetime, outside: Outside) -> None:
    """Both clocks, ours first: reports that the other one sends carry the new time."""
    if clock.now() <= at:
        keep(at)
        outside.clock(at)


def keep(at: datetime) -> None:
    """It is this moment, and all that was committed before it is on the disk.

    The demo's commits are hasty (shared.address); the world's clock and the files that say how far
    we are must not be ahead of the books. A commit that waits takes all before it along.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
        clock.advance(at)


def _take_in(folder: Path, *, at: datetime) -> int:
    if not folder.is_dir():
        return 0
    taken, own = 0, _own_user(folder)
    for client in sorted(p for p in folder.iterdir() if p.suffix != TAKEN):
        files = [
            intake.File(name=path.name, data=path.read_bytes()) for path in sorted(client.iterdir())
        ]
        if own is not None and client.name == own.folder:
            batch = intake.receive(
                files, client=own.client, way="client", role=Role.CLIENT, at=at,
                actor=f"user:{own.login}", control=Control(count=len(files)),
            )  # fmt: skip
        else:
            batch = intake.receive(files, client=None, way="folder", at=at, actor="demo:clients")
        keep(at)
        client.rename(client.with_name(client.name + TAKEN))
        taken += models.Invoice.objects.filter(file__batch=batch).count()
    return taken


@dataclass(frozen=True, slots=True)
class _Own:
    """Whoever hands in on the client's pages, and the folder that the files lie in."""

    login: str
    client: UUID
    folder: str


def _own_user(day: Path) -> _Own | None:
    """The client's own user, on the last days of the season on which the client hands in."""
    user = User.objects.filter(role=UserRole.CLIENT, client_id__isnull=False).first()
    if user is None or user.client_id is None:
        return None
    folder = slug(models.Client.objects.get(pk=user.client_id).name)
    days = sorted({place.parent.name for place in day.parent.glob(f"*/{folder}*")})
    return _Own(user.get_username(), user.client_id, folder) if day.name in days[-HERS:] else None


def _bank_morning(today: date, *, at: datetime, display: Display) -> int:
    """Yesterday's statement, and the answers to yesterday's orders."""
    try:
        bank.fetch_answers(at=at)
        yesterday = today - timedelta(days=1)
        return sum(done.lines for done in bank.fetch_statements(yesterday, at=at))
    except TryLater as trouble:
        display.say(f"{today}: the bank was not reached ({trouble}); tomorrow again.")
        return 0


def _learn_rates(today: date, *, at: datetime, display: Display) -> None:
    try:
        rates.fetch(at=at)
    except TryLater as trouble:
        display.say(f"{today}: no exchange rates ({trouble}); tomorrow again.")


def _pay_out(today: date, *, at: datetime, display: Display) -> int:
    """Astrid looks at what is proposed and releases it; the files go to the bank."""
    seen = dict(models.Payout.objects.filter(state="proposed").values_list("pk", "content"))
    if seen:
        try:
            finance.release_payouts(seen, role=Role.FINANCE, pay_on=today, at=at, actor=RELEASER)
        except Refusal as refusal:
            display.say(f"{today}: {refusal.code}: {refusal}")
            return 0
    bank.hand_over_files(at=at)
    return len(seen)
