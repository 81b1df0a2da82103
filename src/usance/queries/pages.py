"""A page of a long list: by the values of its last row, never by counting what came before."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

SIZE = 50
MOST = 10_000  # Counts stop here: what is beyond is shown as "10 000+".
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows, and the cursors of the pages around them; an empty cursor: there is none."""

    rows: tuple[Row, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Order:
    """The column that sorts; the id decides between equals. `pk` alone is the order of arrival."""

    column: str
    descending: bool = False


def page(
    rows: "QuerySet[Row]", order: Order, *, after: str = "", before: str = "", size: int = SIZE
) -> Page[Row]:
    """The rows after (or before) a cursor. A cursor that cannot be read starts from the front."""
    back = bool(before)
    place = _read(before or after, order)
    down = order.descending != back
    if place is not None:
        rows = _beyond(rows, order, place, down)
    sign = "-" if down else ""
    names = [f"{sign}{order.column}", f"{sign}pk"] if order.column != "pk" else [f"{sign}pk"]
    found = list(rows.order_by(*names)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    first = bool(found) and (more if back else place is not None)
    last = bool(found) and (place is not None if back else more)
    return Page(
        rows=tuple(found),
        before=_cursor(found[0], order) if first else "",
        after=_cursor(found[-1], order) if last else "",
    )


def count(rows: "QuerySet[Any]", most: int = MOST) -> int:
    """How many rows, but never more than `most` + 1: the database stops counting there."""
    return rows.order_by()[: most + 1].count()


def _beyond(
    rows: "QuerySet[Row]", order: Order, place: tuple[Any, UUID], down: bool
) -> "QuerySet[Row]":
    value, pk = place
    if order.column == "pk":
        return rows.filter(pk__lt=pk) if down else rows.filter(pk__gt=pk)
    # Begins at the value in the index, and skips the equals that were shown.
    if down:
        return rows.filter(**{f"{order.column}__lte": value}).exclude(
            **{order.column: value, "pk__gte": pk}
        )
    return rows.filter(**{f"{order.column}__gte": value}).exclude(
        **{order.column: value, "pk__lte": pk}
    )


def _cursor(row: Model, order: Order) -> str:
    if order.column == "pk":
        return f"_{row.pk.hex}"
    return f"{getattr(row, order.column)}_{row.pk.hex}"


def _read(cursor: str, order: Order) -> tuple[Any, UUID] | None:
    value, _, pk = cursor.rpartition("_")
    try:
        if order.column == "pk":
            return (None, UUID(pk)) if pk else None
        known = date.fromisoformat(value) if order.column.endswith("_on") else int(value)
        return known, UUID(pk)
    except ValueError:
        return None
