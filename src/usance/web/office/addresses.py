"""What lists read from their address beside what `desk` reads: days, ids, the column that sorts."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest

from .desk import address


def a_day(request: HttpRequest, name: str) -> date | None:
    """None: there is no ISO date, so the list is not narrowed by it."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def an_id(request: HttpRequest, name: str) -> UUID | None:
    return as_id(request.GET.get(name, ""))


def as_id(text: str) -> UUID | None:
    """None: it is no id."""
    try:
        return UUID(text)
    except ValueError:
        return None


def sorting(request: HttpRequest, column: str, current: str) -> dict[str, str]:
    """Address and direction of a column that sorts, for parts/table_head.html."""
    if current == column:
        return {"sort": address(request, sort=f"-{column}"), "sorted": "ascending"}
    if current == f"-{column}":
        return {"sort": address(request, sort=column), "sorted": "descending"}
    return {"sort": address(request, sort=column), "sorted": ""}
