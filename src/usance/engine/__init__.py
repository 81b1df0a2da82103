"""The PostgreSQL that usance stands on: its own, beside the data, or the operator's.

    cluster = engine.start(Path("var"))
    …
    engine.stop(Path("var"))

A home holds `engine/<version>/` (the programs), `postgres/data`, `postgres/server.log` and
`secrets/database.json` (port and passwords, 0600). With USANCE_DATABASE_URL set, the home is left
alone and the same calls speak of that server.
"""

import fcntl
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from usance.engine import account, carrier, kept, operators, roles, server
from usance.engine.cluster import APP, DATABASE, OWNER, READONLY, Cluster, on_database
from usance.engine.trouble import (
    DidNotStart,
    EngineError,
    MayNot,
    NoSpace,
    NotInstalled,
    OutOfReach,
    WrongVersion,
)

__all__ = [
    "APP", "DATABASE", "OWNER", "READONLY",
    "Cluster", "DidNotStart", "EngineError", "MayNot", "NoSpace", "NotInstalled", "OutOfReach",
    "WrongVersion", "known", "running", "start", "stop", "stop_if_alone",
]  # fmt: skip

LEAST_FREE = 1_000_000_000  # Bytes. With less, one night's write-ahead log could fill the disk.
ASKED, PAUSE = 40, 0.05  # Times, and seconds between them.
OTHERS = (
    "SELECT 1 FROM pg_stat_activity"
    " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1"
)


def free_bytes(place: Path) -> int:
    return shutil.disk_usage(place).free


def start(home: Path, *, durable: bool = True, free: Callable[[Path], int] = free_bytes) -> Cluster:
    """The running database with its roles; started, and made, when it is not there.

    :param durable: False for a database that is thrown away; a crash may then cost everything.
    :raises EngineError: if it cannot run; `todo` says what to do.
    """
    url = operators.address()
    if url:
        return operators.enter(url)
    home = home.resolve()
    _open_home(home)
    with _alone(home):
        if not server.answers(home):
            _call(home, durable=durable, free=free)
        remembered = kept.read(home)
        assert remembered, "a server that answers has a password that we know"
        cluster = kept.cluster(remembered)
        if not roles.in_place(cluster):
            maintenance = on_database(cluster.superuser_url, "postgres")
            with psycopg.connect(maintenance, autocommit=True) as connection:
                roles.provide(connection, database=DATABASE, passwords=remembered)
        return cluster


def stop(home: Path) -> bool:
    """Stop our own server; an operator's is left alone. Returns whether one was stopped."""
    home = home.resolve()
    data = server.data_of(home)
    if operators.address() or not server.runs(home):
        return False
    with _alone(home):
        who = account.of(data)
        server.stop(home, carrier.programs(home, who, data=data), who)
    return True


def stop_if_alone(home: Path, cluster: Cluster) -> bool:
    """Stop our own server unless others are connected to it. Returns whether it was stopped.

    Who ended a moment ago may not be gone for the server yet: it is asked again for a while.
    """
    with psycopg.connect(cluster.superuser_url, autocommit=True) as connection:
        for _ in range(ASKED):
            if not connection.execute(OTHERS).fetchone():
                break
            time.sleep(PAUSE)
        else:
            return False
    return stop(home)


def running(home: Path) -> bool:
    """Does the database of this home (or the operator's) answer?"""
    url = operators.address()
    if url:
        return roles.in_place(operators.cluster(url))
    return server.answers(home.resolve())


def known(home: Path) -> Cluster | None:
    """The addresses as of the last start, without asking the server; None if never started."""
    url = operators.address()
    if url:
        return operators.cluster(url)
    try:
        remembered = kept.read(home.resolve())
    except OutOfReach:
        return None  # start() says so, with what to do; who only reads settings needs no database.
    return kept.cluster(remembered) if remembered and "port" in remembered else None


def _call(home: Path, *, durable: bool, free: Callable[[Path], int]) -> None:
    left = free(home)
    if left < LEAST_FREE:
        raise NoSpace(
            f"The disk of {home} has {left // 1_000_000} MB left; the database needs"
            f" {LEAST_FREE // 1_000_000} MB to start safely.",
            todo="Free some space, or set USANCE_HOME to a larger disk.",
        )
    data = server.data_of(home)
    who = account.of(data)
    account.reach(who, home)
    programs = carrier.programs(home, who, data=data)
    remembered = kept.read(home)
    if not data.exists():
        remembered = kept.invent()
        kept.write(home, remembered)
        server.make(home, programs, who, password=remembered[kept.SUPERUSER])
    elif remembered is None:
        raise OutOfReach(
            f"There is a database in {data} but its passwords are gone.",
            todo=f"Put {home / 'secrets' / 'database.json'} back from the backup.",
        )
    port = server.start(home, programs, who, durable=durable)
    kept.write(home, {**remembered, "port": str(port)})


def _open_home(home: Path) -> None:
    if not home.exists():
        home.mkdir(parents=True)
        home.chmod(0o755)  # Only what we made ourselves: the server's account has to pass.


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Two starts at once take turns."""
    with (home / "database.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
