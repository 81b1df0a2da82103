"""The three roles and the database, made where they are missing."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from usance.engine.cluster import APP, OWNER, READONLY, Cluster


def in_place(cluster: Cluster) -> bool:
    """Do all three roles get into the database with their passwords?"""
    for url in (cluster.app_url, cluster.owner_url, cluster.readonly_url):
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
    return True


def provide(connection: psycopg.Connection, *, database: str, passwords: Mapping[str, str]) -> None:
    """Make roles and database; what exists keeps its rows and gets the given passwords.

    `connection` must be in autocommit mode.
    :raises psycopg.errors.InsufficientPrivilege: if its user may not make roles or databases.
    """
    known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    for role in (OWNER, APP, READONLY):
        order = sql.SQL("ALTER ROLE {} {}" if role in known else "CREATE ROLE {} {}")
        login = sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(passwords[role]))
        connection.execute(order.format(sql.Identifier(role), login))
    named, owner = sql.Identifier(database), sql.Identifier(OWNER)
    if not _superuser(connection):
        # Needed to give a database away; a superuser may do so anyway.
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))
    if _exists(connection, database):
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(named, owner))
    else:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                named, owner
            )
        )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(named))
    for role in (APP, READONLY):
        connection.execute(
            # Temporary tables: rows by the thousand are staged before they are told apart.
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                named, sql.Identifier(role)
            )
        )


def _exists(connection: psycopg.Connection, database: str) -> bool:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
    return found.fetchone() is not None


def _superuser(connection: psycopg.Connection) -> bool:
    row = connection.execute(
        "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    return bool(row and row[0])
