"""A PostgreSQL of the operator's, given by address: our own engine plays it."""

import secrets
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from usance.engine import operators
from usance.engine.cluster import Cluster, as_role, database_of, on_database
from usance.engine.trouble import DidNotStart, MayNot, WrongVersion


@pytest.fixture
def superuser(started: Cluster) -> Iterator[psycopg.Connection]:
    connection = psycopg.connect(on_database(started.superuser_url, "postgres"), autocommit=True)
    yield connection
    connection.close()


def test_roles_and_database_are_made_for_a_user_who_may(
    superuser: psycopg.Connection, started: Cluster
) -> None:
    superuser.execute("CREATE ROLE boss LOGIN CREATEROLE CREATEDB PASSWORD 'secret'")
    for role in ("usance_owner", "usance_app", "usance_readonly"):
        superuser.execute(
            sql.SQL("ALTER ROLE {} RENAME TO {}").format(
                sql.Identifier(role), sql.Identifier(role + "_before")
            )
        )
    url = as_role(on_database(started.superuser_url, "books"), "boss", "secret")

    cluster = operators.enter(url)

    assert database_of(cluster.app_url) == "books"
    for way in (cluster.owner_url, cluster.app_url, cluster.readonly_url):
        psycopg.connect(way).close()
    with psycopg.connect(cluster.owner_url) as connection:
        connection.execute("CREATE SCHEMA book_main")
    assert operators.enter(url) == cluster == operators.cluster(url)


def test_the_postgres_database_is_not_ours_to_fill(started: Cluster) -> None:
    cluster = operators.cluster(on_database(started.superuser_url, "postgres"))
    assert database_of(cluster.app_url) == "usance"


def test_a_user_who_may_not_is_told_what_to_ask_for(
    superuser: psycopg.Connection, started: Cluster
) -> None:
    superuser.execute("CREATE ROLE clerk LOGIN PASSWORD 'secret'")
    with pytest.raises(MayNot, match="CREATEROLE"):
        operators.enter(as_role(started.superuser_url, "clerk", "secret"))


def test_a_wrong_password_is_said(started: Cluster) -> None:
    with pytest.raises(DidNotStart, match="does not let us in"):
        operators.enter(as_role(started.superuser_url, "postgres", secrets.token_hex()))


def test_an_address_without_a_password_is_refused() -> None:
    with pytest.raises(MayNot, match="no password"):
        operators.enter("postgresql://postgres@localhost/usance")


@pytest.mark.parametrize("version", [90624, 140012])
def test_an_older_server_is_refused_with_what_is_needed(version: int) -> None:
    with pytest.raises(WrongVersion, match="usance needs 15 or later"):
        operators.refuse_older(version)


@pytest.mark.parametrize("version", [150000, 150018, 160014, 180004])
def test_a_server_of_15_or_later_is_entered(version: int) -> None:
    operators.refuse_older(version)
