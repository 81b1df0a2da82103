"""Pages for what went wrong: what happened, what to do, and a reference to find it in the log."""

import logging
from collections.abc import Callable

import structlog
from django.db import OperationalError
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
BUSY = (
    "The database is busy or away",
    "Nothing was half done: what was begun is undone. Go back and send it again in a moment.",
)
EXPIRED = (
    "This form is too old",
    "Your session ended or cookies are blocked. Go back, reload the page and send it again.",
)
log = logging.getLogger(__name__)


class Busy:
    """Middleware: who lost a lock that two wanted crosswise, or the database, is told to come
    again. What a page did before it is done, so nothing is repeated for him."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        if not isinstance(trouble, OperationalError):
            return None
        log.warning("the database refused: %s", type(trouble.__cause__).__name__)
        response = _bare(503, *BUSY)
        response["Retry-After"] = "2"
        return response


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
    return _bare(500, *SAYS[500])


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token against forgery."""
    return _page(request, 403, *EXPIRED)


def _bare(status: int, says: str, todo: str) -> HttpResponse:
    """Rendered without the request, for what broke may be what every page needs."""
    context = {"status": status, "says": says, "todo": todo, "reference": reference()}
    return HttpResponse(render_to_string("fault.html", context), status=status)


def _page(request: HttpRequest, status: int, says: str, todo: str) -> HttpResponse:
    context = {"status": status, "says": says, "todo": todo, "reference": reference()}
    return render(request, "fault.html", context, status=status)
