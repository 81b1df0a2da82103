"""Run the job engine in this process."""

from procrastinate.contrib.django import app

from . import belt, delivery, janitor, schedule  # noqa: F401 - their tasks must be known


async def run(*, concurrency: int) -> None:
    """Work until SIGINT or SIGTERM; a job that has begun is finished first."""
    worker = app.with_connector(app.connector.get_worker_connector())
    async with worker.open_async():
        await worker.run_worker_async(
            concurrency=concurrency,
            fetch_job_polling_interval=2,
            shutdown_graceful_timeout=20,
            update_heartbeat_interval=5,
            stalled_worker_timeout=30,
        )
