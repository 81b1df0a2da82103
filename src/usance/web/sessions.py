"""A session ends when nobody used it for a while, and at the latest after a working day.

Reads the real clock: a simulated day must not keep a session alive.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

BEGAN, SEEN = "began_at", "seen_at"  # Seconds since 1970.
TOUCH_EVERY = 60  # Seconds; a write per request would cost more than it tells.

Handler = Callable[[HttpRequest], HttpResponse]


def expired(began: int, seen: int, now: int, *, idle: int, longest: int) -> bool:
    """Has a session that began and was last seen then come to its end? All in seconds."""
    return now - seen > idle or now - began > longest


def middleware(get_response: Handler) -> Handler:
    def timed(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _renew(request, int(time.time()))
        return get_response(request)

    return timed


def _renew(request: HttpRequest, now: int) -> None:
    began = request.session.setdefault(BEGAN, now)
    seen = request.session.setdefault(SEEN, now)
    if expired(began, seen, now, idle=settings.SESSION_IDLE, longest=settings.SESSION_LONGEST):
        logout(request)
    elif now - seen > TOUCH_EVERY:
        request.session[SEEN] = now
