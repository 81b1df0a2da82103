"""Run the steps of the belt."""

import logging
from collections.abc import Sequence
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from usance import clock, pipeline
from usance.actions import holds
from usance.engine.crashpoint import crashpoint
from usance.queries import subjects as subject_queries

ACTOR = "belt"
PASSING = (OperationalError, InterfaceError)  # A lost lock, a lost connection: again is enough.
# The database was away or two batches met: the same job may simply run again.
AGAIN = RetryStrategy(max_attempts=8, exponential_wait=2, retry_exceptions=list(PASSING))
TRIES_ALONE = 2
log = logging.getLogger(__name__)


@app.task(name=pipeline.JOB, queue=pipeline.QUEUE, retry=AGAIN)
def step(step: str, subjects: str | list[str]) -> None:
    close_old_connections()
    # Jobs written by an earlier version carry a list.
    words = subjects.split() if isinstance(subjects, str) else subjects
    run(step, [UUID(one) for one in words])


def run(step: str, subjects: Sequence[UUID]) -> None:
    """Take one step for a chunk, with what may follow at once; if it fails, one by one, and park
    those that fail alone."""
    act = pipeline.AT_ONCE.get(step) or pipeline.STEPS[step]
    try:
        act(subjects, at=clock.now(), actor=ACTOR)
        crashpoint("belt.step_taken")
    except PASSING:
        raise
    except Exception:
        log.exception("step %s failed for %d subjects; now one by one", step, len(subjects))
        failures = [failure for one in subjects if (failure := _alone(step, one))]
        if failures:
            raise failures[0] from None


def _alone(step: str, subject: UUID) -> Exception | None:
    """The failure of a subject that no invoice can be parked for: it stands in the failed job."""
    for left in reversed(range(TRIES_ALONE)):
        try:
            pipeline.STEPS[step]([subject], at=clock.now(), actor=ACTOR)
        except PASSING:
            raise
        except Exception as failure:
            if left:
                continue
            invoice = subject_queries.invoice_of(subject)
            if invoice is None:
                return failure
            holds.park(invoice, failure, subject=subject, stage=step, at=clock.now(), actor=ACTOR)
        return None
    return None
