"""A stretch of a list, by the id of its last row: ids rise with time, so the id is the order."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from .values import Item, Listed, Stretch

Row = TypeVar("Row", bound=Model)


def stretch(
    rows: "QuerySet[Row]", asked: Stretch, *, newest_first: bool = True
) -> tuple[list[Row], str | None]:
    """The rows behind the cursor, and the cursor of what follows (None: nothing does).

    A row that is gone is as good a cursor as one that is there.
    """
    if asked.after is not None:
        than = "lt" if newest_first else "gt"
        rows = rows.filter(**{f"pk__{than}": asked.after})
    found = list(rows.order_by("-pk" if newest_first else "pk")[: asked.limit + 1])
    more, found = len(found) > asked.limit, found[: asked.limit]
    return found, str(found[-1].pk) if more else None


def listed(
    rows: "QuerySet[Any]",
    asked: Stretch,
    shape: Callable[[Any], Item],
    *,
    newest_first: bool = True,
) -> Listed[Item]:
    found, next_ = stretch(rows, asked, newest_first=newest_first)
    return Listed.model_construct(items=[shape(row) for row in found], next=next_)


def known(model: type[Row], pk: object) -> Row:
    """The row of an id that came from outside.

    :raises ObjectDoesNotExist: if this book has none; the answer is then 404.
    """
    return model._default_manager.get(pk=pk)
