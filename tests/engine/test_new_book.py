"""A new book's tables are those that the migrations lead to, one after the other."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db.migrations.executor import MigrationExecutor

from usance.engine.cluster import Cluster
from usance.shared import schema

LONG_WAY = "book_long_way"

# What makes up a schema, a row each; names of schemas within are evened out.
PARTS = {
    "columns": "SELECT table_name, column_name, data_type, udt_name, character_maximum_length,"
    " is_nullable, column_default, is_identity, collation_name FROM information_schema.columns"
    " WHERE table_schema = %(book)s",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
    # Columns say what must not be null; the names of that follow the order of making.
    " FROM pg_constraint WHERE connamespace = %(book)s::regnamespace AND contype <> 'n'",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = %(book)s",
    "triggers": "SELECT t.tgname, t.tgenabled, pg_get_triggerdef(t.oid) FROM pg_trigger t"
    " JOIN pg_class c ON c.oid = t.tgrelid"
    " WHERE c.relnamespace = %(book)s::regnamespace AND NOT t.tgisinternal",
    "functions": "SELECT proname, pg_get_functiondef(oid) FROM pg_proc"
    " WHERE pronamespace = %(book)s::regnamespace",
    "rights": "SELECT relname, acl::text FROM pg_class, unnest(relacl) AS acl"
    " WHERE relnamespace = %(book)s::regnamespace",
    "migrations": "SELECT app, name FROM {book}.django_migrations",
}


@pytest.fixture
def long_way(cluster: Cluster, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """A second book, led through every migration."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        with schema._owner(cluster.owner_url, schema.PUBLIC) as everywhere:
            schema._open_schemas(everywhere, LONG_WAY)
            schema._open_record(everywhere, LONG_WAY)
        with schema._owner(cluster.owner_url, f"{LONG_WAY},{schema.PUBLIC}") as own:
            executor = MigrationExecutor(own)
            leaves = executor.loader.graph.leaf_nodes()
            executor.migrate([leaf for leaf in leaves if leaf[0] == schema.BOOK_APP])
    yield LONG_WAY
    with psycopg.connect(cluster.superuser_url) as superuser:
        superuser.execute(f"DROP SCHEMA {LONG_WAY} CASCADE")


@pytest.mark.timeout(300)
def test_a_new_book_is_what_the_migrations_lead_to(cluster: Cluster, long_way: str) -> None:
    with psycopg.connect(cluster.superuser_url) as superuser:
        for part, asked in PARTS.items():
            at_once, step_by_step = (
                {
                    tuple(str(cell).replace(f"{book}.", "") for cell in row)
                    for row in superuser.execute(asked.replace("{book}", book), {"book": book})
                }
                for book in ("book_main", long_way)
            )
            assert at_once, part
            assert at_once == step_by_step, part
