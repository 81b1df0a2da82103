"""The databases of the tests: one server per run, a copy of one template per xdist worker.

Tests log in as usance_app, as the product does: the owner of a table could switch off the triggers
that the tests are about.
"""

import fcntl
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import psycopg
from psycopg import sql

from usance import engine
from usance.engine import operators
from usance.engine.cluster import Cluster, database_of, on_database

# What TRUNCATE-like cleaning leaves: written by migrations, never by a test.
STAYS = ("django_migrations", "django_content_type", "auth_permission")
MARK = "usance-tests-"
EMPTY = r"""
DO $$ DECLARE it record; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR it IN SELECT schemaname, tablename FROM pg_tables WHERE tablename <> ALL({stays})
    AND (schemaname = 'public' OR schemaname LIKE 'book\_%')
  LOOP EXECUTE format('DELETE FROM %I.%I', it.schemaname, it.tablename); END LOOP;
END $$
"""


HOME = "USANCE_TESTS_HOME"  # Tells the xdist workers, which inherit the environment.


def home() -> Path:
    """What belongs to this run lies here."""
    return Path(os.environ[HOME])


def new_home() -> Path:
    """An empty directory for this run. A run that was killed before left its own: swept away."""
    for left in Path(tempfile.gettempdir()).glob(f"{MARK}*"):
        pid = left.name.removeprefix(MARK).partition("-")[0]
        if pid.isdigit() and not _alive(int(pid)) and left.stat().st_uid == os.geteuid():
            claimed = left.with_name(f"{MARK}{os.getpid()}-{left.name}")
            try:
                left.rename(claimed)
            except FileNotFoundError:
                continue  # Another run was quicker.
            try:
                remove(claimed)
            except (engine.EngineError, OSError) as trouble:
                print(f"Left from an earlier run, not swept: {claimed}: {trouble}", file=sys.stderr)
    home = Path(tempfile.mkdtemp(prefix=f"{MARK}{os.getpid()}-"))
    home.chmod(0o755)  # As root the server runs as another user, who has to get there.
    return home


def template(home: Path) -> Cluster:
    """The prepared database that all workers copy; made by whoever asks first."""
    from usance.shared.schema import prepare

    with _alone(home):
        note = home / "template.json"
        if note.exists():
            return Cluster(**json.loads(note.read_text()))
        cluster = engine.start(home, durable=False)
        if operators.address():
            cluster = _throwaway(cluster, home)
        prepare(cluster.owner_url)
        note.write_text(json.dumps(asdict(cluster)))
        return cluster


def copy(home: Path, of: Cluster, worker: str) -> Cluster:
    """A database of this worker's own, equal to the template."""
    own = f"{database_of(of.app_url)}_{worker}"
    with _alone(home), _maintenance(of) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                sql.Identifier(own),
                sql.Identifier(database_of(of.app_url)),
                sql.Identifier(engine.OWNER),
            )
        )
    return of.on(own)


def empty(connection: psycopg.Connection) -> None:
    """Delete every row that a test may have written, past triggers, foreign keys and privileges.

    `connection`: the superuser's, kept between tests: to look up 130 tables and their keys anew
    takes ten times as long as to empty them.
    """
    # DELETE, not TRUNCATE: most tables are empty, and TRUNCATE makes new files for each.
    connection.execute(sql.SQL(EMPTY).format(stays=sql.Literal(list(STAYS))))


def remove(home: Path) -> None:
    """Stop the server of this run, or drop the run's databases on the operator's."""
    note = home / "template.json"
    if operators.address() and note.exists():
        cluster = Cluster(**json.loads(note.read_text()))
        with _maintenance(cluster) as connection:
            ours = f"{database_of(cluster.app_url)}%"
            for (name,) in connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [ours]
            ).fetchall():
                connection.execute(
                    sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
                )
    elif not operators.address():
        engine.stop(home)
    shutil.rmtree(home)


def _throwaway(cluster: Cluster, home: Path) -> Cluster:
    """On the operator's server: a database of this run, beside the one of his address."""
    name = home.name.replace("-", "_").lower()
    with _maintenance(cluster) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(engine.OWNER)
            )
        )
    return cluster.on(name)


@contextmanager
def _maintenance(cluster: Cluster) -> Iterator[psycopg.Connection]:
    # Not `with connection`: CREATE DATABASE refuses to run inside a transaction.
    connection = psycopg.connect(on_database(cluster.superuser_url, "postgres"), autocommit=True)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    with (home / "tests.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
