"""Rows by the thousand: COPY in, one UPDATE for many."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from types import NoneType
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.db import connection, models
from psycopg import sql

AT_ONCE = 500  # Rows that are written as one text.


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
) -> set[Any]:
    """Add the rows that are not there yet, by the unique key `conflict`; say which were added.

    Inside of a transaction: without one the rows are gone before they are added.
    """
    assert connection.in_atomic_block, "copy_new takes several statements"
    columns = [model._meta.get_field(name).column for name in fields]
    table = sql.Identifier(model._meta.db_table)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    keys = sql.SQL(", ").join(map(sql.Identifier, conflict))
    rows = list(rows)
    with connection.cursor() as cursor:
        if len(rows) == 1:  # A statement instead of four.
            cursor.execute(
                sql.SQL(
                    "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO NOTHING RETURNING {}"
                ).format(
                    table, names, sql.SQL(", ").join([sql.Placeholder()] * len(columns)), keys,
                    sql.Identifier(returning),
                ),
                rows[0],
            )  # fmt: skip
            return {row[0] for row in cursor.fetchall()}
        cursor.execute(
            sql.SQL(
                "CREATE TEMP TABLE IF NOT EXISTS {} (LIKE {} INCLUDING DEFAULTS)"
                " ON COMMIT DELETE ROWS"
            ).format(_staging(model), table)
        )
        # Made once a connection: made for each batch it would fill the catalogue with dead rows.
        cursor.execute(sql.SQL("DELETE FROM {}").format(_staging(model)))
        with cursor.copy(
            sql.SQL("COPY {} ({}) FROM STDIN").format(_staging(model), names)
        ) as copying:
            _write(copying, rows)
        cursor.execute(
            sql.SQL(
                "INSERT INTO {} ({}) SELECT {} FROM {} ORDER BY {} ON CONFLICT ({})"
                " DO NOTHING RETURNING {}"
            ).format(
                table,
                names,
                names,
                _staging(model),
                # In one order, so that two writers of the same rows never wait crosswise.
                keys,
                keys,
                sql.Identifier(returning),
            )
        )
        return {row[0] for row in cursor.fetchall()}


def change(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write these fields of the rows as they are now, by one UPDATE whose text is the same for any
    number of rows: Django's own builds a CASE for each field of each row."""
    if not rows:
        return
    about = type(rows[0])._meta
    key, told = about.pk, [about.get_field(name) for name in fields]
    assert key is not None, about.label
    kinds = ", ".join([f'"{one.column}" {one.db_type(connection)}' for one in (key, *told)])
    sets = ", ".join([f'"{one.column}" = {_said(one)}' for one in told])
    said = [{one.column: getattr(row, one.attname) for one in (key, *told)} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{about.db_table}" SET {sets}'  # noqa: S608 - our own columns
            f" FROM jsonb_to_recordset(%s::jsonb) AS said ({kinds})"
            f' WHERE "{about.db_table}"."{key.column}" = said."{key.column}"',
            [msgspec.json.encode(said).decode()],
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


_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"})
# Source: PostgreSQL, COPY, "Text Format".
_TEXT: dict[type, Callable[[Any], str]] = {
    str: _escaped,
    UUID: lambda key: key.hex,
    int: str,
    Decimal: str,
    bool: lambda yes: "t" if yes else "f",
    NoneType: lambda _: r"\N",
    date: date.isoformat,
    datetime: datetime.isoformat,
}
