"""What is due every minute or sooner: revive dead jobs, send what waited, ask what nobody knows,
seal the diary."""

import logging
from datetime import UTC, datetime, timedelta

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from usance import clock, pipeline
from usance.actions import audit, distribution, push
from usance.queries import deliveries
from usance.shared.models import IdempotencyKey

ACTOR = "janitor"
SEND = "distribution.send"
STALLED_SECONDS = 30  # Without a heartbeat for so long, a worker is dead.
KEEP_HOURS = 72  # Finished jobs are looked at, then pruned: a full table slows every worker.
KEEP_ANSWERS = timedelta(days=35)  # A client may send Monday's batch again a month later.
log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="usance.sweep", queue="janitor", queueing_lock="sweep")
def sweep(timestamp: int) -> None:
    """Interrupted calls become unknown, unknown ones are asked about, the diary is sealed."""
    close_old_connections()
    at = clock.now()
    distribution.expire_leases(at=at, actor=ACTOR)
    unknown = deliveries.unknown()
    if unknown:
        distribution.ask(unknown, at=at, actor=ACTOR)
    push.end_gone(at=at)
    audit.seal(at=at)


@app.periodic(cron="* * * * * */10")
@app.task(name="usance.outgoing", queue="janitor", queueing_lock="outgoing")
def outgoing(timestamp: int) -> None:
    close_old_connections()
    send_waiting()


def send_waiting() -> None:
    """What waited for a carrier goes out. While jobs of sending wait themselves, nothing is added
    to them: a carrier that is slow or away gathers no heap of jobs."""
    if pipeline.waits(SEND):
        return
    waiting = deliveries.due()
    if waiting:
        pipeline.put(SEND, waiting)


@app.periodic(cron="* * * * * */10")
@app.task(name="usance.revive", queue="janitor", queueing_lock="revive", pass_context=True)
async def revive(context: object, timestamp: int) -> None:
    """Jobs of workers that died run again: every step may run twice. One for which another waits
    already gives way to it."""
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        log.warning("job %s of a dead worker runs again", job.id)
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job(job, Status.ABORTED, delete_job=False)


@app.periodic(cron="17 3 * * *")
@app.task(name="usance.prune", queue="janitor", queueing_lock="prune")
async def prune(timestamp: int) -> None:
    await app.job_manager.delete_old_jobs(nb_hours=KEEP_HOURS, include_failed=False)


@app.periodic(cron="27 3 * * *")
@app.task(name="usance.forget", queue="janitor", queueing_lock="forget")
def forget(timestamp: int) -> None:
    close_old_connections()
    forget_answers()


def forget_answers() -> None:
    """Idempotency keys end; by the real clock, as they were made."""
    IdempotencyKey.objects.filter(created_at__lt=datetime.now(UTC) - KEEP_ANSWERS).delete()
