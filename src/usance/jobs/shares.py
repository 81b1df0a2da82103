"""The day's end by all workers: charges for time are accrued by one job for each share of the
clients, and when none of them runs any more, the rest of the day's end follows.

A share only goes ahead of the day's end, which accrues itself what is still behind: a share that
failed, or was asked for twice, changes nothing but how long the day's end takes.
"""

from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from usance import clock
from usance.queries import charges

from . import day
from .belt import AGAIN

ACCRUE, REST = "usance.accrue", "usance.day_rest"
QUEUE = "schedule"
AGAIN_SECONDS = 1  # How soon the rest looks again whether the shares are done.
RUNNING = """
SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = %s AND args->>'through' = %s
                  AND status IN ('todo', 'doing'))
"""
ON_ITS_WAY = """
SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = %s
                  AND status IN ('todo', 'doing'))
"""


def begin(*, at: datetime) -> None:
    """One job for each share and day, and one for the rest; those that wait or run already are not
    put twice: one that runs and loses a lock could not wait again beside the other."""
    through = day.yesterday(at).isoformat()
    for share in charges.shares():
        key = f"{ACCRUE}:{through}:{share}"
        if not _asked(ON_ITS_WAY, key):
            _put(ACCRUE, key, share=share, through=through)
    if not _asked(ON_ITS_WAY, key := f"{REST}:{through}"):
        _put(REST, key, through=through)


@app.task(name=ACCRUE, queue=QUEUE, retry=AGAIN)
def accrue(share: int, through: str) -> None:
    close_old_connections()
    day.accrue(charges.open_in(share), through=date.fromisoformat(through), at=clock.now())


@app.task(name=REST, queue=QUEUE, retry=AGAIN)
def end(through: str) -> None:
    close_old_connections()
    if _asked(RUNNING, ACCRUE, through):
        _put(REST, f"{REST}:{through}", soon=AGAIN_SECONDS, through=through)
    else:
        day.end(at=clock.now())


def _asked(question: str, *about: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, about)
        return bool(cursor.fetchone()[0])


def _put(task: str, key: str, *, soon: int = 0, **told: Any) -> None:
    # The same share never runs twice at once, and waits once.
    job = app.configure_task(
        task, queue=QUEUE, queueing_lock=key, lock=key,
        schedule_in={"seconds": soon} if soon else None,
    )  # fmt: skip
    with suppress(AlreadyEnqueued):
        job.defer(**told)
