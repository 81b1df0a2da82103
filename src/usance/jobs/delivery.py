"""What is due around deliveries: deadlines that are over, directories to be asked again."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import close_old_connections
from procrastinate.contrib.django import app

from usance import clock
from usance.actions import distribution
from usance.pipeline import CHUNK
from usance.queries import deliveries, lookups, outside

ACTOR = "janitor"
log = logging.getLogger(__name__)


@app.periodic(cron="*/5 * * * *")
@app.task(name="usance.deadlines", queue="janitor", queueing_lock="deadlines")
def watch_deadlines(timestamp: int) -> None:
    """Deliveries whose time is over: the ladder moves or a person is asked."""
    close_old_connections()
    judge_late(at=clock.now())


@app.periodic(cron="41 * * * *")
@app.task(name="usance.look_up", queue="schedule", queueing_lock="look_up")
def ask_directories(timestamp: int) -> None:
    """Ask about debtors of whom no answer is fresh."""
    close_old_connections()
    look_up_stale(at=clock.now())


def judge_late(*, at: datetime) -> int:
    """How many deliveries were judged. Run twice, the second finds nothing left to do."""
    late = deliveries.late(at=at)
    return sum(distribution.judge(chunk, at=at, actor=ACTOR) for chunk in _chunks(late))


def look_up_stale(*, at: datetime) -> int:
    """How many answers came. A directory that is away is asked again by the next run."""
    known = 0
    for kind in outside.directories():
        stale = [one.pk for one in lookups.stale(kind, at=at)]
        known += distribution.look_up(stale, kinds=(kind,), at=at, actor=ACTOR)
        log.info("%s: %d debtors to be asked about", kind, len(stale))
    return known


def _chunks(ids: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
