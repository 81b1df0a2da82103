"""Seal the diary: each block of rows carries the hash of its rows and of the block before it.

Rows are chained in blocks by a job, not one by one by their writers: a chain that every writer
must extend is one hot row, and quadratic inside a large transaction.
"""

from datetime import datetime

from django.db import connection, transaction

from usance import models
from usance.engine.crashpoint import crashpoint
from usance.queries.audit import START, block_hash

LOCK = 0x7365616C  # Two sealers take turns.


@transaction.atomic
def seal(*, at: datetime) -> models.DiaryBlock | None:
    """Seal all rows of transactions that have ended; None when there is nothing new.

    Rows are final below the oldest running transaction: none can appear there any more.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        horizon = int(cursor.fetchone()[0])
    last = models.DiaryBlock.objects.order_by("-pk").first()
    first_tx = last.next_tx if last else 0
    if horizon <= first_tx:
        return None
    previous = last.hash if last else START
    digest, rows = block_hash(previous, first_tx, horizon)
    if not rows:
        return None
    crashpoint("audit.hashed")
    return models.DiaryBlock.objects.create(
        first_tx=first_tx,
        next_tx=horizon,
        rows=rows,
        previous=previous,
        hash=digest,
        sealed_at=at,
    )
