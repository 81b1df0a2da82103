"""Pages for what went wrong: what happened, what to do, and a reference to find it in the log."""

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

# Status, what happened, what to do about it.
SAYS = {
    400: (
        "The request cannot be read",
        "The address or the form was incomplete. Go back, reload the page and try again.",
    ),
    403: (
        "You may not open this",
        "Your role does not include it. Somebody with the role Admin can change that.",
    ),
    404: (
        "There is no such page",
        "The address is wrong, or what it led to is in another book. Search for it by its number.",
    ),
    500: (
        "Something broke on our side",
        "Nothing was half done: what was begun is undone. Try again; if it stays, give the"
        " reference.",
    ),
}
EXPIRED = (
    "This form is too old",
    "Your session ended or cookies are blocked. Go back, reload the page and send it again.",
)


def reference() -> str:
    """The request's id, as in the log; "–" outside a request."""
    return str(structlog.contextvars.get_contextvars().get("request_id", "–"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400, *SAYS[400])


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, *SAYS[403])


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, *SAYS[404])


def broken(request: HttpRequest) -> HttpResponse:
    """Rendered without the request, for what broke may be what every page needs."""
    says, todo = SAYS[500]
    context = {"status": 500, "says": says, "todo": todo, "reference": reference()}
    return HttpResponse(render_to_string("fault.html", context), status=500)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token against forgery."""
    return _page(request, 403, *EXPIRED)


def _page(request: HttpRequest, status: int, says: str, todo: str) -> HttpResponse:
    context = {"status": status, "says": says, "todo": todo, "reference": reference()}
    return render(request, "fault.html", context, status=status)
