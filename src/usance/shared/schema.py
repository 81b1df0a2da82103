"""The two kinds of tables, brought up to date by the owner: global ones in `public`, then a book's.

Why not `manage.py migrate`: it knows no "all apps but one", and run once per app it would read all
migrations once per app. So the executor behind it is called directly, twice, over a database alias
of its own that logs in as the owner and exists only for the while. `connections["default"]`, the
app's own login, is never touched.

Each book has its own table of applied migrations, pre-filled with those of the global apps, found
first by its search_path. To Django a book therefore looks like a complete database, and books can
be migrated one after the other, each in its own time.

A new book gets its tables as the last migration leaves them: rendering every step between costs ten
seconds, and there are no rows to carry along. What is written in SQL runs as it stands, but for
what is elidable: it carries rows. A test compares both ways.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from usance.engine import APP, OWNER, READONLY
from usance.shared import address

BOOK_APP = "usance"
FIRST = "0001_initial"
PUBLIC = "public"
_LOCK = 0x75_73_61_6E_63_65  # Any number, as long as it is ours alone in this database.


def prepare(owner_url: str, *, book: str = settings.BOOK_SCHEMA) -> tuple[str, ...]:
    """Bring the global tables and one book's up to date; returns the migrations applied.

    :param owner_url: the address of the role usance_owner (`Cluster.owner_url`).
    Two callers at once take turns; the second finds nothing to do.
    """
    with _owner(owner_url, PUBLIC) as glob:
        with glob.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        _open_schemas(glob, book)
        applied = _migrate(glob, lambda app: app != BOOK_APP)
        _open_record(glob, book)
        with _owner(owner_url, f"{book},{PUBLIC}") as own:
            applied += _migrate(own, lambda app: app == BOOK_APP)
        if applied:
            emit_post_migrate_signal(verbosity=0, interactive=False, db=glob.alias)
    return applied


@contextmanager
def _owner(url: str, search_path: str) -> Iterator[BaseDatabaseWrapper]:
    """A connection as the owner, under an alias that goes when the block ends."""
    alias = f"owner of {search_path}"
    connections.settings[alias] = {
        **connections.settings["default"],
        **address.database(url, search_path=search_path),
    }
    connection = connections[alias]
    try:
        yield connection
    finally:
        connection.close()
        del connections[alias]
        del connections.settings[alias]


def _migrate(connection: BaseDatabaseWrapper, wanted: Callable[[str], bool]) -> tuple[str, ...]:
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    targets = [node for node in executor.loader.graph.leaf_nodes() if wanted(node[0])]
    plan = executor.migration_plan(targets)
    if plan:
        emit_pre_migrate_signal(verbosity=0, interactive=False, db=connection.alias, plan=plan)
        if (BOOK_APP, FIRST) in [(step.app_label, step.name) for step, _ in plan]:
            _make(executor, [step for step, _ in plan], targets)
        else:
            executor.migrate(targets, plan=plan)
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _ in plan)


def _make(
    executor: MigrationExecutor, plan: Sequence[Migration], targets: Sequence[tuple[str, str]]
) -> None:
    """The tables of a new book, in one transaction: all of them stand, or none."""
    state = executor.loader.project_state(targets)
    with executor.connection.schema_editor(atomic=True) as editor:
        for model in state.apps.get_app_config(BOOK_APP).get_models():
            editor.create_model(model)
        for step in plan:
            for operation in step.operations:
                if isinstance(operation, RunSQL | RunPython) and not operation.elidable:
                    operation.database_forwards(BOOK_APP, editor, state, state)
            executor.recorder.record_applied(step.app_label, step.name)


def _open_schemas(connection: BaseDatabaseWrapper, book: str) -> None:
    """The book's schema, and what the other roles may do with tables that are yet to come.

    Only defaults for new tables: a grant on existing ones would undo what a migration revoked.
    The read-only role sees the books, and of the global tables only their list: the others hold
    password hashes and sessions.
    """
    _run(
        connection,
        "CREATE SCHEMA IF NOT EXISTS {book} AUTHORIZATION {owner}",
        "GRANT USAGE ON SCHEMA {book}, public TO {app}, {readonly}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {book}, public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {book}, public"
        " GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {book} GRANT SELECT ON TABLES TO {readonly}",
        book=book,
    )


def _open_record(connection: BaseDatabaseWrapper, book: str) -> None:
    """The book's own record of migrations; what is applied is for nobody else to write."""
    _run(
        connection,
        "CREATE TABLE IF NOT EXISTS {book}.django_migrations"
        " (LIKE public.django_migrations INCLUDING ALL)",
        "INSERT INTO {book}.django_migrations (app, name, applied)"
        " SELECT app, name, applied FROM public.django_migrations AS global"
        " WHERE NOT EXISTS (SELECT 1 FROM {book}.django_migrations AS own"
        " WHERE (own.app, own.name) = (global.app, global.name)) ORDER BY id",
        "REVOKE INSERT, UPDATE, DELETE ON public.django_migrations, {book}.django_migrations"
        " FROM {app}",
        "GRANT SELECT ON public.shared_book TO {readonly}",
        book=book,
    )


def _run(connection: BaseDatabaseWrapper, *statements: str, book: str) -> None:
    names = {"book": book, "owner": OWNER, "app": APP, "readonly": READONLY}
    quoted = {key: sql.Identifier(name) for key, name in names.items()}
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(**quoted))
