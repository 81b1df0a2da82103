"""Drive the belt by hand: run its jobs in this process until none is left."""

import time
from datetime import datetime
from uuid import UUID

from django.db import connection

from tests.world import NOW
from usance import models, pipeline
from usance.actions import intake
from usance.domain.invoice import Invoice
from usance.plugins.einvoices import ubl


def receive(*papers: Invoice, client: models.Client | None = None) -> models.Batch:
    """Hand in e-invoices as a client would: as files."""
    files = [intake.File(name=f"{paper.number}.xml", data=ubl.write(paper, {})) for paper in papers]
    return intake.receive(
        files, client=client.pk if client else None, way="cli", at=NOW, actor="user:clerk"
    )


def waiting() -> list[tuple[int, str, list[UUID]]]:
    """The belt's jobs in the order in which workers would take them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, args->>'step', args->>'subjects' FROM procrastinate_jobs"
            " WHERE status = 'todo' AND task_name = %s ORDER BY id",
            [pipeline.JOB],
        )
        return [
            (job, step, [UUID(one) for one in subjects.split()])
            for job, step, subjects in cursor.fetchall()
        ]


def drain(*, send: bool = True, at: datetime = NOW) -> list[str]:
    """Run every job until the belt is empty; the steps taken. `send=False` leaves deliveries."""
    taken = []
    while jobs := waiting():
        for job, step, subjects in jobs:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job]
                )
            if step == "distribution.send" and not send:
                continue
            pipeline.STEPS[step](subjects, at=at, actor="belt")
            taken.append(step)
    return taken


def wait_for_others() -> None:
    """Feed and seal end at the oldest running transaction of the server, another test's too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(tx::text::bigint) FROM diary")
        newest = cursor.fetchone()[0]
        for _ in range(600):
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] > newest:
                return
            time.sleep(0.1)
