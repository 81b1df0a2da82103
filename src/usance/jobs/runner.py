"""Run the job engine in this process."""

import gc

from procrastinate.contrib.django import app

from . import belt, delivery, janitor, schedule  # noqa: F401 - their tasks must be known

YOUNG = 100_000  # So many values a chunk makes and lets go; 700 is Python's own.


def spare_the_collector() -> None:
    """What is loaded stays, and values of a chunk die with it: looking through both for garbage
    after every 700 new ones is a tenth of the belt's work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)


async def run(*, concurrency: int) -> None:
    """Work until SIGINT or SIGTERM; a job that has begun is finished first."""
    spare_the_collector()
    worker = app.with_connector(app.connector.get_worker_connector())
    async with worker.open_async():
        await worker.run_worker_async(
            concurrency=concurrency,
            fetch_job_polling_interval=2,
            shutdown_graceful_timeout=20,
            update_heartbeat_interval=5,
            stalled_worker_timeout=30,
        )
