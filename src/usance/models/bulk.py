"""Rows by the thousand: COPY in, one UPDATE for many."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from types import NoneType
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.db import IntegrityError, connection, models, transaction
from psycopg import sql

AT_ONCE = 500  # Rows that are written as one text.
ALIKE = 30  # Changed rows that say the same: so many are worth a statement of their own.


def array(keys: Iterable[UUID]) -> str:
    """Keys as the text of an array, for `= ANY(%s::uuid[])`: ten times as cheap as a list."""
    return "{" + ",".join([key.hex for key in keys]) + "}"


def texts(values: Iterable[str]) -> str:
    """The same of texts, for `= ANY(%s::text[])`."""
    return "{" + ",".join(['"' + _quoted(one) + '"' for one in values]) + "}"


def numbers(values: Iterable[int]) -> str:
    """The same of whole numbers, for `= ANY(%s::bigint[])`."""
    return "{" + ",".join(map(str, values)) + "}"


def copy(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows by COPY; values stand in the order of `fields` and are what psycopg adapts."""
    columns = [model._meta.get_field(name).column for name in fields]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copying:
        _write(copying, rows)


def copy_new(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    conflict: Sequence[str],
    returning: str = "id",
    hardly_any: bool = False,
) -> set[Any]:
    """Add the rows that are not there yet, by the unique key `conflict`; say which were added.

    Inside of a transaction: without one the rows are gone before they are added.

    :param hardly_any: of them is there, mostly: they are added as they are, and again in the other
        way if that is refused. That costs a quarter less.
    """
    assert connection.in_atomic_block, "copy_new takes several statements"
    rows = list(rows)
    if hardly_any and len(rows) > 1:
        places = [fields.index(name) for name in conflict]
        # In the order that the way below has, too: two writers never wait crosswise.
        rows.sort(key=lambda row: [row[place] for place in places])
        refused = connection.wrap_database_errors  # COPY goes past Django, and so do its errors.
        with suppress(IntegrityError), transaction.atomic(), refused:
            copy(model, fields, rows)
            place = fields.index(returning)
            return {row[place] for row in rows}
    columns = [model._meta.get_field(name).column for name in fields]
    table = sql.Identifier(model._meta.db_table)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    keys = sql.SQL(", ").join(map(sql.Identifier, conflict))
    told = sql.SQL("ON CONFLICT ({}) DO NOTHING RETURNING {}").format(
        keys, sql.Identifier(returning)
    )
    with connection.cursor() as cursor:
        if len(rows) == 1:  # A statement instead of four.
            values = sql.SQL(", ").join([sql.Placeholder()] * len(columns))
            cursor.execute(
                sql.SQL("INSERT INTO {} ({}) VALUES ({}) {}").format(table, names, values, told),
                rows[0],
            )
            return {row[0] for row in cursor.fetchall()}
        _stage(cursor, model, names, rows)
        # In one order, so that two writers of the same rows never wait crosswise.
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ORDER BY {} {}").format(
                table, names, names, _staging(model), keys, told
            )
        )
        return {row[0] for row in cursor.fetchall()}


def _stage(
    cursor: Any, model: type[models.Model], names: sql.Composed, rows: Iterable[Sequence[Any]]
) -> None:
    """The rows in a table beside the model's, of which this connection alone knows."""
    cursor.execute(
        sql.SQL(
            "CREATE TEMP TABLE IF NOT EXISTS {} (LIKE {} INCLUDING DEFAULTS) ON COMMIT DELETE ROWS"
        ).format(_staging(model), sql.Identifier(model._meta.db_table))
    )
    # Made once a connection: made for each batch it would fill the catalogue with dead rows.
    cursor.execute(sql.SQL("DELETE FROM {}").format(_staging(model)))
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(_staging(model), names)) as copying:
        _write(copying, rows)


def change(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write these fields of the rows as they are now, by one UPDATE whose text is the same for any
    number of rows: Django's own builds a CASE for each field of each row. What many of them say
    alike is told once for all of these, by an UPDATE of its own."""
    if not rows:
        return
    names = [type(rows[0])._meta.get_field(name).attname for name in fields]
    alike: dict[bytes, list[models.Model]] = {}
    for row in rows:
        said = msgspec.json.encode([getattr(row, name) for name in names])
        alike.setdefault(said, []).append(row)
    few = []
    for same in alike.values():
        if len(same) < ALIKE:
            few += same
        else:
            _change(same[:1], fields, same)
    if few:
        _change(few, fields)


def _change(
    rows: Sequence[models.Model], fields: Sequence[str], alike: Sequence[models.Model] = ()
) -> None:
    """:param alike: all that say what the only row says."""
    about = type(rows[0])._meta
    key, told = about.pk, [about.get_field(name) for name in fields]
    assert key is not None, about.label
    kinds = ", ".join([f'"{one.column}" {one.db_type(connection)}' for one in (key, *told)])
    sets = ", ".join([f'"{one.column}" = {_said(one)}' for one in told])
    said = [{one.column: getattr(row, one.attname) for one in (key, *told)} for row in rows]
    which, whose = f'said."{key.column}"', []
    if alike:
        which = f"ANY(%s::{key.db_type(connection)}[])"
        whose = ["{" + ",".join([str(row.pk) for row in alike]) + "}"]
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{about.db_table}" SET {sets}'  # noqa: S608 - our own columns
            f" FROM jsonb_to_recordset(%s::jsonb) AS said ({kinds})"
            f' WHERE "{about.db_table}"."{key.column}" = {which}',
            [msgspec.json.encode(said).decode(), *whose],
        )


def _said(field: "models.Field[Any, Any]") -> str:
    """Of a JSON column that has nothing to say: nothing, as Django writes it, not JSON's null."""
    said = f'said."{field.column}"'
    return f"nullif({said}, 'null')" if isinstance(field, models.JSONField) else said


def _staging(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier("pg_temp", f"staging_{model._meta.db_table}")


def _write(copying: psycopg.Copy, rows: Iterable[Sequence[Any]]) -> None:
    """Rows as COPY reads them. psycopg looks for an adapter for each value; of the types that most
    columns hold the text is known. Rows that hold others go its way."""
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        try:
            lines = ["\t".join([_TEXT[type(one)](one) for one in row]) for row in some]
        except KeyError:
            for row in some:
                copying.write_row(row)
        else:
            copying.write("\n".join([*lines, ""]))


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        return text.replace("\\", r"\\").replace('"', r"\"")
    return text


def _escaped(text: str) -> str:
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        return text.translate(_ESCAPES)
    return text


@lru_cache(maxsize=256)  # Rows that are written together have few days, and mostly one moment.
def _day(day: date) -> str:
    return day.isoformat()


@lru_cache(maxsize=256)
def _moment(moment: datetime) -> str:
    return moment.isoformat()


_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"})
# Source: PostgreSQL, COPY, "Text Format".
_TEXT: dict[type, Callable[[Any], str]] = {
    str: _escaped,
    UUID: lambda key: key.hex,
    int: str,
    Decimal: str,
    bool: lambda yes: "t" if yes else "f",
    NoneType: lambda _: r"\N",
    date: _day,
    datetime: _moment,
}
