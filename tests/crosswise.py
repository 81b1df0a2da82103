"""Somebody who locks two tables the other way round: who waits for him loses, as a deadlock."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

import psycopg
from django.db import connection

from usance.engine import Cluster

WAITED_FOR = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid)))"
PATIENCE_SECONDS = 60


def until_waited_for(cluster: Cluster) -> None:
    """Until somebody waits for what this connection holds."""
    assert connection.connection is not None
    mine = [connection.connection.info.backend_pid]
    end = monotonic() + PATIENCE_SECONDS
    with psycopg.connect(cluster.superuser_url, autocommit=True) as watch:
        while not watch.execute(WAITED_FOR, mine).fetchone()[0]:  # type: ignore[index]
            assert monotonic() < end, "nobody waited for us"
            sleep(0.01)


@contextmanager
def crosswise(cluster: Cluster, last: str, first: str) -> Iterator[None]:
    """Holds all rows of the table `last`, and wants those of `first` as soon as somebody waits for
    him. PostgreSQL ends who finds the circle: we look after a second, he after a minute."""
    holds = threading.Event()

    def cross() -> None:
        with psycopg.connect(cluster.superuser_url) as other, psycopg.connect(
            cluster.superuser_url, autocommit=True
        ) as watch:  # fmt: skip
            other.execute("SET LOCAL deadlock_timeout = '1min'")
            other.execute(f"SELECT FROM book_main.{last} FOR UPDATE")
            holds.set()
            mine = [other.info.backend_pid]
            while not watch.execute(WAITED_FOR, mine).fetchone()[0]:  # type: ignore[index]
                pass
            other.execute(f"SELECT FROM book_main.{first} FOR UPDATE")
            other.rollback()

    thread = threading.Thread(target=cross, daemon=True)
    thread.start()
    try:
        assert holds.wait(PATIENCE_SECONDS)
        yield
    finally:
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive(), "nobody waited for him"
