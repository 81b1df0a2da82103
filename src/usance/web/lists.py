"""What every list of ours reads from its address: cursor, view, filters; and the links it draws."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from usance.queries.pages import MOST_COUNTED, Cursor, Page


def cursor(request: HttpRequest) -> Cursor:
    return Cursor(after=key(request.GET.get("after")), before=key(request.GET.get("before")))


def key(text: str | None) -> UUID | None:
    """A UUID from a form or an address; None for anything else."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def address(request: HttpRequest, **changes: object) -> str:
    """The same list with some of its filters changed; an empty value takes one away."""
    asked = request.GET.copy()
    for name in ("after", "before", "skip", "format"):
        asked.pop(name, None)
    for name, value in changes.items():
        asked.pop(name, None)
        if value not in (None, ""):
            asked[name] = str(value)
    return f"?{asked.urlencode()}"


def pager(request: HttpRequest, page: Page) -> dict[str, object]:
    """What parts/pager.html wants."""
    return {
        "here": address(request),
        "before": address(request, before=page.before) if page.before else "",
        "after": address(request, after=page.after) if page.after else "",
        "says": _("%(count)s on this page") % {"count": len(page.rows)},
    }


def tabs(
    request: HttpRequest, name: str, views: Mapping[str, str], counts: Mapping[str, int]
) -> list[dict[str, object]]:
    """Saved views: the value of the filter `name` → its title; the first is the default."""
    here = request.GET.get(name) or next(iter(views))
    if here not in views:
        here = next(iter(views))
    return [
        {
            "name": title,
            "url": address(request, **{name: key}),
            "count": counts.get(key, 0),
            "more": counts.get(key, 0) > MOST_COUNTED,
            "here": key == here,
        }
        for key, title in views.items()
    ]


def chips(request: HttpRequest, names: Mapping[str, str]) -> list[dict[str, str]]:
    """The filters that are on. `names`: parameter → what people call it."""
    return [
        {"name": title, "value": value, "without": address(request, **{name: ""})}
        for name, title in names.items()
        if (value := request.GET.get(name, "").strip())
    ]


def chosen(request: HttpRequest, name: str, among: Mapping[str, object]) -> str:
    """The value of a filter that is one of several; the first one for anything else."""
    value = request.GET.get(name, "")
    return value if value in among else next(iter(among))
