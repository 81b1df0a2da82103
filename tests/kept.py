"""Worlds that many tests begin with: built once a process, then laid out again by copying rows.

    @kept
    def build() -> Season: ...

A test cannot tell the difference: it finds the same rows, documents and values as if they had just
been made, on whatever connection and in whatever transaction it runs. What building does beside
that, it does once: a test's own files and settings are not for a kept one. Built for real wherever
something stands in the books already that the building might meet.
"""

import shutil
import tempfile
import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from tests import database

P = ParamSpec("P")
T = TypeVar("T")
# People and their sessions stand apart from any world.
APART = (*database.STAYS, "shared_user", "django_session", "shared_apikey")
MAKE = r"""
CREATE SCHEMA IF NOT EXISTS kept;
CREATE OR REPLACE FUNCTION kept.stands() RETURNS bool LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE it record; found bool; BEGIN
  FOR it IN SELECT schemaname, tablename FROM pg_tables WHERE tablename <> ALL({apart})
    AND (schemaname = 'public' OR schemaname LIKE 'book\_%')
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I)', it.schemaname, it.tablename) INTO found;
    IF found THEN RETURN true; END IF;
  END LOOP;
  RETURN false;
END $$;
CREATE OR REPLACE FUNCTION kept.keep(shelf text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE it record; found bool; BEGIN
  EXECUTE format('CREATE SCHEMA %I', shelf);
  FOR it IN SELECT schemaname, tablename FROM pg_tables WHERE tablename <> ALL({stays})
    AND (schemaname = 'public' OR schemaname LIKE 'book\_%')
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I)', it.schemaname, it.tablename) INTO found;
    IF found THEN
      EXECUTE format('CREATE TABLE %I.%I AS TABLE %I.%I', shelf,
        it.schemaname || '.' || it.tablename, it.schemaname, it.tablename);
    END IF;
  END LOOP;
END $$;
-- As they were written: no trigger counts or checks them once more.
CREATE OR REPLACE FUNCTION kept.lay_out(shelf text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET session_replication_role = replica AS $$
DECLARE it record; columns text; BEGIN
  FOR it IN SELECT tablename AS name FROM pg_tables WHERE schemaname = shelf LOOP
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
      WHERE attrelid = (split_part(it.name, '.', 1) || '.' || split_part(it.name, '.', 2))::regclass
      AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('INSERT INTO %I.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %I.%I',
      split_part(it.name, '.', 1), split_part(it.name, '.', 2), columns, columns, shelf, it.name);
  END LOOP;
END $$;
GRANT USAGE ON SCHEMA kept TO usance_app;
"""


@dataclass(frozen=True)
class Shelf:
    schema: str
    told: Any  # What the building gave back.
    documents: Path


_shelves: dict[object, Shelf] = {}
_building = threading.local()
_superuser: list[psycopg.Connection] = []


def begin(superuser: psycopg.Connection) -> None:
    """Keep worlds in the database of this connection from now on."""
    superuser.execute(
        sql.SQL(MAKE).format(
            apart=sql.Literal(list(APART)), stays=sql.Literal(list(database.STAYS))
        )
    )
    _shelves.clear()
    _superuser[:] = [superuser]


def kept(build: Callable[P, T]) -> Callable[P, T]:
    @wraps(build)
    def laid_out(*args: P.args, **named: P.kwargs) -> T:
        if getattr(_building, "now", False) or not _superuser or _stands():
            return build(*args, **named)
        outside = Path(settings.OUTSIDE)
        key = (build.__module__, build.__qualname__, args, tuple(sorted(named.items())),
               outside.read_text() if outside.exists() else "")  # fmt: skip
        if key not in _shelves:
            if not _alone():
                return build(*args, **named)
            _shelves[key] = _keep(lambda: build(*args, **named))
        shelf = _shelves[key]
        with connection.cursor() as cursor:
            cursor.execute("SELECT kept.lay_out(%s)", [shelf.schema])
        shutil.copytree(shelf.documents, _documents(), dirs_exist_ok=True)
        told: T = deepcopy(shelf.told)
        return told

    return laid_out


def _keep(build: Callable[[], Any]) -> Shelf:
    """Build in a thread, whose connection is its own and commits; put away what is there then."""
    told: list[Any] = []

    def work() -> None:
        _building.now = True
        try:
            told.append(build())
        except BaseException as broken:
            told.append(broken)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    (superuser,) = _superuser
    schema = f"kept_{len(_shelves)}"
    try:
        if isinstance(told[0], BaseException):
            raise told[0]
        superuser.execute("SELECT kept.keep(%s)", [schema])
    finally:
        database.empty(superuser)
    documents = Path(tempfile.mkdtemp(prefix=f"{schema}-", dir=database.home()))
    if _documents().exists():
        shutil.copytree(_documents(), documents, dirs_exist_ok=True)
    return Shelf(schema, told[0], documents)


def _stands() -> bool:
    # A test that takes back all it does finds nothing that others committed: before its first
    # row there is no table to look into.
    inside = [block for block in connection.atomic_blocks if block._from_testcase]
    first = "pg_current_xact_id_if_assigned() IS NOT NULL AND " if inside else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {first}kept.stands()")
        return bool(cursor.fetchone()[0])


def _alone() -> bool:
    """Nothing is written in this test yet: who builds beside it waits for none of its locks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_current_xact_id_if_assigned() IS NULL AND NOT EXISTS (SELECT FROM"
            " public.shared_user) AND NOT EXISTS (SELECT FROM public.shared_apikey)"
        )
        return bool(cursor.fetchone()[0])


def _documents() -> Path:
    return Path(settings.STORAGES["documents"]["OPTIONS"]["location"])
