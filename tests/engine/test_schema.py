"""Who may do what in a prepared database, and that preparing it again changes nothing."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction

from usance.engine.cluster import Cluster
from usance.shared.models import ApiKey, Book, User
from usance.shared.schema import prepare

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_tests_and_the_product_run_as_the_app() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        assert cursor.fetchone() == ("usance_app", "book_main")


@pytest.mark.django_db
def test_the_models_and_the_migrations_are_in_step() -> None:
    call_command("makemigrations", "--check", "--dry-run", "shared", "usance", verbosity=0)


def test_preparing_twice_changes_nothing(
    cluster: Cluster, django_db_blocker: pytest.FixtureRequest
) -> None:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        aliases = set(connections)
        assert prepare(cluster.owner_url) == ()
        assert set(connections) == aliases


def test_a_book_has_its_own_record_of_migrations(cluster: Cluster) -> None:
    with psycopg.connect(cluster.owner_url) as owner:
        everywhere = owner.execute("SELECT app, name FROM public.django_migrations").fetchall()
        own = owner.execute("SELECT app, name FROM book_main.django_migrations").fetchall()
    assert ("shared", "0001_initial") in everywhere
    assert set(everywhere) <= set(own)
    assert not [row for row in everywhere if row[0] == "usance"]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.x (n int)",
        "CREATE TABLE book_main.x (n int)",
        "CREATE SCHEMA x",
        "ALTER TABLE public.shared_book ADD COLUMN x int",
        "ALTER TABLE public.shared_book DISABLE TRIGGER ALL",
        "DROP TABLE public.shared_book",
        "TRUNCATE public.shared_book CASCADE",
        "SET session_replication_role = replica",
        "SET ROLE usance_owner",
        "INSERT INTO book_main.django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    ],
)
def test_the_app_may_not(cluster: Cluster, statement: str) -> None:
    with (
        psycopg.connect(cluster.app_url) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute(statement)


def test_a_new_table_of_a_book_is_writable_by_the_app_and_readable_by_reports(
    cluster: Cluster,
) -> None:
    with psycopg.connect(cluster.owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE book_main.tried (n int GENERATED ALWAYS AS IDENTITY, s text)")
        try:
            with psycopg.connect(cluster.app_url) as app:
                app.execute("INSERT INTO book_main.tried (s) VALUES ('a')")
                app.execute("UPDATE book_main.tried SET s = 'b'")
            with psycopg.connect(cluster.readonly_url) as reports:
                assert reports.execute("SELECT n, s FROM book_main.tried").fetchall() == [(1, "b")]
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    reports.execute("DELETE FROM book_main.tried")
        finally:
            owner.execute("DROP TABLE book_main.tried")


def test_reports_see_the_list_of_books_but_no_password_hash(cluster: Cluster) -> None:
    with psycopg.connect(cluster.readonly_url) as reports:
        reports.execute("SELECT slug FROM public.shared_book")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reports.execute("SELECT password FROM public.shared_user")


def test_what_a_migration_revoked_stays_revoked(
    cluster: Cluster, django_db_blocker: pytest.FixtureRequest
) -> None:
    with psycopg.connect(cluster.owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE book_main.lasting (n int)")
        owner.execute("REVOKE UPDATE, DELETE ON book_main.lasting FROM usance_app")
        try:
            with django_db_blocker.unblock():  # type: ignore[attr-defined]
                prepare(cluster.owner_url)
            with (
                psycopg.connect(cluster.app_url) as app,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                app.execute("DELETE FROM book_main.lasting")
        finally:
            owner.execute("DROP TABLE book_main.lasting")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", [1, 2])
def test_a_test_with_commits_leaves_nothing_to_the_next(round_: int) -> None:
    assert not User.objects.exists()
    assert not Book.objects.exists()
    User.objects.create_user("anna", first_name="Anna", last_name="Berg")
    Book.objects.create(slug="main", name="Main", country="SE", created_at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT model FROM django_content_type WHERE app_label = 'shared'")
        assert {row[0] for row in cursor.fetchall()} >= {"user", "book", "apikey"}


@pytest.mark.django_db
def test_a_user_without_names_is_shown_by_login() -> None:
    assert User(username="anna").display_name == "anna"
    assert User(username="a", first_name="Anna", last_name="Berg").display_name == "Anna Berg"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        (User(username="a", role="king"), "user_role_known"),
        (User(username="a", theme="pink"), "user_theme_known"),
        (User(username="a", language="E"), "user_language_two_letters"),
        (Book(slug="A b", name="x", country="SE", created_at=NOW), "book_slug_names_a_schema"),
        (Book(slug="a", name="x", country="se", created_at=NOW), "book_country_two_letters"),
        (ApiKey(prefix="p", sha256="0", name="x", created_at=NOW), "api_key_sha256_is_hex"),
        (
            ApiKey(
                prefix="p",
                sha256="0" * 64,
                name="x",
                created_at=NOW,
                revoked_at=datetime(2026, 3, 1, tzinfo=UTC),
            ),
            "api_key_revoked_after_made",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_database_refuses(row: User | Book | ApiKey, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        row.save()
