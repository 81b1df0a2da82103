"""Long lists a page at a time, by cursor: the cost of a page is the same at its millionth row."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

SIZE = 50
MOST_COUNTED = 10_000  # Counting further costs more than it tells.


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: behind a row, or before it. Both None: at the start of the list."""

    after: UUID | None = None
    before: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows of one page, and the rows at which the next and the previous one begin, if any."""

    rows: tuple[Any, ...]
    after: UUID | None = None
    before: UUID | None = None


def page(
    rows: "QuerySet[Any]",
    cursor: Cursor,
    *,
    by: tuple[str, ...] = ("id",),
    newest_first: bool = True,
    size: int = SIZE,
) -> Page:
    """The page at the cursor. `by` is the order, of which the last column is the key.

    A cursor whose row is gone starts at the beginning.
    """
    backwards = cursor.before is not None
    mark = cursor.before if backwards else cursor.after
    downwards = newest_first is not backwards
    if mark is not None:
        values = rows.model.objects.filter(pk=mark).values_list(*by).first()
        if values is None:
            return page(rows, Cursor(), by=by, newest_first=newest_first, size=size)
        rows = rows.filter(_beyond(by, values, "lt" if downwards else "gt"))
    found = list(rows.order_by(*(f"-{name}" if downwards else name for name in by))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_before, has_after = (more, True) if backwards else (mark is not None, more)
    return Page(
        rows=tuple(found),
        before=found[0].pk if found and has_before else None,
        after=found[-1].pk if found and has_after else None,
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """A question how many rows each of some lists holds, written out: that takes Django longer than
    the database needs to answer."""

    parts: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()

    def __add__(self, other: "Counts") -> "Counts":
        return Counts((*self.parts, *other.parts), (*self.values, *other.values))

    def ask(self) -> tuple[int, ...]:
        """One query."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(self.parts)}", self.values)
            (found,) = cursor.fetchall()
        return tuple(found)


def counts(lists: "Iterable[QuerySet[Any]]") -> Counts:
    """How many each list holds, as far as `counted` counts."""
    parts: list[str] = []
    values: list[Any] = []
    for rows in lists:
        first = rows.order_by().values("pk")[: MOST_COUNTED + 1]
        sql, params = first.query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608 - Django wrote it
        values.extend(params)
    return Counts(tuple(parts), tuple(values))


def counted_each(lists: "Iterable[QuerySet[Any]]") -> tuple[int, ...]:
    """The same, asked at once, in one query."""
    return counts(lists).ask()


def counted(rows: "QuerySet[Any]") -> int:
    """How many rows, counted up to one more than MOST_COUNTED."""
    return rows.order_by().values("pk")[: MOST_COUNTED + 1].count()


def _beyond(by: tuple[str, ...], values: tuple[object, ...], than: str) -> Q:
    """(a, b) < (x, y) in the words of Django; the outer a <= x lets an index find the place."""
    where = Q()
    for place, name in enumerate(by):
        equal = dict(zip(by[:place], values[:place], strict=True))
        where |= Q(**equal, **{f"{name}__{than}": values[place]})
    return where & Q(**{f"{by[0]}__{than}e": values[0]})
