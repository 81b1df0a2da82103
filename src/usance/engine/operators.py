"""A PostgreSQL that the operator runs (USANCE_DATABASE_URL): entered, checked, given roles."""

import hashlib
import os

import psycopg

from usance.engine import roles
from usance.engine.cluster import (
    APP,
    DATABASE,
    OWNER,
    READONLY,
    Cluster,
    as_role,
    database_of,
    on_database,
    password_of,
)
from usance.engine.trouble import DidNotStart, MayNot, WrongVersion

LEAST = 15  # The oldest major version whose public schema is closed to everyone by default.
MAINTENANCE = ("", "postgres")  # Databases that everybody has: not meant as the place for us.


def address() -> str | None:
    """The operator's address; None means that usance runs a database of its own."""
    return os.environ.get("USANCE_DATABASE_URL") or None


def cluster(url: str) -> Cluster:
    """The addresses that belong to the operator's; nothing is asked or changed.

    The passwords of the roles are derived from the operator's own, so that every machine that
    knows his address gets the same three without passing them around.
    """
    named = database_of(url)
    here = on_database(url, DATABASE if named in MAINTENANCE else named)
    return Cluster(
        owner_url=as_role(here, OWNER, _derived(url, OWNER)),
        app_url=as_role(here, APP, _derived(url, APP)),
        readonly_url=as_role(here, READONLY, _derived(url, READONLY)),
        superuser_url=here,
    )


def enter(url: str) -> Cluster:
    """The operator's database with our roles in it; they and the database are made when missing.

    :raises DidNotStart: if nobody answers there, or the password is wrong.
    :raises WrongVersion: if the server is older than PostgreSQL 15.
    :raises MayNot: if roles or the database are missing and the user may not make them.
    """
    if not password_of(url):
        raise MayNot(
            "USANCE_DATABASE_URL has no password.",
            todo="Write it as postgresql://user:password@host:5432/usance: the passwords of the"
            " roles of usance are derived from it.",
        )
    wanted = cluster(url)
    if roles.in_place(wanted):
        with psycopg.connect(wanted.app_url) as connection:
            refuse_older(connection.info.server_version)
        return wanted
    try:
        connection = psycopg.connect(
            on_database(url, "postgres"), autocommit=True, connect_timeout=10
        )
    except psycopg.OperationalError as why:
        raise DidNotStart(
            f"The database of USANCE_DATABASE_URL does not let us in: {why}",
            todo="Check host, port, user and password, and that the server runs.",
        ) from why
    with connection:
        refuse_older(connection.info.server_version)
        database = database_of(wanted.app_url)
        try:
            roles.provide(
                connection,
                database=database,
                passwords={role: _derived(url, role) for role in (OWNER, APP, READONLY)},
            )
        except psycopg.errors.InsufficientPrivilege as why:
            raise MayNot(
                f"{connection.info.user} may not make the roles and the database: {why}",
                todo=f"Give that user CREATEROLE and CREATEDB, or the superuser's address once:"
                f" usance makes {OWNER}, {APP}, {READONLY} and the database {database}.",
            ) from why
    return wanted


def refuse_older(server_version: int) -> None:
    """`server_version` as libpq tells it: 150018 is 15.18.

    :raises WrongVersion: if that is before LEAST.
    """
    major = server_version // 10000
    if major < LEAST:
        raise WrongVersion(
            f"The server is PostgreSQL {major}.", todo=f"usance needs {LEAST} or later."
        )


def _derived(url: str, role: str) -> str:
    # Slow on purpose: whoever learns a role's password must not find the operator's by trying.
    return hashlib.scrypt(
        password_of(url).encode(), salt=role.encode(), n=2**13, r=8, p=1, dklen=24
    ).hex()
